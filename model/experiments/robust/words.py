"""A robust choice in words: what each rule takes, how sure that is, where policies lose, what is worth finding out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.experiments.robust.scoring import RULE_COLUMNS, best_by, sure_words
from model.experiments.robust.weighing import weight_words
from model.experiments.sweep.words import amount, count
from model.foundation.markup import card, listed, table

if TYPE_CHECKING:
    from model.experiments.robust.choice import RobustChoice

RULES = {
    "mean": "Highest mean", "maximin": "Best worst case", "minimax_regret": "Least largest regret",
    "satisficing": "Most often enough",
}  # fmt: skip
TOLD = 4
"""Unknowns whose value is told one by one."""


def summary_text(found: RobustChoice) -> str:
    """Return the summary as lines to read."""
    return "\n".join(
        [*head_lines(found), *rule_lines(found), *way_lines(found), *box_lines(found), *information_lines(found),
         *notes(found)]
    )  # fmt: skip


def head_lines(found: RobustChoice) -> list[str]:
    """Return what was asked of which sweep."""
    futures = found.futures
    times = futures.replicates
    each = count(int(times.max()), "replicate") if times.min() == times.max() else f"{times.min()} to {times.max()}"
    policies = count(len(found.policies), "policy", "policies")
    lines = [
        f"By {found.question.words}, sweep of {found.name}: {policies} x "
        f"{len(futures.points)} futures x {each}, the same draws under every policy."
    ]
    weights = found.question.weights
    if weights is not None:
        lines.append(
            f"Futures are weighted: {weight_words(weights)}; they tell as much as {futures.worth_of:.0f} that count "
            "the same. Means, shares and values of information are weighted; boxes count futures."
        )
    return lines


def rule_lines(found: RobustChoice) -> list[str]:
    """Return the choice of each rule, and how sure the highest mean is."""
    lines, one, enough, less = [], found.verdict, found.question.enough, found.question.less
    for rule, words in RULES.items():
        best = best_by(found.scores, rule, less=less)
        if rule == "mean" and less:
            words = "Lowest mean"
        if rule == "satisficing" and isinstance(enough, str):
            words = f"Most often at {'most' if less else 'least'} as much as {enough} in the same future"
        if not best:
            lines.append(f"{words}: not asked; give the outcome that will do (enough).")
            continue
        value = float(found.scores.set_index("policy")[RULE_COLUMNS[rule]][best[0]])
        shown = f"{value:.0%} of futures" if rule == "satisficing" else amount(value)
        lines.append(f"{words}: {' and '.join(best)} ({shown}).")
    lead = f"{amount(one.lead)} {'below' if less else 'over'} {one.second}, standard error {amount(one.error)}"
    lines[0] = lines[0][:-1] + f"; its lead: {lead}" + (
        f", {sure_words(one.confidence)} sure." if one.sure
        else f"; {sure_words(one.confidence)} sure: no clear winner by the mean."
    )  # fmt: skip
    # against a policy of the choice itself, the share leaves that one out, and so decides nothing
    asked = [rule for rule in RULES if rule != "satisficing" or not isinstance(enough, str)]
    chosen = [set(best) for rule in asked if (best := best_by(found.scores, rule, less=less))]
    agree = set.intersection(*chosen)
    lines.append("These rules agree." if agree else "The rules do not agree: it depends on what is feared.")
    return lines


def way_lines(found: RobustChoice) -> Iterator[str]:
    """Yield what each value of a switch changes, e.g. rivals that respond.

    Leads are told, not means: the futures of the values are others, and only within each the draws and all unknowns are
    the same for every policy.
    """
    less = found.question.less
    ahead = "below" if less else "over"
    for name, rows in found.ways.groupby("input", sort=False):
        told, taken = [], set()
        for value, own in rows.groupby("value", sort=False):
            best, futures = best_by(own, "mean", less=less), int(own["futures"].iloc[0])
            taken.add(best)
            after = own[own["policy"] != best[0]].sort_values("mean", ascending=less).iloc[0]
            lead = abs(float(own.loc[own["policy"] == best[0], "mean"].iloc[0] - after["mean"]))
            told.append(
                f"{value} ({count(futures, 'future')}): {' and '.join(best)}, {amount(lead)} {ahead} {after['policy']} "
                f"(standard error {amount(float(after['lead_error']))})"
            )
        same = "the same choice" if len(taken) == 1 else "the choice hangs on it"
        yield f"By the mean with {name} {'; '.join(told)}: {same}."


def box_lines(found: RobustChoice) -> list[str]:
    """Return the boxes in words."""
    return [f"- {one}" for one in found.box_sentences()]


def information_lines(found: RobustChoice) -> list[str]:
    """Return what knowing is worth, everything and the dearest unknowns, and what limits the numbers."""
    known, unit = found.information, found.question.unit
    if known.perfect == 0.0:
        return ["Knowing the future would be worth nothing: one policy is best in every one."]
    error = f" (standard error {amount(known.error)})" if np.isfinite(known.error) else ""
    lines = [f"Knowing the future before choosing would be worth {amount(known.perfect)} {unit}{error}."]
    worth = known.unknowns[known.unknowns["value"] > 0.0]
    if len(worth):
        parts = [f"{row['input']} {amount(float(row['value']))} ({row['share']:.0%}; "
                 f"{amount(float(row['low']))} to {amount(float(row['high']))})"
                 for row in worth.head(TOLD).to_dict("records")]  # fmt: skip
        lines.append(f"Of it, knowing one unknown alone (nine cases of ten): {', '.join(parts)}.")
    doubted = known.unknowns[(known.unknowns["value"] == 0.0) & (known.unknowns["high"] > 0.0)]
    if len(doubted):
        most = [f"{row['input']} {amount(float(row['high']))}" for row in doubted.head(TOLD).to_dict("records")]
        more = f" and {len(doubted) - TOLD} more" if len(doubted) > TOLD else ""
        lines.append(f"Not told apart from worth nothing alone, though it may be worth up to: {', '.join(most)}{more}.")
    return [*lines, *known.notices]


def notes(found: RobustChoice) -> Iterator[str]:
    """Yield what the reader should know of how the numbers were found."""
    futures, about = found.futures, found.provenance
    left = futures.unfinished
    if futures.missing:
        what = f"{count(left, 'future')} left out, {futures.missing:,} runs" if left else f"{futures.missing:,} runs"
        yield f"Note: {what} missing for some policy; policies are compared where all of them are there."
    levers = [one.column for one in futures.unknowns if one.kind == "lever"]
    if levers:
        yield f"Note: counted among the unknowns, not chosen: {', '.join(levers)}."
    nothing = futures.planned - len(futures.points) - futures.unfinished
    if nothing:
        yield f"Note: {count(nothing, 'future')} of weight 0 left out."
    if about.get("design") in ("grid", "table") and found.question.weights is None:
        yield f"Note: every point of the {about['design']} counts the same, however likely it is."
    if about.get("model_version") != about.get("answered_with"):
        yield f"Note: the runs are of model {about.get('model_version')}; this is {about.get('answered_with')}."


def summary_html(found: RobustChoice) -> str:
    """Return the card of a choice for a notebook: a table of scores, and the sentences."""
    lines = [*rule_lines(found), *way_lines(found), *found.box_sentences(), *information_lines(found)]
    parts = [score_html(found.scores), listed(lines)]
    return card("Robust choice", found.name, about=" ".join(head_lines(found)), parts=parts, notes=list(notes(found)))


SCORE_HEADS = {
    "policy": "policy", "mean": "mean", "mean_error": "standard error", "worst": "worst",
    "largest_regret": "largest regret", "mean_regret": "mean regret", "enough_share": "enough", "win_share": "best",
}  # fmt: skip
"""Columns of the scores that are shown, and their headings."""


def score_cells(scores: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the scores as texts, a row per policy, in the order of `SCORE_HEADS`."""
    rows = []
    for row in scores.to_dict("records"):
        cells = []
        for name in SCORE_HEADS:
            share = name in ("enough_share", "win_share")
            value = row[name]
            known = isinstance(value, str) or np.isfinite(float(value))
            cells.append(str(value) if isinstance(value, str) else "-" if not known
                         else f"{float(value):.0%}" if share else amount(float(value)))  # fmt: skip
        rows.append(tuple(cells))
    return rows


def score_html(scores: pd.DataFrame) -> str:
    """Return the scores as an HTML table."""
    return table(list(SCORE_HEADS.values()), score_cells(scores))
