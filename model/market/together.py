"""Licences that are renewed at once: payments that answer each other, as Nash-in-Nash has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.market.valuing import Pair, Worth

Floats = NDArray[np.float64]


def together(
    pairs: Sequence[Pair], *, worths: Sequence[Worth], reserved: Sequence[tuple[float, float]], weights: ArrayLike
) -> Floats:
    """Return (n,) USD a month of n licences, each split by its weight with all others at what they come to here.

    reserved: least and most of each pair, USD a month, with all others at present terms. A label's least rises by what
    its licences at rivals pay more than now on the listeners it would win there; a platform's most falls by what it
    pays other labels more than now. With factors f = payment / present that is one linear system, x = c + K x. Licences
    that pay nothing now are taken as they are.
    """
    n, weight = len(pairs), np.asarray(weights, dtype=np.float64)
    constant, influence = np.zeros(n), np.zeros((n, n))
    for i, (pair, worth) in enumerate(zip(pairs, worths, strict=True)):
        least, most = reserved[i]
        constant[i] = least + weight[i] * (most - least)
        for j, other in enumerate(pairs):
            paid = worths[j].paid
            if i == j or paid <= 0.0 or other.kind != pair.kind:
                continue
            if other.label == pair.label:  # gain elsewhere at factor f instead of 1: least moves by -gain (f - 1)
                slope = -(1.0 - weight[i]) * worth.elsewhere.get(other.platform, 0.0) * _overlap(pair, other, worth)
            elif other.platform == pair.platform:
                slope = -weight[i] * worth.others.get(other.label, 0.0) * _overlap(pair, other, worth)
            else:
                continue
            influence[i, j] = slope / paid
            constant[i] -= slope
    return np.linalg.solve(np.eye(n) - influence, constant)


def _overlap(pair: Pair, other: Pair, worth: Worth) -> float:
    """Return the part of a licence, by what it pays now, in markets where the other licence holds too."""
    common = [market for market in pair.markets if market in other.markets]
    if worth.paid <= 0.0:
        return float(bool(common))
    return sum(worth.present.get(market, 0.0) for market in common) / worth.paid
