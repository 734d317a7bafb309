"""Clips: what music in short videos does to listening and to TikTok, and what TikTok earns and pays in a month.

Clips on TikTok bring a label listening: `promotion_pull` times the share of people on TikTok. `promotion_new` of it is
new listening, the rest is taken from other labels, so a label that leaves alone loses more than if all leave. Where
every label's clips are on TikTok nothing changes: that is the state the start was observed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.facts.records import StartState
from model.spec.parameters import Parameters
from model.state.ad_markets import AdQuotes, tiktok_income
from model.state.country import Country
from model.state.deals import DealBook
from model.state.ledger import Ledger, label_account
from model.theory.royalties import MONTHS_PER_YEAR

Floats = NDArray[np.float64]
SERVICE = "tiktok"


@dataclass(frozen=True, slots=True, eq=False)
class TikTokMonth:
    """TikTok and advertising in a market in a month; money in USD, L labels in the market's order.

    users: people on TikTok. hours: their person-hours; hour_causes: factors of hours per user over the opening's, by
    cause. infeed, topview: advertising income; shop_income, games: of users. creators_paid, costs: what creators get
    from TikTok, and cost of sales. distribution: fees from labels of its own distribution. clips: (L,) 1 where the
    label's music may be used. pull: (L,) the label's share of attention over its share of repertoire. uses: (L,) new
    uses of songs of the day. clip_fees, promotional_credit: (L,) what TikTok pays each label. other_fees: clip fees to
    publishers and to labels without repertoire here, by payee. creators, creator_income: people, and USD each (NaN
    without creators); activity: of creators over the opening's. channel_price: (K,) over the opening's; spending:
    (A, K+1) by segment and channel, the last what is spent elsewhere; quotes: prices in money, and what impressions and
    clicks are worth to segments. Channels and segments as in `state.ad_markets`.
    """

    users: float
    hours: float
    hour_causes: Mapping[str, float]
    infeed: float
    topview: float
    shop_income: float
    games: float
    creators_paid: float
    costs: float
    distribution: float
    clips: Floats
    pull: Floats
    uses: Floats
    clip_fees: Floats
    promotional_credit: Floats
    other_fees: Mapping[str, float]
    creators: float
    creator_income: float
    activity: float
    channel_price: Floats
    spending: Floats
    quotes: AdQuotes
    link_fees: float = 0.0

    @property
    def ad_income(self) -> float:
        """Advertising on TikTok."""
        return self.infeed + self.topview

    @property
    def profit(self) -> float:
        """What the month leaves ByteDance beside its music services."""
        earned = self.ad_income + self.shop_income + self.games + self.distribution + self.link_fees
        paid = self.creators_paid + self.costs + sum(self.other_fees.values())
        return earned - paid - float(self.clip_fees.sum() + self.promotional_credit.sum())


@dataclass(frozen=True, slots=True, eq=False)
class ClipFees:
    """What TikTok owes for clips in a market and month, USD; as in `TikTokMonth`."""

    labels: Floats
    credit: Floats
    others: Mapping[str, float]

    @property
    def total(self) -> float:
        """All fees of the month, promotional credit left out."""
        return float(self.labels.sum()) + sum(self.others.values())


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


def clip_fees(
    book: DealBook, country: Country, *, month: int, start: StartState, parameters: Parameters
) -> ClipFees:  # fmt: skip
    """Return a market's twelfth of the lump sums of clip licences in force or extended, in a calendar month.

    A lump sum is for the world: a market bears the part that it has in TikTok's advertising income. Nothing is owed to
    a label whose clips are not on TikTok, and nothing while TikTok is banned. Where TikTok returns after the start, it
    pays labels without a licence of their own there as much of its income as it pays in the world, by repertoire.
    """
    fees, credit = np.zeros(len(country.labels)), np.zeros(len(country.labels))
    others: dict[str, float] = {}
    if not country.tiktok_open:
        return ClipFees(fees, credit, others)
    part = market_part(start, country.market, parameters=parameters) / MONTHS_PER_YEAR
    if start.markets[country.market].tiktok.status == "banned":
        sums = world_sums(start)
        fees[:] = sums.recordings * part * country.repertoire * (country.clips > 0.0)
        others["publishers"] = sums.publishers * part
    for deal in book.held(market=country.market, platform=SERVICE, month=month, kind="clips"):
        fee = deal.minimum_guarantee_usd_m * 1e6 * part
        if deal.label not in country.labels:
            others[deal.label] = fee
        elif country.clips[country.labels.index(deal.label)] > 0.0:
            fees[country.labels.index(deal.label)] = fee
            credit[country.labels.index(deal.label)] = deal.promotional_credit_usd_m * 1e6 * part
    return ClipFees(fees, credit, others)


@dataclass(frozen=True, slots=True)
class WorldSums:
    """Lump sums of all clip licences of the start, USD a year for the world."""

    recordings: float
    publishers: float


def world_sums(start: StartState) -> WorldSums:
    """Return what TikTok pays for clips in the world by the licences of the start."""
    clips = [deal for deal in start.deals if deal.kind == "clips"]
    whole, publishers = (
        1e6 * sum(deal.minimum_guarantee_usd_m for deal in clips if one is None or deal.label == one)
        for one in (None, "publishers")
    )
    return WorldSums(whole - publishers, publishers)


def market_part(start: StartState, market: str, *, parameters: Parameters) -> float:
    """Return a market's part of TikTok's advertising income in the world, at the start.

    Where TikTok was banned then: what its income would be over the world's without it. A return there adds to what
    TikTok pays in all: parts of all markets are more than 1 then.
    """
    everywhere = sum(facts.tiktok.ad_revenue_usd_m.value for facts in start.markets.values())
    recorded = start.markets[market].tiktok.ad_revenue_usd_m.value
    own = recorded if recorded > 0.0 else tiktok_income(start, market, parameters=parameters) / 1e6
    return own / (everywhere + start.tiktok_rest_ad_revenue_usd_m.value)


def book_tiktok(lived: TikTokMonth, *, country: Country, ledger: Ledger, month: int) -> None:
    """Book TikTok's income and payments of a market's calendar month."""
    payers, payees, kinds = _lines(country.market, country.labels, tuple(lived.other_fees))
    single = (
        lived.ad_income, lived.shop_income, lived.games, lived.distribution, lived.creators_paid, lived.costs,
    )  # fmt: skip
    amounts = np.concatenate([single, lived.clip_fees, [*lived.other_fees.values()], lived.promotional_credit])
    ledger.post(payers, payee=payees, amount=amounts, kind=kinds, month=month)


@cache
def _lines(
    market: str, labels: tuple[str, ...], others: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return payers, payees and kinds of TikTok's payments; others: payees of `TikTokMonth.other_fees`."""
    account, outside = f"platform:{SERVICE}:{market}", "outside"
    users, advertisers, creators = f"users:{market}", f"advertisers:{market}", f"creators:{market}"
    single = (
        (advertisers, account, "tiktok advertising"), (users, account, "tiktok shop"), (users, account, "games"),
        (label_account("long_tail", market=market), account, "distribution fee"), (account, creators, "creators"),
        (account, outside, "tiktok cost of sales"),
    )  # fmt: skip
    here = tuple(label_account(label, market=market) for label in labels)
    there = tuple(label if label == "publishers" else label_account(label, market=market) for label in others)
    clips = [(account, payee, "clip licence") for payee in (*here, *there)]
    credits = [(account, payee, "promotional credit") for payee in here]
    payers, payees, kinds = zip(*single, *clips, *credits, strict=True)
    return payers, payees, kinds
