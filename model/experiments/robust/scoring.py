"""Regret and scores of policies over futures, with standard errors from paired replicates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

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
    """Return a row per future and policy: outcome, its standard error, regret, its standard error, wins, weight.

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
                "point": int(point), "policy": name, "outcome": question.sign * means[policy, future] + 0.0,
                "error": standard_error(values[policy, future]), "regret": lost[policy, future],
                "regret_error": standard_error(values[policy, future] - values[against, future]),
                "wins": bool(lost[policy, future] == 0.0), "replicates": int(futures.replicates[future]),
                **({} if futures.weights is None else {"weight": futures.weights[future]}),
            })  # fmt: skip
    return pd.DataFrame(rows)


def score_frame(futures: Futures, question: Question, *, take: NDArray[np.bool_] | None = None) -> pd.DataFrame:
    """Return a row per policy: what each rule looks at, and standard errors of the means over futures.

    mean, worst, mean_regret, largest_regret: unit of the outcome, worst being the largest where less is better.
    enough_share: share of the futures with an outcome that will do, NaN where no threshold was given, and of a policy
    that is itself the threshold. win_share: in which it is best. mean_error: standard error of the mean; lead_error: of
    the paired difference to the policy of the best mean. take: (futures,) only these.
    """
    means = np.nanmean(_chosen(futures, question), axis=2)
    level, shares = threshold(futures, question), futures.weights
    if take is not None:
        means, level = means[:, take], level[take]
        shares = None if shares is None else shares[take] / shares[take].sum()
    asked = np.isfinite(level).all()
    scores = policy_scores(means, enough=level if asked else 0.0, weights=shares)
    best = int(np.argmax(scores.mean_outcomes))
    enough = [np.nan if name == question.enough or not asked else share
              for name, share in zip(question.policies, scores.satisficing_shares, strict=True)]  # fmt: skip
    return pd.DataFrame({
        "policy": list(question.policies), "mean": question.sign * scores.mean_outcomes + 0.0,
        "mean_error": [standard_error(row, shares) for row in means],
        "lead_error": [np.nan if at == best else standard_error(row - means[best], shares)
                       for at, row in enumerate(means)],
        "worst": question.sign * scores.worst_outcomes + 0.0, "mean_regret": scores.mean_regrets,
        "largest_regret": scores.largest_regrets,
        "enough_share": enough, "win_share": scores.win_shares,
    })  # fmt: skip


RULE_COLUMNS = {
    "mean": "mean", "maximin": "worst", "minimax_regret": "largest_regret", "satisficing": "enough_share",
}  # fmt: skip
"""Rule, and the column of `score_frame` that it looks at."""
assert list(RULE_COLUMNS) == list(RULES)


def best_by(scores: pd.DataFrame, rule: str, *, less: bool = False) -> tuple[str, ...]:
    """Return the best policies by a rule, several where they tie, none where its score is not known.

    less: whether less of the outcome is better; of regrets less always is, of shares more.
    """
    column = scores[RULE_COLUMNS[rule]]
    if column.isna().all():
        return ()
    lowest = rule == "minimax_regret" or (less and rule in ("mean", "maximin"))
    wanted = column.min() if lowest else column.max()
    return tuple(scores.loc[column == wanted, "policy"])


def verdict(means: Floats, names: Sequence[str], *, sure: float, shares: Floats | None = None) -> Verdict:
    """Return which policy has the highest mean over futures, and how surely.

    means: (policies, futures), more is better. shares: (futures,) weights with sum 1.
    """
    whole = mean_of(means, shares)
    order = np.argsort(-whole, kind="stable")
    first, second = int(order[0]), int(order[1])
    confidence = confidence_of(means, first, shares)
    return Verdict(
        names[first], names[second], float(whole[first] - whole[second]),
        standard_error(means[first] - means[second], shares), confidence, confidence >= sure,
    )  # fmt: skip


def sure_words(confidence: float) -> str:
    """Return a confidence as it is written: never as certain, which no number of draws makes it."""
    return "> 99%" if confidence > 0.99 else f"{confidence:.0%}"


def mean_of(means: Floats, shares: Floats | None) -> Floats:
    """Return means over futures, (policies,). means: (policies, futures). shares: their weights, None: all the same."""
    found: Floats = means.mean(axis=1) if shares is None else means @ shares
    return found


def confidence_of(means: Floats, first: int, shares: Floats | None = None) -> float:
    """Return how surely a policy is ahead of every other: 1 less the sum of p-values of paired t tests, 0 at least.

    means: (policies, units), two units or more. The tests are two-sided, since the policy was chosen by the same
    numbers: among equal policies one is named with confidence c in at most 1 - c of cases. shares: weights of the
    units with sum 1; they then count as 1 / sum of squared shares units.
    """
    if means.shape[1] < 2:
        return 0.0
    others = [at for at in range(len(means)) if at != first]
    return max(0.0, 1.0 - sum(_p_value(means[first] - means[at], shares) for at in others))


def _p_value(differences: Floats, shares: Floats | None) -> float:
    """Return the two-sided p-value of a paired t test that the weighted mean difference is 0."""
    if shares is None or np.all(differences == differences[0]):
        return p_value(differences)
    count = 1.0 / float((shares**2).sum())
    if count <= 1.0 + 1e-9:
        return 1.0
    ratio = abs(float(differences @ shares)) / standard_error(differences, shares)
    return float(2.0 * student.sf(ratio, count - 1.0))


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
    """Return the outcome that will do in each future, (futures,), signed as the futures; NaN where none was given."""
    if question.enough is None:
        return np.full(len(futures.points), np.nan)
    if isinstance(question.enough, str):
        own: Floats = futures.means[futures.position(question.enough)]
        return own
    return np.full(len(futures.points), question.sign * question.enough, dtype=np.float64)


def standard_error(values: Floats, shares: Floats | None = None) -> float:
    """Return the standard error of a mean, NaN of fewer than two known values.

    shares: weights with sum 1, for values that are all known; with equal ones it is that of the plain mean.
    """
    if shares is not None:
        if len(values) < 2:
            return math.nan
        squares = float((shares**2 * (values - values @ shares) ** 2).sum())
        return math.sqrt(squares * len(values) / (len(values) - 1))
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1) / math.sqrt(len(known))) if len(known) > 1 else math.nan


def _chosen(futures: Futures, question: Question) -> Floats:
    """Return the values of the policies to choose from, (policies, futures, replicates)."""
    return futures.values[: len(question.policies)]
