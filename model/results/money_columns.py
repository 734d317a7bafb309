"""Money of a market's month as columns of offers, services and labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.market.record import MarketMonth

Floats = NDArray[np.float64]
TopUps = dict[tuple[int, str], dict[tuple[str, str], float]]

OFFER_LINES = (
    "spending", "revenue_subscription", "revenue_bundle", "revenue_ads", "revenue", "net_revenue", "royalties",
    "publishing", "tier_profit",
)  # fmt: skip
SERVICE_LINES = (
    "spending", "tax", "revenue_subscription", "revenue_bundle", "revenue_ads", "revenue", "app_store_fees",
    "payment_cost", "ad_sales_cost", "net_revenue", "royalties", "publishing", "hosting", "other_content",
    "gross_profit", "marketing", "research", "administration", "link_fees", "exit_costs",
    "contribution_margin", "operating_income",
)  # fmt: skip
AFTER_GUARANTEES = ("gross_profit", "contribution_margin", "operating_income")
AFTER_CREDITS = ("contribution_margin", "operating_income")


def offer_money(record: MarketMonth, *, n: int) -> dict[str, Floats]:
    """Return (J,) columns of the offers' money, NaN in the opening month."""
    settled = record.settlement
    if settled is None:
        return {name: np.full(n, np.nan) for name in OFFER_LINES}
    income = settled.income
    lines = (income.spending, income.subscription, income.bundle, income.ads, income.revenue, income.net,
             settled.royalties.sum(axis=1), settled.publishers, settled.offer_gross_profit)  # fmt: skip
    return {name: line[1:] for name, line in zip(OFFER_LINES, lines, strict=True)}


def service_money(record: MarketMonth, *, top_ups: Floats, credits: Floats) -> dict[str, Floats]:
    """Return (P,) columns of the services' money, or (T, P) of a record of several months, NaN in the opening month.

    top_ups, credits: (..., P, L) guarantee top-ups and promotional credits, USD.
    """
    n = len(record.platforms)
    if record.settlement is None:
        return {name: np.full(n, np.nan) for name in (*SERVICE_LINES, "guarantee_top_ups", "promotional_credit")}
    accounts = record.settlement.accounts()
    lines = {name: accounts[name] for name in SERVICE_LINES}
    paid: Floats = top_ups.sum(axis=-1)
    spent: Floats = credits.sum(axis=-1)
    lines |= {name: lines[name] - paid for name in AFTER_GUARANTEES}
    lines |= {name: lines[name] - spent for name in AFTER_CREDITS}
    return {**lines, "guarantee_top_ups": paid, "promotional_credit": spent}


def top_ups_of(flows: Mapping[str, NDArray[Any]], *, start_month: int, kind: str = "minimum guarantee") -> TopUps:
    """Return what services pay labels beside royalties, USD by (run month, market) and (platform, label).

    flows: of a ledger. kind: of payment, guarantee top-ups or promotional credits.
    """
    rows = np.flatnonzero(np.asarray(flows["kind"]) == kind)
    found: TopUps = {}
    for row in rows.tolist():
        _, platform, market = str(flows["payer"][row]).split(":")
        label = str(flows["payee"][row]).split(":")[1]
        there = found.setdefault((int(flows["month"][row]) - start_month + 1, market), {})
        there[platform, label] = there.get((platform, label), 0.0) + float(flows["amount_usd"][row])
    return found


def top_up_matrix(record: MarketMonth, top_ups: TopUps) -> Floats:
    """Return (P, L) of a record's market and month; USD. What TikTok pays for clips is not among services' money."""
    paid = np.zeros((len(record.platforms), len(record.labels)))
    for (platform, label), amount in top_ups.get((record.month, record.market), {}).items():
        if platform in record.platforms:
            paid[record.platforms.index(platform), record.labels.index(label)] += amount
    return paid
