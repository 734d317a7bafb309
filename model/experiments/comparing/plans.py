"""Scenarios made comparable: the same start, seed, users, months and markets, and one table of offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from model.experiments.comparing.outcomes import services_of
from model.facts.owners import BYTEDANCE
from model.foundation.errors import Fault, InputError, raise_faults
from model.foundation.months import show_month
from model.spec.fields import TIKTOK
from model.spec.scenario import Scenario
from model.spec.timeline import NewOffer

Cell = tuple[int, str, str, str, str]
"""(month number, or 0 for an override; lever; market; service; item)."""


@dataclass(frozen=True, slots=True)
class Common:
    """Scenarios on common ground. names: of each, all different. notes: what was cut to make them comparable."""

    plans: tuple[Scenario, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]


def common_ground(
    scenarios: Sequence[Scenario | str | Path], *, names: Sequence[str] | None, settings: Mapping[str, object] | None
) -> Common:
    """Return scenarios as they can be compared: markets and months in common, one table of offers.

    settings: put on top of each. Errors: InputError where they share no start date, seed, users or market, since then
    there are no common random numbers.
    """
    if len(scenarios) < 2:
        way = "Example: resonance compare baseline tiktok_integration."
        raise InputError(Fault("scenarios", "a comparison takes two scenarios or more", len(scenarios), way))
    plans = _loaded(scenarios, settings)
    named = _names(plans, names)
    _check(plans, named)
    notes: list[str] = []
    markets = [code for code in plans[0].markets if all(code in plan.markets for plan in plans)]
    months = min(plan.months for plan in plans)
    if any(set(plan.markets) != set(markets) for plan in plans):
        notes.append(f"compared in the markets in common: {', '.join(markets)}")
    if any(plan.months != months for plan in plans):
        notes.append(
            f"compared over the months in common: {months}, to {show_month(plans[0].start_month + months - 1)}"
        )
    cut = [_cut(plan, markets, months) for plan in plans]
    return Common(tuple(with_offers_of_all(cut)), named, tuple(notes))


def with_offers_of_all(plans: Sequence[Scenario]) -> list[Scenario]:
    """Return the scenarios with room for every offer that opens in any of them.

    An offer that never opens changes nobody's choice, but a longer table adds in another order: with one table, what
    does not differ is the same to the last bit.
    """
    keyed = [{(one.market, one.service, one.tier): one for one in plan.new_offers} for plan in plans]
    if all(list(own) == list(keyed[0]) for own in keyed):
        return list(plans)
    every: dict[tuple[str, str, str], NewOffer] = {}
    for own in reversed(keyed):
        every.update(own)
    return [
        replace(plan, new_offers=tuple(own.get(cell, every[cell]) for cell in sorted(every)))
        for plan, own in zip(plans, keyed, strict=True)
    ]


def cells_of(plan: Scenario) -> dict[Cell, float]:
    """Return what a scenario sets, by month number and cell; overrides of month 1 stand at month 0."""
    found: dict[Cell, float] = {}
    for one in plan.overrides:
        found[0, one.lever, one.market, one.service, one.item] = one.value
    for index in range(1, plan.months + 1):
        settings = plan.settings_at(index)
        for one in settings[len(plan.overrides) :] if index == 1 else settings:
            found[plan.start_month + index - 1, one.lever, one.market, one.service, one.item] = one.value
    return found


def usual_services(plans: Sequence[Scenario]) -> tuple[str, ...]:
    """Return the services to look at where none differs: ByteDance's that are offered, else the first of the market."""
    there = sorted({service for plan in plans for service in services_of(plan)})
    return tuple([one for one in there if one in BYTEDANCE and one != TIKTOK] or there[:1])


def services_that_differ(plans: Sequence[Scenario]) -> tuple[str, ...]:
    """Return the services whose levers, licences or strategies differ between scenarios, in order of names."""
    cells = [cells_of(plan) for plan in plans]
    found = {cell[3] for own in cells for cell in own if any(other.get(cell) != own[cell] for other in cells)}
    deals = [{(deal.platform, str(deal.canonical())) for deal in plan.deals} for plan in plans]
    found |= {platform for own in deals for platform, text in own if any((platform, text) not in one for one in deals)}
    played = [{(rule.actor, str(rule.canonical())) for rule in plan.played} for plan in plans]
    found |= {actor for own in played for actor, text in own if any((actor, text) not in one for one in played)}
    return tuple(sorted((found - {"", TIKTOK}) & {service for plan in plans for service in services_of(plan)}))


def _loaded(scenarios: Sequence[Scenario | str | Path], settings: Mapping[str, object] | None) -> list[Scenario]:
    faults: list[Fault] = []
    plans: list[Scenario] = []
    for one in scenarios:
        try:
            plan = one if isinstance(one, Scenario) else Scenario.load(one)
            plans.append(plan.replace(settings) if settings else plan)
        except InputError as error:
            faults.extend(fault for fault in error.faults if fault not in faults)
    raise_faults(faults)
    return plans


def _names(plans: Sequence[Scenario], names: Sequence[str] | None) -> tuple[str, ...]:
    """Return a name for each scenario; a second one of the same name gets a number."""
    if names is not None:
        if len(names) != len(plans) or len(set(names)) < len(names):
            rule = f"are {len(plans)} different names, one for each scenario"
            raise InputError(Fault("names", rule, list(names), "Leave them out to use the scenarios' own."))
        return tuple(names)
    found: list[str] = []
    for plan in plans:
        number = 1 + sum(one.name == plan.name for one in plans[: len(found)])
        found.append(plan.name if number == 1 else f"{plan.name} ({number})")
    return tuple(found)


def _check(plans: Sequence[Scenario], names: Sequence[str]) -> None:
    """Raise InputError for scenarios that cannot have random numbers in common."""
    faults = [
        Fault(f"compare: {key}", "compared scenarios share it, since every draw and the start hang on it",
              ", ".join(f"{name} {getattr(plan, key)}" for name, plan in zip(names, plans, strict=True)), way)
        for key, way in (
            ("start", "Compare scenarios of one start date."),
            ("seed", "Give one with --seed (settings={'seed': 7})."),
            ("users", "Give one with --users (settings={'users': 10000})."),
        )
        if len({getattr(plan, key) for plan in plans}) > 1
    ]  # fmt: skip
    if not set.intersection(*(set(plan.markets) for plan in plans)):
        told = "; ".join(f"{name}: {', '.join(plan.markets)}" for name, plan in zip(names, plans, strict=True))
        faults.append(Fault("compare: markets", "compared scenarios share a market", told, "Give them with --markets."))
    raise_faults(faults)


def _cut(plan: Scenario, markets: Sequence[str], months: int) -> Scenario:
    wishes: dict[str, object] = {}
    if list(plan.markets) != list(markets):
        wishes["markets"] = list(markets)
    if plan.months != months:
        wishes["months"] = months
    return plan.replace(wishes) if wishes else plan
