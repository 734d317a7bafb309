"""Tables on TikTok and ByteDance: a market's month, each label's clips; flow months only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.facts.owners import BYTEDANCE
from model.market.record import MarketMonth
from model.mechanisms.clips import TikTokMonth
from model.results.blocks import GatheredBlocks, blocks_of, paid_labels
from model.results.columns import Column, Gathered
from model.results.money_columns import service_money, top_ups_of
from model.results.runs import Basis, FinishedRun


def tiktok_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market."""
    made = Gathered("tiktok")
    for run in runs:
        for record in run.records:
            if record.tiktok is not None:
                made.add(1, same={**_where(run, record), **_accounts(record.tiktok)}, columns={})
    return made.frame_from(start_month=basis.start_month)


def _accounts(lived: TikTokMonth) -> dict[str, float]:
    """Return TikTok's month as columns."""
    return {
        "tiktok_users": lived.users, "tiktok_hours": lived.hours,
        **{f"hours_by_{cause}": factor for cause, factor in lived.hour_causes.items()},
        "tiktok_infeed": lived.infeed, "tiktok_topview": lived.topview, "tiktok_ads": lived.ad_income,
        "tiktok_shop": lived.shop_income, "tiktok_games": lived.games, "own_distribution": lived.distribution,
        "link_fees": lived.link_fees,
        "creators_paid": lived.creators_paid, "tiktok_costs": lived.costs,
        "clip_fees": float(lived.clip_fees.sum()) + sum(lived.other_fees.values()),
        "clip_credit": float(lived.promotional_credit.sum()), "tiktok_profit": lived.profit,
        "creators": lived.creators, "creator_activity": lived.activity, "creator_income": lived.creator_income,
    }  # fmt: skip


def clips_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x label."""
    made = Gathered("clips")
    for run in runs:
        for record in run.records:
            lived = record.tiktok
            if lived is None:
                continue
            unknown = np.full(len(record.labels), np.nan)
            columns: dict[str, Column] = {
                "label": np.array(record.labels, dtype=object), "clips_on": lived.clips > 0.0, "pull": lived.pull,
                "uses": lived.uses, **_charted(record), "clip_fees": lived.clip_fees,
                "clip_credit": lived.promotional_credit,
                "video_income": unknown if record.video is None else record.video,
            }  # fmt: skip
            made.add(len(record.labels), same=_where(run, record), columns=columns)
    return made.frame_from(start_month=basis.start_month)


def _charted(record: MarketMonth) -> dict[str, Column]:
    """Return (L,) what each label held of the weekly charts, NaN where they were not kept."""
    size, charts = len(record.labels), record.charts
    if charts is None:
        return {name: np.full(size, np.nan) for name in ("chart_places", "number_one_weeks")}
    held = np.where(charts.songs >= 0, charts.labels.astype(np.int64), size)

    def count(places: Column) -> Column:
        return np.bincount(places.ravel(), minlength=size + 1)[:size].astype(np.float64)

    return {"chart_places": count(held), "number_one_weeks": count(held[:, 0])}


def bytedance_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market: what ByteDance's music services and TikTok leave, and both together."""
    return bytedance_rows(runs, basis).frame_from(start_month=basis.start_month)


def bytedance_rows(runs: Sequence[FinishedRun], basis: Basis) -> GatheredBlocks:
    """Return the rows of month x market."""
    made = GatheredBlocks("bytedance")
    for run in runs:
        top_ups = top_ups_of(run.flows, start_month=basis.start_month)
        credits = top_ups_of(run.flows, start_month=basis.start_month, kind="promotional credit")
        for block in blocks_of(run):
            if block.records[0].tiktok is None:
                continue
            own = np.array([service in BYTEDANCE for service in block.whole.platforms])
            lines = service_money(block.whole, top_ups=paid_labels(block, top_ups), credits=paid_labels(block, credits))
            music = np.array([float(month[own].sum()) for month in lines["operating_income"]])
            ecosystem = np.array([one.tiktok.profit for one in block.records if one.tiktok is not None])
            columns = {"music_income": music, "tiktok_profit": ecosystem, "bytedance_income": music + ecosystem}
            made.add(run, block, {name: column[:, None] for name, column in columns.items()})
        made.close(run)
    return made


def _where(run: FinishedRun, record: MarketMonth) -> dict[str, object]:
    return {"replicate": run.replicate, "month": record.month, "market": record.market}
