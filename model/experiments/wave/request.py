"""What a renewal wave is asked: which services, labels and markets, from when, seen through how many draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.experiments.deals.request import month_of, parameter_faults, size_faults, weight_faults
from model.facts.start import load_start
from model.foundation.errors import Fault, nearest, raise_faults
from model.spec.scenario import Scenario

LARGEST, LEAST_USERS = 10, 100
SOLUTIONS = ("nash_in_nash", "nash")
UNCERTAIN = ("theta", "bytedance_user_worth")
FIRMS_APART = ("other",)
"""Services that are other firms in each market: not one platform, so not among the largest."""


@dataclass(frozen=True, slots=True)
class WaveRequest:
    """A validated question about all licences between platforms and labels.

    plan: the scenario, cut to the markets. month: run month after which the licences begin. months: their term. draws:
    worlds, each with other random numbers and other values of the `uncertain` parameters. users: simulated users per
    market in each fork. orders: orders of expiry tried beside the recorded one, in markets where it may matter.
    """

    plan: Scenario
    platforms: tuple[str, ...]
    labels: tuple[str, ...]
    markets: tuple[str, ...]
    month: int
    months: int
    draws: int
    users: int
    orders: int
    uncertain: tuple[str, ...]


def wave_request(
    scenario: Scenario | str, *, platforms: Sequence[str] | None, labels: Sequence[str] | None,
    markets: Sequence[str] | None, at: str | None, months: int, draws: int, users: int, orders: int,
    uncertain: Sequence[str] = UNCERTAIN, solution: str = SOLUTIONS[0], weight: float | None = None,
) -> WaveRequest:  # fmt: skip
    """Return the request, or raise InputError with every fault. None: the largest ten, and all markets.

    solution, weight: as of `renewal_wave`, checked here with the rest.
    """
    plan = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    faults = size_faults(months=months, draws=draws, users=users, least_users=LEAST_USERS, subject="wave")
    faults += weight_faults(weight, subject="wave")
    if solution not in SOLUTIONS:
        faults.append(Fault("wave: solution", "is a way to divide", solution, nearest(str(solution), SOLUTIONS)))
    if orders != int(orders) or not 0 <= orders <= 1000:
        faults.append(Fault("wave: orders", "orders is a whole number from 0 to 1,000", orders, "Default: 4."))
    places = tuple(dict.fromkeys(plan.markets if markets is None else markets))
    faults += [
        Fault("wave: markets", f"markets are those of scenario {plan.name}", market, nearest(market, plan.markets))
        for market in places
        if market not in plan.markets
    ]
    if not places:
        faults.append(Fault("wave: markets", "at least one market is named", [], "Leave it out for all."))
    known = [market for market in places if market in plan.markets]
    services, holders = _largest(plan, known)
    chosen = _chosen("platforms", platforms, services, faults)
    held = _chosen("labels", labels, holders, faults)
    faults += parameter_faults(uncertain, subject="wave")
    month = month_of(plan, at, faults, subject="wave")
    raise_faults(faults)
    cut = plan.replace({"markets": list(places), "months": month + months})
    return WaveRequest(cut, chosen, held, places, month, months, draws, users, orders, tuple(uncertain))


def _chosen(what: str, wanted: Sequence[str] | None, known: list[str], faults: list[Fault]) -> tuple[str, ...]:
    """Return the wanted names, or the ten largest; faults for names that no market has."""
    if wanted is None:
        return tuple(name for name in known if name not in FIRMS_APART)[:LARGEST]
    rule = f"{what} are those of the markets"
    faults += [Fault(f"wave: {what}", rule, name, nearest(name, known)) for name in wanted if name not in known]
    if not wanted:
        faults.append(Fault(f"wave: {what}", "at least one is named", [], "Leave it out for the ten largest."))
    return tuple(dict.fromkeys(wanted))


def _largest(plan: Scenario, markets: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return services by monthly users, and labels by streamers times repertoire, largest first, at the start."""
    start = load_start(plan.start)
    users: dict[str, float] = {}
    listening: dict[str, float] = {}
    for code in markets:
        market = start.markets[code]
        for service, cell in market.platforms.items():
            if (code, service) in plan.names.tiers:
                users[service] = users.get(service, 0.0) + cell.mau_m
        for label, part in market.repertoire.items():
            listening[label] = listening.get(label, 0.0) + part.share * market.streamers_m
    return [sorted(sizes, key=lambda name: (-sizes[name], name)) for sizes in (users, listening)]  # type: ignore[return-value]
