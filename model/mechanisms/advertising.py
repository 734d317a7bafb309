"""Advertising of a month: supply of impressions meets advertisers' budgets, and prices clear in every market.

Reads the opening's advertising markets, TikTok's hours and load and the music services' own impressions; returns prices
by channel, spending by segment and channel, income by channel. Users' hours answer the load of advertisements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.foundation.errors import Fault, nearest, raise_faults
from model.spec.parameters import Parameters
from model.state.ad_markets import AUDIO, CHANNELS, INFEED, REWARDED, TIKTOK, TOPVIEW, AdMarkets, AdQuotes
from model.theory.ads import clear_prices

Floats = NDArray[np.float64]
MOST_HOURS = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class AdMonth:
    """Advertising of M markets in a month, A segments and K channels.

    price: (M, K) relative to the opening, infinite where nothing is on sale. quotes: prices in money, and values.
    spend: (M, A, K), outside: (M, A), budgets: (M, A) USD a month.
    """

    markets: tuple[str, ...]
    price: Floats
    quotes: AdQuotes
    spend: Floats
    outside: Floats
    budgets: Floats

    @property
    def income(self) -> Floats:
        """(M, K) USD a month that each channel takes."""
        summed: Floats = self.spend.sum(axis=1)
        return summed

    @property
    def tiktok(self) -> Floats:
        """(M,) USD a month of TikTok's formats together."""
        summed: Floats = self.income[:, TIKTOK].sum(axis=1)
        return summed


def ad_supply(
    ads: AdMarkets,
    *,
    tiktok_hours: ArrayLike = 1.0,
    tiktok_users: ArrayLike = 1.0,
    infeed_load: ArrayLike = 1.0,
    topview_days: ArrayLike = 1.0,
    audio_usd: ArrayLike | None = None,
    rewarded_usd: ArrayLike | None = None,
) -> Floats:
    """Return impressions on sale relative to the opening, (M, K).

    tiktok_hours, tiktok_users: (M,) all users' hours, and users, over those of the opening; where TikTok is banned,
    over what they would be, so 0 while the ban holds. infeed_load: advertisements an hour over the opening's.
    topview_days: days sold over the opening's. audio_usd, rewarded_usd: (M,) USD that this month's impressions of the
    music services would bring at the opening's prices; the opening's by default. What other firms sell stays as it was.
    """
    supply = np.ones_like(ads.income)
    hours, users, load, days = (
        np.broadcast_to(np.asarray(values, dtype=np.float64), (len(ads.markets),))
        for values in (tiktok_hours, tiktok_users, infeed_load, topview_days)
    )
    supply[:, INFEED], supply[:, TOPVIEW] = hours * load, users * days
    for channel, now in ((AUDIO, audio_usd), (REWARDED, rewarded_usd)):
        if now is not None:
            income = ads.income[:, channel]
            there = income > 0.0
            gain = np.asarray(now, dtype=np.float64) / np.where(there, income, 1.0) - ads.own[:, channel]
            supply[:, channel] = np.where(there, np.maximum(1.0 + gain, 0.0), 0.0)
    raise_faults([
        Fault(f"supply of {channel}", "is a finite number, 0 or more", float(column.min()), "")
        for channel, column in zip(CHANNELS, supply.T, strict=True)
        if not (np.isfinite(column).all() and column.min() >= 0.0)
    ])  # fmt: skip
    return supply


def ad_appeal(
    ads: AdMarkets, *, adoption: ArrayLike = 1.0, click_rates: Mapping[str, ArrayLike] | None = None
) -> Floats:
    """Return multiples of advertisers' weights, (M, A, K).

    adoption: () or (M,) of TikTok's formats, over the opening. click_rates: clicks per impression of a channel over the
    opening's, () or (M,): a value that is clicks in part c grows by 1 + c (rate - 1), the weight by its power
    ces_sigma - 1.
    """
    rates = click_rates or {}
    raise_faults([
        Fault("click_rates", "names channels", name, nearest(name, CHANNELS)) for name in rates if name not in CHANNELS
    ])  # fmt: skip
    appeal = np.ones_like(ads.weights)
    appeal[:, :, TIKTOK] *= np.broadcast_to(np.asarray(adoption, dtype=np.float64), (len(ads.markets),))[:, None, None]
    for name, rate in rates.items():
        channel = CHANNELS.index(name)
        gain = np.broadcast_to(np.asarray(rate, dtype=np.float64), (len(ads.markets),)) - 1.0
        value = 1.0 + ads.click_value[None, :, channel] * gain[:, None]
        appeal[:, :, channel] *= value ** (ads.ces_sigma - 1.0)
    return appeal


def clear_month(
    ads: AdMarkets,
    *,
    supply: ArrayLike,
    budgets: ArrayLike = 1.0,
    appeal: ArrayLike = 1.0,
    previous: AdMonth | None = None,
) -> AdMonth:
    """Return the month's prices, spending and income.

    supply: (M, K) relative to the opening, from `ad_supply`. budgets: (), (M, 1) or (M, A) multiple of the opening's.
    appeal: multiple of weights, from `ad_appeal`. previous: last month, from whose prices the search begins.
    At supply, budgets and appeal of 1 every price is 1 and every income the opening's.
    """
    there, money, fondness = (np.asarray(values, dtype=np.float64) for values in (supply, budgets, appeal))
    done = clear_prices(
        ads.weights * fondness,
        outside=ads.outside,
        budgets=ads.budgets * money,
        impressions=1000.0 * ads.income * there,
        ces_sigma=ads.ces_sigma,
        elasticity=ads.elasticity,
        start=np.ones_like(ads.income) if previous is None else previous.price,
    )
    return AdMonth(
        markets=ads.markets, price=done.cpm, quotes=ads.quotes(done.cpm, appeal=fondness), spend=done.spend,
        outside=done.outside, budgets=done.budgets,
    )  # fmt: skip


def hours_at_load(ads_per_hour: ArrayLike, *, opening: ArrayLike, parameters: Parameters) -> Floats:
    """Return hours in the long run at a load, over those at the opening's load: exp(-response (load - opening)).

    ads_per_hour, opening: advertisements an hour. Near the opening each more costs `ad_load_response` of the hours; far
    from it, where an opening of thousands is taken off, hours grow to `MOST_HOURS` times, more than anybody has.
    """
    more = np.asarray(ads_per_hour, dtype=np.float64) - np.asarray(opening, dtype=np.float64)
    answer: Floats = np.exp(np.minimum(-parameters.ad_load_response * more, np.log(MOST_HOURS)))
    return answer


def hours_after_month(
    before: ArrayLike, *, ads_per_hour: ArrayLike, opening: ArrayLike, parameters: Parameters
) -> Floats:
    """Return this month's hours over the opening's: last month's, moved a part of the way to the long run."""
    now = np.asarray(before, dtype=np.float64)
    target = hours_at_load(ads_per_hour, opening=opening, parameters=parameters)
    moved: Floats = now + parameters.ad_load_adjustment * (target - now)
    return moved
