"""Minima in a contract: what a guarantee is worth, and the kink of the greater of two royalties.

Reference: Black and Scholes (1973), whose formula values a guarantee on lognormal royalties. Prices that
answer a kinked royalty are found by `pricing.bertrand_prices`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from model.theory.arrays import FloatArray, floats, require
from model.theory.bargaining.checks import at_least_zero_fault, together_fault, unit_fault


@dataclass(frozen=True, slots=True)
class GuaranteeValue:
    """What a minimum guarantee is worth; arrays of the shape of its terms.

    payment: USD expected, the greater of royalty and guarantee. top_up: USD of it above the royalty.
    binds_chance: probability that the royalty stays below the guarantee.
    """

    payment: FloatArray
    top_up: FloatArray
    binds_chance: FloatArray


def guarantee_value(
    revenue: ArrayLike, *, rev_share: ArrayLike, guarantee: ArrayLike, spread: ArrayLike
) -> GuaranteeValue:
    """Return the expected greater of royalty and minimum guarantee, revenue being lognormal.

    E max(theta R, MG) = MG N(-d2) + theta E[R] N(d1), d1 = (ln(theta E[R] / MG) + s^2/2) / s, d2 = d1 - s; the
    guarantee binds with probability N(-d2).

    revenue E[R]: USD over the term, expected, >= 0. rev_share theta: in [0, 1]. guarantee MG: USD, >= 0.
    spread s: standard deviation of ln R, >= 0 (0: revenue is sure). They broadcast together.
    """
    given = [floats(v) for v in (revenue, rev_share, guarantee, spread)]
    expected, theta, floor, width = given
    require(
        [
            at_least_zero_fault("revenue", expected),
            unit_fault("rev_share", theta),
            at_least_zero_fault("guarantee", floor),
            at_least_zero_fault("spread", width),
            together_fault("revenue, rev_share, guarantee, spread", *given),
        ]
    )
    royalty, floor, width = np.broadcast_arrays(theta * expected, floor, width)
    random = (royalty > 0.0) & (floor > 0.0) & (width > 0.0)
    scale = np.where(random, width, 1.0)
    distance = np.log(np.where(random, royalty, 1.0)) - np.log(np.where(random, floor, 1.0))
    with np.errstate(over="ignore"):  # next to no spread: surely above or below
        d1 = distance / scale + scale / 2.0
    d2 = d1 - scale
    payment = np.where(random, floor * ndtr(-d2) + royalty * ndtr(d1), np.maximum(royalty, floor))
    binds = np.where(random, ndtr(-d2), np.where(royalty < floor, 1.0, 0.0))
    # the top-up by its own formula: as a difference a small one would be lost to rounding
    top_up = np.where(random, floor * ndtr(-d2) - royalty * ndtr(-d1), np.maximum(floor - royalty, 0.0))
    return GuaranteeValue(payment, np.maximum(top_up, 0.0), binds)


@dataclass(frozen=True, slots=True)
class KinkedRoyalty:
    """A royalty per user at some price, and how it answers the price from either side; arrays of the prices' shape.

    royalty: USD per user. slope_below, slope_above: USD per USD of price; they differ only at the kink.
    kink: price at which revenue share and minimum are equal, infinite without a revenue share.
    """

    royalty: FloatArray
    slope_below: FloatArray
    slope_above: FloatArray
    kink: FloatArray


def kinked_royalty(prices: ArrayLike, *, rev_share: ArrayLike, minimum: ArrayLike) -> KinkedRoyalty:
    """Return the greater of a revenue share and a per-subscriber minimum, max(theta p, m), with its kink m / theta.

    First-order conditions fail at the kink: solve below and above it, and clip by `between_at_kink`.

    prices p: USD, >= 0. rev_share theta: in [0, 1]. minimum m: USD per user, >= 0. They broadcast together.
    """
    price, theta, floor = floats(prices), floats(rev_share), floats(minimum)
    require(
        [
            at_least_zero_fault("prices", price),
            unit_fault("rev_share", theta),
            at_least_zero_fault("minimum", floor),
            together_fault("prices, rev_share, minimum", price, theta, floor),
        ]
    )
    price, theta, floor = np.broadcast_arrays(price, theta, floor)
    by_share = theta * price
    with np.errstate(over="ignore"):  # next to no share: no kink within reach
        kink = np.divide(floor, theta, out=np.full(price.shape, np.inf), where=theta > 0.0)
    below = np.where(by_share > floor, theta, 0.0)
    return KinkedRoyalty(np.maximum(by_share, floor), below, np.where(by_share >= floor, theta, 0.0), kink)


def between_at_kink(below: ArrayLike, *, above: ArrayLike, kink: ArrayLike) -> FloatArray:
    """Return the best choice where a payoff with a single top has a kink.

    below, above: the best choices of the smooth branches that hold below and above the kink, each looked for without
    regard to it. Right where the payoff has one top and its slope falls at the kink. They broadcast together.
    """
    low, high, edge = floats(below), floats(above), floats(kink)
    require([together_fault("below, above, kink", low, high, edge)])
    return np.where(low <= edge, low, np.maximum(high, edge))
