"""What one side believes of the other's reservation: a probability over a row of equal cells.

Money is counted so that more is better for the side whose view it is and the other can bear at most its own
reservation: a label looks at the platform's most, a platform at minus the label's least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from model.theory.arrays import FloatArray

CELLS = 101
REACH = 5.0  # standard deviations on either side of the mean


@dataclass(frozen=True, slots=True)
class View:
    """A belief about a number: cells of equal width, and within each the number is anywhere alike.

    middles, weights: (CELLS,) of the cells, USD a month and probability. width: of a cell, USD a month; 0 for a side
    that is certain.
    """

    middles: FloatArray
    weights: FloatArray
    width: float

    @classmethod
    def normal(cls, mean: float, *, spread: float) -> Self:
        """Return a normal belief, cut off at `REACH` standard deviations."""
        steps = np.linspace(-REACH, REACH, CELLS)
        weights = np.exp(-0.5 * steps**2)
        return cls(mean + spread * steps, weights / weights.sum(), spread * 2.0 * REACH / (CELLS - 1))

    @property
    def mean(self) -> float:
        """The expected number."""
        return _sum_of_products(self.weights, self.middles)

    @property
    def spread(self) -> float:
        """The standard deviation."""
        return float(np.sqrt(_sum_of_products(self.weights, (self.middles - self.mean) ** 2)))

    def chance(self, demand: float) -> float:
        """Return the probability that the other can bear the demand."""
        return min(1.0, _sum_of_products(self.weights, self._above(demand)))

    def mean_above(self, least: float) -> float:
        """Return the expected number given that it is at least `least`; `least` itself where that cannot be."""
        part = self.weights * self._above(least)
        whole = float(part.sum())
        if whole <= 0.0:
            return least
        tops = self.middles + 0.5 * self.width
        bottoms = np.maximum(self.middles - 0.5 * self.width, least)
        return max(least, _sum_of_products(part, 0.5 * (tops + bottoms)) / whole)

    def refused(self, cut: float, *, bluff: float) -> View:
        """Return the view after a demand was refused that the other would take if its number were `cut` or more.

        Then it refuses all the same with probability `bluff`; below the cut it always refuses. A refusal that by this
        view cannot have been honest, nor a bluff, changes nothing.
        """
        weights = self.weights * (1.0 - (1.0 - bluff) * self._above(cut))
        whole = float(weights.sum())
        return replace(self, weights=weights / whole) if whole > 0.0 else self

    def saw(self, value: float, *, spread: float) -> View:
        """Return the view after a signal of the number with normal error of this standard deviation, above 0."""
        known = self.weights > 0.0
        apart = np.abs(self.middles - value)
        nearest = apart[known].min()
        unit = max(spread, 1e-9 * float(apart.max()))  # a signal ever so sharp still leaves numbers
        if unit <= 0.0:
            return self
        # squares are counted from the nearest cell's, so that it keeps its weight however odd the signal
        logs = -0.5 * ((apart - nearest) / unit) * ((apart + nearest) / unit)
        weights = np.where(known, self.weights * np.exp(np.where(known, logs, 0.0)), 0.0)
        return replace(self, weights=weights / weights.sum())

    def moved(self, by: float) -> View:
        """Return the view with every number higher by `by`."""
        return replace(self, middles=self.middles + by)

    def _above(self, level: float) -> FloatArray:
        """Return the part of each cell that is at or above a level."""
        if self.width <= 0.0:
            return (self.middles >= level).astype(np.float64)
        with np.errstate(over="ignore"):  # a level further off than any number of cells is above or below all alike
            cells = (self.middles - level) / self.width
        return np.minimum(np.maximum(cells + 0.5, 0.0), 1.0)


def _sum_of_products(some: FloatArray, others: FloatArray) -> float:
    """Return sum_i x_i y_i, added up in one order on every machine; a linear algebra library chooses its own."""
    return float((some * others).sum())
