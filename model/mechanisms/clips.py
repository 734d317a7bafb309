"""Clips: what music in short videos does to listening and to TikTok, and what TikTok earns and pays in a month.

Clips on TikTok bring a label listening: `promotion_pull` times the share of people on TikTok. `promotion_new` of it is
new listening, the rest is taken from other labels, so a label that leaves alone loses more than if all leave. Where
every label's clips are on TikTok nothing changes: that is the state the start was observed in.

TikTok's income is a first form: advertising of the start year by month, and the take of its shop, both in proportion to
TikTok time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.facts.records import StartState, TikTokStart
from model.spec.parameters import Parameters
from model.state.country import Country
from model.state.deals import DealBook
from model.state.ledger import Ledger, label_account
from model.theory.royalties import MONTHS_PER_YEAR

Floats = NDArray[np.float64]
SERVICE = "tiktok"


@dataclass(frozen=True, slots=True, eq=False)
class TikTokMonth:
    """TikTok in a market in a month; money in USD, L labels in the market's order.

    hours: person-hours of adults on TikTok. ad_income, shop_income: of the month. clips: (L,) 1 where the label's music
    may be used. pull: (L,) the label's share of attention over its share of repertoire, 1 with its clips. clip_fees,
    promotional_credit: (L,) what TikTok pays each label. other_fees: clip fees to publishers and to labels without
    repertoire here, by payee.
    """

    hours: float
    ad_income: float
    shop_income: float
    clips: Floats
    pull: Floats
    clip_fees: Floats
    promotional_credit: Floats
    other_fees: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class ClipFees:
    """What TikTok owes for clips in a market and month, USD; as in `TikTokMonth`."""

    labels: Floats
    credit: Floats
    others: Mapping[str, float]


def label_pull(country: Country, parameters: Parameters) -> Floats:
    """Return (L,) labels' share of attention over their share of repertoire: 1 with clips on TikTok."""
    silent = 1.0 / (1.0 + parameters.promotion_pull * country.tiktok_reach)
    return np.where(country.clips > 0.0, 1.0, silent)


def listening_factor(country: Country, parameters: Parameters) -> float:
    """Return hours of all music relative to those with every label's clips on TikTok."""
    new = parameters.promotion_new * parameters.promotion_pull * country.tiktok_reach
    return 1.0 - new * _muted(country) / (1.0 + new)


def tiktok_time(country: Country, parameters: Parameters) -> float:
    """Return time on TikTok relative to that with every label's clips; 0 while it is banned."""
    return 1.0 - parameters.clip_time_share * _muted(country) if country.tiktok_open else 0.0


def _muted(country: Country) -> float:
    """Return the share of repertoire whose clips are not on TikTok; exactly 0 where all are."""
    return float((country.repertoire * (country.clips <= 0.0)).sum())


def clip_fees(book: DealBook, country: Country, *, month: int, start: StartState) -> ClipFees:
    """Return a market's twelfth of the lump sums of clip licences in force or extended, in a calendar month.

    A lump sum is for the world: a market bears the part that it has in TikTok's advertising income. Nothing is owed to
    a label whose clips are not on TikTok, and nothing while TikTok is banned.
    """
    fees, credit = np.zeros(len(country.labels)), np.zeros(len(country.labels))
    others: dict[str, float] = {}
    part = market_part(start, country.market) / MONTHS_PER_YEAR
    for label in book.partners(market=country.market, platform=SERVICE, kind="clips"):
        found = book.governing(market=country.market, platform=SERVICE, label=label, month=month, kind="clips")
        if found is None or not found.held or not country.tiktok_open:
            continue
        fee = found.deal.minimum_guarantee_usd_m * 1e6 * part
        if label not in country.labels:
            others[label] = fee
        elif country.clips[country.labels.index(label)] > 0.0:
            fees[country.labels.index(label)] = fee
            credit[country.labels.index(label)] = found.deal.promotional_credit_usd_m * 1e6 * part
    return ClipFees(fees, credit, others)


def market_part(start: StartState, market: str) -> float:
    """Return a market's part of TikTok's advertising income in the world, at the start."""
    everywhere = sum(facts.tiktok.ad_revenue_usd_m.value for facts in start.markets.values())
    return start.markets[market].tiktok.ad_revenue_usd_m.value / (everywhere + start.tiktok_rest_ad_revenue_usd_m.value)


def tiktok_month(country: Country, facts: TikTokStart, *, fees: ClipFees, parameters: Parameters) -> TikTokMonth:
    """Return TikTok's month in a market: time, income, what it pays for clips."""
    time = tiktok_time(country, parameters)
    hours = facts.adult_mau_m * 1e6 * facts.hours_per_user_month * time
    return TikTokMonth(
        hours=hours,
        ad_income=facts.ad_revenue_usd_m.value * 1e6 / MONTHS_PER_YEAR * time,
        shop_income=hours * facts.shop_gmv_per_user_hour_usd * facts.shop_take_rate,
        clips=country.clips.astype(np.float64),
        pull=label_pull(country, parameters),
        clip_fees=fees.labels,
        promotional_credit=fees.credit,
        other_fees=fees.others,
    )


def book_tiktok(lived: TikTokMonth, *, country: Country, ledger: Ledger, month: int) -> None:
    """Book TikTok's income and payments of a market's calendar month."""
    market = country.market
    account = f"platform:{SERVICE}:{market}"
    ledger.post(
        [f"advertisers:{market}", f"users:{market}"], payee=account, amount=[lived.ad_income, lived.shop_income],
        kind=["tiktok advertising", "tiktok shop"], month=month,
    )  # fmt: skip
    labels = [label_account(label, market=market) for label in country.labels]
    others = [label if label == "publishers" else label_account(label, market=market) for label in lived.other_fees]
    ledger.post(
        account, payee=[*labels, *others, *labels],
        amount=np.concatenate([lived.clip_fees, list(lived.other_fees.values()), lived.promotional_credit]),
        kind=["clip licence"] * (len(labels) + len(others)) + ["promotional credit"] * len(labels), month=month,
    )  # fmt: skip
