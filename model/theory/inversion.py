"""Find the mean utilities under which demand is what was wanted: Berry's contraction for nested logit.

Reference: Berry (1994); Berry, Levinsohn and Pakes (1995); the factor 1 - nest_sigma is from Grigolon and
Verboven (2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import (
    BoolArray,
    FloatArray,
    floats,
    range_fault,
    require,
    shape_fault,
    table_fault,
    user_weights,
)
from model.theory.nested_logit import nested_logit

_SMALLEST = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True)
class Inversion:
    """Mean utilities found by `invert_shares`, and how far it came.

    xi: (n_options,) logit units, 0 for the outside option, -inf for an offer of which nothing was wanted.
    converged: whether the gap fell to the tolerance.
    steps: contraction steps taken.
    gap: largest |ln wanted - ln predicted| over the offers wanted, at xi.
    """

    xi: FloatArray
    converged: bool
    steps: int
    gap: float


def invert_shares(
    utilities: ArrayLike,
    wanted: ArrayLike,
    nests: ArrayLike,
    *,
    nest_sigma: float,
    allowed: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    start: ArrayLike | None = None,
    damping: float = 1.0,
    tolerance: float = 1e-12,
    max_steps: int = 1000,
) -> Inversion:
    """Return the xi at which nested-logit demand meets what was wanted.

    Repeats xi_o += damping * (1 - nest_sigma) * (ln wanted_o - ln predicted_o), with xi = 0 for the outside option.
    Without convergence it still returns where it stands: a caller that takes a few steps a month goes on from there.

    utilities: (n_users, n_options) logit units, without xi.
    wanted: (n_options,) >= 0, any unit: only proportions count. The outside option (column 0) is above 0; an offer of
    which 0 is wanted is excluded (xi = -inf).
    nests, nest_sigma, allowed: as in `nested_logit`.
    weights: (n_users,) people per user, default 1. start: (n_options,) xi to begin from, default 0; -inf counts as 0.
    damping: in (0, 1]. tolerance: on the gap in logs. max_steps: 0 only measures the gap.
    """
    base, target = floats(utilities), floats(wanted)
    require([table_fault("utilities", base)])
    people = user_weights(weights, base.shape[0])
    xi = np.zeros(base.shape[1]) if start is None else np.where(np.isneginf(floats(start)), 0.0, floats(start))
    may_take = np.ones(base.shape, np.bool_) if allowed is None else np.asarray(allowed, np.bool_)
    require(
        [
            shape_fault("wanted", target, base.shape[1:]),
            shape_fault("start", xi, base.shape[1:]),
            shape_fault("allowed", may_take, base.shape),
            range_fault("wanted", target, low=0.0, high=np.inf, open_high=True),
            range_fault("start", xi, low=-np.inf, high=np.inf, open_low=True, open_high=True),
            range_fault("damping", damping, low=0.0, high=1.0, open_low=True),
        ]
    )
    require(_impossible(target, people, may_take & (base > -np.inf)))
    in_play = target > 0.0
    xi = np.where(in_play, xi - xi[0], -np.inf)
    log_wanted = np.log(target[in_play] / target.sum())
    step = damping * (1.0 - nest_sigma)
    steps = 0
    while True:
        predicted = people @ nested_logit(base + xi, nests, nest_sigma=nest_sigma, allowed=allowed) / people.sum()
        gaps = log_wanted - np.log(np.maximum(predicted[in_play], _SMALLEST))
        gap = float(np.max(np.abs(gaps)))
        if gap <= tolerance or steps >= max_steps:
            return Inversion(xi, gap <= tolerance, steps, gap)
        xi[in_play] += step * gaps
        xi[0] = 0.0
        steps += 1


def _impossible(target: FloatArray, people: FloatArray, may_take: BoolArray) -> list[Fault]:
    """Return the faults of targets that no xi can meet: nobody outside, or more wanted than those who may take it."""
    faults = []
    if not people.sum() > 0.0:
        faults.append(
            Fault(
                "weights", "add to more than 0", float(people.sum()), "Give at least one user with people behind them."
            )
        )
        return faults
    if not target[0] > 0.0:
        return [
            Fault(
                "wanted[0]",
                "is above 0: some stay with the outside option",
                float(target[0]),
                "Leave a little demand outside.",
            )
        ]
    share = target / target.sum()
    reach = people @ may_take / people.sum()
    for option in np.flatnonzero(share[1:] >= np.where(share[1:] > 0.0, reach[1:], np.inf)) + 1:
        rule = f"is below the share of people who may take it ({reach[option]:.6g})"
        faults.append(Fault(f"wanted[{option}]", rule, float(share[option]), "Allow more users, or want less."))
    return faults
