"""Tables on TikTok: a market's month, and each label's clips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.results.columns import Gathered
from model.results.runs import Basis, FinishedRun


def tiktok_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market, flow months only."""
    made = Gathered("tiktok")
    for run in runs:
        for record in run.records:
            lived = record.tiktok
            if lived is None:
                continue
            values = {
                "tiktok_hours": lived.hours, "tiktok_ads": lived.ad_income, "tiktok_shop": lived.shop_income,
                "clip_fees": float(lived.clip_fees.sum()) + sum(lived.other_fees.values()),
                "clip_credit": float(lived.promotional_credit.sum()),
            }  # fmt: skip
            where = {"replicate": run.replicate, "month": record.month, "market": record.market}
            made.add(1, same={**where, **values}, columns={})
    return made.frame_from(start_month=basis.start_month)


def clips_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x label, flow months only."""
    made = Gathered("clips")
    for run in runs:
        for record in run.records:
            lived = record.tiktok
            if lived is None:
                continue
            columns = {
                "label": np.array(record.labels, dtype=object), "clips_on": lived.clips > 0.0, "pull": lived.pull,
                "clip_fees": lived.clip_fees, "clip_credit": lived.promotional_credit,
            }  # fmt: skip
            where = {"replicate": run.replicate, "month": record.month, "market": record.market}
            made.add(len(record.labels), same=where, columns=columns)
    return made.frame_from(start_month=basis.start_month)
