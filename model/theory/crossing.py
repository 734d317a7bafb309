"""Where a curve that is known at a few places with error crosses zero, and between which places the crossing may lie.

Between places the curve and the ends of its intervals are taken as straight lines. The crossing may lie wherever the
interval of the curve covers zero: a set with the level of the intervals, by inversion of the tests that they stand for.
A noisy curve that crosses zero once changes its sign several times near there. Such changes are joined: two count as
two only if in between the curve is clear of zero at some place, by intervals that hold at all places together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require


@dataclass(frozen=True, slots=True)
class Crossing:
    """A change of sign. at: where; low, high: ends of the stretch around it in which it may lie, NaN without intervals.

    rising: from below 0 to above. before, after: the neighbouring places of which the curve is known. open_low,
    open_high: whether the stretch reaches the end of what is known, so that the crossing may lie beyond. changes: of
    the sign of the curve that are joined in it, an odd number.
    """

    at: float
    low: float
    high: float
    rising: bool
    before: float
    after: float
    open_low: bool
    open_high: bool
    changes: int = 1

    @property
    def clear(self) -> bool:
        """Whether the curve is clear of zero on both sides of the stretch."""
        return bool(np.isfinite(self.low)) and not self.open_low and not self.open_high


def crossings(
    x: ArrayLike, y: ArrayLike, *, half: ArrayLike | None = None, apart: ArrayLike | None = None
) -> tuple[Crossing, ...]:
    """Return the crossings of zero from left to right.

    x: (n,) rising places; y: (n,) of the curve; half: (n,) >= 0, half widths of its intervals. apart: (n,) >= 0, half
    widths of intervals that hold at all places together, by which changes of sign are told apart (default: `half`;
    without either every change is a crossing). Changes that are not told apart and leave the sign as it was are none.
    A joined crossing is put at that change which leaves the least of the curve on the wrong side. Where the curve is
    exactly 0 over a stretch between unlike signs, the crossing is in the middle of it; a stretch of zeros between like
    signs, or at either end, is none.
    """
    places, values = floats(x), floats(y)
    widths = np.full(values.shape, np.nan) if half is None else floats(half)
    strict = widths if apart is None else floats(apart)
    shapes = places.ndim == 1 and values.shape == places.shape == widths.shape == strict.shape and len(places) >= 2
    require(
        [
            None if shapes else Fault("x, y, half", "have one length, 2 or more", values.shape, "Give (n,) each."),
            None if not shapes or (np.diff(places) > 0.0).all() else Fault("x", "rises", "it does not", "Sort it."),
            range_fault("y", values, low=-np.inf, high=np.inf, open_low=True, open_high=True),
            None if half is None else range_fault("half", widths, low=0.0, high=np.inf),
        ]
    )
    signs = np.sign(values)
    there = np.flatnonzero(signs != 0.0).tolist()
    changes = [(one, two) for one, two in pairwise(there) if signs[one] != signs[two]]
    told = np.isnan(strict) | (np.abs(values) > strict)
    groups: list[list[tuple[int, int]]] = []
    for left, right in changes:
        if groups and not told[groups[-1][-1][1] : left + 1].any():
            groups[-1].append((left, right))
        else:
            groups.append([(left, right)])
    return tuple(_crossing(places, values, widths, group) for group in groups if len(group) % 2)


def _crossing(x: FloatArray, y: FloatArray, half: FloatArray, group: list[tuple[int, int]]) -> Crossing:
    first, last = group[0][0], group[-1][1]
    rising = bool(y[last] > 0.0)
    left, right = min(group[::2], key=lambda one: _misfit(x, y, first, last, split=one[0], rising=rising))
    low = high = np.nan
    open_low = open_high = False
    if np.isfinite(half[first : last + 1]).all():
        low, open_low = _reach(x, y, half, first, _zero(x, y, *group[0]), step=-1)
        high, open_high = _reach(x, y, half, last, _zero(x, y, *group[-1]), step=1)
    at = _zero(x, y, left, right)
    return Crossing(at, low, high, rising, float(x[left]), float(x[right]), open_low, open_high, len(group))


def _zero(x: FloatArray, y: FloatArray, left: int, right: int) -> float:
    """Return where the curve is zero between two places of unlike sign, all in between being exactly 0."""
    if right - left > 1:
        return float(0.5 * (x[left + 1] + x[right - 1]))
    return float(x[left] + (x[right] - x[left]) * y[left] / (y[left] - y[right]))


def _misfit(x: FloatArray, y: FloatArray, first: int, last: int, *, split: int, rising: bool) -> float:
    """Return how much of the curve between two places has the wrong sign if it crosses zero after `split` alone."""
    places = np.arange(first, last + 1)
    step = np.gradient(x)[places] if len(x) > 1 else np.ones(len(places))
    wrong = np.where(places <= split, y[places], -y[places]) * (1.0 if rising else -1.0)
    return float((np.maximum(wrong, 0.0) * step).sum())


def _reach(x: FloatArray, y: FloatArray, half: FloatArray, start: int, at: float, *, step: int) -> tuple[float, bool]:
    """Return how far from a change of sign the interval still covers zero in one direction, and whether it never ends.

    at: of the change, the outermost of several joined; start: number of the next place from there.
    """
    inner, gap = at, 0.0  # there the curve is 0, so the interval covers it
    spread = float(np.interp(at, x, half))
    one = start
    while 0 <= one < len(x):
        clear = abs(float(y[one])) - float(half[one])
        if not np.isfinite(clear):
            return inner, True
        if clear > 0.0:
            below = gap - spread  # < 0: how far zero lies inside the interval at the inner place
            return float(inner + (x[one] - inner) * (below / (below - clear))), False
        inner, gap, spread = float(x[one]), abs(float(y[one])), float(half[one])
        one += step
    return inner, True
