"""Paired differences under common random numbers: mean, t interval, and what pairing saves."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Paired:
    """Differences of two scenarios in some outcomes, (outcomes,) each.

    difference: mean over replicates. low, high: its interval, NaN with one replicate. reduction: how many times as many
    replicates scenarios with seeds of their own would need for the same interval: (var(a) + var(b)) / var(b - a), from
    the same replicates; infinite where the difference does not vary and the scenarios do, NaN where neither does.
    """

    difference: Floats
    low: Floats
    high: Floats
    reduction: Floats


def paired_differences(base: Floats, other: Floats, *, level: float) -> Paired:
    """Return other less base. level: of the intervals.

    base, other: (replicates, outcomes), row by row the same replicate.
    """
    gaps = other - base
    count = gaps.shape[0]
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # of columns that are empty, and of a single replicate
        mean = gaps.mean(axis=0)
        half = t_half_width(gaps, level=level)
        together = gaps.var(axis=0, ddof=1)
        apart = base.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)
        reduction = np.where(together > 0.0, apart / together, np.where(apart > 0.0, np.inf, np.nan))
    if count < 2:
        reduction = np.full(mean.shape, np.nan)
    return Paired(mean, mean - half, mean + half, reduction)


def t_half_width(values: Floats, *, level: float) -> Floats:
    """Return half the t interval of the mean over the first axis, NaN with one value. values: (replicates, ...)."""
    count = values.shape[0]
    if count < 2:
        return np.full(values.shape[1:], np.nan)
    quantile = float(student.ppf(0.5 + level / 2.0, count - 1))
    half: Floats = quantile * values.std(axis=0, ddof=1) / math.sqrt(count)
    return half
