"""A decision as it is frozen: what was chosen, against what, what was expected of it, and when to think again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.experiments.history import METRICS, SeriesKey
from model.theory.quantiles import LEVELS, quantiles

QUANTILES = ("q05", "q25", "median", "q75", "q95")
BELOW, ABOVE = "below", "above"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was expected of a series at a date. date: "YYYY-MM". points: a value for each run, in the metric's unit.

    opening: the value at the start of the runs, None where the metric has none: what "nothing changes" would say.
    """

    key: SeriesKey
    date: str
    points: tuple[float, ...]
    opening: float | None = None

    @property
    def unit(self) -> str:
        """Unit of the metric."""
        return METRICS[self.key.metric].unit

    @property
    def values(self) -> NDArray[np.float64]:
        """The points as an array."""
        return np.array(self.points, dtype=np.float64)

    def ends(self) -> dict[str, float]:
        """Return the ends of the central 90% and 50% intervals, and the median."""
        found = quantiles(self.values, LEVELS).tolist()
        return dict(zip(QUANTILES, found, strict=True))

    def plain(self) -> dict[str, Any]:
        """Return plain values for JSON; the quantiles are there for people, and follow from the points."""
        return {
            "entity": self.key.entity, "market": self.key.market, "metric": self.key.metric, "date": self.date,
            "unit": self.unit, "opening": self.opening, **{name: short(end) for name, end in self.ends().items()},
            "points": list(self.points),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tripwire:
    """When to think again: a series beyond a threshold at any date up to `by`. when: BELOW or ABOVE.

    threshold: in the metric's unit. then: what was to be done, "" where nothing was said. chance: part of the runs in
    which it would fire, None where they do not tell the series.
    """

    key: SeriesKey
    when: str
    threshold: float
    by: str
    then: str = ""
    chance: float | None = None

    @property
    def unit(self) -> str:
        """Unit of the metric."""
        return METRICS[self.key.metric].unit

    def fires_at(self, value: float) -> bool:
        """Tell whether a value is beyond the threshold."""
        return value < self.threshold if self.when == BELOW else value > self.threshold

    def words(self) -> str:
        """Return the tripwire in words."""
        return f"{self.key} {self.when} {self.threshold:g} {self.unit} by {self.by}"

    def plain(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "entity": self.key.entity, "market": self.key.market, "metric": self.key.metric, "when": self.when,
            "threshold": self.threshold, "unit": self.unit, "by": self.by, "then": self.then, "chance": self.chance,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """A frozen decision.

    choice: name of the scenario that was chosen. alternatives: what else there was, in words. because: why. frozen:
    when, an ISO date and time of UTC. made: what made the expectations: scenario's hash, seed, start, months, markets,
    users, model version, run ids, ensemble.
    """

    title: str
    choice: str
    alternatives: tuple[str, ...]
    because: str
    frozen: str
    made: Mapping[str, Any]
    expectations: tuple[Expectation, ...]
    tripwires: tuple[Tripwire, ...]

    @property
    def under_ensemble(self) -> bool:
        """Whether the expectations carry uncertain parameters, and not chance alone."""
        return self.made.get("ensemble") is not None

    def plain(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "title": self.title, "choice": self.choice, "alternatives": list(self.alternatives),
            "because": self.because, "frozen": self.frozen, "made": dict(self.made),
            "expectations": [one.plain() for one in self.expectations],
            "tripwires": [one.plain() for one in self.tripwires],
        }  # fmt: skip


def short(value: float) -> float:
    """Return a number with nine digits: enough for any score, and the same when it is read again."""
    return float(f"{value:.9g}")
