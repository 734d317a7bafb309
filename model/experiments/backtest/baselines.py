"""Naive rules that a forecast has to beat: the last value, drift, and the season with or without last year's growth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.experiments.backtest.spread import Rule

Floats = NDArray[np.float64]
Months = NDArray[np.int64]
YEAR = 12
SEASONS = 8
"""Quarters that must be known before a season is spoken of."""


def last_value(months: Months, values: Floats, month: int) -> float | None:  # noqa: ARG001 - all rules take the three
    """Say that nothing changes."""
    return float(values[-1]) if values.size else None


def drift(months: Months, values: Floats, month: int) -> float | None:
    """Say that the mean change of the known window goes on: the line through its first and its last figure."""
    if values.size < 2:
        return None
    slope = (values[-1] - values[0]) / (months[-1] - months[0])
    return float(values[-1] + slope * (month - months[-1]))


def seasonal(months: Months, values: Floats, month: int) -> float | None:
    """Say what the same month was in the latest year in which it is known."""
    back = _years_before(months, month)
    return None if back is None else float(values[back])


def seasonal_drift(months: Months, values: Floats, month: int) -> float | None:
    """Say what the same month was a year ago, moved on by the latest change over a year."""
    back, year_before = _years_before(months, month), _place(months, int(months[-1]) - YEAR)
    if back is None or year_before is None:
        return None
    years = (month - int(months[back])) // YEAR
    return float(values[back] + years * (values[-1] - values[year_before]))


def _years_before(months: Months, month: int) -> int | None:
    """Return the place of the latest known figure that is whole years before a month."""
    if not months.size:
        return None
    years = -(-(month - int(months[-1])) // YEAR)
    return _place(months, month - YEAR * max(years, 1))


def _place(months: Months, month: int) -> int | None:
    found = np.flatnonzero(months == month)
    return int(found[0]) if found.size else None


@dataclass(frozen=True, slots=True)
class Baseline:
    """A naive rule: its name, what it says in words, and whether it needs a season."""

    name: str
    words: str
    rule: Rule
    season: bool = False


BASELINES: tuple[Baseline, ...] = (
    Baseline("last", "the last known value", last_value),
    Baseline("drift", "the last known value, moved on as on average since the first", drift),
    Baseline("seasonal", "the same quarter of the year before", seasonal, season=True),
    Baseline("seasonal_drift", "the same quarter of the year before, moved on by the last year's change",
             seasonal_drift, season=True),
)  # fmt: skip
"""In the order in which they are shown. On ratios where the metric's changes are ratios, else on differences."""
