"""What a deal room is asked: whose licence, where, from when, for how long, seen through how many draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.facts.start import load_start
from model.foundation.errors import Fault, nearest, raise_faults
from model.foundation.months import parse_month, show_month
from model.market.valuing import Pair
from model.mechanisms.clips import SERVICE, market_part
from model.spec.parameters import declared_parameters
from model.spec.scenario import Scenario
from model.spec.terms import LICENCE_KINDS

MOST_DRAWS, MOST_MONTHS = 1000, 120


@dataclass(frozen=True, slots=True)
class DealRequest:
    """A validated question about one licence.

    plan: the scenario, cut to the markets of the licence. kind: "streaming", or "clips" for music in clips on TikTok.
    month: run month after which the licence begins, 0 at once. months: its term. draws: pairs of futures. users:
    simulated users per market in each fork. uncertain: parameters that vary over their declared likely range. beliefs:
    whether the sides' beliefs about promotion vary too; if not, both believe the mean of their kind. tiktok_in: markets
    where TikTok is allowed when the licence begins, None where the scenario says it.
    """

    plan: Scenario
    platform: str
    label: str
    markets: tuple[str, ...]
    month: int
    months: int
    draws: int
    users: int
    uncertain: tuple[str, ...]
    kind: str = "streaming"
    beliefs: bool = True
    tiktok_in: tuple[str, ...] | None = None

    @property
    def pair(self) -> Pair:
        """The licence as the market's talks know it."""
        return Pair(self.platform, self.label, self.kind, self.markets)

    @property
    def world_part(self) -> float:
        """Part of a clip licence's lump sum, which is for the world, that its markets bear when it begins."""
        start, parameters = load_start(self.plan.start), self.plan.parameters
        month, known = self.month + 1, self.tiktok_in
        if known is None:
            known = tuple(market for market in self.markets if _tiktok_allowed(self.plan, market, month=month))
        there = [market for market in self.markets if market in known]
        return sum(market_part(start, market, parameters=parameters) for market in there)


def deal_request(
    scenario: Scenario | str, *, platform: str, label: str, markets: Sequence[str], kind: str = "streaming",
    at: str | None = None, months: int = 24, draws: int = 12, users: int = 3000, uncertain: Sequence[str] = ("theta",),
    beliefs: bool = True, weight: float | None = None, others: Sequence[Fault] = (),
) -> DealRequest:  # fmt: skip
    """Return the request, or raise InputError with every fault: names, dates, sizes, markets without the service.

    weight: the label's bargaining weight that is asked for, checked here with the rest. others: faults found elsewhere,
    to be told with these.
    """
    plan = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    faults = size_faults(months=months, draws=draws, users=users) + weight_faults(weight) + list(others)
    chosen = tuple(dict.fromkeys(markets))
    if kind not in LICENCE_KINDS:
        faults.append(Fault("deal: kind", "is a kind of licence", kind, nearest(str(kind), LICENCE_KINDS)))
    if not chosen:
        faults.append(Fault("deal: markets", "at least one market is named", list(markets), "Example: IN,ID,BR."))
    for market in chosen:
        if market not in plan.markets:
            way = nearest(market, list(plan.markets))
            faults.append(Fault("deal: markets", f"markets are those of scenario {plan.name}", market, way))
            continue
        faults += _side_faults(plan, market, platform=platform, label=label, kind=kind)
    faults += parameter_faults(uncertain)
    month = month_of(plan, at, faults)
    raise_faults(faults)
    cut = plan.replace({"markets": list(chosen), "months": month + months})
    return DealRequest(
        cut, platform, label, chosen, month, months, draws, users, tuple(uncertain), kind=kind, beliefs=beliefs
    )


def _side_faults(plan: Scenario, market: str, *, platform: str, label: str, kind: str) -> list[Fault]:
    """Return the faults of a platform and a label in one market."""
    faults = []
    services = [service for code, service in plan.names.tiers if code == market]
    if kind == "clips" and platform != SERVICE:
        faults.append(Fault("deal: platform", "licences for clips are TikTok's", platform, f"Write {SERVICE}."))
    elif kind == "clips" and load_start(plan.start).markets[market].tiktok.status == "banned":
        faults.append(
            Fault("deal: markets", "TikTok is allowed in the markets of a clip licence", market, "Leave it out.")
        )
    elif kind == "streaming" and platform not in services:
        faults.append(Fault("deal: platform", f"a service of {market}", platform, nearest(platform, services)))
    labels = list(plan.names.labels[market])
    if label not in labels:
        faults.append(Fault("deal: label", f"a label of {market}", label, nearest(label, labels)))
    return faults


def _tiktok_allowed(plan: Scenario, market: str, *, month: int) -> bool:
    """Tell whether TikTok is allowed in a market in a run month, by the start and the scenario."""
    allowed = load_start(plan.start).markets[market].tiktok.status != "banned"
    for index in range(1, month + 1):
        for one in plan.settings_at(index):
            if (one.lever, one.market) == ("tiktok", market):
                allowed = one.value > 0.0
    return allowed


def parameter_faults(names: Sequence[str], *, subject: str = "deal") -> list[Fault]:
    """Return the faults of names that are no declared parameters."""
    declared = list(declared_parameters())
    return [
        Fault(f"{subject}: uncertain", "a declared parameter", name, nearest(name, declared))
        for name in names
        if name not in declared
    ]


def month_of(plan: Scenario, at: str | None, faults: list[Fault], *, subject: str = "deal") -> int:
    """Return the run month after which licences begin, 0 at once; adds a fault for a date outside the scenario."""
    if at is None:
        return 0
    month = parse_month(at, place=f"{subject}: at") - plan.start_month
    if not 0 <= month < plan.months:
        window = f"{plan.start} to {show_month(plan.start_month + plan.months - 1)}"
        rule = f"the licence begins in the scenario's months, {window}"
        faults.append(Fault(f"{subject}: at", rule, at, "Change the date."))
        return 0
    return month


def weight_faults(weight: float | None, *, subject: str = "deal") -> list[Fault]:
    """Return the fault of a bargaining weight out of bounds; None means the declared one."""
    if weight is None or (not isinstance(weight, bool) and 0.0 <= weight <= 1.0):
        return []
    rule = "the label's bargaining weight lies from 0 to 1"
    return [Fault(f"{subject}: weight", rule, weight, "Leave it out for the declared weight.")]


def size_faults(*, months: int, draws: int, users: int, least_users: int = 1, subject: str = "deal") -> list[Fault]:
    """Return the faults of a term, a number of draws and a number of users."""
    found = []
    bounds: dict[str, tuple[object, int, int]] = {
        "months": (months, 1, MOST_MONTHS),
        "draws": (draws, 1, MOST_DRAWS),
        "users": (users, least_users, 10_000_000),
    }
    for name, (value, least, most) in bounds.items():
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            rule = f"{name} is a whole number from {least} to {most:,}"
            found.append(Fault(f"{subject}: {name}", rule, value, "Leave it out for the default."))
    return found
