"""Solutions on a list of possible deals: Pareto frontier, Nash, Kalai-Smorodinsky and egalitarian points.

On a finite set the best listed deal is taken; on a polygon deals may also be mixed, so the solution lies anywhere on
the upper right hull. Reference: Nash (1950); Kalai and Smorodinsky (1975); Kalai (1977).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, floats, require
from model.theory.bargaining.checks import at_least_zero_fault, finite_fault, form_fault, unit_fault

SOLUTIONS = ("nash", "kalai_smorodinsky", "egalitarian")


def pareto_frontier(payoffs: ArrayLike, *, tolerance: float = 1e-9) -> BoolArray:
    """Return which deals are not dominated, (n,).

    A deal is dominated by another that is better by more than the tolerance for one side and no worse than by the
    tolerance for the other; without the tolerance rounding keeps deals that are worse in truth. Equal deals all stay.

    payoffs: (n, 2) of platform and label. tolerance: in the payoffs' unit, >= 0.
    """
    points = floats(payoffs)
    require([*_list_faults(points), at_least_zero_fault("tolerance", tolerance)])
    return ~(_beaten(points, tolerance) | _beaten(points[:, ::-1], tolerance))


def _beaten(points: FloatArray, tolerance: float) -> BoolArray:
    """Return where another deal is better on column 0 by more than the tolerance and as good on column 1."""
    order = np.argsort(points[:, 0], kind="stable")
    # best second payoff among the deals from a position upwards; none beyond the last
    best_above = np.append(np.maximum.accumulate(points[order, 1][::-1])[::-1], -np.inf)
    first_better = np.searchsorted(points[order, 0], points[:, 0] + tolerance, side="right")
    return np.asarray(best_above[first_better] >= points[:, 1] - tolerance)


def solution_on_set(
    payoffs: ArrayLike, *, disagreement: ArrayLike, weight: float = 0.5, solution: str = "nash", tolerance: float = 1e-9
) -> int | None:
    """Return the number of the deal that the solution picks, or None when no deal is as good as none for both.

    With g the gains over disagreement: nash maximises g_p^(1-b) g_l^b, kalai_smorodinsky min g_i / ideal_i (ideal_i the
    largest gain of i among deals that harm nobody), egalitarian min g_i. Among deals equal within the tolerance
    (relative) the one with the larger sum of gains, then the earlier one, is taken.

    payoffs: (n, 2). disagreement: (2,). weight b: the label's, in [0, 1], for nash only. solution: one of SOLUTIONS.
    """
    points, without = _checked(payoffs, disagreement, weight, solution)
    gains = points - without
    good = np.flatnonzero((gains >= -tolerance).all(axis=1))
    if good.size == 0:
        return None
    gains = np.maximum(gains[good], 0.0)
    worth = _worth(gains, weight, solution)
    best = float(worth.max())
    close = worth >= best - tolerance * max(1.0, abs(best))
    return int(good[close][np.argmax(gains[close].sum(axis=1))])


def _worth(gains: FloatArray, weight: float, solution: str) -> FloatArray:
    if solution == "nash":
        ideal = gains.max(
            axis=0
        )  # in units of the largest gains, so that the tolerance does not depend on money's unit
        scaled = gains / np.where(ideal > 0.0, ideal, 1.0)
        return floats(scaled[:, 0] ** (1.0 - weight) * scaled[:, 1] ** weight)
    if solution == "egalitarian":
        return floats(gains.min(axis=1))
    ideal = gains.max(axis=0)
    shares = np.divide(gains, ideal, out=np.ones_like(gains), where=ideal > 0.0)
    return floats(shares.min(axis=1))


def polygon_frontier(payoffs: ArrayLike) -> FloatArray:
    """Return the corners of the upper right hull of the deals, from the platform's worst to its best, (m, 2).

    Every mixture of deals that no other mixture dominates lies on the line through these corners.
    """
    points = floats(payoffs)
    require(_list_faults(points))
    hull: list[FloatArray] = []
    for point in points[np.lexsort((points[:, 1], points[:, 0]))]:
        while len(hull) > 1 and _turns_left(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    corners = np.array(hull)
    # what is left of the highest payoff of the label is dominated by it
    top = int(np.flatnonzero(corners[:, 1] == corners[:, 1].max())[-1])
    return corners[top:]


def _turns_left(first: FloatArray, middle: FloatArray, last: FloatArray) -> bool:
    ahead, further = middle - first, last - first
    return bool(ahead[0] * further[1] - ahead[1] * further[0] >= 0.0)


def solution_on_polygon(
    payoffs: ArrayLike, *, disagreement: ArrayLike, weight: float = 0.5, solution: str = "nash"
) -> FloatArray | None:
    """Return the payoffs (2,) that the solution picks among all mixtures of the deals, or None.

    None: no mixture of deals gives both at least their payoff without a deal. nash, kalai_smorodinsky, egalitarian: as
    in `solution_on_set`; each is exact on every edge. Payoffs may be thrown away, so the last two equalise (shares of)
    gains where the frontier allows and else stop at its end.
    """
    points, without = _checked(payoffs, disagreement, weight, solution)
    corners = polygon_frontier(points) - without
    edges = _within_reach(corners)
    if edges is None:
        return None
    if solution == "nash":
        return without + _nash_on_line(edges, weight)
    ideal = edges.max(axis=0) if solution == "kalai_smorodinsky" else np.ones(2)
    return without + _equal_on_line(edges, ideal)


def _within_reach(corners: FloatArray) -> FloatArray | None:
    """Return the frontier cut to gains of at least 0 for both sides, or None when nothing is left."""
    kept: list[FloatArray] = []
    for start, end in pairwise(corners):
        low, high = 0.0, 1.0
        if start[0] < 0.0:
            low = start[0] / (start[0] - end[0]) if end[0] > 0.0 else (1.0 if end[0] == 0.0 else 2.0)
        if end[1] < 0.0:
            high = start[1] / (start[1] - end[1]) if start[1] >= 0.0 else -1.0
        if low <= high:
            # rounding in the cut must not leave a gain just below 0
            kept += [np.maximum(start + part * (end - start), 0.0) for part in (low, high)]
    if len(corners) == 1 and bool((corners[0] >= 0.0).all()):
        kept = [corners[0]]
    return np.array(kept) if kept else None


def _nash_on_line(line: FloatArray, weight: float) -> FloatArray:
    """Return the point of the line of corners with the largest Nash product.

    The product's logarithm is concave along the line, so its top is in the first edge on which it stops rising. No
    product is compared: next to a corner where a side gains nothing rounding would decide.
    """
    for start, end in pairwise(line):
        run, rise = end - start
        if run > 0.0 > rise:
            # (1-b) run / (x0 + t run) + b rise / (y0 + t rise) = 0 is linear in t
            part = -((1.0 - weight) * run * start[1] + weight * rise * start[0]) / (run * rise)
            if part < 1.0:
                return floats(start + max(part, 0.0) * (end - start))
    return floats(line[-1])


def _equal_on_line(line: FloatArray, ideal: FloatArray) -> FloatArray:
    """Return the point where gains are in the ratio of `ideal`, or the end of the line nearest to it."""
    ahead = line[:, 0] * ideal[1] - line[:, 1] * ideal[0]  # rises along the line
    after = int(np.searchsorted(ahead, 0.0))
    if after == 0:
        return floats(line[0])
    if after == len(line):
        return floats(line[-1])
    part = ahead[after - 1] / (ahead[after - 1] - ahead[after])
    return floats(line[after - 1] + part * (line[after] - line[after - 1]))


def _list_faults(points: FloatArray) -> list[Fault | None]:
    if points.ndim != 2 or points.shape[0] == 0 or points.shape[1] != 2:
        return [Fault("payoffs", "is a list of deals with two payoffs each", points.shape, "Give shape (n, 2).")]
    return [finite_fault("payoffs", points)]


def _checked(
    payoffs: ArrayLike, disagreement: ArrayLike, weight: float, solution: str
) -> tuple[FloatArray, FloatArray]:
    points, without = floats(payoffs), floats(disagreement)
    unknown = None
    if solution not in SOLUTIONS:
        unknown = Fault("solution", "is a known solution", solution, f"Give one of {', '.join(SOLUTIONS)}.")
    require(
        [
            *_list_faults(points),
            form_fault("disagreement", without, (2,), "one payoff per side"),
            finite_fault("disagreement", without),
            unit_fault("weight", weight),
            unknown,
        ]
    )
    return points, without
