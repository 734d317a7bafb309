"""Outcomes of one world and of two held against each other: levels, paired differences, how sure their signs are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome, readings
from model.experiments.comparing.paired import paired_differences, t_half_width
from model.experiments.comparing.sequential import FEWEST
from model.experiments.comparing.under import band_columns
from model.experiments.report.arms import Arm
from model.results.fans import by_run

Floats = NDArray[np.float64]
LEVEL = 0.9
OPENING = "opening"
CLEAR, LEANING, OPEN, SAME, SINGLE = "clear", "leaning", "open", "same", "single"
LEANS = 0.75
"""Share of an ensemble's members from which an answer leans one way without being clear."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An outcome in two worlds. base, other: means. difference, low, high: other less base, with its 90% interval.

    Under an ensemble low and high are the ends of the band of its members' differences. above, same: shares of runs in
    which it is above 0 and exactly 0. runs: pairs of runs.
    """

    base: float
    other: float
    difference: float
    low: float
    high: float
    above: float
    runs: int
    same: float = 0.0

    @property
    def agreeing(self) -> float:
        """Share of runs in which the difference has the sign of the mean."""
        return self.above if self.difference > 0.0 else max(0.0, 1.0 - self.above - self.same)

    @property
    def relative(self) -> float:
        """The difference as part of the base, NaN where that is 0."""
        return self.difference / abs(self.base) if self.base else float("nan")

    def sureness(self, *, members: bool) -> str:
        """Return how sure the sign is: CLEAR, LEANING (of an ensemble), OPEN, SAME (exactly 0 in all), SINGLE."""
        if self.difference == 0.0 and (self.runs == 1 or self.low == self.high == 0.0):
            return SAME
        if self.runs < FEWEST or not isfinite(self.low):
            return SINGLE
        if self.low > 0.0 or self.high < 0.0:
            return CLEAR
        return LEANING if members and self.agreeing >= LEANS else OPEN


@dataclass(frozen=True, slots=True)
class Level:
    """An outcome in one world: mean over runs, and the ends of the 90% band over them (interval of the mean)."""

    value: float
    low: float
    high: float
    runs: int


class Readings:
    """Outcomes of arms, run by run. arms: the scenario first, then the one it is held against, if any."""

    def __init__(self, arms: Sequence[Arm], outcomes: Sequence[Outcome]) -> None:
        self.arms, self.outcomes = tuple(arms), {one.name: one for one in outcomes}

    @property
    def members(self) -> bool:
        """Whether runs are members of an ensemble."""
        return self.arms[0].result.provenance.carried is not None

    @property
    def runs(self) -> int:
        """Runs of each arm."""
        return self.arms[0].runs

    @cached_property
    def _tables(self) -> tuple[pd.DataFrame, ...]:
        """A table for each arm: (outcome, market, over) x run."""
        found = []
        for arm in self.arms:
            columns = {
                number: readings(one, list(self.outcomes.values()), markets=arm.plan.markets)
                for number, one in arm.singles.items()
            }
            found.append(pd.DataFrame(columns))
        return tuple(found)

    def values(self, outcome: str, *, market: str = WORLD, over: str = HORIZON, arm: int = 0) -> Floats:
        """Return (runs,) of an outcome; NaN where it is not known."""
        table, key = self._tables[arm], (outcome, market, over)
        if key not in table.index:
            return np.full(self.runs, np.nan)
        found: Floats = table.to_numpy(np.float64)[table.index.get_loc(key)]
        return found

    def gap(self, outcome: str, *, market: str = WORLD, over: str = HORIZON) -> Gap:
        """Return the difference of the scenario to the one it is held against."""
        other, base = (self.values(outcome, market=market, over=over, arm=arm) for arm in (0, 1))
        gaps = (other - base)[:, None]
        if self.members:
            band = band_columns(gaps, level=LEVEL)
            low, high = float(band["low"][0]), float(band["high"][0])
        else:
            found = paired_differences(base[:, None], other[:, None], level=LEVEL)
            low, high = float(found.low[0]), float(found.high[0])
        above, same = float((gaps > 0.0).mean()), float((gaps == 0.0).mean())
        return Gap(float(base.mean()), float(other.mean()), float(gaps.mean()), low, high, above, gaps.size, same)

    def level(self, outcome: str, *, market: str = WORLD, over: str = END, arm: int = 0) -> Level:
        """Return an outcome of one arm with its band."""
        own = self.values(outcome, market=market, over=over, arm=arm)
        low, high = ends(own[None, :], members=self.members)
        return Level(float(own.mean()), float(low[0]), float(high[0]), own.size)

    def opening(self, outcome: str, *, arm: int = 0) -> Level:
        """Return a stock of a service over all markets at the start, month 0."""
        one = self.outcomes[outcome]
        wide = by_run(self.arms[arm].result, one.column, platform=one.who or None)
        own = wide.loc[0].to_numpy(np.float64) if 0 in wide.index else np.full(self.runs, np.nan)
        low, high = ends(own[None, :], members=self.members)
        return Level(float(own.mean()), float(low[0]), float(high[0]), own.size)

    def markets_with(self, outcome: str) -> tuple[str, ...]:
        """Return the markets in which an outcome is known at all."""
        keys = self._tables[0].index
        return tuple(code for code in self.arms[0].plan.markets if (outcome, code, HORIZON) in keys)


def ends(values: Floats, *, members: bool) -> tuple[Floats, Floats]:
    """Return low and high of rows, (rows, runs) to (rows,): the interval of the mean, or the band of members.

    An interval of what is 0 or more in every run does not reach below 0.
    """
    if members:
        found = band_columns(values.T, level=LEVEL)
        return found["low"], found["high"]
    half = t_half_width(values.T, level=LEVEL)
    mean = values.mean(axis=1)
    least = np.where((values >= 0.0).all(axis=1), 0.0, -np.inf)
    return np.maximum(mean - half, least), mean + half


__all__ = ["END", "HORIZON", "OPENING", "WORLD", "Gap", "Level", "Readings", "ends"]
