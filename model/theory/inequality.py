"""Unequal people: lognormal incomes from a Gini index, and gamma and Dirichlet quantiles of keyed uniforms.

Quantiles instead of draws: one uniform per person and number, so that nobody's number depends on anybody else's.
Reference: Aitchison and Brown (1957) for the Gini index of a lognormal; Devroye (1986), ch. IX and XI, for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, gammainccinv, gammaincinv, gammaln, ndtr, ndtri

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require, shape_fault

_NODES = 2049
_REACH = 37.5
"""Log odds of the last node: beyond them lie only numbers nearer to 0 or 1 than 2^-54, the least a uniform can be."""
_SERIES_BELOW = np.log(1e-8)
"""Below this ln x the first term of the series of the incomplete gamma function is exact to 1e-8."""


def lognormal_sigma_from_gini(gini: float) -> float:
    """Return the standard deviation of log income at a Gini index: sqrt(2) * Phi^-1((1 + gini) / 2).

    gini: in [0, 1). Returns a plain number, 0 for perfect equality.
    """
    require([range_fault("gini", gini, low=0.0, high=1.0, open_high=True)])
    return float(np.sqrt(2.0) * ndtri(0.5 * (1.0 + gini)))


def gini_from_lognormal_sigma(sigma: float) -> float:
    """Return the Gini index of a lognormal: 2 Phi(sigma / sqrt(2)) - 1. sigma: standard deviation of the log, >= 0."""
    require([range_fault("sigma", sigma, low=0.0, high=np.inf, open_high=True)])
    return float(2.0 * ndtr(sigma / np.sqrt(2.0)) - 1.0)


def lognormal_mu(mean: float, *, sigma: float) -> float:
    """Return the mean of the log of a lognormal with the given mean: ln(mean) - sigma^2 / 2.

    mean: above 0, any unit. sigma: standard deviation of the log, >= 0.
    """
    require(
        [
            range_fault("mean", mean, low=0.0, high=np.inf, open_low=True, open_high=True),
            range_fault("sigma", sigma, low=0.0, high=np.inf, open_high=True),
        ]
    )
    return float(np.log(mean) - 0.5 * sigma * sigma)


def lognormal_quantiles(uniforms: ArrayLike, *, mean: float, sigma: float) -> FloatArray:
    """Return exp(mu + sigma * Phi^-1(u)) with mu such that the mean is `mean`.

    uniforms: any shape, in (0, 1). mean: above 0, any unit, which is the unit returned. sigma: of the log, >= 0.
    """
    return floats(np.exp(lognormal_mu(mean, sigma=sigma) + sigma * ndtri(floats(uniforms))))


@dataclass(frozen=True, slots=True)
class GammaQuantiles:
    """The inverse CDF of a gamma distribution of scale 1, tabulated: called with uniforms it returns quantiles.

    shape: the shape parameter, which is also mean and variance.
    log_nodes: (2049,) ln x at evenly spaced log odds ln(u / (1 - u)) from -37.5 to 37.5. In that pair of axes the lower
    tail is a straight line, so a linear interpolation is enough (mean within 0.01% for shapes 0.02 to 50).
    """

    shape: float
    log_nodes: FloatArray

    def __call__(self, uniforms: ArrayLike) -> FloatArray:
        """Return x with P(X <= x) = u. uniforms: any shape, in (0, 1); returns the same shape, 0 where x underflows."""
        return floats(np.exp(self.logarithms(uniforms)))

    def logarithms(self, uniforms: ArrayLike) -> FloatArray:
        """Return ln x: finite also for small shapes, where most x are too small for a float. Numbers outside the table
        (0 and 1 themselves) take its ends. uniforms: any shape; returns the same shape.
        """
        u = floats(uniforms)
        with np.errstate(divide="ignore"):
            log_odds = np.log(u) - np.log1p(-u)
        place = np.clip((log_odds + _REACH) * ((_NODES - 1) / (2.0 * _REACH)), 0.0, _NODES - 1.0)
        left = np.minimum(place.astype(np.int64), _NODES - 2)
        low = self.log_nodes[left]
        return floats(low + (place - left) * (self.log_nodes[left + 1] - low))


@lru_cache(maxsize=1024)
def gamma_quantile_table(shape: float) -> GammaQuantiles:
    """Return the tabulated inverse CDF of the gamma distribution of this shape and scale 1, computed once per shape.

    shape: above 0 (tested from 0.001 to 50).
    """
    require([range_fault("shape", shape, low=0.0, high=np.inf, open_low=True, open_high=True)])
    log_odds = np.linspace(-_REACH, _REACH, _NODES)
    nodes = (gammaln(shape + 1.0) - np.logaddexp(0.0, -log_odds)) / shape
    exact = nodes > _SERIES_BELOW
    odds = log_odds[exact]
    below, above = gammaincinv(shape, expit(odds)), gammainccinv(shape, expit(-odds))
    nodes[exact] = np.log(np.where(odds < 0.0, below, above))
    nodes.flags.writeable = False
    return GammaQuantiles(float(shape), nodes)


def dirichlet_quantiles(uniforms: ArrayLike, *, concentrations: ArrayLike) -> FloatArray:
    """Return Dirichlet shares by gamma quantiles divided by their sum, worked in logarithms so that no row is empty.

    uniforms: (n, k), in (0, 1). concentrations: (k,) >= 0, at least one above 0: expected shares times how alike people
    are (small: fans of one label; large: everyone near the average). 0 gives a share of 0.
    Returns (n, k), rows summing to 1.
    """
    numbers, weights = floats(uniforms), floats(concentrations)
    require(
        [
            None
            if numbers.ndim == 2
            else Fault("uniforms", "are a table (n, k)", numbers.shape, "Give a row per person."),
            shape_fault("concentrations", weights, numbers.shape[1:]),
            range_fault("concentrations", weights, low=0.0, high=np.inf, open_high=True),
            range_fault("largest concentration", np.max(weights, initial=0.0), low=0.0, high=np.inf, open_low=True),
        ]
    )
    logs = np.full(numbers.shape, -np.inf)
    for column in np.flatnonzero(weights):
        logs[:, column] = gamma_quantile_table(float(weights[column])).logarithms(numbers[:, column])
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return floats(odds / odds.sum(axis=1, keepdims=True))
