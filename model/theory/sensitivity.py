"""Which inputs an outcome depends on: Sobol' indices of variance, and Morris' elementary effects.

First-order index S_i = V(E[y | x_i]) / V(y): what knowing x_i alone would explain. Total index T_i = E[V(y | all but
x_i)] / V(y): what it takes part in, interactions included. Estimators (Saltelli et al. 2010; Jansen 1999), from runs at
A, B and A with column i of B:
    S_i = mean f(B) (f(AB_i) - f(A)) / V,    T_i = mean (f(A) - f(AB_i))^2 / (2 V).
An elementary effect is the change of y per step of one input from a random place (Morris 1991); mu* is the mean of its
size (Campolongo et al. 2007), sigma its spread: interactions or curvature. Intervals: of indices by keyed bootstrap
over rows; of means of effects by Student's t and of their spread by chi squared, since a bootstrap over a handful of
paths is far too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2
from scipy.stats import t as student

from model.foundation.errors import Fault
from model.foundation.rng import uniforms
from model.theory.arrays import FloatArray, floats, range_fault, require
from model.theory.resampling import percentile_interval, resampled_rows


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Sobol' indices of one outcome.

    first, total: (n_dims,) shares of the variance; estimates may lie a little outside 0 to 1; all 0 where the outcome
    is the same everywhere. first_interval, total_interval: (2, n_dims) lower and upper ends. mean, variance: of the
    outcome, its unit and the square of it.
    """

    first: FloatArray
    total: FloatArray
    first_interval: FloatArray
    total_interval: FloatArray
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class MorrisEffects:
    """Elementary effects of one outcome, all in its unit per width of the input's whole range.

    mean: (n_dims,) with sign. mean_size: mu*, mean of the absolute effect. sigma: standard deviation between places.
    mean_interval, mean_size_interval, sigma_interval: (2, n_dims) lower and upper ends.
    """

    mean: FloatArray
    mean_size: FloatArray
    sigma: FloatArray
    mean_interval: FloatArray
    mean_size_interval: FloatArray
    sigma_interval: FloatArray


def sobol_design(base: ArrayLike) -> FloatArray:
    """Return the points to run for Sobol' indices, (n, n_dims + 2, n_dims): A, B, then A with one column of B each.

    base: (n, 2 n_dims), best the first n = 2^k points of `designs.sobol_points`, in any coordinates.
    """
    points = floats(base)
    right = points.ndim == 2 and points.shape[1] >= 2 and points.shape[1] % 2 == 0 and len(points) >= 1
    way_out = "Give shape (n, 2 * n_dims)."
    require([None if right else Fault("base", "has two columns per dimension", points.shape, way_out)])
    n_dims = points.shape[1] // 2
    first, second = points[:, :n_dims], points[:, n_dims:]
    mixed = np.where(np.eye(n_dims, dtype=np.bool_), second[:, None, :], first[:, None, :])
    return floats(np.concatenate([first[:, None], second[:, None], mixed], axis=1))


def sobol_indices(outcomes: ArrayLike, *, key: np.uint64, resamples: int = 1000, level: float = 0.9) -> SobolIndices:
    """Return first and total Sobol' indices with intervals.

    outcomes: (n, n_dims + 2) at the points of `sobol_design`, any unit. key: of the bootstrap. resamples: how many.
    level: of the intervals, in (0, 1).
    """
    table = floats(outcomes)
    right = table.ndim == 2 and table.shape[0] >= 2 and table.shape[1] >= 3
    way_out = "Give shape (n, n_dims + 2): runs at A, at B, and at A with each column of B."
    require(
        [
            None if right else Fault("outcomes", "are those of a Sobol' design", table.shape, way_out),
            range_fault("outcomes", table, low=-np.inf, high=np.inf, open_low=True, open_high=True),
        ]
    )
    mean = float(table[:, :2].mean())
    spread = float(np.abs(table - mean).max()) or 1.0  # scaled, so that squares neither over- nor underflow
    a, b, mixed = np.split((table - mean) / spread, [1, 2], axis=1)
    n_dims = mixed.shape[1]
    parts = np.concatenate([b * (mixed - a), 0.5 * (a - mixed) ** 2, a + b, a * a + b * b], axis=1)

    def indices(means: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        variance = 0.5 * means[..., -1:] - (0.5 * means[..., -2:-1]) ** 2
        flat = variance <= 1e-30
        shares = np.where(flat, 0.0, means[..., : 2 * n_dims] / np.where(flat, 1.0, variance))
        return shares[..., :n_dims], shares[..., n_dims:], variance

    first, total, variance = indices(parts.mean(axis=0))
    drawn = resampled_rows(len(table), resamples=resamples, key=key)
    first_drawn, total_drawn, _ = indices(np.stack([parts[rows].mean(axis=0) for rows in drawn]))
    return SobolIndices(
        first,
        total,
        percentile_interval(first_drawn, level=level),
        percentile_interval(total_drawn, level=level),
        mean,
        float(variance[0]) * spread**2,
    )


def morris_design(n_paths: int, *, n_dims: int, key: np.uint64, levels: int = 4) -> FloatArray:
    """Return paths to run for elementary effects, (n_paths, n_dims + 1, n_dims) on the unit cube.

    Each path starts at a random place of a grid of `levels` levels and changes every input once, in random order, by
    levels / (2 (levels - 1)) up or down; so each level is equally likely. key: of the design. levels: even.
    """
    require(
        [
            range_fault("n_paths", n_paths, low=1, high=np.inf, open_high=True),
            range_fault("n_dims", n_dims, low=1, high=np.inf, open_high=True),
            range_fault("levels", levels, low=2, high=1000),
            Fault("levels", "is even", levels, "Give 4, 6, 8, ...") if levels % 2 else None,
        ]
    )
    draws = uniforms(key, np.arange(3 * n_paths * n_dims)).reshape(n_paths, 3, n_dims)
    step = levels / (2.0 * (levels - 1))
    low = np.floor(draws[:, 0] * (levels // 2)) / (levels - 1)
    up = draws[:, 1] < 0.5
    start, end = np.where(up, low, low + step), np.where(up, low + step, low)
    turn = np.argsort(np.argsort(draws[:, 2], axis=1, kind="stable"), axis=1, kind="stable")
    changed = turn[:, None, :] < np.arange(n_dims + 1)[None, :, None]
    return floats(np.where(changed, end[:, None, :], start[:, None, :]))


def morris_effects(outcomes: ArrayLike, *, points: ArrayLike, level: float = 0.9) -> MorrisEffects:
    """Return elementary effects with intervals.

    outcomes: (n_paths, n_dims + 1) at the points, any unit. points: (n_paths, n_dims + 1, n_dims) of `morris_design`,
    or any others that change each input once per path; at least two. level: of the intervals, in (0, 1).
    """
    require([range_fault("level", level, low=0.0, high=1.0, open_low=True, open_high=True)])
    effects = elementary_effects(outcomes, points=points)
    sizes, degrees = np.abs(effects), len(effects) - 1
    mean, size, sigma = effects.mean(axis=0), sizes.mean(axis=0), effects.std(axis=0, ddof=1)
    times = float(student.ppf(0.5 + 0.5 * level, degrees)) / np.sqrt(len(effects))
    half, half_size = times * sigma, times * sizes.std(axis=0, ddof=1)
    reach = np.sqrt(degrees / chi2.ppf([0.5 + 0.5 * level, 0.5 - 0.5 * level], degrees))
    return MorrisEffects(
        floats(mean),
        floats(size),
        floats(sigma),
        floats(np.stack([mean - half, mean + half])),
        floats(np.stack([np.maximum(size - half_size, 0.0), size + half_size])),
        floats(reach[:, None] * sigma),
    )


def elementary_effects(outcomes: ArrayLike, *, points: ArrayLike) -> FloatArray:
    """Return the effect of each input on each path, (n_paths, n_dims), in the outcome's unit per whole range.

    outcomes, points: as in `morris_effects`.
    """
    outcomes, points = floats(outcomes), floats(points)
    table = points.ndim == 3 and points.shape[1] == points.shape[2] + 1 and len(points) >= 2
    wanted = points.shape[:2]
    require(
        [
            None
            if table
            else Fault("points", "are paths", points.shape, "Give (n_paths, n_dims + 1, n_dims), n >= 2."),
            None
            if outcomes.shape == wanted
            else Fault("outcomes", f"has shape {wanted}", outcomes.shape, "Give one number per point."),
            range_fault("outcomes", outcomes, low=-np.inf, high=np.inf, open_low=True, open_high=True),
        ]
    )
    steps = np.diff(points, axis=1)
    moved = steps != 0.0
    once = (moved.sum(axis=1) == 1).all() and (moved.sum(axis=2) == 1).all()
    way_out = "Use morris_design."
    require([None if once else Fault("points", "change each input once per path", "another design", way_out)])
    slopes = np.diff(outcomes, axis=1)[:, :, None] / np.where(moved, steps, 1.0)
    return floats(np.where(moved, slopes, 0.0).sum(axis=1))
