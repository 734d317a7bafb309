"""Kinds of strategy, each with the choices that a scenario may set; the registry of all that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.spec.settings import LEVERS

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
            rule, told = "bounds, likely range and default are in order", (self.low, low, self.default, high, self.high)
            way = "Give Number(default, low, high, unit, meaning) with low <= default <= high."
            raise InputError(Fault(f"number of a strategy: {self.meaning}", rule, told, way))


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


class Maker(Protocol):
    """What makes the rules of a kind: a class."""

    def __call__(self, plan: StrategyPlan) -> Any:
        """Return the rule of a plan."""

    def misfits(self, plan: StrategyPlan) -> tuple[tuple[str, str, object, str], ...]:
        """Return what is wrong with a plan beyond its fields: (field, rule, value, way out) each."""

    def opens(self, plan: StrategyPlan) -> tuple[tuple[str, str, float], ...]:
        """Return the offers that a plan may open beside its entries: (market, tier, price in local currency)."""


@dataclass(frozen=True, slots=True)
class StrategyKind:
    """A rule that a firm may play. `model.agents.strategies.Strategy` makes one of each subclass.

    name: as scenarios write it. side: who plays it. about: what it does, a sentence. choices: what a scenario may set,
    by name. sets: levers that it moves. responds: whether it answers others, so that it holds while rivals do not
    respond. enters: whether it takes a table of entries. maker: makes the rule of a plan. source: stands for the code
    of a rule from outside the package, "" for those inside. Such a kind is made known in the process it is sent to.
    """

    name: str
    side: Side
    about: str
    choices: Mapping[str, Choice]
    sets: tuple[str, ...]
    responds: bool
    enters: bool
    maker: Maker
    source: str = ""

    def misfits(self, plan: StrategyPlan) -> tuple[tuple[str, str, object, str], ...]:
        """Return what is wrong with a plan beyond its fields."""
        return self.maker.misfits(plan)

    def opens(self, plan: StrategyPlan) -> tuple[tuple[str, str, float], ...]:
        """Return the offers that a plan may open beside its entries: (market, tier, price in local currency)."""
        return self.maker.opens(plan)

    def __setstate__(self, state: Sequence[object]) -> None:
        for one, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, one.name, value)
        if self.source and self.name not in _MADE_HERE:  # a copy does not undo what was defined here since
            _KNOWN[self.name] = self


_KNOWN: dict[str, StrategyKind] = {}
_MADE_HERE: set[str] = set()
"""Names of rules whose class was made in this process, by a class statement."""


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
    raise_faults([*_kind_faults(kind, place), *(f for name in kind.choices for f in _choice_faults(kind, name, place))])
    _KNOWN[kind.name] = kind
    _MADE_HERE.add(kind.name)


def _kind_faults(kind: StrategyKind, place: str) -> list[Fault]:
    """Return what is wrong with the side and the levers of a kind."""
    found: list[Fault] = []
    if kind.side not in ("platform", "label"):
        rule = "side is platform or label"
        found.append(Fault(f"{place}.side", rule, kind.side, 'Write side = "platform" or side = "label".'))
    given: object = kind.sets
    if not isinstance(given, tuple):
        return [*found, Fault(f"{place}.sets", "sets is a tuple of levers", given, 'Example: sets = ("price",).')]
    wrong = [one for one in given if one not in list(LEVERS)]
    return found + [Fault(f"{place}.sets", "no such lever", one, nearest(str(one), list(LEVERS))) for one in wrong]


def _choice_faults(kind: StrategyKind, name: str, place: str) -> list[Fault]:
    """Return what is wrong with one choice: its name, what it is, its default."""
    at = f"{place}.{name}"
    choice: object = kind.choices[name]
    found: list[Fault] = []
    if name in FIELDS or not str(name).isidentifier() or hasattr(kind.maker, str(name)):
        way = f"Scenarios write {', '.join(FIELDS)} beside it, and a rule has attributes of its own; take another word."
        found.append(Fault(at, "a choice has a name of its own", name, way))
    if not isinstance(choice, Number | Word | Words):
        way = 'Example: sm.Strategy.Number(0.05, 0.0, 0.9, "share", "what it means").'
        return [*found, Fault(at, "a choice is a Number, a Word or Words", choice, way)]
    if isinstance(choice, Word) and isinstance(choice.of, tuple) and choice.default not in ("", *choice.of):
        found.append(Fault(at, "the default is one of the words", choice.default, nearest(choice.default, choice.of)))
    if isinstance(choice, Word | Words) and choice.of not in get_args(Names) and not isinstance(choice.of, tuple):
        found.append(Fault(at, "names are of a tier, a service or a label", choice.of, 'Example: of = "tier".'))
    return found


def known_strategies() -> Mapping[str, StrategyKind]:
    """Return every kind by name: those of the package, and those that were defined in this process."""
    import_module(BUILT_IN)
    return MappingProxyType(_KNOWN)
