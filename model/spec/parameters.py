"""Parameters, each declared once: default, unit, bounds, meaning, source, range for calibration.

A declaration is the one line that validation, help texts, sliders, tables, sensitivity ranges and priors read. The
lines stand in `model/spec/declared/`, one file per subject; `declared_parameters()` gathers them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Literal

from model.foundation.errors import Fault, nearest, raise_faults

LEAST = 1e-100
"""A parameter or lever is 0, or no nearer to 0 than this: beyond it a quotient of two such numbers is no number."""
SUBJECTS = ("population", "demand", "trends", "money", "talks", "advertising", "songs", "podcasts")
Kind = Literal["uncertainty", "setting"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared constant of the model.

    low, high: hard bounds; a value outside is an error. likely: the range that sensitivity and calibration explore,
    (low, high), inside the bounds. source: fact ids separated by ";", or the word "assumption", or both.
    kind: "uncertainty" (a property of the world) or "setting" (a choice of the modeller, not explored).
    """

    name: str
    default: float
    unit: str
    low: float
    high: float
    meaning: str
    source: str
    likely: tuple[float, float]
    kind: Kind = "uncertainty"
    whole: bool = False
    subject: str = ""

    def __post_init__(self) -> None:
        low, high = self.likely
        if not self.low <= low <= self.default <= high <= self.high:
            raise ValueError(f"parameter {self.name}: bounds, likely range and default are not in order")
        if not (self.unit and self.meaning and self.source):
            raise ValueError(f"parameter {self.name}: unit, meaning and source are required")

    def faults(self, value: object, *, place: str) -> list[Fault]:
        """Return what is wrong with a value for this parameter (empty when it is right)."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            return [Fault(place, f"{self.name} is a finite number in {self.unit}", value, f"Default: {self.default}.")]
        if 0.0 < abs(value) < LEAST:
            return [Fault(place, f"{self.name} is 0, or no nearer to 0 than {LEAST:g}", value, "Write 0.")]
        if self.whole and float(value) != int(value):
            return [Fault(place, f"{self.name} is a whole number", value, f"Default: {self.default}.")]
        if not self.low <= value <= self.high:
            rule = f"{self.name} lies in [{self.low:g}, {self.high:g}] {self.unit}"
            return [Fault(place, rule, value, f"Default: {self.default:g}; {self.meaning}.")]
        return []


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False


class Parameters(Mapping[str, float]):
    """A frozen, validated set of values, read by attribute: `parameters.theta`."""

    __slots__ = ("_values",)
    _values: dict[str, float]

    def __init__(self, overrides: Mapping[str, object] | None = None, *, place: str = "parameters") -> None:
        declared = declared_parameters()
        values: dict[str, float] = {name: float(line.default) for name, line in declared.items()}
        faults: list[Fault] = []
        for name, value in (overrides or {}).items():
            line = declared.get(name)
            if line is None:
                faults.append(Fault(f"{place}.{name}", "no such parameter", value, nearest(name, list(declared))))
                continue
            wrong = line.faults(value, place=f"{place}.{name}")
            faults.extend(wrong)
            if not wrong:
                values[name] = float(value)  # type: ignore[arg-type]
        raise_faults(faults)
        object.__setattr__(self, "_values", values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("parameters are frozen: make a new set with replace()")

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no parameter {name!r}. {nearest(name, list(self._values))}") from None

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __reduce__(self) -> tuple[type[Parameters], tuple[dict[str, float]]]:
        return (Parameters, (dict(self._values),))

    def replace(self, overrides: Mapping[str, object]) -> Parameters:
        """Return a new validated set with some values changed."""
        return Parameters({**self._values, **overrides})

    def changed(self) -> dict[str, float]:
        """Return the values that differ from their declared defaults."""
        declared = declared_parameters()
        return {name: value for name, value in self._values.items() if value != declared[name].default}


@cache
def declared_parameters() -> dict[str, Parameter]:
    """Return every declared parameter by name, in the order of the declarations."""
    found: dict[str, Parameter] = {}
    for subject in SUBJECTS:
        lines: tuple[Parameter, ...] = import_module(f"model.spec.declared.{subject}").PARAMETERS
        for line in lines:
            if line.name in found:
                raise ValueError(f"parameter {line.name} is declared twice")
            found[line.name] = replace(line, subject=subject)
    return found
