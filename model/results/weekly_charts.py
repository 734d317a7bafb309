"""The weekly charts of a market: who stood where, and how the songs of a week came there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.market.record import MarketMonth

TOP = 10
"""Places that are told."""


def weekly_charts(records: Sequence[MarketMonth], *, market: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (songs, labels) of a market's weekly charts so far, (weeks, places); -1 for an empty place."""
    parts = [one for one in records if one.market == market and one.charts is not None]
    if not parts:
        return np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64)
    songs = np.concatenate([one.charts.songs for one in parts if one.charts is not None])
    labels = np.concatenate([one.charts.labels for one in parts if one.charts is not None])
    return songs.astype(np.int64), labels.astype(np.int64)


def chart_now(records: Sequence[MarketMonth], *, market: str, week: int | None = None) -> pd.DataFrame:
    """Return a market's chart of a week: place, song, label, the place a week before, weeks on it, peak.

    week: from 1; None for the last. Weeks on the chart and peak are those up to then.
    """
    songs, labels = weekly_charts(records, market=market)
    songs, labels = songs[:week], labels[:week]
    columns = ["place", "song", "label", "before", "weeks", "peak"]
    if not len(songs):
        return pd.DataFrame(columns=columns)
    names = next(one.labels for one in records if one.market == market)
    rows = []
    for place, song in enumerate(songs[-1, :TOP].tolist()):
        if song < 0:
            continue
        weeks, at = np.nonzero(songs == song)
        before = at[weeks == len(songs) - 2]
        rows.append((place + 1, song, names[int(labels[-1, place])], int(before[0]) + 1 if before.size else 0,
                     int(np.unique(weeks).size), int(at.min()) + 1))  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
