"""ByteDance in the summary: TikTok's accounts beside the music services, and what songs did on the charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from model.results.chart_table import OVERALL

LINES = (
    ("TikTok: advertising", "tiktok", "tiktok_ads"),
    ("shop and games", "tiktok", "tiktok_shop tiktok_games"),
    ("paid to creators", "tiktok", "creators_paid"),
    ("clip fees and credits", "tiktok", "clip_fees clip_credit"),
    ("TikTok's profit", "tiktok", "tiktok_profit"),
    ("music services: operating income", "bytedance", "music_income"),
    ("both together", "bytedance", "bytedance_income"),
)
"""Lines of the table: words, frame, columns that are added."""


class WithTikTok(Protocol):
    """What this part of the summary reads of a result."""

    @property
    def tiktok(self) -> pd.DataFrame:
        """Month x market."""

    @property
    def bytedance(self) -> pd.DataFrame:
        """Month x market."""

    @property
    def charts(self) -> pd.DataFrame:
        """Replicate x market."""


def tiktok_lines(result: WithTikTok, months: Sequence[int]) -> list[tuple[str, list[float]]]:
    """Return (words, USD a month over all markets in each of the months), means over replicates.

    None before the first flow month.
    """
    frames = {"tiktok": result.tiktok, "bytedance": result.bytedance}
    if not len(frames["tiktok"]):
        return []
    found = []
    for words, frame, columns in LINES:
        rows = frames[frame]
        total = rows.assign(line=rows[columns.split()].sum(axis=1)).groupby(["replicate", "month"])["line"].sum()
        mean = total.groupby("month").mean()
        found.append((words, [float(mean.get(month, np.nan)) for month in months]))
    return found


def chart_line(result: WithTikTok) -> str:
    """Return a sentence on number ones, of the chart of all markets where there is one; "" where nothing is told."""
    rows = result.charts
    overall = rows[rows["market"] == OVERALL]
    chosen = overall if len(overall) else rows
    ones, weeks = float(chosen["number_ones"].sum()), float(chosen["chart_weeks"].sum())
    if not ones > 0.0:
        return ""
    debuts = float((chosen["debuts_at_one"] * chosen["number_ones"]).sum()) / ones
    which = "the chart of all markets" if len(overall) else "the charts"
    return (
        f"Songs: {ones:.0f} reached number one in {weeks:.0f} weeks of {which}; {debuts:.0%} of them entered there; "
        f"longest at number one {chosen['at_one_most'].max():.0f} weeks, "
        f"longest climb {chosen['climb_most'].max():.0f}. Lives count as far as they came, so a longer run has "
        "longer ones; `resonance charts` compares with the Hot 100 over years of the same number."
    )
