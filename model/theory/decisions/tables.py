"""Checks of tables of outcomes and of the weights of futures."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require


def checked_outcomes(outcomes: ArrayLike) -> FloatArray:
    """Return outcomes (n_policies, n_futures) checked: at least one of each, finite numbers."""
    table = floats(outcomes)
    wrong = table.ndim != 2 or 0 in table.shape
    way_out = "Give shape (n_policies, n_futures), at least one of each."
    require(
        [
            Fault("outcomes", "are a table of policies by futures", table.shape, way_out) if wrong else None,
            range_fault("outcomes", table, low=-np.inf, high=np.inf, open_low=True, open_high=True),
        ]
    )
    return table


def future_weights(weights: ArrayLike | None, n_futures: int) -> FloatArray:
    """Return the weights of futures, (n_futures,) with sum 1: those given, checked and scaled, or equal ones."""
    if weights is None:
        return np.full(n_futures, 1.0 / n_futures)
    given = floats(weights)
    wrong = given.shape != (n_futures,)
    require(
        [
            Fault("weights", f"has shape ({n_futures},)", given.shape, "Give one per future.") if wrong else None,
            range_fault("weights", given, low=0.0, high=np.inf, open_high=True),
            range_fault("sum of weights", given.sum(), low=0.0, high=np.inf, open_low=True, open_high=True),
        ]
    )
    return floats(given / given.sum())
