"""Tables on advertising: channels' prices and income, what segments spend and value; flow months only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.results.columns import Gathered
from model.results.runs import Basis, FinishedRun
from model.state.ad_markets import CHANNELS, SEGMENTS

Floats = NDArray[np.float64]

EVERYWHERE = (*CHANNELS, "other")
"""Channels whose price clears, and all other digital advertising."""


def advertising_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x channel."""
    made = Gathered("advertising")
    names = np.array(CHANNELS, dtype=object)
    for run in runs:
        for record in run.records:
            if record.tiktok is None:
                continue
            price, quotes = record.tiktok.channel_price, record.tiktok.quotes
            columns = {
                "channel": names, "ad_price": np.where(np.isfinite(price), price, np.nan), "ad_cpm": quotes.cpm,
                "ad_click_price": quotes.click_price,
                "ad_income": record.tiktok.spending[:, : len(CHANNELS)].sum(axis=0),
            }  # fmt: skip
            where = {"replicate": run.replicate, "month": record.month, "market": record.market}
            made.add(len(CHANNELS), same=where, columns=columns)
    return made.frame_from(start_month=basis.start_month)


def advertisers_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x segment x channel, all other digital advertising too."""
    made = Gathered("advertisers")
    segments = np.repeat(np.array(SEGMENTS, dtype=object), len(EVERYWHERE))
    channels = np.tile(np.array(EVERYWHERE, dtype=object), len(SEGMENTS))
    for run in runs:
        for record in run.records:
            if record.tiktok is None:
                continue
            quotes = record.tiktok.quotes
            columns = {
                "segment": segments, "channel": channels, "ad_spend": record.tiktok.spending.ravel(),
                "ad_value": _beside_other(quotes.value), "ad_click_value": _beside_other(quotes.click_value),
                "ad_impression_value": _beside_other(quotes.impression_value),
            }  # fmt: skip
            where = {"replicate": run.replicate, "month": record.month, "market": record.market}
            made.add(segments.size, same=where, columns=columns)
    return made.frame_from(start_month=basis.start_month)


def _beside_other(values: Floats) -> Floats:
    """Return (A, K) values as a column with all other digital advertising, of which there is no price in money."""
    return np.column_stack([values, np.full(len(values), np.nan)]).ravel()
