"""Price every licence of the largest labels with the largest services, and see which are renewed."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from model.experiments.wave.answers import answering_payments
from model.experiments.wave.lives import Floats, Progress, WaveMarket, live_wave
from model.experiments.wave.network import renewed_network
from model.experiments.wave.request import UNCERTAIN, WaveRequest, wave_request
from model.experiments.wave.result import PricedMarket, RenewalWave, Solution
from model.market.start_store import StartStore
from model.mechanisms.talks.weights import label_weight
from model.spec.parameters import Parameters
from model.spec.scenario import Scenario


def renewal_wave(
    scenario: Scenario | str = "june_2022", *, at: str | None = None, months: int = 12, users: int = 2000,
    platforms: Sequence[str] | None = None, labels: Sequence[str] | None = None, markets: Sequence[str] | None = None,
    solution: Solution = "nash_in_nash", draws: int = 3, orders: int = 4, weight: float | None = None,
    uncertain: Sequence[str] = UNCERTAIN, starts: StartStore | None = None, progress: Progress | None = None,
) -> RenewalWave:  # fmt: skip
    """Return the wave in which all licences between platforms and labels come up at once.

    at: month in which the new licences begin, "YYYY-MM" (default: the scenario's start). months: their term. users:
    simulated users per market in each fork. platforms, labels: default the ten largest; services called `other` are
    other firms in each market and are left out. solution: which payments the totals and the picture show. draws: worlds
    with other random numbers and values of the `uncertain` parameters. orders: orders of expiry tried beside the
    recorded one. weight: the labels' bargaining weight (default: the declared one of each pair). Errors: InputError.
    """
    request = wave_request(
        scenario, platforms=platforms, labels=labels, markets=markets, at=at, months=months, draws=draws, users=users,
        orders=orders, uncertain=uncertain, solution=solution, weight=weight,
    )  # fmt: skip
    return live_request(request, solution=solution, weight=weight, starts=starts, progress=progress)


def live_request(
    request: WaveRequest, *, solution: Solution, weight: float | None, starts: StartStore | None = None,
    progress: Progress | None = None,
) -> RenewalWave:  # fmt: skip
    """Return the wave of a validated request; the rest as of `renewal_wave`."""
    tell: Progress = progress or _say_nothing
    begun = perf_counter()
    lives = live_wave(request, starts=starts or StartStore.default(), progress=tell)
    priced = []
    for number, market in enumerate(lives.markets):
        tell("renewals", number, len(lives.markets))
        weights = _weights(market, request.plan.parameters, weight)
        priced.append(PricedMarket(
            market, weights, answering_payments(market, weights=weights),
            renewed_network(market, lives.worlds, months=request.months, orders=request.orders, seed=request.plan.seed),
        ))  # fmt: skip
    tell("renewals", len(lives.markets), len(lives.markets))
    return RenewalWave(request, tuple(priced), lives.draws, solution, perf_counter() - begun)


def _weights(market: WaveMarket, parameters: Parameters, weight: float | None) -> Floats:
    """Return (P, L) the labels' bargaining weights."""
    if weight is not None:
        return np.full(market.asked.shape, float(weight))
    return np.array([
        [label_weight(parameters, platform=platform, label=label) for label in market.labels]
        for platform in market.platforms
    ])  # fmt: skip


def _say_nothing(*_: object) -> None:
    """Stand in for a progress that nobody watches."""
