"""What it is worth to know more before choosing: value of perfect information, and of learning some unknowns.

EVPI = E max_d y_d - max_d E y_d; EVPPI(x) = E_x max_d E[y_d | x] - max_d E y_d (Raiffa and Schlaifer 1961). The
conditional means are a regression of the same table on x (Strong, Oakley and Brennan 2014) by functions that are
constant on cells: x is cut at quantiles, each cell has its mean outcomes. One future at a time is left out: its policy
is chosen by the means of the others in its cell, and its own outcome counts. So noise that only looks like knowledge
gains nothing on average. There are more cells only where they gain by more than two standard errors; with one cell
nothing is learnt. Hence EVPI >= EVPPI >= 0 on every table without any clipping: no choice gains more in a future than
the best policy there, and choosing that gains nothing is not taken up. Both are 0 where one policy is always best.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, IntArray, floats, range_fault, require
from model.theory.decisions.tables import checked_outcomes, future_weights

FEWEST_PER_CELL = 8
"""Futures per cell on average, at least: with fewer, their mean tells little of the future left out."""
DOUBT = 1.645
"""Standard errors from a mean to either end of its interval: nine cases of ten lie between."""


@dataclass(frozen=True, slots=True)
class PartialInformation:
    """What learning some unknowns is worth.

    value: EVPPI, unit of the outcomes, between 0 and the value of perfect information. in_sample: the same where each
    future also speaks for itself, so too high; how far apart the two are says how fine the cells are for this table.
    cells: in how many the futures were told apart; 1 where telling them apart showed no gain, and both are then 0.
    low, high: between which the value lies in nine cases of ten, as far as cells of the futures at hand can tell: low
    is 0 where no gain was shown; high is what each future also speaking for itself would gain on these cells or on the
    next finer ones, with the doubt of that mean, and no more than knowing everything.
    """

    value: float
    in_sample: float
    cells: int
    low: float
    high: float


def perfect_information(outcomes: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Return EVPI: what knowing the future before choosing adds to the mean outcome, >= 0, unit of the outcomes.

    outcomes: (n_policies, n_futures), more is better. weights: (n_futures,) >= 0, default equal.
    """
    table = checked_outcomes(outcomes)
    shares = future_weights(weights, table.shape[1])
    return float(_gains(table, shares).max(axis=0) @ shares)


def partial_information(
    outcomes: ArrayLike, *, unknowns: ArrayLike, weights: ArrayLike | None = None
) -> PartialInformation:
    """Return EVPPI: what knowing one or several unknowns together before choosing adds to the mean outcome.

    outcomes: (n_policies, n_futures), more is better. unknowns: (n_futures,) or (n_futures, n_unknowns), their values
    in each future, any unit; equal values are never told apart. weights: (n_futures,), default equal. Knowing several
    is never worth less than knowing one of them: where cells of all together gain less, that one's value stands.
    """
    table = checked_outcomes(outcomes)
    shares = future_weights(weights, table.shape[1])
    known = _checked_unknowns(unknowns, table.shape[1])
    gains = _gains(table, shares)
    found = _on_best_cells(gains, shares, known)
    if known.shape[1] == 1:
        return found
    parts = [partial_information(table, unknowns=np.delete(known, one, axis=1), weights=shares)
             for one in range(known.shape[1])]  # fmt: skip
    best = max([found, *parts], key=lambda one: one.value)
    return replace(best, low=max(one.low for one in (found, *parts)), high=max(one.high for one in (found, *parts)))


def _on_best_cells(gains: FloatArray, shares: FloatArray, known: FloatArray) -> PartialInformation:
    """Return what knowing is worth on cells that are finer as long as that clearly gains."""
    chosen, chosen_each = _on_cells(gains, shares, _cells(known, 1))
    per_unknown, high, after = 2, 0.0, False
    while per_unknown ** known.shape[1] <= gains.shape[1] // FEWEST_PER_CELL:
        cells = _cells(known, per_unknown)
        finer, finer_each = _on_cells(gains, shares, cells)
        clear = _clearly_above(finer_each, chosen_each, shares)
        if clear:
            chosen, chosen_each, high, after = finer, finer_each, finer.high, False
        elif not after:  # the first finer cells that were not taken: the value may lie that high
            doubted = finer.high if chosen.cells > 1 else _highest_on(gains, shares, cells)
            high, after = max(high, doubted), True
        per_unknown *= 2
    everything = gains.max(axis=0)
    ceiling = float(everything @ shares) + DOUBT * _spread(everything, shares)
    low = max(0.0, chosen.value - DOUBT * _spread(chosen_each, shares)) if chosen.cells > 1 else 0.0
    return replace(chosen, low=low, high=min(high, ceiling))


def _highest_on(gains: FloatArray, shares: FloatArray, cell: IntArray) -> float:
    """Return what knowing the cell would be worth if the best policy of each had earned more by its doubt."""
    total = 0.0
    for one in range(int(cell.max()) + 1):
        own = cell == one
        weight = float(shares[own].sum())
        if weight > 0.0:
            part = shares[own] / weight
            reach = [float(row[own] @ part) + DOUBT * _spread(row[own], part) for row in gains]
            total += weight * max(reach)
    return total


def information_per_unknown(
    outcomes: ArrayLike, *, unknowns: ArrayLike, weights: ArrayLike | None = None
) -> FloatArray:
    """Return EVPPI of each unknown alone, (n_unknowns,), as in `partial_information`.

    unknowns: (n_futures, n_unknowns). Values of single unknowns do not add up to that of all together.
    """
    table = checked_outcomes(outcomes)
    known = _checked_unknowns(unknowns, table.shape[1])
    return floats([partial_information(table, unknowns=column, weights=weights).value for column in known.T])


def normal_information(mean: float, *, sigma: float) -> float:
    """Return the value of information on a gain that is normal: sigma phi(m / sigma) - |m| Phi(-|m| / sigma).

    For two policies whose difference in outcome is normal: EVPI with its standard deviation, EVPPI with that of its
    mean given the unknown. mean: of the difference, any unit. sigma: >= 0, same unit. Reference: Raiffa and Schlaifer
    (1961), the unit normal loss integral.
    """
    require([range_fault("sigma", sigma, low=0.0, high=np.inf, open_high=True)])
    if sigma == 0.0:
        return 0.0
    ratio = abs(mean) / sigma
    return float(sigma * (np.exp(-0.5 * ratio * ratio) / np.sqrt(2.0 * np.pi) - ratio * ndtr(-ratio)))


def _gains(table: FloatArray, shares: FloatArray) -> FloatArray:
    """Return outcomes less those of the policy of highest mean, this one first: the choice if nothing is learnt."""
    best = int(np.argmax((table * shares).sum(axis=1)))
    order = [best, *(policy for policy in range(len(table)) if policy != best)]
    return floats(table[order] - table[best])


def _checked_unknowns(unknowns: ArrayLike, n_futures: int) -> FloatArray:
    known = floats(unknowns)
    known = known[:, None] if known.ndim == 1 else known
    wrong = known.ndim != 2 or known.shape[0] != n_futures or known.shape[1] == 0
    way_out = f"Give shape ({n_futures},) or ({n_futures}, n_unknowns)."
    require(
        [
            Fault("unknowns", "has one row per future", known.shape, way_out) if wrong else None,
            range_fault("unknowns", known, low=-np.inf, high=np.inf, open_low=True, open_high=True),
        ]
    )
    return known


def _cells(known: FloatArray, per_unknown: int) -> IntArray:
    """Return the cell of each future, (n_futures,): each unknown cut into parts of about equal count.

    An unknown of few values, as a switch has, is cut between its values, however often each of them stands.
    """
    cell = np.zeros(len(known), dtype=np.int64)
    for column in known.T:
        values = np.unique(column)
        few = len(values) <= per_unknown
        cuts = values[1:] if few else np.quantile(column, np.arange(1, per_unknown) / per_unknown)
        cell = cell * per_unknown + np.searchsorted(cuts, column, side="right")
    return np.unique(cell, return_inverse=True)[1]


def _on_cells(gains: FloatArray, shares: FloatArray, cell: IntArray) -> tuple[PartialInformation, FloatArray]:
    """Return what knowing the cell is worth, and each future's gain when chosen for by the others of its cell."""
    sums = np.stack([np.bincount(cell, weights=row * shares) for row in gains])
    optimistic = float(sums.max(axis=0).sum())
    others = sums[:, cell] - gains * shares
    small = 1e-12 * np.abs(sums).max(initial=0.0)  # without others in the cell, or all alike, the first policy stays
    others[0] += small
    each = np.take_along_axis(gains, others.argmax(axis=0)[None, :], axis=0)[0]
    n_cells = sums.shape[1]
    if n_cells == 1:  # nothing is learnt, so the policy stays
        return PartialInformation(0.0, 0.0, 1, 0.0, 0.0), np.zeros(len(cell))
    own = np.take_along_axis(gains, sums.argmax(axis=0)[cell][None, :], axis=0)[0]
    high = optimistic + DOUBT * _spread(own, shares)
    return PartialInformation(float(each @ shares), optimistic, n_cells, 0.0, high), each


def _clearly_above(finer: FloatArray, coarser: FloatArray, shares: FloatArray) -> bool:
    """Return whether the weighted mean of paired differences is above two standard errors."""
    ahead = finer - coarser
    return float(ahead @ shares) > 2.0 * _spread(ahead, shares)


def _spread(values: FloatArray, shares: FloatArray) -> float:
    """Return the standard error of a weighted mean."""
    return float(np.sqrt(((values - values @ shares) ** 2 * shares**2).sum()))
