"""The reconciled start of the twenty markets, as frozen records of plain values.

Users, payers and streamers are millions of people, money is USD a year or local currency a month as each name says,
months are numbers (`model.foundation.months`), shares lie between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ROLLING = 2099 * 12 + 11
"""Last month in force of a deal on standard terms that runs on until one side ends it."""
PAID_TIERS = ("mini", "student", "individual", "family_per_head", "premium")
"""Tiers whose users are payers; bundles are not, except Deezer with TIM in Brazil (none is in the tier mix)."""
TIERS = ("free_ads", "free_rewarded", *PAID_TIERS, "bundle")
AGE_BANDS = ("13-19", "20-39", "40-59", "60+")


@dataclass(frozen=True, slots=True)
class Level:
    """A number with its 80% band, in the unit its owner names."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OfferStart:
    """One offer of a service in a market on the start date.

    price_local_month: local currency a month including tax, per head; price_ios_local: the price inside Apple's store
    where it differs. ad_load: minutes of advertising an hour. restriction: 0 none to 1 useless. users_m: monthly users
    whose tier this is. trial_users_m: those in trial or in the paid-up rest of a cancelled month, beside users_m.
    payers: users count as payers. is_open: taken by users from the start on; else the service enters later.
    """

    platform: str
    tier: str
    price_local_month: float
    currency: str
    ad_load_min_per_hour: float
    restriction: float
    trial_months: int
    price_ios_local: float | None
    app_store_share: float
    users_m: float
    trial_users_m: float
    payers: bool
    is_open: bool
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlatformCell:
    """Monthly users and payers of a service in a market, millions with 80% bands, and how they are known."""

    platform: str
    mau_m: float
    payers_m: float
    mau_band: tuple[float, float]
    payers_band: tuple[float, float]
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelShare:
    """A label's share of listening in a market (they add to 1), and how much of it is local repertoire."""

    share: float
    low: float
    high: float
    local_share: float
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdsStart:
    """Advertising in a market: USD a thousand impressions with bands, fill, digital spend a year and its split."""

    audio_cpm_usd: Level
    audio_fill: float
    rewarded_ecpm_usd: Level
    rewarded_fill: float
    ad_revenue_per_free_listener_usd_year: float
    digital_ad_spend_usd_bn: Level
    addressable_share: float
    channel_shares: dict[str, float]
    price_elasticity_market: float
    price_elasticity_platform: float
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TikTokStart:
    """TikTok in a market: adult monthly users, hours a user and month, income and formats; zeros where banned."""

    status: str
    adult_mau_m: float
    hours_per_user_month: float
    ad_revenue_usd_m: Level
    ad_arpu_usd_year: float
    infeed_cpm_usd: float
    infeed_cpc_usd: float
    infeed_ads_per_hour: float
    topview_day_price_usd: float
    topview_days_sold_share: float
    shop_gmv_per_user_hour_usd: float
    shop_take_rate: float
    creators_per_1000_users: float
    pulse_live: int | None
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarketStart:
    """One market on the start date: people, income, listening, advertising, TikTok, services, offers and repertoire.

    population: people by year; internet_share: of people by year; age_shares: of people 13 and older by `AGE_BANDS`;
    gini: modelled series, 0 to 1; ppp_local_per_international_dollar: local currency that buys one international $.
    label_*_usd_m: record labels' streaming income in 2022 (None where the start is another year); listening_hours_week
    is a survey's figure where there is one.
    """

    code: str
    name: str
    region: str
    spotify_region: str
    population: dict[int, float]
    internet_share: dict[int, float]
    share_13plus: float
    age_shares: tuple[float, float, float, float]
    gdp_per_capita_ppp: float
    gdp_per_capita_usd: float
    gini: float
    currency: str
    fx_local_per_usd: float
    ppp_local_per_international_dollar: float
    vat_in_price: float
    streamers_m: float
    multi_homing: float
    payers_m: float
    people_paying_m: float
    piracy_share: float
    video_share_of_streaming_revenue: float
    label_streaming_fact_usd_m: float | None
    label_fact_less_video_usd_m: float | None
    label_modelled_usd_m: dict[str, float] | None
    listening_hours_week: float | None
    local_repertoire_share: float
    ads: AdsStart
    tiktok: TikTokStart
    platforms: dict[str, PlatformCell]
    offers: tuple[OfferStart, ...]
    repertoire: dict[str, LabelShare]
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]

    @property
    def addressable_m(self) -> float:
        """People 13 and older online in 2022, millions."""
        return self.addressable_at(2022 * 12 + 6)

    def addressable_at(self, month: int) -> float:
        """Return the people 13 and older online in a month, millions.

        People and the share online run straight through the middles of 2020 and 2022 and on, the share from 2% to 99%.
        """
        years = (month - (2020 * 12 + 6)) / 24.0
        people = self.population[2020] + years * (self.population[2022] - self.population[2020])
        online = self.internet_share[2020] + years * (self.internet_share[2022] - self.internet_share[2020])
        return people * self.share_13plus * min(max(online, 0.02), 0.99) / 1e6


@dataclass(frozen=True, slots=True)
class DealStart:
    """One licence between a service and a rights holder in a group of markets.

    kind: streaming, publishing or clips. status: active or expired. expires: last month in force (`ROLLING` for
    standard terms). rev_share_*: share of net revenue of paid and of free listening, before usage share. Minima are for
    all labels together, USD, times usage share. minimum_guarantee_usd_m: USD m a year for the whole group of markets;
    clip licences are lump sums. mfn: most-favoured-nation clause. promotional_credit_usd_m: USD m a year of promotion,
    beside royalties and guarantee. exclusive: nobody else may play the label in these markets until `expires`. agreed:
    made in the run or by a scenario; its guarantee is taken as it stands, never rescaled by a forecast.
    rev_share_rewarded, per_stream_minimum_rewarded_usd: terms of rewarded listening alone, None for those of other free
    listening.
    """

    platform: str
    label: str
    markets: tuple[str, ...]
    kind: str
    status: str
    signed: int
    expires: int
    rev_share_paid: float
    rev_share_free: float
    per_subscriber_minimum_usd: float
    per_stream_minimum_usd: float
    minimum_guarantee_usd_m: float
    mfn: bool
    term_months: int
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]
    promotional_credit_usd_m: float = 0.0
    exclusive: bool = False
    agreed: bool = False
    rev_share_rewarded: float | None = None
    per_stream_minimum_rewarded_usd: float | None = None

    def in_force(self, month: int) -> bool:
        """Whether the licence is active and covers a month."""
        return self.status == "active" and self.signed <= month <= self.expires


@dataclass(frozen=True, slots=True)
class HistoryAction:
    """A dated action of the record: entries, exits, price changes, licences, bans. `value` is text as recorded.

    before: the price it replaced, by tier, where the record tells.
    """

    month: int
    date: str
    markets: tuple[str, ...]
    platform: str
    event: str
    field: str
    value: str
    unit: str
    before: dict[str, float]
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A level that the record gives for 2019-12: users or payers (millions) of a service in a market or region."""

    month: int
    place: str
    platform: str
    measure: str
    value_m: float
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegionWeight:
    """How many people of a Spotify region one modelled Spotify user or payer of a market stands for."""

    market: str
    region: str
    mau: float
    payers: float


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that is judged rather than sourced: its central value, its range, and why."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    basis: str
    fact_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartState:
    """Everything that the simulation starts from: markets in a stable order, deals, record, region weights.

    notices: what was left out or filled in. assumptions: the declared ones that this date needed. past_growth: by
    service, log growth of its users in the year before, where known.
    """

    month: int
    markets: dict[str, MarketStart]
    deals: tuple[DealStart, ...]
    history: tuple[HistoryAction, ...]
    targets: tuple[Target, ...]
    region_map: dict[str, RegionWeight]
    tiktok_rest_ad_revenue_usd_m: Level
    notices: tuple[str, ...]
    assumptions: tuple[Assumption, ...] = ()
    past_growth: dict[str, float] = field(default_factory=dict)

    def deals_of(self, *, platform: str, market: str, kind: str = "streaming") -> dict[str, DealStart]:
        """Return the deals of a service in a market by label, expired ones too."""
        return {
            deal.label: deal
            for deal in self.deals
            if deal.platform == platform and market in deal.markets and deal.kind == kind
        }

    def default_deal(self, *, platform: str, label: str, market: str, kind: str = "streaming") -> DealStart:
        """Return declared default terms for a cell without a deal row: the standard terms of the market's price group.

        They are Spotify's rolling terms with the long tail there, or with publishers for `kind="publishing"`. For
        clips they are TikTok's terms of distribution, without a fee of their own.
        """
        if kind == "clips":
            return DealStart(
                platform=platform, label=label, markets=(market,), kind=kind, status="active", signed=self.month,
                expires=ROLLING, rev_share_paid=0.0, rev_share_free=0.0, per_subscriber_minimum_usd=0.0,
                per_stream_minimum_usd=0.0, minimum_guarantee_usd_m=0.0, mfn=False, term_months=12,
                confidence="assumption", basis="no deal row: clips under terms of distribution, without a fee",
                fact_ids=(),
            )  # fmt: skip
        payee = "publishers" if kind == "publishing" else "long_tail"
        like = self.deals_of(platform="spotify", market=market, kind=kind)[payee]
        return DealStart(
            platform=platform, label=label, markets=(market,), kind=kind, status="active", signed=like.signed,
            expires=ROLLING, rev_share_paid=like.rev_share_paid, rev_share_free=like.rev_share_free,
            per_subscriber_minimum_usd=0.0, per_stream_minimum_usd=0.0, minimum_guarantee_usd_m=0.0, mfn=False,
            term_months=like.term_months, confidence="assumption",
            basis="no deal row: standard terms of the market's price group", fact_ids=like.fact_ids,
        )  # fmt: skip
