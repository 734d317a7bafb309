"""The advertising market of each country at the opening: who spends what in which channel, at which price.

Values of channels are inverted in closed form from the spending of the start: prices are taken relative to the opening,
where each is 1, so that a weight is the part of the budget spent there and a supply of 1 is what the opening sold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.facts.records import MarketStart, StartState
from model.foundation.errors import Fault, nearest, raise_faults
from model.spec.parameters import Parameters
from model.theory.ads import spread_spending

Floats = NDArray[np.float64]

SEGMENTS = ("brand", "performance", "local")
"""Kinds of advertisers of a market: who build brands, who look for sales at once, and local firms."""
CHANNELS = (
    "tiktok_infeed", "tiktok_topview", "music_audio", "rewarded_video", "google", "facebook", "snap", "twitter",
)  # fmt: skip
"""Channels whose price clears; all other digital advertising is the outside option at a fixed price."""
INFEED, TOPVIEW, AUDIO, REWARDED = range(4)
TIKTOK = (INFEED, TOPVIEW)
RIVALS = ("google", "facebook", "snap", "twitter")
MONTHS = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class AdQuotes:
    """What channels cost in a month and are worth to advertisers, A segments and K channels; M markets, or one.

    cpm: (M, K) USD a thousand impressions; click_price: (M, K) USD a click. value: (M, A, K) USD that a thousand
    impressions are worth: a segment spends on a channel (value / price)^(ces_sigma - 1) times what it spends on other
    digital advertising, which is worth its price. click_value: (M, A, K) USD that a click is worth; impression_value:
    what is left of the value beside clicks. NaN where no price in money or no rate of clicks is known, and where
    nothing is on sale.
    """

    cpm: Floats
    click_price: Floats
    value: Floats
    click_value: Floats
    impression_value: Floats

    def of(self, row: int) -> AdQuotes:
        """Return those of one market."""
        return AdQuotes(self.cpm[row], self.click_price[row], self.value[row], self.click_value[row],
                        self.impression_value[row])  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class AdMarkets:
    """Advertising of M markets at the opening, A segments and K channels, USD a month.

    income: (M, K) what each channel takes; where TikTok is banned, what it would take. on_sale: (M, K) whether it sells
    at the opening. budgets: (M, A). weights: (M, A, K), outside: (M, A) parts of the budget, at prices relative to the
    opening. cpm: (M, K) USD a thousand impressions at the opening, NaN for rivals, whose price is known as an index
    alone. clicks: (M, K) clicks per impression, NaN where unknown. click_value: (A, K) part of the value that comes
    from clicks. own: (M, K) part of the income that the market's music services take. ces_sigma, elasticity: as in
    `model.theory.ads`.
    """

    markets: tuple[str, ...]
    income: Floats
    on_sale: NDArray[np.bool_]
    budgets: Floats
    weights: Floats
    outside: Floats
    cpm: Floats
    clicks: Floats
    click_value: Floats
    own: Floats
    ces_sigma: float
    elasticity: float

    @property
    def values(self) -> Floats:
        """(M, A, K) worth of a thousand impressions, in outside impressions of 1 USD: (w_ak / w_a0)^(1/(ces_sigma-1)).

        Times the opening's price where that is known. NaN at ces_sigma 1, where only shares are defined, and so near to
        it that a value is beyond all numbers.
        """
        if self.ces_sigma == 1.0:
            return np.full_like(self.weights, np.nan)
        ratio = self.weights / self.outside[:, :, None]
        with np.errstate(over="ignore"):
            found = ratio ** (1.0 / (self.ces_sigma - 1.0)) * np.where(np.isnan(self.cpm), 1.0, self.cpm)[:, None, :]
        return np.where(np.isfinite(found), found, np.nan)

    def quotes(self, price: Floats, *, appeal: ArrayLike = 1.0) -> AdQuotes:
        """Return prices in money and values. price: (M, K) over the opening's; appeal: multiple of weights."""
        there = np.isfinite(price)
        cpm = np.where(there, price, np.nan) * self.cpm
        more = np.ones_like(self.weights)
        with np.errstate(over="ignore", invalid="ignore"):
            if self.ces_sigma != 1.0:
                more *= np.asarray(appeal, dtype=np.float64) ** (1.0 / (self.ces_sigma - 1.0))
            whole = np.where(np.isnan(cpm)[:, None, :], np.nan, more * self.values)
        whole = np.where(np.isfinite(whole), whole, np.nan)
        from_clicks = whole * self.click_value
        return AdQuotes(
            cpm=cpm, click_price=cpm / (1000.0 * self.clicks), value=whole,
            click_value=from_clicks / (1000.0 * self.clicks[:, None, :]), impression_value=whole - from_clicks,
        )  # fmt: skip

    def row(self, market: str) -> int:
        """Return the position of a market."""
        if market not in self.markets:
            raise_faults([Fault("market", "has an advertising market here", market, nearest(market, self.markets))])
        return self.markets.index(market)


def ad_markets(
    start: StartState,
    *,
    parameters: Parameters,
    markets: Sequence[str] | None = None,
    audio_usd: ArrayLike | None = None,
    rewarded_usd: ArrayLike | None = None,
    tiktok_scale: float = 1.0,
) -> AdMarkets:
    """Return the advertising markets of a start, calibrated one by one.

    markets: those wanted, all by default. audio_usd, rewarded_usd: (M,) USD a month that the market's music services
    take from audio advertisements and from rewarded video at the opening, 0 by default; where audio takes more than
    the facts' digital audio, all of that is theirs. tiktok_scale: multiple of TikTok's recorded income, for other
    years.
    Errors: InputError where the channels take more than is spent.
    """
    names = tuple(start.markets) if markets is None else tuple(markets)
    raise_faults([
        Fault("markets", "is a market of the start", name, nearest(name, list(start.markets)))
        for name in names if name not in start.markets
    ])  # fmt: skip
    own = np.zeros((len(names), len(CHANNELS)))
    own[:, AUDIO] = 0.0 if audio_usd is None else audio_usd
    own[:, REWARDED] = 0.0 if rewarded_usd is None else rewarded_usd
    found = [start.markets[name] for name in names]
    incomes, prices = [], []
    for market, (audio, rewarded) in zip(found, own[:, [AUDIO, REWARDED]].tolist(), strict=True):
        tiktok = _tiktok(market, like=start.markets["US"], parameters=parameters)
        incomes.append([*(tiktok[0] * tiktok_scale), *_incomes(market, audio, rewarded, parameters=parameters)])
        prices.append([tiktok[1], tiktok[1] * parameters.topview_price_multiple, market.ads.audio_cpm_usd.value,
                       market.ads.rewarded_ecpm_usd.value, *(np.nan for _ in RIVALS)])  # fmt: skip
    income = np.array(incomes)
    on_sale = income > 0.0
    on_sale[:, TIKTOK] &= np.array([market.tiktok.ad_revenue_usd_m.value > 0.0 for market in found])[:, None]
    totals = np.array([market.ads.digital_ad_spend_usd_bn.value for market in found]) * 1e9 / MONTHS
    spend, outside, click_value = _spending(income, on_sale, totals, names, parameters)
    budgets = np.where(on_sale[:, None, :], spend, 0.0).sum(axis=2) + outside
    return AdMarkets(
        markets=names, income=income, on_sale=on_sale, budgets=budgets, weights=spend / budgets[:, :, None],
        outside=outside / budgets, cpm=np.array(prices), clicks=_clicks(found), click_value=click_value,
        own=own / np.where(income > 0.0, income, 1.0), ces_sigma=parameters.ces_sigma,
        elasticity=parameters.ad_price_elasticity,
    )  # fmt: skip


def tiktok_income(start: StartState, market: str, *, parameters: Parameters) -> float:
    """Return USD a year of TikTok's advertising in a market at the start; where it is banned, what it would be."""
    income, _ = _tiktok(start.markets[market], like=start.markets["US"], parameters=parameters)
    return float(income.sum()) * MONTHS


def _incomes(market: MarketStart, audio: float, rewarded: float, *, parameters: Parameters) -> list[float]:
    """Return USD a month of audio, rewarded video and the rivals."""
    total, shares = market.ads.digital_ad_spend_usd_bn.value * 1e9 / MONTHS, market.ads.channel_shares
    return [
        max(shares["audio"] * total, audio),
        max(parameters.rewarded_video_part * total, rewarded),
        *(shares[name] * total for name in RIVALS),
    ]


def _tiktok(market: MarketStart, *, like: MarketStart, parameters: Parameters) -> tuple[Floats, float]:
    """Return USD a month of in-feed and TopView, and the in-feed price; where TikTok is banned, what they would be."""
    tiktok = market.tiktok
    if tiktok.ad_revenue_usd_m.value > 0.0:
        topview = tiktok.topview_day_price_usd * tiktok.topview_days_sold_share * 365.0 / MONTHS
        whole = tiktok.ad_revenue_usd_m.value * 1e6 / MONTHS
        return np.array([whole - topview, topview]), tiktok.infeed_cpm_usd
    heads = [one.ads.digital_ad_spend_usd_bn.value / one.population[2022] for one in (market, like)]
    worth = (heads[0] / heads[1]) ** parameters.ad_income_slope
    users = parameters.banned_tiktok_share * market.addressable_m * 1e6
    hours = parameters.banned_tiktok_hours / like.tiktok.hours_per_user_month
    whole = like.tiktok.ad_arpu_usd_year * worth * hours * users / MONTHS
    part = parameters.topview_part
    return np.array([whole * (1.0 - part), whole * part]), like.tiktok.infeed_cpm_usd * worth**parameters.ad_price_slope


def _spending(
    income: Floats, on_sale: NDArray[np.bool_], totals: Floats, names: tuple[str, ...], parameters: Parameters
) -> tuple[Floats, Floats, Floats]:
    """Return spending (M, A, K) and outside (M, A) that meet each market's totals, and the value of clicks (A, K)."""
    brand, local = parameters.ad_brand_part, parameters.ad_local_part
    parts = np.array([brand, 1.0 - brand - local, local])
    rest = totals - np.where(on_sale, income, 0.0).sum(axis=1)
    faults = [
        Fault(f"advertising {name}", "channels take less than all digital spending", float(left), "Check the shares.")
        for name, left in zip(names, rest, strict=True) if not left > 0.0
    ]  # fmt: skip
    if not parts.min() > 0.0:
        faults.append(Fault("ad_brand_part + ad_local_part", "are below 1 together", brand + local, "Lower one."))
    raise_faults(faults)
    looks = np.array([parameters[f"clicks_{segment}"] for segment in SEGMENTS])[:, None]
    gives = np.array([parameters[f"clicks_{channel}"] for channel in (*CHANNELS, "other")])[None, :]
    affinity = looks * gives + (1.0 - looks) * (1.0 - gives)
    columns = np.concatenate([income, rest[:, None]], axis=1)
    # A channel that is not on sale is spread beside the others, as if its spending came on top, and taken off budgets.
    spend = np.stack([
        spread_spending(affinity, budgets=parts * row.sum(), incomes=row) for row in columns
    ])  # fmt: skip
    return spend[:, :, :-1], spend[:, :, -1], (looks * gives / affinity)[:, :-1]


def _clicks(found: list[MarketStart]) -> Floats:
    """Return (M, K) clicks per impression: of in-feed by its two prices, unknown elsewhere."""
    clicks = np.full((len(found), len(CHANNELS)), np.nan)
    for row, market in enumerate(found):
        if market.tiktok.infeed_cpc_usd > 0.0:
            clicks[row, INFEED] = market.tiktok.infeed_cpm_usd / (1000.0 * market.tiktok.infeed_cpc_usd)
    return clicks
