"""What a sweep moves: levers of firms, uncertainties of the world, and policies that are held against each other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from model.foundation.errors import Fault, nearest, raise_faults
from model.spec.frame import KEYS
from model.spec.parameters import Parameter, declared_parameters
from model.spec.reading import shown
from model.spec.scenario import Scenario

Shape = Literal["uniform", "triangular", "normal"]
SHAPES: tuple[Shape, ...] = ("uniform", "triangular", "normal")
FRAME_KEYS = frozenset(
    {"name", "about", "extends", "start", "users", "months", "seed", "replicates", "markets", "events", "deals"}
)
"""Keys that no point of a sweep may set: without them in common, runs share no start and no random numbers."""
FORMULA = ("=", "+", "-", "@")
"""Signs that a cell of a table must not begin with: spreadsheets would run it. Figures read formulas between $."""
NINETY = float(ndtri(0.95))  # standard deviations from the middle to either end of a 90% range


@dataclass(frozen=True, slots=True)
class Lever:
    """Something that a firm or a government sets, tried at several values or over a range.

    path: dotted key of a scenario, e.g. platforms.resso.price.ID.individual. Either values: those tried, or low and
    high: the range, ends included. Errors: InputError with every fault of these; whether the path exists is found out
    when the sweep is planned.
    """

    path: str
    values: tuple[object, ...] = field(default=(), kw_only=True)
    low: float | None = field(default=None, kw_only=True)
    high: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        raise_faults(self._faults())
        object.__setattr__(self, "values", tuple(_plain(value) for value in self.values))

    @property
    def key(self) -> str:
        """Key of the scenario that is set, and name of its column."""
        return self.path

    @property
    def column(self) -> str:
        """Name of its column among the points."""
        return self.path

    def at(self, quantile: float) -> object:
        """Return the value at a quantile from 0 to 1: along the range, or the values in equal parts."""
        if self.values:
            return self.values[min(int(quantile * len(self.values)), len(self.values) - 1)]
        return _between(self._low, self._high, quantile)

    def levels(self, count: int) -> tuple[object, ...]:
        """Return its values, or `count` equal steps over its range."""
        return self.values or tuple(float(one) for one in np.linspace(self._low, self._high, count))

    def plain(self) -> dict[str, object]:
        """Return it as plain values for JSON."""
        return {"path": self.path, "values": list(self.values), "low": self.low, "high": self.high}

    @property
    def _low(self) -> float:
        return float(self.low if self.low is not None else math.nan)

    @property
    def _high(self) -> float:
        return float(self.high if self.high is not None else math.nan)

    def _faults(self) -> list[Fault]:
        place, way = f"levers: {shown(self.path)}", "Example: Lever('platforms.resso.integration.ID', low=0, high=1)."
        path, values = _anything(self.path), _anything(self.values)
        if not isinstance(path, str) or not all(part.strip() for part in path.split(".")):
            return [Fault(place, "a lever is a dotted path", shown(path), way)]
        found = list(_path_faults(self.path, place=place))
        if self.values and (self.low is not None or self.high is not None):
            return [*found, Fault(place, "a lever has values or a range, not both", self.values, way)]
        if not isinstance(values, list | tuple):
            return [*found, Fault(place, "values are a list", shown(values), way)]
        if self.values:
            wrong = [one for one in self.values if not isinstance(one, bool | int | float | str | np.generic)]
            found += [Fault(place, "a value is a number, a text or true or false", shown(one), way) for one in wrong]
            if not wrong and len({repr(_plain(one)) for one in self.values}) < len(self.values):
                found.append(Fault(place, "a value stands once", list(self.values), "Take the double out."))
            return found
        return [*found, *range_faults(self.low, self.high, place=place, way=way)]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A declared parameter of which nobody knows the value, with what is thought of it.

    name: the parameter. low, high: the range (default: the likely range of its declaration). shape: "uniform" over the
    range; "triangular" with its peak at the declared default; "normal", nine tenths of it within as wide a range around
    the default (the middle of a range of one's own), cut at the declared bounds. Whole parameters take whole values.
    """

    name: str
    low: float | None = field(default=None, kw_only=True)
    high: float | None = field(default=None, kw_only=True)
    shape: Shape = field(default="uniform", kw_only=True)

    def __post_init__(self) -> None:
        raise_faults(self._faults())

    @property
    def line(self) -> Parameter:
        """Declaration of the parameter."""
        return declared_parameters()[self.name]

    @property
    def key(self) -> str:
        """Key of the scenario that is set."""
        return f"parameters.{self.name}"

    @property
    def column(self) -> str:
        """Name of its column among the points."""
        return self.name

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest value of the range: its own, or the declared likely one."""
        low, high = self.line.likely
        return (low if self.low is None else float(self.low), high if self.high is None else float(self.high))

    def at(self, quantile: float) -> float:
        """Return the value below which a part `quantile`, 0 to 1, of what is thought possible lies."""
        low, high = self.range
        if self.line.whole and self.shape == "uniform":
            return float(min(math.floor(low + quantile * (high - low + 1.0)), high))
        value = self._inverted(quantile, low, high)
        return float(round(value)) if self.line.whole else value

    def levels(self, count: int) -> tuple[object, ...]:
        """Return `count` equal steps over the range, fewer where whole values run out."""
        steps = np.linspace(*self.range, count)
        return tuple(dict.fromkeys(float(round(one)) if self.line.whole else float(one) for one in steps))

    def plain(self) -> dict[str, object]:
        """Return it as plain values for JSON, the range written out."""
        low, high = self.range
        return {"name": self.name, "low": low, "high": high, "shape": self.shape}

    def _inverted(self, quantile: float, low: float, high: float) -> float:
        line = self.line
        if self.shape == "uniform":
            return _between(low, high, quantile)
        own = self.low is not None or self.high is not None
        if self.shape == "triangular":
            peak = min(max(line.default, low), high)
            turn = (peak - low) / (high - low)
            if quantile <= turn and turn > 0.0:
                return low + math.sqrt(quantile * (high - low) * (peak - low))
            return high - math.sqrt((1.0 - quantile) * (high - low) * (high - peak))
        middle, spread = (low + high) / 2.0 if own else line.default, (high - low) / (2.0 * NINETY)
        below, above = float(ndtr((line.low - middle) / spread)), float(ndtr((line.high - middle) / spread))
        value = middle + spread * float(ndtri(below + quantile * (above - below)))
        return min(max(value, line.low), line.high)

    def _faults(self) -> list[Fault]:
        place, declared = f"uncertainties: {shown(self.name)}", declared_parameters()
        if self.name not in declared:
            return [Fault(place, "no such parameter", shown(self.name), nearest(str(self.name), list(declared)))]
        found = []
        if self.shape not in SHAPES:
            found.append(Fault(place, "no such shape", shown(self.shape), f"Known: {', '.join(SHAPES)}."))
        line, own = declared[self.name], self.low is not None or self.high is not None
        if line.kind == "setting" and not own:
            rule = "is a choice of the modeller and has no likely range to draw from"
            return [*found, Fault(place, rule, self.name, "Give low and high.")]
        low, high = (
            line.likely[0] if self.low is None else self.low,
            line.likely[1] if self.high is None else self.high,
        )
        wrong = range_faults(
            low, high, place=place, way=f"Likely: {line.likely[0]:g} to {line.likely[1]:g} {line.unit}."
        )
        if not wrong:
            wrong = [fault for end in (low, high) for fault in line.faults(end, place=place)]
        return [*found, *wrong]


Axis = Lever | Uncertainty


@dataclass(frozen=True, slots=True)
class Policy:
    """A named bundle of settings that is tried at every point of a sweep.

    name: of its rows. overrides: keys of a scenario with their values, dotted or nested. scenario: what they are put on
    (default: the sweep's base), as a Scenario, a name or a file; it takes the base's users, seed, months and markets.
    """

    name: str
    overrides: Mapping[str, object] = field(default_factory=dict, kw_only=True)
    scenario: Scenario | str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        way = "Example: Policy('tied', overrides={'platforms.resso.integration.ALL': 1.0})."
        faults = []
        name, overrides = _anything(self.name), _anything(self.overrides)
        if not isinstance(name, str) or not 0 < len(name.strip()) <= 60:
            faults.append(Fault("policies", "a policy has a name of up to 60 signs", shown(name), way))
        elif not name.isprintable() or name.startswith(FORMULA) or "$" in name:
            rule = f"a name has printed signs, no $, and begins with none of {' '.join(FORMULA)}, as formulas do"
            faults.append(Fault("policies", rule, name, "Begin with a letter or a digit; write USD."))
        if not isinstance(overrides, Mapping):
            rule = "overrides are a table of keys and values"
            faults.append(Fault(f"policies: {shown(name)}", rule, shown(overrides), way))
        else:
            for key in overrides:
                faults += _path_faults(str(key), place=f"policies: {shown(self.name)}", parameters=True)
        raise_faults(faults)


def range_faults(low: object, high: object, *, place: str, way: str) -> list[Fault]:
    """Return what is wrong with the ends of a range: no finite numbers, the same, or upside down."""
    faults = []
    for name, value in (("low", low), ("high", high)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            faults.append(Fault(place, f"{name} is a finite number", shown(value), way))
    if faults:
        return faults
    if low == high:
        return [Fault(place, "low lies below high", f"both {low}", way)]
    if low > high:  # type: ignore[operator]
        return [Fault(place, "low lies below high", f"low {low}, high {high}", "They are upside down: swap them.")]
    return []


def is_lever_path(word: str) -> bool:
    """Tell whether a word is written as a lever: a dotted path, or a key of a scenario's own, as rivals_respond."""
    return "." in word or (word in KEYS and word not in declared_parameters())


def _path_faults(path: str, *, place: str, parameters: bool = False) -> list[Fault]:
    head, _, rest = path.partition(".")
    if head in FRAME_KEYS and not (head == "markets" and rest and rest != "only"):
        rule = "a sweep keeps start, size, markets, seed and events, so that its runs share their random numbers"
        return [Fault(place, rule, path, "Set it in the base scenario, or name a scenario as a policy.")]
    if head == "parameters" and not parameters:
        return [Fault(place, "a parameter is no lever", path, f"Write it under uncertainties: {rest or 'theta'}.")]
    return []


def _between(low: float, high: float, part: float) -> float:
    """Return low + part of the way to high, never beyond high."""
    return min(low + part * (high - low), high)


def _anything(value: object) -> object:
    """Return a value as what a user may really have given, whatever the annotation says."""
    return value


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
