"""TikTok and advertising beside the music, in all markets at once: songs of the day, hours, prices, creators, accounts.

Within a month: songs live their weeks on the clips that events left, before people listen; advertising clears when
people have listened, and music services are paid its prices; then TikTok's accounts follow. What a month reads of
creators and of streaming payouts is last month's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import fsum

import numpy as np
from numpy.typing import NDArray

from model.facts.owners import BYTEDANCE
from model.facts.records import StartState
from model.market.money import TAIL
from model.mechanisms.ad_growth import growth_since
from model.mechanisms.clips import ClipFees, TikTokMonth, label_pull, tiktok_time
from model.mechanisms.creators import uses_from_activity
from model.mechanisms.ecosystem import (
    STILL,
    EcosystemInput,
    EcosystemMonth,
    EcosystemOpening,
    EcosystemState,
    ecosystem_month,
    open_ecosystem,
)
from model.mechanisms.settlement import Settlement
from model.mechanisms.songs import SongWeeks, SongWorld
from model.mechanisms.tiktok import ShopTerms, own_share_at
from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.ad_markets import AUDIO, REWARDED
from model.state.country import Country

Floats = NDArray[np.float64]


@dataclass(slots=True)
class TikTokSide:
    """The state beside the music between two months.

    markets: rows of all arrays. people: (M,) addressable people at the opening. streaming: (M,) USD that streaming paid
    creators last month. songs: of the day. weeks: what they did this month. grows: whether advertising does.
    """

    start: StartState
    markets: tuple[str, ...]
    opening: EcosystemOpening
    state: EcosystemState
    songs: SongWorld
    people: Floats
    streaming: Floats
    grows: bool
    weeks: SongWeeks | None = None
    lived: EcosystemMonth | None = None
    _uses: Floats | None = None
    _spending: Floats | None = None

    @classmethod
    def open(
        cls, start: StartState, countries: Mapping[str, Country], parameters: Parameters, *, seed: int, draw_seed: int,
        grows: bool, music: Mapping[str, tuple[float, float]], users: Mapping[str, MarketActivity],
        tail: Mapping[str, float],
    ) -> TikTokSide:  # fmt: skip
        """Return the side at the opening, and set the pull of the songs of the day in each market.

        seed: of the songs before the opening, draw_seed: after it. music: by market, USD a month that music services'
        audio and rewarded advertising brings. users: activity of the opening. tail: USD a month of royalties of the
        long tail.
        """
        markets = tuple(countries)
        tied = [_integration(country, users[market]) for market, country in countries.items()]
        streaming = parameters.creator_streaming * np.array([tail[market] for market in markets])
        opening, state = open_ecosystem(
            start, markets=markets, parameters=parameters, audio_usd=[music[market][0] for market in markets],
            rewarded_usd=[music[market][1] for market in markets], streaming_usd=streaming,
            integration=[level for level, _ in tied],
            users_part=_part([users for _, users in tied], start, markets, parameters),
        )  # fmt: skip
        songs = SongWorld.open(
            start, parameters, seed=seed, markets=markets,
            tiktok_open=np.array([country.tiktok_open for country in countries.values()]),
        )  # fmt: skip
        side = cls(
            start=start, markets=markets, opening=opening, state=state, songs=songs.copy(seed=draw_seed),
            people=np.array([country.people for country in countries.values()]), streaming=streaming, grows=grows,
        )  # fmt: skip
        for country in countries.values():
            country.song_pull = side._pull(country, songs.pull, months=0, parameters=parameters)
        return side

    def copy(self, *, seed: int | None, markets: Iterable[str]) -> TikTokSide:
        """Return an independent copy; seed: of later songs, None for the same. markets: those whose songs live on."""
        living = tuple(market for market in self.songs.markets if market in set(markets))
        songs = self.songs if living == self.songs.markets else self.songs.only(living)
        return replace(self, songs=songs.copy(seed=seed), streaming=self.streaming.copy(), weeks=None, _uses=None)

    def sing(
        self, countries: Mapping[str, Country], *, month: int, calendar: int, parameters: Parameters,
        overall: bool = False,
    ) -> None:  # fmt: skip
        """Let the songs of the day live the weeks of a month, and set each market's pull by them.

        overall: whether to make the chart of all markets too.
        """
        songs = self.songs
        songs.parameters = parameters
        clips = np.ones((len(songs.markets), songs.pull.shape[1]))
        is_open = np.zeros(len(songs.markets), dtype=np.bool_)
        for row, market in enumerate(songs.markets):
            if market in countries:
                clips[row, : len(countries[market].labels)] = countries[market].clips
                is_open[row] = countries[market].tiktok_open
        rows = [self.markets.index(market) for market in songs.markets]
        activity = uses_from_activity(self.state.activity[rows], parameters=parameters)
        self.weeks = songs.month(calendar, clips=clips, activity=activity, tiktok_open=is_open, overall=overall)
        self._uses = self.weeks.uses.sum(axis=1)
        for country in countries.values():
            country.song_pull = self._pull(country, self.weeks.pull, months=month, parameters=parameters)

    def _pull(self, country: Country, pull: Floats, *, months: int, parameters: Parameters) -> Floats:
        """Return (L,) pull by songs of the day, the long tail's raised by what ByteDance distributes itself."""
        row = self.songs.markets.index(country.market)
        found: Floats = pull[row, : len(country.labels)].copy()
        if TAIL in country.labels:
            before, now = (own_share_at(at, parameters=parameters) for at in (0, months))
            kept = (1.0 - now) / (1.0 - before)
            tail = country.labels.index(TAIL)
            share = float(country.repertoire[tail])
            whole = float(found[tail])
            found *= kept
            if kept > 0.0:
                found[tail] *= (1.0 - (1.0 - share) * kept) / (share * kept)
            else:  # ByteDance distributes all that is heard
                found[tail] = whole / share
        return found

    def clear(
        self, countries: Mapping[str, Country], activities: Mapping[str, MarketActivity], *, month: int, calendar: int,
        music: Mapping[str, tuple[float, float]], fees: Mapping[str, ClipFees], parameters: Parameters,
    ) -> dict[str, tuple[float, float]]:  # fmt: skip
        """Clear advertising and account for TikTok; return by market the prices of music's audio and rewarded ads.

        Prices are multiples of the opening's, 1 where nothing is on sale. music: USD that this month's impressions
        would bring at those. fees: of clips, USD.
        """
        rows = [self.markets.index(market) for market in countries]
        given, shop = self._given(countries, activities, rows, music=music, fees=fees, parameters=parameters)
        growth = growth_since(month, parameters=parameters) if self.grows else STILL
        self.lived = ecosystem_month(
            replace(self.opening, shop=shop), self.state, month=calendar, given=replace(given, growth=growth),
            parameters=parameters,
        )  # fmt: skip
        self.state = self.lived.after
        self._spending = np.concatenate([self.lived.ads.spend, self.lived.ads.outside[:, :, None]], axis=2)
        price = np.where(np.isfinite(self.lived.ads.price), self.lived.ads.price, 1.0)
        return {
            market: (float(price[row, AUDIO]), float(price[row, REWARDED]))
            for market, row in zip(countries, rows, strict=True)
        }

    def _given(
        self, countries: Mapping[str, Country], activities: Mapping[str, MarketActivity], rows: list[int], *,
        music: Mapping[str, tuple[float, float]], fees: Mapping[str, ClipFees], parameters: Parameters,
    ) -> tuple[EcosystemInput, ShopTerms]:  # fmt: skip
        """Return what the month is given, markets that do not live as at the opening, and the shop's terms."""
        lived = list(countries.values())
        tied = [_integration(country, activities[country.market]) for country in lived]
        users = self.opening.users_part.copy()
        users[rows] = _part([one for _, one in tied], self.start, tuple(countries), parameters)

        def column(usual: Floats | float, values: list[float]) -> Floats:
            filled = np.empty(len(self.markets))
            filled[:] = usual
            filled[rows] = values
            return filled

        def lever(name: str, usual: float) -> Floats:
            return column(usual, [country.tiktok.get(name, usual) for country in lived])

        there = self.opening.ads.on_sale[:, 0].astype(np.float64)
        own = self.opening.ads
        given = EcosystemInput(
            people=column(1.0, [c.people / self.people[row] for c, row in zip(lived, rows, strict=True)]),
            allowed=column(there, [float(country.tiktok_open) for country in lived]) > 0.0,
            integration=column(self.opening.integration, [level for level, _ in tied]), users_part=users,
            clips=column(1.0, [tiktok_time(country, parameters) or 1.0 for country in lived]),
            load=lever("tiktok_ad_load", 1.0), topview_days=lever("topview_days", 1.0),
            ad_share=lever("creator_share", np.nan), streaming_usd=self.streaming,
            audio_usd=column(own.own[:, AUDIO] * own.income[:, AUDIO], [music[c.market][0] for c in lived]),
            rewarded_usd=column(own.own[:, REWARDED] * own.income[:, REWARDED], [music[c.market][1] for c in lived]),
            clips_usd=column(0.0, [fees[country.market].total for country in lived]),
        )  # fmt: skip
        sales = lever("shop_sales", np.nan)
        base = self.opening.shop
        set_now = ~np.isnan(sales)
        take = np.where(set_now & (base.take_rate <= 0.0), parameters.shop_take_rate, base.take_rate)
        return given, ShopTerms(np.where(set_now, sales, base.sales_per_hour), take)

    def month_of(
        self, country: Country, settlement: Settlement, *, fees: ClipFees, month: int, parameters: Parameters
    ) -> TikTokMonth:
        """Return a market's month of TikTok after music services have settled; remembers what creators were paid."""
        assert self.lived is not None
        assert self._spending is not None
        row, lived = self.markets.index(country.market), self.lived
        tail = _tail(settlement)
        self.streaming[row] = parameters.creator_streaming * tail
        share = float(country.repertoire[country.labels.index(TAIL)]) if TAIL in country.labels else 0.0
        part = min(1.0, own_share_at(month, parameters=parameters) / share) if share > 0.0 else 0.0
        accounts, hours, ads = lived.accounts, lived.hours, lived.ads
        sung = self.songs.markets.index(country.market)
        uses = np.zeros(len(country.labels)) if self._uses is None else self._uses[sung]
        return TikTokMonth(
            users=self._users(country, row), hours=float(lived.user_hours[row]),
            hour_causes={name: float(getattr(hours, name)[row])
                         for name in ("integration", "clips", "creators", "load")},
            infeed=float(accounts.infeed[row]), topview=float(accounts.topview[row]),
            shop_income=float(accounts.shop[row]), games=float(accounts.games[row]),
            creators_paid=float(accounts.creators[row]), costs=float(accounts.costs[row]),
            distribution=parameters.own_fee * part * tail, clips=country.clips.astype(np.float64),
            pull=country.song_pull * label_pull(country, parameters), uses=uses[: len(country.labels)],
            clip_fees=fees.labels, promotional_credit=fees.credit, other_fees=fees.others,
            creators=float(lived.creators.creators[row]),
            creator_income=float(lived.creators.per_creator[row]), activity=float(self.state.activity[row]),
            link_fees=float(settlement.overheads.links.sum()),
            channel_price=ads.price[row], quotes=ads.quotes.of(row), spending=self._spending[row],
        )  # fmt: skip

    def _users(self, country: Country, row: int) -> float:
        return float(self.opening.users[row] * country.people / self.people[row]) if country.tiktok_open else 0.0


def _integration(country: Country, activity: MarketActivity) -> tuple[float, float]:
    """Return the integration of ByteDance's music service most tied to TikTok, and its users."""
    offers, best = country.offers, (0.0, 0.0)
    for p, service in enumerate(offers.platforms):
        mine = offers.platform == p
        if service in BYTEDANCE and bool(offers.is_open[mine].any()):
            best = max(best, (float(offers.integration[p]), fsum(activity.users[mine])))
    return best


def _part(users: list[float], start: StartState, markets: tuple[str, ...], parameters: Parameters) -> Floats:
    """Return (M,) users over people on TikTok, 1 at most, 0 where nobody is; where banned over those who would be."""
    there = np.array([
        start.markets[market].tiktok.adult_mau_m or parameters.banned_tiktok_share * start.markets[market].addressable_m
        for market in markets
    ])  # fmt: skip
    with np.errstate(over="ignore"):  # hardly anybody there: more than 1
        part: Floats = np.divide(np.array(users), there * 1e6, out=np.zeros(len(markets)), where=there > 0.0)
    return np.minimum(1.0, part)


def _tail(settlement: Settlement) -> float:
    labels = settlement.labels
    return float(settlement.label_income[labels.index(TAIL)]) if TAIL in labels else 0.0
