"""Kinds of strategy, each with the choices that a scenario may set; the registry of all that are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from model.foundation.errors import Fault, InputError

if TYPE_CHECKING:
    from model.spec.strategies.plans import StrategyPlan

Side = Literal["platform", "label"]
Names = Literal["tier", "service", "label"]
BUILT_IN = "model.agents.strategies"
"""Package of the rules that come with the project. Rules are plug-ins: they lie above and are loaded by name."""
FIELDS = ("rule", "platform", "label", "markets", "from", "until", "entries", "actions", "about", "source")
"""Keys of a strategy's table in a scenario that are no choice of its kind."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a strategy is tuned by. likely: the range that sensitivity explores (default: the bounds)."""

    default: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str = "assumption"
    likely: tuple[float, float] | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        low, high = self.likely or (self.low, self.high)
        if not (isfinite(self.low) and self.low <= low <= self.default <= high <= self.high and isfinite(self.high)):
            raise ValueError(f"{self.meaning}: bounds, likely range and default are not in order")


@dataclass(frozen=True, slots=True)
class Word:
    """A name that a strategy is told: of a tier, a service, a label, or one of some words. "" is none chosen."""

    default: str
    of: Names | tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Words:
    """Several names that a strategy is told, each once."""

    default: tuple[str, ...]
    of: Names
    meaning: str


Choice = Number | Word | Words


@dataclass(frozen=True, slots=True)
class StrategyKind:
    """A rule that a firm may play. `model.agents.strategies.Strategy` makes one of each subclass.

    name: as scenarios write it. side: who plays it. about: what it does, a sentence. choices: what a scenario may set,
    by name. sets: levers that it moves. responds: whether it answers others, so that it holds while rivals do not
    respond. enters: whether it takes a table of entries. maker: makes the rule of a plan. opens: offers that a plan may
    open, as (market, tier, price in local currency). source: stands for the code of a rule from outside the package,
    "" for those inside.
    """

    name: str
    side: Side
    about: str
    choices: Mapping[str, Choice]
    sets: tuple[str, ...]
    responds: bool
    enters: bool
    maker: Callable[[StrategyPlan], Any]
    opens: Callable[[StrategyPlan], tuple[tuple[str, str, float], ...]]
    source: str = ""


_KNOWN: dict[str, StrategyKind] = {}


def register(kind: StrategyKind) -> None:
    """Make a kind known. One from outside the package may be registered anew, as a notebook's cell is run again.

    Errors: InputError for a name or choice that is taken.
    """
    place = f"strategy {kind.name}"
    if kind.source:
        known_strategies()  # the package's own rules come first, so that none is taken by accident
    earlier = _KNOWN.get(kind.name)
    if earlier is not None and not earlier.source and kind.source:
        rule, way = "a strategy has a name of its own", "Give the class another name; this one comes with the package."
        raise InputError(Fault(place, rule, kind.name, way))
    taken = sorted(set(kind.choices) & set(FIELDS))
    if taken:
        way = f"Scenarios write {', '.join(FIELDS)} beside it."
        raise InputError([Fault(f"{place}.{name}", "a choice has a name of its own", name, way) for name in taken])
    _KNOWN[kind.name] = kind


def known_strategies() -> Mapping[str, StrategyKind]:
    """Return every kind by name: those of the package, and those that were defined in this process."""
    import_module(BUILT_IN)
    return MappingProxyType(_KNOWN)
