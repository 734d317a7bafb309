"""Replicates drawn again: bootstrap draws and random halves, by keyed draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.rng import stream_key, uniforms
from model.theory.arrays import FloatArray, IntArray, floats

LOW, HIGH = 0.05, 0.95
"""Ends of the intervals: nine tenths of the draws lie between them."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with nine tenths of its bootstrap draws, unit of what it is a mean of."""

    mean: float
    low: float
    high: float


def draw_weights(replicates: int, *, draws: int, seed: int) -> FloatArray:
    """Return how much each replicate counts in each bootstrap draw, (draws, replicates), rows of sum 1.

    The same numbers come for the same seed and numbers, so that answers of two games of one base are paired too.
    """
    numbers = uniforms(stream_key(seed, "equilibrium", "bootstrap", replicates), np.arange(draws * replicates))
    taken = np.minimum((numbers * replicates).astype(np.int64), replicates - 1).reshape(draws, replicates)
    rows = np.arange(draws)[:, None] * replicates
    counts = np.bincount((taken + rows).ravel(), minlength=draws * replicates)
    return floats(counts.reshape(draws, replicates) / replicates)


def random_halves(replicates: int, *, splits: int, seed: int) -> list[tuple[IntArray, IntArray]]:
    """Return pairs of halves of the replicates, each half once as the first of a pair; none below four replicates."""
    found = []
    for split in range(splits if replicates >= 4 else 0):
        order = np.argsort(uniforms(stream_key(seed, "equilibrium", "halves", split), np.arange(replicates)))
        one, other = order[: replicates // 2], order[replicates // 2 :]
        found += [(one, other), (other, one)]
    return found


def interval(mean: float, draws: ArrayLike) -> Interval:
    """Return a mean with nine tenths of its draws, (n_draws,)."""
    low, high = np.quantile(floats(draws), [LOW, HIGH])
    return Interval(mean, float(low), float(high))
