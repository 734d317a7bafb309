"""The table of charts: per market and over all, what songs did on the weekly charts of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.market.record import ChartWeeks
from model.results.columns import Gathered
from model.results.runs import Basis, FinishedRun
from model.theory.charts import chart_lives

OVERALL = "ALL"
"""Market of the rows on the chart of all markets together."""
LASTING = 20  # weeks on the chart from which a song counts as lasting
Whole = NDArray[np.int64]


def charts_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return replicate x market, and one row for the chart of all markets, where there are several."""
    made = Gathered("charts")
    for run in runs:
        kept: dict[str, list[ChartWeeks]] = {}
        for record in run.records:
            if record.charts is not None:
                kept.setdefault(record.market, []).append(record.charts)
        for market, months in kept.items():
            charts = [month.songs.astype(np.int64) for month in months]
            made.add(1, same={"replicate": run.replicate, "market": market, **chart_numbers(charts)}, columns={})
        if len(kept) > 1:
            charts = [overall_ids(month) for month in next(iter(kept.values()))]
            made.add(1, same={"replicate": run.replicate, "market": OVERALL, **chart_numbers(charts)}, columns={})
    return made.frame_from(start_month=basis.start_month)


def overall_ids(month: ChartWeeks) -> Whole:
    """Return (weeks, places) names of the songs on the chart of all markets, -1 for an empty place.

    A local song's id is its own in its market only, so its home is part of the name.
    """
    homes = int(np.iinfo(np.int16).max)
    return np.where(month.overall >= 0, month.overall * homes + month.homes + 1, -1)


def chart_numbers(months: Sequence[Whole]) -> dict[str, float]:
    """Return what songs did on a chart, given month by month as (weeks, places) ids; NaN where there was none.

    Songs of the first month's chart came there before the run, so only later entries count.
    """
    charts = np.concatenate(list(months))
    lives = chart_lives(charts)
    lives = lives.take(lives.first >= len(months[0]))
    ones = lives.take(lives.first_one >= 0)

    def mean(values: NDArray[np.generic]) -> float:
        return float(values.mean()) if values.size else float("nan")

    def most(values: Whole) -> float:
        return float(values.max()) if values.size else float("nan")

    return {
        "chart_weeks": float(len(charts) - len(months[0])), "chart_entries": float(len(lives)),
        "chart_life": mean(lives.life), "chart_lasting": mean(lives.life >= LASTING),
        "number_ones": float(len(ones)), "at_one_mean": mean(ones.at_one), "at_one_most": most(ones.at_one),
        "debuts_at_one": mean(ones.climb == 0), "climb_mean": mean(ones.climb), "climb_most": most(ones.climb),
    }  # fmt: skip
