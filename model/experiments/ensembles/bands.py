"""Weighted quantiles and means: what an ensemble's members say together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of the fans: the ends of the 90% and 50% bands and the median between."""
COLUMNS = ("q05", "q25", "median", "q75", "q95")


def weighted_quantiles(values: Floats, weights: Floats, levels: Sequence[float] = LEVELS) -> Floats:
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


def _of_row(row: Floats, weights: Floats, wanted: Floats) -> Floats:
    order = np.argsort(row, kind="stable")
    ordered, own = row[order], weights[order]
    reached = np.cumsum(own)
    places = (reached - own / 2.0) / reached[-1]
    found: Floats = np.interp(wanted, places, ordered)
    return found


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """Return the weighted mean of the known values: (..., n) and (n,) give (...); NaN where none is known."""
    table = np.asarray(values, dtype=np.float64)
    known = np.isfinite(table) & (weights > 0.0)
    own = np.where(known, weights, 0.0)
    whole = own.sum(axis=-1)
    total = (np.where(known, table, 0.0) * own).sum(axis=-1)
    found: Floats = np.divide(total, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0.0)
    return found
