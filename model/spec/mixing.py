"""Scenarios put together from the settings of others: what a comparison of causes runs between two scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from model.spec.contracts import ScenarioDeal
from model.spec.scenario import Scenario
from model.spec.settings import LEVERS, Setting
from model.spec.strategies.plans import StrategyPlan
from model.spec.talks import TalksPlan
from model.spec.timeline import NewOffer


@dataclass(frozen=True, slots=True)
class Contents:
    """What a scenario does, free of the words and dates it is written in.

    overrides: levers from month 1. settings: those of events, by month number. parameters: those that differ from the
    declared ones. new_offers: room in the tables for offers that open. strategies: those that are played.
    """

    overrides: tuple[Setting, ...]
    settings: Mapping[int, tuple[Setting, ...]]
    parameters: Mapping[str, float]
    growth: bool
    deals: tuple[ScenarioDeal, ...]
    talks: TalksPlan | None
    new_offers: tuple[NewOffer, ...]
    strategies: tuple[StrategyPlan, ...] = ()


def contents_of(plan: Scenario) -> Contents:
    """Return what a scenario does."""
    months = range(1, plan.months + 1)
    found = {
        plan.start_month + index - 1: plan.settings_at(index)[len(plan.overrides) if index == 1 else 0 :]
        for index in months
    }
    return Contents(
        overrides=plan.overrides, settings={month: cells for month, cells in found.items() if cells},
        parameters=plan.parameters.changed(), growth=plan.growth, deals=plan.deals, talks=plan.talks,
        new_offers=plan.new_offers, strategies=plan.played,
    )  # fmt: skip


def mixed(frame: Scenario, contents: Contents, *, name: str) -> Scenario:
    """Return a scenario with a frame's start, months, users, markets and seed that does what is given.

    It has no events to tell in words: their settings stand for them. Levers of month 1 and parameters are written as
    its source, so that a fork that changes some more begins from there and knows which were set before.
    """
    source: dict[str, object] = {
        "name": name, "start": frame.start, "months": frame.months, "users": frame.users, "seed": frame.seed,
        "replicates": frame.replicates, "growth": contents.growth,
        "fresh_starts": frame.fresh_starts, "unusual_prices": True,
        "parameters": dict(contents.parameters), "markets.only": list(frame.markets),
        **dict(_written(one) for one in contents.overrides),
    }  # fmt: skip
    if not contents.growth:
        source = {key: value for key, value in source.items() if not key.endswith(".growth")}
    plan = Scenario.from_mapping(source, place="mix", names=frame._names_of)
    return replace(
        plan, new_offers=contents.new_offers, deals=contents.deals, talks=contents.talks,
        strategies=contents.strategies, rivals_respond=True, _event_settings=dict(contents.settings),
    )  # fmt: skip


def with_settings(plan: Scenario, more: Mapping[int, Sequence[Setting]]) -> Scenario:
    """Return a scenario that also sets these at the beginning of months, before what its own events set then.

    more: by calendar month number; those of the first month come on top of the levers set from there. The scenario that
    comes back is whole only as it stands: `replace` would read it anew from its sources, without what was added.
    """
    first = plan.start_month
    kept = cells([*plan.overrides, *more.get(first, ())])
    own = dict(plan._event_settings)
    for month, settings in more.items():
        if month != first:
            own[month] = tuple(cells([*settings, *own.get(month, ())]).values())
    return replace(plan, overrides=tuple(kept[cell] for cell in sorted(kept)), _event_settings=own)


def cells(settings: Sequence[Setting]) -> dict[tuple[str, str, str, str], Setting]:
    """Return settings by (lever, market, service, item); of two of one cell the last."""
    return {(one.lever, one.market, one.service, one.item): one for one in settings}


def _written(one: Setting) -> tuple[str, object]:
    """Return the dotted key and the value that set one lever."""
    lever = LEVERS[one.lever]
    parts = ["platforms", one.service, one.lever, one.market] if lever.of == "platform" else [
        "markets", one.market, one.lever]  # fmt: skip
    value: object = bool(one.value) if lever.switch else one.value
    return ".".join([*parts, one.item] if one.item else parts), value
