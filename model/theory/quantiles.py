"""Quantiles and means of values with weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.theory.arrays import FloatArray

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of a fan: the ends of the 90% and 50% bands, and the median between."""


def weighted_quantiles(values: FloatArray, weights: FloatArray, levels: Sequence[float] = LEVELS) -> FloatArray:
    """Return weighted quantiles of the known values: (..., n) and (n,) give (..., len(levels)).

    A value stands at the middle of its own weight, (W_k - w_k / 2) / W of the ordered weights; between two the quantile
    is on the straight line, outside of all it is the outermost value. For equal weights this is Hazen's definition
    (1914). A member of weight 0 counts for nothing, unknown values (NaN) neither; NaN where no value is known.
    """
    table = np.asarray(values, dtype=np.float64)
    wanted = np.asarray(levels, dtype=np.float64)
    flat = table.reshape(-1, table.shape[-1])
    found = np.full((flat.shape[0], wanted.size), np.nan)
    for at, row in enumerate(flat):
        counts = np.isfinite(row) & (weights > 0.0)
        if counts.any():
            found[at] = _of_row(row[counts], weights[counts], wanted)
    return found.reshape(*table.shape[:-1], wanted.size)


def _of_row(row: FloatArray, weights: FloatArray, wanted: FloatArray) -> FloatArray:
    order = np.argsort(row, kind="stable")
    ordered, own = row[order], weights[order]
    reached = np.cumsum(own)
    places = (reached - own / 2.0) / reached[-1]
    found: FloatArray = np.interp(wanted, places, ordered)
    return found


def weighted_mean(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted mean of the known values: (..., n) and (n,) give (...); NaN where none is known."""
    table = np.asarray(values, dtype=np.float64)
    known = np.isfinite(table) & (weights > 0.0)
    own = np.where(known, weights, 0.0)
    whole = own.sum(axis=-1)
    total = (np.where(known, table, 0.0) * own).sum(axis=-1)
    found: FloatArray = np.divide(total, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0.0)
    return found


def quantiles(values: FloatArray, levels: Sequence[float] = LEVELS) -> FloatArray:
    """Return quantiles of the known values over the last axis, all of the same weight: (..., n) to (..., levels).

    Hazen's definition, as `weighted_quantiles`, but for whole tables at once; NaN where no value is known.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.shape[-1] and np.isfinite(table).all():
        whole: FloatArray = np.moveaxis(np.quantile(table, levels, axis=-1, method="hazen"), 0, -1)
        return whole
    return weighted_quantiles(table, np.ones(table.shape[-1]), levels)
