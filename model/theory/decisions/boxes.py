"""Scenario discovery: boxes of futures in which something of interest happens, by patient rule induction.

Peeling takes a thin slice off one side of the box at a time, the one whose removal leaves the highest share of
interesting futures; pasting gives slices back where that costs no share (Friedman and Fisher 1999). Density is the
share of the box's futures that are interesting, coverage the share of the interesting ones that are in the box (Bryant
and Lempert 2010). Each step removes or adds a future, so there are at most as many steps as futures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, floats, range_fault, require


@dataclass(frozen=True, slots=True)
class Box:
    """A box of futures.

    lows, highs: (n_dims,) limits, both included, unit of the points; -inf and inf where there is none.
    coverage, density: 0 to 1, see the module. mass: share of all futures that are in the box.
    chances: (n_dims,) how likely a density as high as this would be by chance if the limits of that dimension meant
    nothing; 1 where it has none (the test of Bryant and Lempert 2010).
    """

    lows: FloatArray
    highs: FloatArray
    coverage: float
    density: float
    mass: float
    chances: FloatArray

    def contains(self, points: ArrayLike) -> BoolArray:
        """Return whether each point, (n, n_dims), lies in the box."""
        return _inside(floats(points), self.lows, self.highs)


@dataclass(frozen=True, slots=True)
class Discovery:
    """A box and the path of peeling it was chosen from.

    box: the one chosen. lows, highs: (n_steps, n_dims) along the path, from all futures on. coverage, density, mass:
    (n_steps,), to choose another trade-off from.
    """

    box: Box
    lows: FloatArray
    highs: FloatArray
    coverage: FloatArray
    density: FloatArray
    mass: FloatArray


def find_box(
    points: ArrayLike,
    *,
    interesting: ArrayLike,
    least_density: float = 0.8,
    least_mass: float = 0.05,
    slice_share: float = 0.05,
    doubt: float = 0.05,
) -> Discovery:
    """Return the box of the path of peeling with the highest harmonic mean of coverage and density.

    Of those at least as dense as `least_density`; where there is none, the densest. It is then pasted, and dimensions
    whose limits may be chance are freed, the most doubtful first.

    points: (n, n_dims), what is unknown in each future, any units. interesting: (n,) of bool, at least one.
    least_mass: share of the futures at which peeling ends. slice_share: of the box's futures per slice, in (0, 0.5].
    doubt: largest chance (as in `Box.chances`) of limits that are kept; 1 keeps all.
    """
    where, wanted = _checked(points, interesting)
    require(
        [
            range_fault("least_density", least_density, low=0.0, high=1.0),
            range_fault("least_mass", least_mass, low=0.0, high=1.0),
            range_fault("slice_share", slice_share, low=0.0, high=0.5, open_low=True),
            range_fault("doubt", doubt, low=0.0, high=1.0),
        ]
    )
    path = _peel(where, wanted, least_mass, slice_share)
    lows, highs = (np.array([step[side] for step in path]) for side in (0, 1))
    boxes = [_measured(where, wanted, low, high) for low, high in path]
    density = floats([box.density for box in boxes])
    coverage = floats([box.coverage for box in boxes])
    mass = floats([box.mass for box in boxes])
    dense = density >= least_density
    balance = 2.0 * coverage * density / np.maximum(coverage + density, 1e-300)
    chosen = int(np.argmax(np.where(dense, balance, -1.0))) if dense.any() else int(np.argmax(density))
    low, high = _paste(where, wanted, lows[chosen].copy(), highs[chosen].copy(), slice_share)
    low, high = _free_doubtful(where, wanted, low, high, doubt)
    return Discovery(_measured(where, wanted, low, high, tested=True), lows, highs, coverage, density, mass)


def find_boxes(
    points: ArrayLike,
    *,
    interesting: ArrayLike,
    most: int = 4,
    least_density: float = 0.8,
    least_mass: float = 0.05,
    slice_share: float = 0.05,
    doubt: float = 0.05,
) -> tuple[Box, ...]:
    """Return several boxes, each found among the futures outside those before it (covering).

    It ends after `most` boxes, or where a box has no limit or is not denser than `least_density` any more; the first
    one is always given. Coverage and mass are shares of all futures, of those that earlier boxes left.

    Other arguments: as in `find_box`.
    """
    where, wanted = _checked(points, interesting)
    require([range_fault("most", most, low=1, high=100)])
    left = np.ones(len(where), dtype=np.bool_)
    found: list[Box] = []
    while len(found) < most and wanted[left].any():
        box = find_box(
            where[left],
            interesting=wanted[left],
            least_density=least_density,
            least_mass=min(1.0, least_mass * len(where) / int(left.sum())),
            slice_share=slice_share,
            doubt=doubt,
        ).box
        limits = np.isfinite(box.lows).any() or np.isfinite(box.highs).any()
        if found and (box.density < least_density or not limits):
            break
        counted, of_all = left & box.contains(where), wanted.sum()
        coverage = float((wanted & counted).sum() / of_all)
        found.append(Box(box.lows, box.highs, coverage, box.density, float(counted.mean()), box.chances))
        left &= ~counted
    return tuple(found)


def _checked(points: ArrayLike, interesting: ArrayLike) -> tuple[FloatArray, BoolArray]:
    where, wanted = floats(points), np.asarray(interesting)
    table = where.ndim == 2 and 0 not in where.shape
    fits = wanted.dtype == np.bool_ and wanted.shape == where.shape[:1]
    require(
        [
            None if table else Fault("points", "are a table of futures", where.shape, "Give shape (n, n_dims)."),
            range_fault("points", where, low=-np.inf, high=np.inf, open_low=True, open_high=True),
            None if fits else Fault("interesting", "is true or false per future", wanted.shape, "Give bool (n,)."),
            range_fault("interesting futures", int(wanted.sum()), low=1, high=np.inf) if fits else None,
        ]
    )
    return where, wanted


def _inside(points: FloatArray, lows: FloatArray, highs: FloatArray) -> BoolArray:
    return np.asarray(((points >= lows) & (points <= highs)).all(axis=1))


def _peel(
    points: FloatArray, wanted: BoolArray, least_mass: float, slice_share: float
) -> list[tuple[FloatArray, FloatArray]]:
    """Return the limits after each peel, the first without any."""
    n, dims = points.shape
    lows, highs = np.full(dims, -np.inf), np.full(dims, np.inf)
    path = [(lows.copy(), highs.copy())]
    inside, hits = points, wanted
    while 0 < hits.sum() < len(hits):
        best: tuple[float, int, int, bool, float] | None = None
        for dim in range(dims):
            column = inside[:, dim]
            for low_side in (True, False):
                limit = _cut(column, slice_share, low_side=low_side)
                kept = column >= limit if low_side else column <= limit
                count = int(kept.sum())
                if 0 < count < len(column) and count >= least_mass * n:
                    offer = (float(hits[kept].sum()) / count, count, dim, low_side, limit)
                    best = offer if best is None or offer[:2] > best[:2] else best
        if best is None:
            break
        _, _, dim, low_side, limit = best
        (lows if low_side else highs)[dim] = limit
        kept = inside[:, dim] >= limit if low_side else inside[:, dim] <= limit
        inside, hits = inside[kept], hits[kept]
        path.append((lows.copy(), highs.copy()))
    return path


def _cut(column: FloatArray, slice_share: float, *, low_side: bool) -> float:
    """Return the limit that takes a slice off one side; of equal values all go, or none where all are equal."""
    ordered = np.sort(column if low_side else -column)
    count = max(1, int(slice_share * len(ordered)))
    limit = ordered[min(count, len(ordered) - 1)]
    if limit == ordered[0]:
        beyond = np.searchsorted(ordered, limit, side="right")
        limit = ordered[min(beyond, len(ordered) - 1)]
    return float(limit if low_side else -limit)


def _paste(
    points: FloatArray, wanted: BoolArray, lows: FloatArray, highs: FloatArray, slice_share: float
) -> tuple[FloatArray, FloatArray]:
    """Return limits moved out where a slice can be added without loss of density, the best slice first."""
    while True:
        inside = _inside(points, lows, highs)
        density, most = float(wanted[inside].mean()), max(1, int(slice_share * inside.sum()))
        best: tuple[float, int, int, bool, float] | None = None
        for dim in range(points.shape[1]):
            for low_side in (True, False):
                if not np.isfinite(lows[dim] if low_side else highs[dim]):
                    continue
                limit = _next_limit(points, lows, highs, dim, most, low_side=low_side)
                tried = (lows.copy(), highs.copy())
                tried[0 if low_side else 1][dim] = limit
                grown = _inside(points, *tried)
                offer = (float(wanted[grown].mean()), int(grown.sum()), dim, low_side, limit)
                best = offer if best is None or offer[:2] > best[:2] else best
        if best is None or best[0] < density:
            return lows, highs
        (lows if best[3] else highs)[best[2]] = best[4]


def _next_limit(
    points: FloatArray, lows: FloatArray, highs: FloatArray, dim: int, most: int, *, low_side: bool
) -> float:
    """Return the limit that lets in the next `most` futures beyond one side; none where no others are left."""
    free_low, free_high = lows.copy(), highs.copy()
    if low_side:
        free_low[dim] = -np.inf
    else:
        free_high[dim] = np.inf
    reachable = points[_inside(points, free_low, free_high), dim]
    beyond = np.sort(-reachable[reachable < lows[dim]] if low_side else reachable[reachable > highs[dim]])
    if len(beyond) <= most:
        return -np.inf if low_side else np.inf
    return float(-beyond[most - 1] if low_side else beyond[most - 1])


def _free_doubtful(
    points: FloatArray, wanted: BoolArray, lows: FloatArray, highs: FloatArray, doubt: float
) -> tuple[FloatArray, FloatArray]:
    """Return limits without those of dimensions that may be chance, freed one at a time."""
    for _ in range(points.shape[1]):
        chances = _chances(points, wanted, lows, highs)
        limited = np.isfinite(lows) | np.isfinite(highs)
        worst = int(np.argmax(np.where(limited, chances, -1.0)))
        if not limited.any() or chances[worst] <= doubt:
            break
        lows[worst], highs[worst] = -np.inf, np.inf
    return lows, highs


def _chances(points: FloatArray, wanted: BoolArray, lows: FloatArray, highs: FloatArray) -> FloatArray:
    """Return the chance of as many interesting futures in the box at the density without each dimension's limits."""
    inside = _inside(points, lows, highs)
    count, hits = int(inside.sum()), int(wanted[inside].sum())
    chances = np.ones(points.shape[1])
    for dim in np.flatnonzero(np.isfinite(lows) | np.isfinite(highs)):
        free_low, free_high = lows.copy(), highs.copy()
        free_low[dim], free_high[dim] = -np.inf, np.inf
        chances[dim] = binom.sf(hits - 1, count, wanted[_inside(points, free_low, free_high)].mean())
    return chances


def _measured(
    points: FloatArray, wanted: BoolArray, lows: FloatArray, highs: FloatArray, *, tested: bool = False
) -> Box:
    inside = _inside(points, lows, highs)
    hits = int(wanted[inside].sum())
    chances = _chances(points, wanted, lows, highs) if tested else np.ones(points.shape[1])
    return Box(lows, highs, hits / int(wanted.sum()), hits / int(inside.sum()), float(inside.mean()), chances)
