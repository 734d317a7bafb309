"""Firms decide: at the beginning of a month, before its events, each strategy of the scenario sets what it will.

All see the world as last month left it, with the levers that the scenario sets from month 1 on, and none sees what
another does this month. A dated event that sets the same lever in the month wins. Forks have nobody who decides, so
that a firm that looks ahead takes the others as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from model.agents.strategies import Strategy
from model.foundation.errors import Fault, InputError
from model.market.levers_now import lever_next
from model.market.outlook import MarketOutlook, WorldAhead
from model.market.record import MarketMonth
from model.market.world import World
from model.spec.settings import Setting
from model.spec.strategies import StrategyPlan

Cell = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a strategy set. month: run month. before: where the lever stood, NaN where it had no state."""

    month: int
    key: str
    rule: str
    actor: str
    setting: Setting
    before: float


class Deciding:
    """The strategies of a run. `actions` tells all that they set."""

    def __init__(self, plans: Sequence[StrategyPlan]) -> None:
        self.played: tuple[tuple[StrategyPlan, Strategy], ...] = tuple((plan, plan.kind.maker(plan)) for plan in plans)
        self.actions: list[Action] = []

    def month(self, world: World) -> tuple[Setting, ...]:
        """Return what firms set at the beginning of the month that the world is about to live."""
        now, last, held = world.money.calendar(world.month + 1), _last(world), dict[object, WorldAhead]()
        found: dict[Cell, Setting] = {}
        for plan, strategy in self.played:
            if not plan.acts_in(now):
                continue
            outlook = MarketOutlook(world, plan=plan, last=last, held=held)
            for setting in _checked(strategy.decide(outlook), plan, outlook):
                cell = (setting.lever, setting.market, setting.service, setting.item)
                if cell in found:
                    twice = found[cell].place == setting.place
                    rule = f"{'a rule sets' if twice else 'two strategies set'} one lever {'once ' * twice}in a month"
                    way = "" if twice else f"{found[cell].place} sets it too; split markets or dates between them."
                    raise InputError(Fault(setting.place, rule, cell, way or "Decide on one value."))
                country = world.countries[setting.market]
                before = lever_next(
                    country, world.pending, name=setting.lever, service=setting.service, item=setting.item
                )  # fmt: skip
                if before != setting.value:
                    found[cell] = setting
                    self.actions.append(
                        Action(world.month + 1, plan.key, plan.kind.name, plan.actor, setting, before)
                    )  # fmt: skip
        return tuple(found.values())

    def entries(self, world: World, *, service: str, markets: Sequence[str]) -> tuple[Setting, ...]:
        """Return what entries of a service into markets would set, if some strategy plans them."""
        found: list[Setting] = []
        for plan, strategy in self.played:
            if plan.actor == service and plan.kind.enters:
                outlook = MarketOutlook(world, plan=plan, last=_last(world), held={})
                for market in markets:
                    if market in plan.markets:
                        found += strategy.entering(outlook, market)
        return tuple(found)

    def reservation(
        self, actor: str, *, value: float, present: float, other: str, kind: str, markets: Sequence[str], now: int
    ) -> float:  # fmt: skip
        """Return what an actor really wants in talks: the least or most that its strategy makes of the forks' value.

        A strategy has its say where it is played in some market of the licence.
        """
        for plan, strategy in self.played:
            if plan.actor == actor and plan.acts_in(now) and set(plan.markets) & set(markets):
                value = _amount(strategy.reservation(value, present=present, other=other, kind=kind), plan)
        return value


def _last(world: World) -> dict[str, MarketMonth]:
    """Return the latest record of each market."""
    return {record.market: record for record in world.records[-len(world.countries) :]}


def _amount(value: object, plan: StrategyPlan) -> float:
    """Return a reservation as a number. Errors: InputError for anything else, so that a wrong rule is named."""
    if isinstance(value, int | float | np.number) and not isinstance(value, bool) and np.isfinite(value):
        return float(value)
    rule, way = f"{plan.kind.name} wants a finite number of USD a month in talks", "Return value where it is no matter."
    raise InputError(Fault(f"{plan.place}: reservation", rule, value, way))


def _checked(actions: object, plan: StrategyPlan, outlook: MarketOutlook) -> tuple[Setting, ...]:
    """Return what a rule decided. Errors: InputError for anything but actions that its outlook makes."""
    listed = tuple(actions) if isinstance(actions, Iterable) else (actions,)
    wrong = [one for one in listed if not isinstance(one, Setting)]
    if wrong:
        way = "Yield what outlook.set(...) gives, or return a list of it."
        raise InputError(Fault(plan.place, f"{plan.kind.name} decides on actions", type(wrong[0]).__name__, way))
    made = [
        outlook.set(one.lever, one.market, one.value, "" if plan.side == "label" else one.item, service=one.service)
        for one in listed
    ]
    foreign = [one for one, own in zip(listed, made, strict=True) if (one.service, one.item) != (own.service, own.item)]
    if foreign:
        rule, what = f"{plan.actor} sets levers of its own", (foreign[0].lever, foreign[0].service, foreign[0].item)
        raise InputError(Fault(plan.place, rule, what, "Yield what outlook.set(...) gives."))
    return tuple(made)
