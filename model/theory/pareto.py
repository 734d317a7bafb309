"""Choices with several aims: which are not dominated, how fronts are ranked, and how much room a front covers.

More is better in every column; an aim to keep low is given with its sign turned. References: Deb, Pratap, Agarwal and
Meyarivan (2002) for ranks and crowding; Zitzler and Thiele (1999) for the hypervolume.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, IntArray, floats, range_fault, require


def pareto_front(values: ArrayLike, *, tolerance: float = 0.0) -> BoolArray:
    """Return which points no other dominates, (n,).

    A point is dominated by one that is better by more than the tolerance in some aim and no worse than by the tolerance
    in all others; so what rounding alone sets apart is not kept. Equal points all stay. With three aims or more, and a
    tolerance, points could dominate each other in a ring; were none left, those of tolerance 0 are the front.

    values: (n, aims). tolerance: in the values' unit, >= 0; for aims of unlike units scale them first.
    """
    points = _checked(values)
    require([range_fault("tolerance", tolerance, low=0.0, high=np.inf, open_high=True)])
    kept = ~_dominated(points, tolerance)
    return kept if kept.any() or not len(points) else ~_dominated(points, 0.0)


def _dominated(points: FloatArray, tolerance: float) -> BoolArray:
    found = np.zeros(len(points), dtype=np.bool_)
    for number, point in enumerate(points):  # a row at a time: memory stays flat
        better = (points > point + tolerance).any(axis=1)
        worse = (points < point - tolerance).any(axis=1)
        found[number] = bool((better & ~worse).any())
    return found


def front_ranks(values: ArrayLike) -> IntArray:
    """Return the rank of each point, (n,): 0 on the front, 1 on that of the others, and so on. values: (n, aims)."""
    points = _checked(values)
    ranks = np.full(len(points), -1, dtype=np.int64)
    rank = 0
    while (ranks < 0).any():
        left = np.flatnonzero(ranks < 0)
        ranks[left[~_dominated(points[left], 0.0)]] = rank
        rank += 1
    return ranks


def crowding(values: ArrayLike) -> FloatArray:
    """Return how much room each point of one front has, (n,): infinite for the ends of an aim.

    The sum over the aims of the gap between a point's neighbours, in parts of the aim's range. values: (n, aims).
    """
    points = _checked(values)
    room = np.zeros(len(points))
    for column in points.T:
        order = np.argsort(column, kind="stable")
        span = float(column[order[-1]] - column[order[0]]) if len(points) else 0.0
        if span > 0.0:
            room[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
            room[order[[0, -1]]] = np.inf
    return room


def hypervolume(values: ArrayLike, *, reference: ArrayLike) -> float:
    """Return the volume of what the points dominate above a reference point, in the product of the aims' units.

    values: (n, aims); reference: (aims,), worse than what counts: points that are not above it in every aim add
    nothing. Exact, by slices along the last aim; meant for fronts of up to some hundred points and few aims.
    """
    points, floor = _checked(values), floats(reference)
    fits = floor.shape == points.shape[1:]
    way = "Give one number per aim."
    require(
        [
            None if fits else Fault("reference", "has a number per aim", floor.shape, way),
            range_fault("reference", floor, low=-np.inf, high=np.inf, open_low=True, open_high=True),
        ]
    )
    above = points[(points > floor).all(axis=1)] - floor
    return _volume(above)


def _volume(points: FloatArray) -> float:
    """Return the volume between the origin and the points, all positive."""
    if not len(points):
        return 0.0
    if points.shape[1] == 1:
        return float(points.max())
    if points.shape[1] == 2:
        order = np.lexsort((-points[:, 1], -points[:, 0]))
        first, second = points[order].T
        best = np.maximum.accumulate(second)
        return float((first * np.diff(best, prepend=0.0)).sum())
    total, floor = 0.0, 0.0
    for level in np.unique(points[:, -1]).tolist():
        total += (level - floor) * _volume(points[points[:, -1] >= level][:, :-1])
        floor = level
    return total


def _checked(values: ArrayLike) -> FloatArray:
    points = floats(values)
    table = points.ndim == 2 and points.shape[1] >= 1
    require(
        [
            None if table else Fault("values", "are points by aims", points.shape, "Give shape (n, aims)."),
            range_fault("values", points, low=-np.inf, high=np.inf, open_low=True, open_high=True),
        ]
    )
    return points
