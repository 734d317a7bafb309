"""Assimilation: find the quality of every offer from flows, so that the observed stocks hold at the start.

Users begin allocated at the target stocks. Each month of a spin-up at the start's prices and catalogues, quality `xi`
is found such that, in expectation over users, those who reconsider choose as many of each offer as keep its stock, with
a part of any gap returned: `wanted = attention-weighted holders + pull * (target - stock)`, and Berry's contraction `xi
+= (1 - nest_sigma) * (ln wanted - ln predicted)`. Then the month is lived, so awareness, tenure and sorting settle. The
qualities of second use are found the same way. The settled quality is the mean of the last months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.foundation.rng import stream_key
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.awareness import spread_awareness
from model.mechanisms.choice import attend, choose_main, choose_second
from model.mechanisms.columns import (
    FAILED,
    MOST_QUALITY,
    SURE,
    OfferColumns,
    UserColumns,
    offer_columns,
    quality_factors,
    user_columns,
    weights_of,
)
from model.spec.parameters import Parameters
from model.state.country import Country

Floats = NDArray[np.float64]
PULL = 0.15  # part of a gap that a month's wanted flow returns
LONGEST, SHORTEST, WINDOW = 144, 96, 48  # months of spin-up, and of the averages that are compared
STILL = 0.02  # logit units: the spin-up ends when no window mean of a sizeable offer moves more
SAMPLE = 20_000  # users whose expected choices find xi; the rest live through the same months
STEPS_FIRST, STEPS = 60, 4
SIZEABLE = 0.02  # share of addressable people from which an offer's target is binding
UNIT = float(kernel.UNIT)
HIGHEST = 25.0  # logit units; the kernels count no more than MOST_QUALITY after division by the dissimilarity


@dataclass(frozen=True, slots=True)
class Settling:
    """How the spin-up of a market went.

    months: how long. still: the largest last move of a sizeable offer's quality (logit). expected: (J+1,) expected
    users of each option as main or second service over the last months, in people; target: what was wanted.
    """

    months: int
    still: float
    expected: Floats
    target: Floats


def assimilate(country: Country, parameters: Parameters, *, seed: int, longest: int = LONGEST) -> Settling:
    """Settle a freshly opened market in place; returns how it went.

    Growth is off during the spin-up. Draws are keyed apart from the run's own.
    """
    seed = int(stream_key(seed, "spin-up"))
    offers = country.offers
    targets = offers.targets("main") / country.weight
    targets[0] = country.active - targets[1:].sum()
    seconds = offers.targets("second") / country.weight
    _first_guess(country, targets, seconds)
    xi: list[Floats] = []
    xi_second: list[Floats] = []
    stocks: list[Floats] = []
    still = np.inf
    sizeable = targets + seconds > SIZEABLE * country.active
    month = 0
    while month < longest and not (month >= SHORTEST and still < STILL):
        month += 1
        expected = _spin_up_month(country, parameters, targets, seconds, seed=seed, month=month)
        xi.append(offers.xi.copy())
        xi_second.append(offers.xi_second.copy())
        stocks.append(expected)
        if month >= 2 * WINDOW and month % 12 == 0:
            still = _moved(xi, sizeable)
    _settle(offers.xi, xi)
    _settle(offers.xi_second, xi_second)
    goal = (targets + seconds) * country.weight
    return Settling(month, float(still), np.mean(stocks[-WINDOW:], axis=0) * country.weight, goal)


def _first_guess(country: Country, targets: Floats, seconds: Floats) -> None:
    offers = country.offers
    with np.errstate(divide="ignore"):
        offers.xi[:] = np.where(targets > 0, np.log(np.maximum(targets, 1e-9) / targets[0]), -np.inf)
        offers.xi_second[:] = np.where(seconds > 0, np.log(np.maximum(seconds, 1e-9) / country.active), -np.inf)
    offers.xi[0] = 0.0


def _settle(quality: Floats, history: list[Floats]) -> None:
    """Write the mean of the last months; offers without a target keep -inf."""
    with np.errstate(invalid="ignore"):
        quality[:] = np.mean(history[-WINDOW:], axis=0)


def _moved(history: list[Floats], sizeable: NDArray[np.bool_]) -> float:
    late = np.array(history[-WINDOW:])[:, sizeable]
    early = np.array(history[-2 * WINDOW : -WINDOW])[:, sizeable]
    return float(np.max(np.abs(late.mean(axis=0) - early.mean(axis=0)), initial=0.0))


def _spin_up_month(
    country: Country, parameters: Parameters, targets: Floats, seconds: Floats, *, seed: int, month: int
) -> Floats:
    """Live one month at the quality that keeps the stocks; returns (J+1,) expected users after it (simulated users)."""
    spread_awareness(country, parameters, seed=seed, month=month)
    columns, offers = user_columns(country), offer_columns(country)
    flag = attend(country, parameters, columns, offers, seed=seed, month=month)
    _invert_main(country, parameters, columns, offers, flag, targets, first=month == 1)
    before, _ = country.stocks()
    flows = choose_main(country, parameters, columns, offers, flag, seed=seed, month=month)
    moves = (flows.expected.sum(axis=0) - flows.expected.sum(axis=1)) / country.weight
    second = _invert_second(country, parameters, columns, offers, flag, seconds, first=month == 1)
    choose_second(country, parameters, columns, offers, flag, seed=seed, month=month)
    result: Floats = before + moves + second
    return result


def _invert_main(country: Country, parameters: Parameters, columns: UserColumns, offers: OfferColumns,
                 flag: NDArray[np.uint8], targets: Floats, *, first: bool) -> None:  # fmt: skip
    users, table = country.users, country.offers
    index = np.flatnonzero(users.uid[: country.active] < SAMPLE)
    main = users.main[index]
    rho = np.where(table.nest[main] == 2, parameters.rho_paid, parameters.rho_free)
    attention = np.where(flag[index] & SURE, 1.0, rho).astype(np.float32)
    weights = np.zeros((len(table), index.size), np.float32)
    kernel.weight_columns(columns, offers, weights_of(country, parameters), index, flag[index] & FAILED, False, weights)
    stock, _ = country.stocks()
    part = index.size / country.active
    holders = np.bincount(main, weights=attention, minlength=len(table))
    wanted = holders + PULL * (targets - stock) * part
    lam = np.float32(1.0 - parameters.nest_sigma)
    for _ in range(STEPS_FIRST if first else STEPS):
        quality, _ = quality_factors(country, parameters)
        sums = np.zeros(len(table), np.int64)
        kernel.expected_main(weights, quality, table.nest, lam, attention, sums)
        _step(table.xi, wanted, sums / UNIT, targets * part, float(lam))


def _invert_second(country: Country, parameters: Parameters, columns: UserColumns, offers: OfferColumns,
                   flag: NDArray[np.uint8], targets: Floats, *, first: bool) -> Floats:  # fmt: skip
    """Move the qualities of second use; returns (J+1,) expected users of second use after the month."""
    users, table = country.users, country.offers
    index = np.flatnonzero((flag[: country.active] != 0) & (users.uid[: country.active] < SAMPLE))
    weights = np.zeros((len(table), index.size), np.float32)
    kernel.weight_columns(columns, offers, weights_of(country, parameters), index, flag[index], True, weights)
    _, stock = country.stocks()
    part = min(SAMPLE, country.active) / country.active
    held = np.bincount(users.second[index], minlength=len(table)).astype(np.float64)
    wanted = held + PULL * (targets - stock) * part
    predicted = np.zeros(len(table))
    for _ in range(STEPS_FIRST if first else STEPS):
        _, quality = quality_factors(country, parameters)
        sums = np.zeros(len(table), np.int64)
        kernel.expected_second(weights, quality, sums)
        predicted = sums / UNIT
        _step(table.xi_second, wanted, predicted, targets * part, 1.0)
    result: Floats = stock + (predicted - held) / part
    result[0] = 0.0
    return result


def _step(quality: Floats, wanted: Floats, predicted: Floats, targets: Floats, lam: float) -> None:
    """Take one step of the contraction for every offer that has a target; a step is at most one logit."""
    live = targets > 0.0
    live[0] = False
    floor = np.maximum(0.002 * targets, 1e-6)
    move = lam * (np.log(np.maximum(wanted, floor)) - np.log(np.maximum(predicted, 1e-9)))
    highest = min(HIGHEST, MOST_QUALITY * lam)
    quality[live] = np.clip(quality[live] + np.clip(move[live], -1.0, 1.0), -HIGHEST, highest)
