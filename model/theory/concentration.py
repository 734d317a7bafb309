"""How concentrated a market is, and how unequal incomes within it.

Reference: Rhoades (1993) for the Herfindahl-Hirschman index; Cowell (2011), Measuring Inequality, for Gini and Lorenz.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import FloatArray, floats, range_fault, require, shape_fault, user_weights

HHI_POINTS = 10_000.0
"""The usual scale of the index: a monopoly has 10,000 points."""


def hhi(quantities: ArrayLike, *, points: float = HHI_POINTS) -> FloatArray:
    """Return the Herfindahl-Hirschman index, points * sum of squared shares.

    quantities: (..., n_firms) >= 0, any unit (users, revenue, hours); shares are taken along the last axis.
    points: value of a monopoly, 10,000 by custom; 1 for a plain number.
    Returns (...), NaN where all quantities are 0.
    """
    return floats(points * (market_shares(quantities) ** 2).sum(axis=-1))


def effective_number(quantities: ArrayLike) -> FloatArray:
    """Return the number of equal firms that would be as concentrated: 1 / sum of squared shares.

    quantities: (..., n_firms) >= 0. Returns (...), NaN where all quantities are 0.
    """
    return floats(1.0 / hhi(quantities, points=1.0))


def concentration_ratio(quantities: ArrayLike, *, largest: int) -> FloatArray:
    """Return the joint share of the `largest` biggest firms, e.g. CR4 with largest=4.

    quantities: (..., n_firms) >= 0. largest: at least 1; more than there are firms takes them all.
    Returns (...) in [0, 1], NaN where all quantities are 0.
    """
    require([range_fault("largest", largest, low=1, high=np.inf)])
    descending = -np.sort(-market_shares(quantities), axis=-1)
    return floats(descending[..., :largest].sum(axis=-1))


def market_shares(quantities: ArrayLike) -> FloatArray:
    """Return each firm's part of the total along the last axis, NaN where the total is 0.

    quantities: (..., n_firms) >= 0, any unit. Returns the same shape.
    """
    amounts = floats(quantities)
    require([range_fault("quantities", amounts, low=0.0, high=np.inf, open_high=True)])
    totals = amounts.sum(axis=-1, keepdims=True)
    return floats(np.divide(amounts, totals, out=np.full(amounts.shape, np.nan), where=totals > 0.0))


def lorenz_curve(values: ArrayLike, *, weights: ArrayLike | None = None) -> tuple[FloatArray, FloatArray]:
    """Return the Lorenz curve: the poorest part of the people, and the part of the total that they hold.

    values: (n,) >= 0 (income, streams, listening hours). weights: (n,) people each stands for, default 1.
    Returns two arrays (n + 1,) that rise from 0 to 1; NaN where there are no people or the total is 0.
    """
    amounts = np.atleast_1d(floats(values))
    require([shape_fault("values", amounts, (amounts.size,)), range_fault("values", amounts, low=0.0, high=np.inf)])
    people = user_weights(weights, amounts.size)
    order = np.argsort(amounts, kind="stable")
    held = np.concatenate([[0.0], np.cumsum((people * amounts)[order])])
    counted = np.concatenate([[0.0], np.cumsum(people[order])])
    nothing = np.full(held.shape, np.nan)
    return (
        floats(counted / counted[-1] if counted[-1] > 0.0 else nothing),
        floats(held / held[-1] if held[-1] > 0.0 else nothing),
    )


def gini(values: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Return the Gini index, one minus twice the area below the Lorenz curve.

    values: (n,) >= 0. weights: (n,) people each stands for, default 1.
    Returns 0 for equality, near 1 where one holds all; NaN where there are no people or the total is 0.
    """
    people, held = lorenz_curve(values, weights=weights)
    return float(1.0 - np.sum(np.diff(people) * (held[1:] + held[:-1])))
