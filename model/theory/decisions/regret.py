"""Regret and the rules for choosing a policy when futures cannot be told apart beforehand.

The regret of policy d in future j is max_k y_kj - y_dj. Rules: highest mean; highest worst outcome (maximin, Wald
1950); least largest regret (Savage 1951); most futures with an outcome that will do (satisficing, Simon 1956). They
often disagree, so all are reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault, nearest
from model.theory.arrays import BoolArray, FloatArray, IntArray, floats, range_fault, require
from model.theory.decisions.tables import checked_outcomes, future_weights

RULES = {
    "mean": "mean_outcomes",
    "maximin": "worst_outcomes",
    "minimax_regret": "largest_regrets",
    "satisficing": "satisficing_shares",
}
"""Rule, and the score of `PolicyScores` that it looks at."""


@dataclass(frozen=True, slots=True)
class PolicyScores:
    """How each policy does over all futures; every array (n_policies,).

    mean_outcomes, worst_outcomes, mean_regrets, largest_regrets: unit of the outcomes. satisficing_shares: weight of
    the futures in which the outcome is at least what was asked for, 0 to 1. win_shares: weight of the futures in which
    the policy is the best or one of the best; they sum to more than 1 where policies tie.
    """

    mean_outcomes: FloatArray
    worst_outcomes: FloatArray
    mean_regrets: FloatArray
    largest_regrets: FloatArray
    satisficing_shares: FloatArray
    win_shares: FloatArray

    def best(self, rule: str) -> IntArray:
        """Return the numbers of the best policies by a rule of `RULES`, several where they tie."""
        known = rule in RULES
        require([None if known else Fault("rule", "is a rule for choosing", rule, nearest(rule, list(RULES)))])
        scores = floats(getattr(self, RULES[rule]))
        return np.flatnonzero(scores == (scores.min() if rule == "minimax_regret" else scores.max()))


def regret_table(outcomes: ArrayLike) -> FloatArray:
    """Return what each policy loses against the best one of each future, (n_policies, n_futures) >= 0."""
    table = checked_outcomes(outcomes)
    return floats(table.max(axis=0) - table)


def winners(outcomes: ArrayLike) -> BoolArray:
    """Return whether a policy is the best, or one of the best, in each future, (n_policies, n_futures)."""
    return np.asarray(regret_table(outcomes) == 0.0, dtype=np.bool_)


def policy_scores(outcomes: ArrayLike, *, enough: ArrayLike, weights: ArrayLike | None = None) -> PolicyScores:
    """Return the scores of each policy over all futures.

    outcomes: (n_policies, n_futures), more is better. enough: outcome that will do, one number or (n_futures,), in the
    same unit. weights: (n_futures,) >= 0, default equal; futures of weight 0 count nowhere, not as the worst either.
    """
    table = checked_outcomes(outcomes)
    shares, asked = future_weights(weights, table.shape[1]), floats(enough)
    fits = asked.ndim == 0 or asked.shape == table.shape[1:]
    way_out = "Give one number, or one per future."
    require(
        [
            None if fits else Fault("enough", "goes with the futures", asked.shape, way_out),
            range_fault("enough", asked, low=-np.inf, high=np.inf),
        ]
    )
    counted = shares > 0.0
    lost = regret_table(table)
    return PolicyScores(
        mean_outcomes=floats(table @ shares),
        worst_outcomes=floats(table[:, counted].min(axis=1)),
        mean_regrets=floats(lost @ shares),
        largest_regrets=floats(lost[:, counted].max(axis=1)),
        satisficing_shares=floats((table >= asked) @ shares),
        win_shares=floats((lost == 0.0) @ shares),
    )
