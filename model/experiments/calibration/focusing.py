"""Weighing points by a posterior that is much narrower than the prior: importance sampling that finds its place.

Points of the whole prior (`posterior.Cloud`) are weighed first. Where too few of them matter, new ones are drawn from a
density fitted to the weighted ones, a beta distribution for each parameter joined by a normal copula, with a tenth of
the points from the whole prior so that no weight grows without bound; these are weighed in turn, some rounds at most.
It answers for many records in the time of one chain, which the check on known truths needs. Reference: adaptive
importance sampling, Cappe et al. (2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, betaln, logsumexp, ndtri, xlog1py, xlogy
from scipy.special import ndtr as normal_below

from model.experiments.calibration.posterior import Cloud, Likelihood
from model.foundation.rng import uniforms
from model.theory.arrays import FloatArray, floats
from model.theory.concentration import effective_number

ENOUGH = 150.0
"""Equal points that weights must be worth."""
ROUNDS = 4
POINTS = 2048
"""New points of a round."""
ROUGH = 120.0
"""Equal points that the weights are flattened to before a density is fitted to them."""
PRIOR_PART = 0.1
WIDER = 1.25
"""Factor on the variances of the fitted density: too wide costs points, too narrow loses tails."""
LOOSER = 0.9
"""Factor on its correlations."""
EDGE = 1e-9


@dataclass(frozen=True, eq=False)
class Weighed:
    """Points (n, d) of the unit cube with weights (n,) of sum 1. effective: equal points that they are worth."""

    unit: FloatArray
    weights: FloatArray

    @property
    def effective(self) -> float:
        """Number of equal points that the weights are worth."""
        return float(effective_number(self.weights))

    def interval(self, *, level: float) -> FloatArray:
        """Return the ends of the central interval of each dimension, (2, d). level: as 0.9."""
        tails = np.array([0.5 - level / 2.0, 0.5 + level / 2.0])
        kept = self.weights > 1e-9 / len(self.weights)
        unit, weights = self.unit[kept], self.weights[kept]
        ends = np.empty((2, unit.shape[1]))
        for dim, column in enumerate(unit.T):
            order = np.argsort(column, kind="stable")
            reached = np.cumsum(weights[order])
            ends[:, dim] = np.interp(tails * reached[-1], reached - weights[order] / 2.0, column[order])
        return ends


def focused(likelihood: Likelihood, *, cloud: Cloud, key: np.uint64) -> Weighed:
    """Return weighted points of the posterior: of the cloud where enough of it matters, else of the best round."""
    unit, log = cloud.unit, likelihood.log_of(cloud.mean, cloud.variance)
    best = _weighed(unit, log)
    for number in range(ROUNDS):
        if best.effective >= ENOUGH:
            break
        fitted = _Fitted.of(unit, _flattened(log))
        unit = fitted.draw(POINTS, key=key + np.uint64(number))
        log = likelihood.log(unit) - fitted.log_density(unit)
        found = _weighed(unit, log)
        if found.effective > best.effective or number == 0:
            best = found
    return best


def _weighed(unit: FloatArray, log: FloatArray) -> Weighed:
    return Weighed(unit, floats(np.exp(log - logsumexp(log))))


def _flattened(log: FloatArray) -> FloatArray:
    """Return weights raised to the largest power up to 1 at which they are worth `ROUGH` points."""
    shifted = log - log.max()
    low, high = 0.0, 1.0
    for _ in range(30):
        power = 0.5 * (low + high)
        if effective_number(np.exp(power * shifted)) >= ROUGH:
            low = power
        else:
            high = power
    weights = np.exp(low * shifted)
    return floats(weights / weights.sum())


@dataclass(frozen=True, eq=False)
class _Fitted:
    """A beta distribution of each dimension, joined by a normal copula. a, b: (d,); root: of its correlations."""

    a: FloatArray
    b: FloatArray
    root: FloatArray

    @classmethod
    def of(cls, unit: FloatArray, weights: FloatArray) -> _Fitted:
        """Return the density fitted to weighted points (n, d)."""
        mean = np.clip(weights @ unit, 0.02, 0.98)
        spread = WIDER * (weights @ (unit - mean) ** 2)
        size = np.maximum(mean * (1.0 - mean) / np.maximum(spread, 1e-8) - 1.0, 0.5)
        a, b = mean * size, (1.0 - mean) * size
        normal = _normal(unit, a, b)
        centred = normal - weights @ normal
        covariance = (centred * weights[:, None]).T @ centred
        scale = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
        correlation = LOOSER * covariance / np.outer(scale, scale)
        correlation[np.diag_indices_from(correlation)] = 1.0
        return cls(floats(a), floats(b), floats(np.linalg.cholesky(correlation)))

    def draw(self, count: int, *, key: np.uint64) -> FloatArray:
        """Return draws, (count, d): the first part of the prior, the rest of the fitted density."""
        dims = len(self.a)
        draws = uniforms(key, np.arange(count * dims)).reshape(count, dims)
        whole = round(PRIOR_PART * count)
        draws[whole:] = betaincinv(self.a, self.b, normal_below(ndtri(draws[whole:]) @ self.root.T))
        return floats(np.clip(draws, EDGE, 1.0 - EDGE))

    def log_density(self, unit: FloatArray) -> FloatArray:
        """Return the log density of the mixture with the prior, (n,)."""
        normal = _normal(unit, self.a, self.b)
        white = np.linalg.solve(self.root, normal.T).T
        copula = 0.5 * ((normal**2).sum(axis=1) - (white**2).sum(axis=1)) - np.log(np.diag(self.root)).sum()
        each = xlogy(self.a - 1.0, unit) + xlog1py(self.b - 1.0, -unit) - betaln(self.a, self.b)
        fitted = copula + each.sum(axis=1) + np.log(1.0 - PRIOR_PART)
        return floats(np.logaddexp(fitted, np.log(PRIOR_PART)))


def _normal(unit: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the normal scores of points under beta distributions."""
    return floats(ndtri(np.clip(betainc(a, b, unit), EDGE, 1.0 - EDGE)))
