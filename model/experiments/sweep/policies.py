"""The scenarios of a sweep's policies on common ground: the same start, size, seed, months, markets, offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from model.experiments.sweep.vocabulary import Policy
from model.foundation.errors import Fault, InputError, raise_faults
from model.foundation.months import show_month
from model.spec.names import ALL
from model.spec.scenario import Scenario
from model.spec.timeline import NewOffer

Offers = tuple[tuple[str, str, str, float, int], ...]
"""Offers that open in some run: (market, service, tier, price, month number); empty where all have the same ones."""


class Keyed(Protocol):
    """What a sweep moves, as far as it is asked here: the key of a scenario that it sets."""

    @property
    def key(self) -> str:
        """Dotted key."""


def plans_of(base: Scenario, policies: Sequence[Policy], axes: Sequence[Keyed]) -> tuple[Scenario, ...]:
    """Return the scenario of each policy. Errors: InputError with the faults of all policies."""
    faults: list[Fault] = []
    plans: list[Scenario] = []
    for policy in policies:
        place = f"policies: {policy.name}"
        faults += _clashes(policy, axes)
        try:
            plan = _ground(base, policy)
            plans.append(plan.replace(policy.overrides))
        except InputError as error:
            faults += [Fault(f"{place}: {one.place}", one.rule, one.value, one.way_out) for one in error.faults]
    raise_faults(faults)
    return tuple(plans)


def offers_of_all(plans: Sequence[Scenario]) -> Offers:
    """Return every offer that opens in any of the scenarios, nothing where all open the same ones."""
    cells = [[(one.market, one.service, one.tier) for one in plan.new_offers] for plan in plans]
    if all(own == cells[0] for own in cells):
        return ()
    every: dict[tuple[str, str, str], NewOffer] = {}
    for plan in reversed(plans):
        every.update({(one.market, one.service, one.tier): one for one in plan.new_offers})
    return tuple((*cell, every[cell].price, every[cell].month) for cell in sorted(every))


def on_one_table(plan: Scenario, offers: Iterable[Sequence[object]]) -> Scenario:
    """Return a scenario with room for every offer that opens in any of those it is held against.

    One that never opens changes nobody's choice, but a longer table adds in another order: with one table, what does
    not differ is the same to the last bit.
    """
    every = [NewOffer(*one) for one in offers]  # type: ignore[arg-type]
    if not every:
        return plan
    own = {(one.market, one.service, one.tier): one for one in plan.new_offers}
    return replace(plan, new_offers=tuple(own.get((one.market, one.service, one.tier), one) for one in every))


def _ground(base: Scenario, policy: Policy) -> Scenario:
    if policy.scenario is None:
        return base
    plan = policy.scenario if isinstance(policy.scenario, Scenario) else Scenario.load(policy.scenario)
    if plan.start != base.start:
        way = f"Take a scenario that begins in {show_month(base.start_month)}."
        raise InputError(Fault("start", "a policy begins when the base does", plan.start, way))
    wishes = {"users": base.users, "seed": base.seed, "months": base.months}
    if set(plan.markets) != set(base.markets):
        wishes["markets"] = list(base.markets)  # type: ignore[assignment]
    return plan.replace({key: value for key, value in wishes.items() if getattr(plan, key) != value})


def _clashes(policy: Policy, axes: Sequence[Keyed]) -> list[Fault]:
    """Return a fault for each key that a policy and a point both set."""
    found = []
    for path in _leaves(policy.overrides):
        for one in axes:
            if _overlap(path, one.key):
                rule = "a policy leaves alone what the points set"
                way = "Take it out of one of the two, or name the markets one by one."
                found.append(Fault(f"policies: {policy.name}: {path}", rule, one.key, way))
    return found


def _leaves(overrides: Mapping[str, object], path: str = "") -> list[str]:
    found = []
    for key, value in overrides.items():
        at = f"{path}.{key}" if path else str(key)
        found += _leaves(value, at) if isinstance(value, Mapping) else [at]
    return found


def _overlap(one: str, other: str) -> bool:
    first, second = one.split("."), other.split(".")
    return len(first) == len(second) and all(a == b or ALL in (a, b) for a, b in zip(first, second, strict=True))
