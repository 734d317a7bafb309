"""Tails of numbers that grow by imitation: Borel-Tanner totals, Yule's exponent, and products with Pareto numbers.

Reference: Otter (1949) and Consul (1989) for totals of branching; Yule (1925) and Simon (1955) for sizes of kinds that
keep arriving; Breiman (1965) for products; Hill (1975) for the estimate of an exponent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from model.theory.arrays import FloatArray, floats, range_fault, require, shape_fault


def total_uses_chance(totals: ArrayLike, *, seeds: float, spread: float) -> FloatArray:
    """Return the probability of each total number of uses, if a Poisson number of seeds each start a chain.

    Every use brings a Poisson number of uses of mean `spread`; then P(n) = s (s + m n)^(n - 1) exp(-s - m n) / n!, the
    generalised Poisson law. totals n: whole numbers >= 0. seeds s: mean, above 0. spread m: in [0, 1].
    """
    count = floats(totals)
    require([
        range_fault("totals", count, low=0.0, high=np.inf, open_high=True),
        range_fault("seeds", seeds, low=0.0, high=np.inf, open_low=True, open_high=True),
        range_fault("spread", spread, low=0.0, high=1.0),
    ])  # fmt: skip
    pull = seeds + spread * count
    return floats(np.exp(np.log(seeds) + (count - 1.0) * np.log(pull) - pull - gammaln(count + 1.0)))


def yule_exponent(growth: float, *, arrivals: float) -> float:
    """Return the exponent b of P(size > x) ~ x^-b where kinds arrive ever faster and each grows: arrivals / growth.

    growth: log growth of a kind's size per unit of time, above 0. arrivals: log growth of the number of kinds, above 0.
    A kind's age is then exponential with mean 1 / arrivals, its size exp(growth age) times something of its own.
    """
    for name, value in (("growth", growth), ("arrivals", arrivals)):
        require([range_fault(name, value, low=0.0, high=np.inf, open_low=True, open_high=True)])
    return arrivals / growth


def pareto_product_tail(values: ArrayLike, *, exponent: float, factors: ArrayLike) -> FloatArray:
    """Return P(Q Y > x) where Q is Pareto from 1 with an exponent, and Y one of the factors, each as likely.

    E[min(1, (Y / x)^exponent)]; for x beyond all factors E[Y^exponent] x^-exponent: the tail of Q with another factor.
    values x: (n,) above 0. exponent: above 0. factors: (m,) >= 0.
    """
    x, y = floats(values), floats(factors)
    require([
        range_fault("values", x, low=0.0, high=np.inf, open_low=True),
        range_fault("exponent", exponent, low=0.0, high=np.inf, open_low=True, open_high=True),
        range_fault("factors", y, low=0.0, high=np.inf, open_high=True),
    ])  # fmt: skip
    return floats([np.minimum(1.0, (y / one) ** exponent).mean() for one in x.ravel()]).reshape(x.shape)


def hill_exponent(sizes: ArrayLike, *, above: float, weights: ArrayLike | None = None) -> tuple[float, float]:
    """Return the exponent of the tail of sizes above a size, by most likelihood, and its standard error.

    1 / mean of ln(size / above) over those above it; error: exponent over the root of (sum w)^2 / sum w^2.
    sizes: (n,). weights: (n,) >= 0, 1 by default. Both are NaN where nothing lies above.
    """
    found = floats(sizes)
    weight = np.ones_like(found) if weights is None else floats(weights)
    require([
        shape_fault("weights", weight, found.shape),
        range_fault("weights", weight, low=0.0, high=np.inf, open_high=True),
        range_fault("above", above, low=0.0, high=np.inf, open_low=True, open_high=True),
    ])  # fmt: skip
    beyond = found > above
    if not beyond.any() or weight[beyond].sum() == 0.0:
        return float("nan"), float("nan")
    w = weight[beyond]
    exponent = float(w.sum() / (w @ np.log(found[beyond] / above)))
    return exponent, exponent * float(np.sqrt((w**2).sum()) / w.sum())
