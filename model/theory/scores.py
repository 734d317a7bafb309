"""Scores of forecasts that are distributions: the continuous ranked probability score, coverage, skill, chance.

References: Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102; Hersbach
(2000) for weighted ensembles; Hong (2013) for the Poisson-binomial distribution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from model.foundation.errors import Fault, raise_faults
from model.theory.arrays import FloatArray, floats
from model.theory.quantiles import weighted_quantiles


def crps_of_points(values: ArrayLike, observed: float, *, weights: ArrayLike | None = None) -> float:
    """Return the score of a forecast that is weighted points, E|X - y| - E|X - X'| / 2, in the unit of the values.

    values: (n,). weights: (n,), not negative, of any sum; None: equal. It is the integral of (F(x) - 1{x >= y})^2 over
    x, F the distribution of the points; for one point it is the absolute error. Smaller is better. Errors: InputError.
    """
    points, own = _checked(values, weights)
    order = np.argsort(points, kind="stable")
    points, own = points[order], own[order]
    below = np.cumsum(own) - own
    apart = float(np.sum(own * points * (2.0 * below + own - 1.0)))  # half the mean distance of two draws
    return max(float(np.sum(own * np.abs(points - observed))) - apart, 0.0)


def crps_of_normal(mean: float, sd: float, observed: float) -> float:
    """Return the score of a normal forecast: sd (z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi)), z = (y - mean) / sd.

    sd: above 0, or 0 for a point, whose score is the absolute error.
    """
    if sd <= 0.0:
        return abs(observed - mean)
    z = (observed - mean) / sd
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return sd * (z * (2.0 * float(ndtr(z)) - 1.0) + 2.0 * density - 1.0 / math.sqrt(math.pi))


def normal_points(mean: float, sd: float, *, count: int) -> FloatArray:
    """Return (count,) points of equal weight that stand for a normal distribution: its quantiles (k - 1/2) / count."""
    return floats(mean + sd * ndtri((np.arange(1, count + 1) - 0.5) / count))


def central_interval(values: ArrayLike, part: float, *, weights: ArrayLike | None = None) -> tuple[float, float]:
    """Return the ends of the central interval that holds `part` (0 to 1) of weighted points."""
    points, own = _checked(values, weights)
    tail = (1.0 - part) / 2.0
    low, high = weighted_quantiles(points, own, (tail, 1.0 - tail)).tolist()
    return float(low), float(high)


def place_of(values: ArrayLike, observed: float, *, weights: ArrayLike | None = None) -> float:
    """Return the part of weighted points below an outcome, equal ones half: uniform where forecasts are right."""
    points, own = _checked(values, weights)
    return float(own[points < observed].sum() + 0.5 * own[points == observed].sum())


def skill(score: float, reference: float) -> float:
    """Return 1 - score / reference: 1 is perfect, 0 as good as the reference, below 0 worse; NaN where that is 0."""
    return 1.0 - score / reference if reference > 0.0 else math.nan


def chance_of_wins(probabilities: Sequence[float]) -> FloatArray:
    """Return (n + 1,) the chances of 0, 1, ... n wins in independent trials with these chances (Poisson-binomial)."""
    found = np.ones(1)
    for one in probabilities:
        found = np.convolve(found, [1.0 - one, one])
    return floats(found)


def chance_of_as_many(wins: int, probabilities: Sequence[float]) -> float:
    """Return the chance of at least so many wins in independent trials with these chances."""
    return float(min(chance_of_wins(probabilities)[max(wins, 0) :].sum(), 1.0))


def _checked(values: ArrayLike, weights: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Return points and their weights with sum 1."""
    points = floats(values)
    own = np.full(points.shape, 1.0) if weights is None else floats(weights)
    faults = []
    if points.ndim != 1 or not points.size or not np.isfinite(points).all():
        faults.append(Fault("forecast", "is one or more finite numbers", points.shape, "Leave unknown points out."))
    if own.shape != points.shape or not np.isfinite(own).all() or (own < 0.0).any() or not own.sum() > 0.0:
        faults.append(Fault("weights", "are one for each point, not negative, not all 0", own.shape, "Equal: None."))
    raise_faults(faults)
    return points, own / own.sum()
