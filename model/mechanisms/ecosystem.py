"""A month of TikTok and advertising in all markets at once: hours, the cleared market, creators, accounts.

The order inside the month: hours per user from last month's creators and load, then advertising cleared on those hours,
then what creators earn, then TikTok's accounts, then creators' activity for the next month. Nothing reads what a later
step writes in the same month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.facts.records import StartState
from model.mechanisms.ad_growth import AdGrowth
from model.mechanisms.advertising import AdMonth, ad_appeal, ad_supply, clear_month, hours_after_month
from model.mechanisms.creators import (
    CreatorIncome,
    CreatorOpening,
    activity_after_month,
    ad_shares,
    creator_income,
    creators_at_opening,
    hours_from_activity,
)
from model.mechanisms.tiktok import (
    EcosystemAccounts,
    ShopTerms,
    TikTokHours,
    ecosystem_accounts,
    integration_factor,
    shop_terms,
    tiktok_hours,
)
from model.spec.parameters import Parameters
from model.state.ad_markets import INFEED, TOPVIEW, AdMarkets, ad_markets

Floats = NDArray[np.float64]
STILL = AdGrowth(budgets=1.0, adoption=1.0, infeed_load=1.0)


@dataclass(frozen=True, slots=True, eq=False)
class EcosystemOpening:
    """TikTok and advertising of M markets at the opening.

    users: (M,) people on TikTok, hours: (M,) per user and month, load: (M,) in-feed advertisements an hour; where it is
    banned what they would be. integration: (M,) of the ByteDance service there, users_part: (M,) part of TikTok's users
    who use it.
    """

    ads: AdMarkets
    creators: CreatorOpening
    shop: ShopTerms
    users: Floats
    hours: Floats
    load: Floats
    integration: Floats
    users_part: Floats


@dataclass(frozen=True, slots=True, eq=False)
class EcosystemState:
    """What one month hands to the next: (M,) creators' activity and hours' answer to the load, and the last prices."""

    activity: Floats
    load_hours: Floats
    ads: AdMonth | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EcosystemInput:
    """What a month is given, each () or (M,); the defaults leave the opening as it was.

    growth: of advertising since the opening. people: people on TikTok over the opening's. allowed: whether TikTok is.
    integration, users_part: as in the opening, None for as then. clips: hours factor of the clips there are. load:
    multiple of the opening's advertisements an hour beside `growth`. topview_days, shop_sales: multiples. click_rates:
    by channel, multiples. ad_share: creators' part, NaN for the programme's. audio_usd, rewarded_usd: what the music
    services' impressions would bring at the opening's prices, None for as then. streaming_usd: paid to creators.
    clips_usd: the month's clip fees.
    """

    growth: AdGrowth = STILL
    people: ArrayLike = 1.0
    allowed: ArrayLike | None = None
    integration: ArrayLike | None = None
    users_part: ArrayLike | None = None
    clips: ArrayLike = 1.0
    load: ArrayLike = 1.0
    topview_days: ArrayLike = 1.0
    shop_sales: ArrayLike = 1.0
    click_rates: Mapping[str, ArrayLike] = field(default_factory=dict)
    ad_share: ArrayLike | None = None
    audio_usd: ArrayLike | None = None
    rewarded_usd: ArrayLike | None = None
    streaming_usd: ArrayLike = 0.0
    clips_usd: ArrayLike = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class EcosystemMonth:
    """What happened: hours by cause, (M,) hours of all users, advertising, creators, accounts, and the state after."""

    hours: TikTokHours
    user_hours: Floats
    ads: AdMonth
    creators: CreatorIncome
    accounts: EcosystemAccounts
    after: EcosystemState


def open_ecosystem(
    start: StartState,
    *,
    markets: tuple[str, ...],
    parameters: Parameters,
    audio_usd: ArrayLike | None = None,
    rewarded_usd: ArrayLike | None = None,
    streaming_usd: ArrayLike = 0.0,
    integration: ArrayLike = 0.0,
    users_part: ArrayLike = 0.0,
) -> tuple[EcosystemOpening, EcosystemState]:
    """Return the opening and the state before the first month; arguments (M,) as in `EcosystemInput`."""
    ads = ad_markets(start, parameters=parameters, markets=markets, audio_usd=audio_usd, rewarded_usd=rewarded_usd)
    rows = [start.markets[market] for market in markets]
    there = ads.on_sale[:, INFEED]
    users = np.where(
        there, [row.tiktok.adult_mau_m * 1e6 for row in rows],
        [parameters.banned_tiktok_share * row.addressable_m * 1e6 for row in rows],
    )  # fmt: skip
    hours = np.where(there, [row.tiktok.hours_per_user_month for row in rows], parameters.banned_tiktok_hours)
    creators = creators_at_opening(
        start, markets=markets, parameters=parameters, streaming_usd=streaming_usd,
        infeed_usd=ads.income[:, INFEED], topview_usd=ads.income[:, TOPVIEW],
    )  # fmt: skip
    ones, used = np.ones(len(markets)), users * hours
    load = np.divide(  # nobody on TikTok (no share while it is banned) sees no advertisement
        1000.0 * ads.income[:, INFEED] / ads.cpm[:, INFEED], used, out=np.zeros(len(markets)), where=used > 0.0
    )
    opening = EcosystemOpening(
        ads=ads, creators=creators, shop=shop_terms(start, markets=markets), users=users, hours=hours,
        load=load,
        integration=ones * np.asarray(integration, dtype=np.float64),
        users_part=ones * np.asarray(users_part, dtype=np.float64),
    )  # fmt: skip
    return opening, EcosystemState(activity=ones, load_hours=ones)


def ecosystem_month(
    opening: EcosystemOpening, state: EcosystemState, *, month: int, given: EcosystemInput, parameters: Parameters
) -> EcosystemMonth:
    """Return a month of TikTok and advertising; month: calendar month number."""
    there = opening.ads.on_sale[:, INFEED] if given.allowed is None else np.asarray(given.allowed, dtype=np.bool_)
    people: Floats = np.where(there, np.asarray(given.people, dtype=np.float64), 0.0)
    load = np.asarray(given.load, dtype=np.float64) * given.growth.infeed_load
    load_hours = hours_after_month(
        state.load_hours, ads_per_hour=opening.load * load, opening=opening.load, parameters=parameters
    )
    hours = tiktok_hours(
        integration=integration_factor(
            opening.integration if given.integration is None else given.integration,
            users_part=opening.users_part if given.users_part is None else given.users_part,
            opening_level=opening.integration, opening_part=opening.users_part, parameters=parameters,
        ),
        clips=given.clips, creators=hours_from_activity(state.activity, parameters=parameters), load=load_hours,
    )  # fmt: skip
    time = people * hours.together
    ads = clear_month(
        opening.ads, budgets=given.growth.budgets, previous=state.ads,
        appeal=ad_appeal(opening.ads, adoption=given.growth.adoption, click_rates=given.click_rates),
        supply=ad_supply(
            opening.ads, tiktok_hours=time, tiktok_users=people, infeed_load=load, topview_days=given.topview_days,
            audio_usd=given.audio_usd, rewarded_usd=given.rewarded_usd,
        ),
    )  # fmt: skip
    return _earned(opening, state, hours, time, people, load_hours, ads, month, given, parameters)


def _earned(
    opening: EcosystemOpening, state: EcosystemState, hours: TikTokHours, time: Floats, people: Floats,
    load_hours: Floats, ads: AdMonth, month: int, given: EcosystemInput, parameters: Parameters,
) -> EcosystemMonth:  # fmt: skip
    """Return the month with what creators and TikTok earn from the cleared market."""
    income = ads.income
    creators = creator_income(
        opening.creators, infeed_usd=income[:, INFEED], streaming_usd=given.streaming_usd, users=people,
        audience=time,
        ad_share=ad_shares(opening.creators, month=month, lever=given.ad_share, parameters=parameters),
        parameters=parameters,
    )  # fmt: skip
    user_hours = opening.users * opening.hours * time
    accounts = ecosystem_accounts(
        infeed_usd=income[:, INFEED], topview_usd=income[:, TOPVIEW], hours=user_hours, users=opening.users * people,
        shop=opening.shop, shop_multiple=given.shop_sales, creators_usd=creators.from_tiktok,
        clips_usd=given.clips_usd, parameters=parameters,
    )  # fmt: skip
    activity = activity_after_month(
        state.activity, income=creators.per_creator, opening=opening.creators.income, parameters=parameters
    )
    after = EcosystemState(activity=activity, load_hours=load_hours, ads=ads)
    return EcosystemMonth(hours, user_hours, ads, creators, accounts, after)
