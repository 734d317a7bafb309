"""What a deal's futures keep of each lived month and market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from model.experiments.deals.request import DealRequest
from model.facts.start import load_start
from model.market.record import MarketMonth
from model.market.valuing import profit_before
from model.spec.parameters import Parameters
from model.state.finance import minimum_weight


def future_rows(
    request: DealRequest, records: Sequence[MarketMonth], parameters: Parameters, *,
    favoured: Mapping[str, frozenset[str]],
) -> pd.DataFrame:  # fmt: skip
    """Return a row per month and market of the licence.

    favoured: by market, labels whose licence with the service holds a most-favoured-nation clause at the beginning.

    month: of the licence. users, payers: of the service (of TikTok: its adults). hours: of listening there, or on
    TikTok. revenue: of the service; of TikTok its advertising and shop. profit: contribution before it pays this label,
    for ByteDance's services with the declared worth of their users; of TikTok its revenue. paid: to this label on
    present terms. favoured: to the other labels that hold a clause. elsewhere: the label's royalties from all other
    services, and by free video, which is `video`. USD.
    usage_share: of the label in the service's hours. catalogue: share of the market's listening that may be played
    there, or used in clips.
    """
    lived = [record for record in records if record.market in request.markets and record.settlement is not None]
    return pd.DataFrame([
        {
            "month": record.month - request.month, "market": record.market,
            **(
                _clip_row(request, record)
                if request.kind == "clips"
                else _streaming_row(request, record, parameters, favoured.get(record.market, frozenset()))
            ),
        }
        for record in lived
    ])  # fmt: skip


def _streaming_row(
    request: DealRequest, record: MarketMonth, parameters: Parameters, favoured: frozenset[str]
) -> dict[str, float]:
    settled = record.settlement
    assert settled is not None
    p, label = record.platforms.index(request.platform), record.labels.index(request.label)
    own = [j for j, (service, _) in enumerate(record.offers, start=1) if service == request.platform]
    accounts, royalties = settled.accounts(), settled.royalties_by_service
    others = [k for k, name in enumerate(record.labels) if name in favoured and k != label]
    hours, users = record.activity.hours[own], float(record.activity.users[own].sum())
    paid, worth = float(royalties[p, label]), parameters.bytedance_user_worth
    return {
        "users": users, "payers": float(record.payers[own].sum()), "hours": float(hours.sum()),
        "revenue": float(accounts["revenue"][p]),
        "profit": float(profit_before(record, label=request.label, user_worth=worth)[p]),
        "paid": paid, "favoured": float(royalties[p, others].sum()),
        "elsewhere": float(royalties[:, label].sum()) - paid + _video(record, label),
        "video": _video(record, label),
        "usage_share": float(hours[:, label].sum() / max(hours.sum(), 1e-12)),
        "catalogue": _repertoire(request, record) @ record.available[p],
    }  # fmt: skip


def _clip_row(request: DealRequest, record: MarketMonth) -> dict[str, float]:
    settled, tiktok = record.settlement, record.tiktok
    assert settled is not None
    assert tiktok is not None
    label, income = record.labels.index(request.label), tiktok.ad_income + tiktok.shop_income
    facts = load_start(request.plan.start).markets[record.market].tiktok
    return {
        "users": facts.adult_mau_m * 1e6, "payers": 0.0, "hours": tiktok.hours, "revenue": income, "profit": income,
        "paid": float(tiktok.clip_fees[label]), "favoured": 0.0,
        "elsewhere": float(settled.label_income[label]) + _video(record, label),
        "video": _video(record, label),
        "usage_share": float(_repertoire(request, record)[label] * tiktok.clips[label]),
        "catalogue": float(_repertoire(request, record) @ tiktok.clips),
    }  # fmt: skip


def _video(record: MarketMonth, label: int) -> float:
    return 0.0 if record.video is None else float(record.video[label])


def _repertoire(request: DealRequest, record: MarketMonth) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return (L,) labels' shares of listening in the market."""
    known = load_start(request.plan.start).markets[record.market].repertoire
    return np.array([known[label].share for label in record.labels])


def base_rows(request: DealRequest, records: Sequence[MarketMonth], parameters: Parameters) -> pd.DataFrame:
    """Return the royalty bases of the service's tiers by month and market: what terms are taken of; none for clips."""
    rows = []
    for record in records:
        settled = record.settlement
        if settled is None or record.market not in request.markets or request.kind == "clips":
            continue
        label = record.labels.index(request.label)
        for j, (service, tier) in enumerate(record.offers, start=1):
            if service == request.platform:
                hours = record.activity.hours[j]
                rows.append({
                    "month": record.month - request.month, "market": record.market, "tier": tier,
                    "usage_share": float(hours[label] / max(hours.sum(), 1e-12)),
                    "net_revenue": float(settled.income.net[j]), "users": float(record.activity.users[j]),
                    "subscriptions": float(record.activity.billed[j]) * minimum_weight(tier, parameters=parameters),
                    "streams": float(hours.sum()) * parameters.streams_per_hour,
                })  # fmt: skip
    return pd.DataFrame(rows, columns=BASES)


BASES = ["month", "market", "tier", "usage_share", "net_revenue", "users", "subscriptions", "streams"]
"""Columns of royalty bases."""
