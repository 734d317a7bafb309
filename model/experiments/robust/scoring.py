"""Regret and scores of policies over futures, with standard errors from paired replicates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.sequential import p_value
from model.experiments.robust.futures import Floats, Futures
from model.experiments.robust.question import Question
from model.theory.decisions.regret import RULES, policy_scores, regret_table

MOST_WAYS = 4
"""Values of a switch or a word up to which the scores are told for each."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The policy with the highest mean, and how surely it is ahead.

    best, second: names. lead: of the means. error: standard error of the lead over the futures. confidence: 1 less the
    p-values of paired t tests against every other policy, 0 at least. sure: whether that reaches what was asked.
    """

    best: str
    second: str
    lead: float
    error: float
    confidence: float
    sure: bool


def regret_frame(futures: Futures, question: Question) -> pd.DataFrame:
    """Return a row per future and policy: outcome, its standard error, regret, its standard error, wins.

    Standard errors are over replicates, NaN with one; that of the regret is of the paired difference to the policy that
    is best in the future (for this one: to the second), so that what both share cancels.
    """
    values = _chosen(futures, question)
    means = np.nanmean(values, axis=2)
    lost = regret_table(means)
    ranks = np.argsort(-means, axis=0, kind="stable")
    rows = []
    for future, point in enumerate(futures.points):
        first, second = ranks[0, future], ranks[1, future]
        for policy, name in enumerate(question.policies):
            against = second if policy == first else first
            rows.append({
                "point": int(point), "policy": name, "outcome": means[policy, future],
                "error": standard_error(values[policy, future]), "regret": lost[policy, future],
                "regret_error": standard_error(values[policy, future] - values[against, future]),
                "wins": bool(lost[policy, future] == 0.0), "replicates": int(futures.replicates[future]),
            })  # fmt: skip
    return pd.DataFrame(rows)


def score_frame(futures: Futures, question: Question, *, take: NDArray[np.bool_] | None = None) -> pd.DataFrame:
    """Return a row per policy: what each rule looks at, and standard errors of the means over futures.

    mean, worst, mean_regret, largest_regret: unit of the outcome. enough_share: share of the futures with an outcome
    that will do, NaN where no threshold was given, and of a policy that is itself the threshold. win_share: in which it
    is best. mean_error: standard error of the mean; lead_error: of the paired difference to the policy of the highest
    mean. take: (futures,) only these.
    """
    means = np.nanmean(_chosen(futures, question), axis=2)
    level = threshold(futures, question)
    if take is not None:
        means, level = means[:, take], level[take]
    asked = np.isfinite(level).all()
    scores = policy_scores(means, enough=level if asked else 0.0)
    best = int(np.argmax(scores.mean_outcomes))
    enough = [np.nan if name == question.enough or not asked else share
              for name, share in zip(question.policies, scores.satisficing_shares, strict=True)]  # fmt: skip
    return pd.DataFrame({
        "policy": list(question.policies), "mean": scores.mean_outcomes,
        "mean_error": [standard_error(row) for row in means],
        "lead_error": [np.nan if at == best else standard_error(row - means[best]) for at, row in enumerate(means)],
        "worst": scores.worst_outcomes, "mean_regret": scores.mean_regrets, "largest_regret": scores.largest_regrets,
        "enough_share": enough, "win_share": scores.win_shares,
    })  # fmt: skip


RULE_COLUMNS = {
    "mean": "mean", "maximin": "worst", "minimax_regret": "largest_regret", "satisficing": "enough_share",
}  # fmt: skip
"""Rule, and the column of `score_frame` that it looks at."""
assert list(RULE_COLUMNS) == list(RULES)


def best_by(scores: pd.DataFrame, rule: str) -> tuple[str, ...]:
    """Return the best policies by a rule, several where they tie, none where its score is not known."""
    column = scores[RULE_COLUMNS[rule]]
    if column.isna().all():
        return ()
    wanted = column.min() if rule == "minimax_regret" else column.max()
    return tuple(scores.loc[column == wanted, "policy"])


def verdict(means: Floats, names: Sequence[str], *, sure: float) -> Verdict:
    """Return which policy has the highest mean over futures, and how surely. means: (policies, futures)."""
    whole = means.mean(axis=1)
    order = np.argsort(-whole, kind="stable")
    first, second = int(order[0]), int(order[1])
    confidence = confidence_of(means, first)
    return Verdict(
        names[first], names[second], float(whole[first] - whole[second]), standard_error(means[first] - means[second]),
        confidence, confidence >= sure,
    )  # fmt: skip


def confidence_of(means: Floats, first: int) -> float:
    """Return how surely a policy is ahead of every other: 1 less the sum of p-values of paired t tests, 0 at least.

    means: (policies, units), two units or more. The tests are two-sided, since the policy was chosen by the same
    numbers: among equal policies one is named with confidence c in at most 1 - c of cases.
    """
    if means.shape[1] < 2:
        return 0.0
    others = [at for at in range(len(means)) if at != first]
    return max(0.0, 1.0 - sum(p_value(means[first] - means[at]) for at in others))


def ways(futures: Futures, question: Question) -> pd.DataFrame:
    """Return the scores for each value of every switch or word among the unknowns, such as rivals_respond.

    Columns: input, value, futures, then those of `score_frame`.
    """
    parts = []
    for at, one in enumerate(futures.unknowns):
        if one.is_number or not 2 <= len(one.levels) <= MOST_WAYS:
            continue
        for code, level in enumerate(one.levels):
            take: NDArray[np.bool_] = futures.codes[:, at] == code
            frame = score_frame(futures, question, take=take)
            frame.insert(0, "input", one.column)
            frame.insert(1, "value", one.value_words(level))
            frame.insert(2, "futures", int(take.sum()))
            parts.append(frame)
    names = ["input", "value", "futures", *score_frame(futures, question).columns]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)


def threshold(futures: Futures, question: Question) -> Floats:
    """Return the outcome that will do in each future, (futures,), NaN where none was given."""
    if question.enough is None:
        return np.full(len(futures.points), np.nan)
    if isinstance(question.enough, str):
        own: Floats = futures.means[futures.position(question.enough)]
        return own
    return np.full(len(futures.points), question.enough, dtype=np.float64)


def standard_error(values: Floats) -> float:
    """Return the standard error of a mean, NaN of fewer than two known values."""
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1) / math.sqrt(len(known))) if len(known) > 1 else math.nan


def _chosen(futures: Futures, question: Question) -> Floats:
    """Return the values of the policies to choose from, (policies, futures, replicates)."""
    return futures.values[: len(question.policies)]
