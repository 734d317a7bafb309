"""The table of what strategies did, and its lines in the summary of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.foundation.months import show_month
from model.results.columns import frame_of
from model.results.runs import Basis, FinishedRun


def actions_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return one row per action of a strategy, in the order in which they were taken."""
    rows = [(run.replicate, action) for run in runs for action in run.actions]
    if not rows:
        return frame_of("actions", {})
    first = basis.start_month - 1
    texts: dict[str, list[str]] = {
        "date": [show_month(first + one.month) for _, one in rows],
        "strategy": [one.key for _, one in rows],
        "rule": [one.rule for _, one in rows],
        "actor": [one.actor for _, one in rows],
        "market": [one.setting.market for _, one in rows],
        "lever": [one.setting.lever for _, one in rows],
        "service": [one.setting.service for _, one in rows],
        "item": [one.setting.item for _, one in rows],
    }
    return frame_of(
        "actions",
        {
            "replicate": np.array([replicate for replicate, _ in rows], np.int64),
            "month": np.array([one.month for _, one in rows], np.int64),
            "value_before": np.array([one.before for _, one in rows]),
            "value_set": np.array([one.setting.value for _, one in rows]),
            **{name: np.array(column, dtype=object) for name, column in texts.items()},
        },
    )


def idle_lines(actions: pd.DataFrame, *, played: Sequence[tuple[str, str]]) -> list[str]:
    """Return a line for each strategy that never acted. played: (actor, rule) of all; actions: the table."""
    acted = set(zip(actions["actor"], actions["rule"], strict=True))
    idle = [one for one in dict.fromkeys(played) if one not in acted and one[1] not in ("hold", "schedule")]
    return [f"{actor} by {rule}: found nothing to do." for actor, rule in idle]


def action_lines(actions: pd.DataFrame, *, replicates: int) -> list[str]:
    """Return one line per strategy: how often it acted, when first and last, on what. actions: the table."""
    lines = []
    for (strategy, rule, actor), own in actions.groupby(["strategy", "rule", "actor"], sort=False):
        levers = ", ".join(own["lever"].drop_duplicates())
        markets = own["market"].nunique()
        where = ", ".join(own["market"].drop_duplicates()) if markets <= 6 else f"{markets} markets"
        per_run = len(own) / replicates
        many = f"{per_run:.0f} actions" if per_run != 1 else "1 action"
        average = " a replicate" if replicates > 1 else ""
        named = f" ({strategy})" if strategy != actor else ""
        lines.append(
            f"{actor} by {rule}{named}: {many}{average} on {levers} in {where}, "
            f"{own['date'].min()} to {own['date'].max()}."
        )
    return lines
