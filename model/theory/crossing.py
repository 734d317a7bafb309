"""Where a curve that is known at a few places with error crosses zero, and between which places the crossing may lie.

Between places the curve and the ends of its intervals are taken as straight lines. The crossing may lie wherever the
interval of the curve covers zero: a set with the level of the intervals, by inversion of the tests that they stand for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require


@dataclass(frozen=True, slots=True)
class Crossing:
    """A change of sign. at: where; low, high: ends of the stretch around it in which it may lie, NaN without intervals.

    rising: from below 0 to above. before, after: the neighbouring places of which the curve is known. open_low,
    open_high: whether the stretch reaches the end of what is known, so that the crossing may lie beyond.
    """

    at: float
    low: float
    high: float
    rising: bool
    before: float
    after: float
    open_low: bool
    open_high: bool


def crossings(x: ArrayLike, y: ArrayLike, *, half: ArrayLike | None = None) -> tuple[Crossing, ...]:
    """Return the crossings of zero from left to right.

    x: (n,) rising places; y: (n,) of the curve; half: (n,) >= 0, half widths of its intervals. Where the curve is
    exactly 0 over a stretch between unlike signs, the crossing is in the middle of it; a stretch of zeros between like
    signs, or at either end, is none.
    """
    places, values = floats(x), floats(y)
    widths = np.full(values.shape, np.nan) if half is None else floats(half)
    shapes = places.ndim == 1 and values.shape == places.shape == widths.shape and len(places) >= 2
    require(
        [
            None if shapes else Fault("x, y, half", "have one length, 2 or more", values.shape, "Give (n,) each."),
            None if not shapes or (np.diff(places) > 0.0).all() else Fault("x", "rises", "it does not", "Sort it."),
            range_fault("y", values, low=-np.inf, high=np.inf, open_low=True, open_high=True),
            None if half is None else range_fault("half", widths, low=0.0, high=np.inf),
        ]
    )
    found = []
    signs = np.sign(values)
    there = np.flatnonzero(signs != 0.0)
    for left, right in zip(there[:-1].tolist(), there[1:].tolist(), strict=True):
        if signs[left] != signs[right]:
            found.append(_crossing(places, values, widths, left, right))
    return tuple(found)


def _crossing(x: FloatArray, y: FloatArray, half: FloatArray, left: int, right: int) -> Crossing:
    if right - left > 1:  # exactly 0 in between
        at = float(0.5 * (x[left + 1] + x[right - 1]))
    else:
        at = float(x[left] + (x[right] - x[left]) * y[left] / (y[left] - y[right]))
    rising = bool(y[right] > 0.0)
    low = high = np.nan
    open_low = open_high = False
    if np.isfinite(half[[left, right]]).all():
        low, open_low = _reach(x, y, half, left, at, step=-1)
        high, open_high = _reach(x, y, half, right, at, step=1)
    return Crossing(at, low, high, rising, float(x[left]), float(x[right]), open_low, open_high)


def _reach(x: FloatArray, y: FloatArray, half: FloatArray, start: int, at: float, *, step: int) -> tuple[float, bool]:
    """Return how far from a crossing the interval still covers zero in one direction, and whether it never ends."""
    inner, gap = at, 0.0  # at the crossing the curve is 0, so the interval covers it
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
