"""Tables on advertising: channels' prices and income, segments' spending; flow months only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.results.columns import Gathered
from model.results.runs import Basis, FinishedRun
from model.state.ad_markets import CHANNELS, SEGMENTS

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
            price = record.tiktok.channel_price
            columns = {
                "channel": names, "ad_price": np.where(np.isfinite(price), price, np.nan),
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
            columns = {"segment": segments, "channel": channels, "ad_spend": record.tiktok.spending.ravel()}
            where = {"replicate": run.replicate, "month": record.month, "market": record.market}
            made.add(segments.size, same=where, columns=columns)
    return made.frame_from(start_month=basis.start_month)
