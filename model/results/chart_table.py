"""The tables of charts: per market and over all what songs did on the weekly charts of a run, and song by song."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.market.record import ChartWeeks
from model.results.columns import Column, Gathered
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


def songs_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return replicate x market x song that was on the weekly chart of the market."""
    made = Gathered("songs")
    for run in runs:
        kept: dict[str, list[ChartWeeks]] = {}
        names: dict[str, tuple[str, ...]] = {}
        for record in run.records:
            if record.charts is not None:
                kept.setdefault(record.market, []).append(record.charts)
                names[record.market] = record.labels
        for market, months in kept.items():
            columns = _song_columns(months, np.array(names[market], dtype=object))
            made.add(len(columns["song"]), same={"replicate": run.replicate, "market": market}, columns=columns)
    return made.frame_from(start_month=basis.start_month)


def _song_columns(months: Sequence[ChartWeeks], labels: Column) -> dict[str, Column]:
    """Return the songs of a market's charts as columns, in the order of their entry and place."""
    charts = np.concatenate([month.songs.astype(np.int64) for month in months])
    lives = chart_lives(charts)
    weeks, places = np.nonzero(charts >= 0)
    _, entry = np.unique(charts[weeks, places], return_index=True)  # the order of `lives`, that of ids
    held = np.concatenate([month.labels for month in months])[weeks[entry], places[entry]].astype(np.int64)
    order = np.lexsort((lives.debut, lives.first))
    columns: dict[str, Column] = {
        "song": lives.songs, "label": labels[held], "song_entered": lives.first + 1, "song_debut": lives.debut,
        "song_peak": lives.peak, "song_life": lives.life, "song_at_one": lives.at_one,
        "song_climb": np.where(lives.first_one >= 0, lives.climb, np.nan),
        "song_before": lives.first < len(months[0].songs), "song_over": ~np.isin(lives.songs, charts[-1]),
    }  # fmt: skip
    return {name: column[order] for name, column in columns.items()}


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
