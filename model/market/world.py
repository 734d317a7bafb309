"""The world of a run: markets, contracts and books, lived month by month, and forked to ask what if.

The Mesa model `StreamingMarket` owns one world; forks are worlds of their own, without agents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from model.facts.records import StartState
from model.foundation.errors import BrokenRunError, Fault, InputError
from model.foundation.rng import stream_key, uniforms
from model.foundation.threads import side_by_side
from model.market.entry import EntrantQuality
from model.market.money import Money
from model.market.opening import retune
from model.market.record import ChartWeeks, DemandMeasures, MarketMonth
from model.market.tiktok_side import TikTokSide
from model.mechanisms.awareness import spread_awareness
from model.mechanisms.choice import Flows, choose
from model.mechanisms.clips import ClipFees, TikTokMonth, label_pull, listening_factor
from model.mechanisms.demand import measure_demand
from model.mechanisms.growth import grow
from model.mechanisms.levers import apply_settings, begin_month
from model.mechanisms.listening import listen
from model.mechanisms.podcasts import build_up, with_spoken_word
from model.mechanisms.settlement import Settlement
from model.mechanisms.trends import follow_trends
from model.spec.parameters import Parameters
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.state.activity import MarketActivity
from model.state.country import Country
from model.state.ledger import Ledger

MEASURE_EVERY = 3  # months between demand measures; they are also taken at the start
Draws = Literal["run", "decision"]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Passing:
    """What one market's month hands from step to step; nothing reads what a later step writes."""

    flows: Flows | None = None
    activity: MarketActivity | None = None
    settlement: Settlement | None = None
    fees: ClipFees | None = None
    tiktok: TikTokMonth | None = None
    video: Floats | None = None


class Talks(Protocol):
    """Who talks about licences in a run; `model.market.licensing.Licensing` is one."""

    def month(self, world: World) -> tuple[Setting, ...]:
        """Hold the talks of the month that the world is about to live; return what they set at its beginning."""


class Firms(Protocol):
    """Who decides in a run; `model.market.deciding.Deciding` is one."""

    def month(self, world: World) -> tuple[Setting, ...]:
        """Return what firms set at the beginning of the month that the world is about to live."""

    def entries(self, world: World, *, service: str, markets: Sequence[str]) -> tuple[Setting, ...]:
        """Return what planned entries of a service into markets would set."""

    def reservation(
        self, actor: str, *, value: float, present: float, other: str, kind: str, markets: Sequence[str], now: int
    ) -> float:  # fmt: skip
        """Return what an actor really wants in talks about a licence, USD a month, of what forks say."""


@dataclass(slots=True)
class World:
    """The state of a run between two months.

    plan: the scenario. month: last month lived, 0 at the opening. draw_seed: root of the draws after the start.
    countries, ledger, money, tiktok: the state. records: months lived here, in order; a fork begins without any, or
    with the last one where it keeps its actors. pending: settings that act at the beginning of the next month, before
    its events. measures: whether demand is measured and charts are kept. foresees: whether the scenario's later events
    happen; they do not in decision forks.
    firms: their strategies; talks: about licences; both None in forks without actors. written: by run month, what
    licences that the scenario writes set. broken: a month was begun and not ended, by an error or a stop.
    """

    plan: Scenario
    start: StartState
    countries: dict[str, Country]
    entrant_quality: EntrantQuality
    ledger: Ledger
    money: Money
    tiktok: TikTokSide
    draw_seed: int
    month: int = 0
    records: list[MarketMonth] = field(default_factory=list)
    pending: tuple[Setting, ...] = ()
    measures: bool = True
    foresees: bool = True
    firms: Firms | None = None
    talks: Talks | None = None
    written: Mapping[int, tuple[Setting, ...]] = field(default_factory=dict)
    broken: bool = False

    def step(self) -> list[MarketMonth]:
        """Live one month in every market, close and check the books; returns the month's records."""
        if self.broken:
            raise BrokenRunError("a month was stopped half way: begin anew, or go on from a fork made before it")
        self.broken = True
        if self.firms is not None:
            self.pending = (*self.pending, *self.firms.month(self))
        if self.talks is not None:
            self.pending = (*self.pending, *self.talks.month(self))
        self.month += 1
        calendar, parameters, countries = self.money.calendar(self.month), self.plan.parameters, self.countries
        list(side_by_side(self._begin, list(countries.values()), size=self._largest()))
        self.tiktok.sing(countries, month=self.month, calendar=calendar, parameters=parameters, overall=self.measures)
        passed = dict(side_by_side(self._live, list(countries.values()), size=self._largest()))
        self._clear_advertising(passed)
        lived = [self._settle(country, passed[market]) for market, country in countries.items()]
        self.money.close(self.month)
        self.broken = False
        self.pending = ()
        self.records.extend(lived)
        return lived

    def _begin(self, country: Country) -> None:
        for part in BEGINNING:
            part(self, country, Passing())

    def _live(self, country: Country) -> tuple[str, Passing]:
        """Live a market's own part of the month; markets meet in advertising and the books, after all have lived."""
        now = Passing()
        for part in MONTH:
            part(self, country, now)
        return country.market, now

    def _clear_advertising(self, passed: Mapping[str, Passing]) -> None:
        """Clear advertising of all markets on what people did, and set the prices that music services are paid."""
        money, activities = self.money, {market: _heard(now) for market, now in passed.items()}
        music = {market: money.music_ads(self.countries[market], heard) for market, heard in activities.items()}
        fees = {market: money.clip_fees(country, month=self.month) for market, country in self.countries.items()}
        for market, now in passed.items():
            now.fees = fees[market]
        money.ad_prices = self.tiktok.clear(
            self.countries, activities, month=self.month, calendar=money.calendar(self.month), music=music, fees=fees,
            parameters=self.plan.parameters,
        )  # fmt: skip

    def _settle(self, country: Country, now: Passing) -> MarketMonth:
        """Settle a market's month, TikTok's too, and return its record."""
        money = self.money
        assert now.fees is not None
        now.settlement = money.settle(country, _heard(now), month=self.month)
        now.tiktok = self.tiktok.month_of(
            country, now.settlement, fees=now.fees, month=self.month,
            parameters=self.plan.parameters,
        )  # fmt: skip
        money.book_tiktok(country, now.tiktok, month=self.month)
        now.video = money.video(country, _heard(now), month=self.month)
        return self.record(country, now)

    def _largest(self) -> int:
        return max((country.active for country in self.countries.values()), default=0)

    def run(self, months: int) -> list[MarketMonth]:
        """Live a number of months; returns the records of all months lived here."""
        for _ in range(months):
            self.step()
        return self.records

    def fork(
        self, *, overrides: Mapping[str, object] | None = None, settings: Sequence[Setting] = (),
        markets: Sequence[str] | None = None, users: int | None = None, draws: Draws = "run", months: int = 0,
        future: int = 0, actors: bool = False,
    ) -> World:  # fmt: skip
        """Return a copy of the world that runs ahead on its own.

        overrides: dotted, as in `Scenario.replace`; levers act from the next month, parameters at once. settings: made
        levers, after the overrides. markets: those that live on (default: all). users: simulated users per market to go
        on with, a fixed subsample by identity (default: all). draws: "run" keeps the run's random numbers, so that a
        fork without overrides is the run itself; "decision" takes others, the same in every fork of the month, and
        leaves out the scenario's later events, so that nobody who decides by it foresees the future. months: to live
        ahead at once. future: 0 for the draws of `draws`, from 1 for other luck from this month on, the same in every
        fork of the month that has the number. actors: whether strategies go on deciding and labels and platforms
        talking, as in the run; else nobody does. Errors: InputError.
        """
        meant = {"unusual_prices": True} if overrides else {}  # prices in force are not those that a scenario knows
        plan = self.plan.replace({**meant, **(overrides or {})})
        self._check_fork(plan, users, markets, future, actors=actors)
        own = draws == "run" and not future
        seed = self._seed_of(draws, future)
        living = self.countries if markets is None else {market: self.countries[market] for market in markets}
        countries = {market: _thinned(country, users, seed=self.plan.seed) for market, country in living.items()}
        for market, country in countries.items():
            retune(country, self.start.markets[market], plan.parameters)
        ledger = self.ledger.copy()
        known = set(self.plan.overrides)
        ahead = World(
            plan=plan, start=self.start, countries=countries, entrant_quality=self.entrant_quality, ledger=ledger,
            money=self.money.copy(ledger, plan.parameters), draw_seed=seed, month=self.month,
            tiktok=self.tiktok.copy(seed=None if own else seed, markets=countries),
            pending=(*self.pending, *(one for one in plan.overrides if one not in known), *settings),
            measures=False, foresees=draws == "run" and self.foresees, written=self.written,
        )  # fmt: skip
        if actors:
            ahead.firms, ahead.talks = deepcopy((self.firms, self.talks))
            ahead.records = self.records[-len(self.countries) :]  # of last month, which strategies look at
        ahead.run(months)
        return ahead

    def _seed_of(self, draws: Draws, future: int) -> int:
        seed = self.draw_seed if draws == "run" else int(stream_key(self.draw_seed, "decision", self.month))
        return int(stream_key(seed, "future", self.month, future)) if future else seed

    def _check_fork(
        self, plan: Scenario, users: int | None, markets: Sequence[str] | None, future: int, *, actors: bool
    ) -> None:  # fmt: skip
        fixed = {"start": plan.start, "markets": plan.markets, "users": plan.users, "seed": plan.seed,
                 "fresh_starts": plan.fresh_starts}  # fmt: skip
        own = {name: getattr(self.plan, name) for name in fixed}
        rule = "a fork keeps start, markets, users and seed of its run, and its people"
        faults = [
            Fault(f"fork: {name}", rule, value, "Run another scenario instead.")
            for name, value in fixed.items()
            if value != own[name]
        ]
        if users is not None and (isinstance(users, bool) or users != int(users) or users < 1):
            faults.append(Fault("fork: users", "is a whole number from 1", users, "Leave it out to keep all users."))
        if isinstance(future, bool) or future != int(future) or future < 0:
            rule = "is a whole number, 0 for the draws of the run"
            faults.append(Fault("fork: future", rule, future, "Leave it out for the run's own."))
        if actors and markets is not None:
            way = "Leave out markets, or leave out actors."
            faults.append(Fault("fork: actors", "live on in all markets together", list(markets), way))
        lived = tuple(self.countries)
        faults += [
            Fault("fork: markets", "lives in the world that is forked", market, f"It has {', '.join(lived)}.")
            for market in markets or ()
            if market not in lived
        ]
        if faults:
            raise InputError(faults)

    def record(self, country: Country, now: Passing) -> MarketMonth:
        """Return the record of a market's month; without activity, of its stocks with nothing flowing."""
        offers, users = country.offers, country.users
        activity = now.activity or _still(heard_by(country, self.plan.parameters))
        paid = offers.nest == 2
        pays = paid[users.main[: country.active]] | paid[users.second[: country.active]]
        measured = self.measures and self.month % MEASURE_EVERY == 0
        demand = DemandMeasures(*measure_demand(country, self.plan.parameters)) if measured else None
        return MarketMonth(
            market=country.market, month=self.month, people=country.people, platforms=country.platforms,
            labels=country.labels, offers=offers.names[1:], is_open=offers.is_open.astype(np.bool_), activity=activity,
            counts=None if now.flows is None else now.flows.counts,
            expected=None if now.flows is None else now.flows.expected,
            payers=activity.billed + activity.in_trial, people_paying=float(pays.sum()) * country.weight,
            price_local=offers.price_local.copy(), price_usd=offers.price_local / country.fx,
            ad_load=offers.ad_load.copy(), available=country.available.astype(np.float64), settlement=now.settlement,
            demand=demand, tiktok=now.tiktok, video=now.video, charts=self._charts(country, now),
        )  # fmt: skip

    def _charts(self, country: Country, now: Passing) -> ChartWeeks | None:
        """Return the market's charts of the month, the overall chart shared by the records of all markets."""
        side = self.tiktok
        if not self.measures or now.tiktok is None or side.weeks is None:
            return None
        return ChartWeeks.of(side.weeks, row=side.markets.index(country.market))


def heard_by(country: Country, parameters: Parameters) -> MarketActivity:
    """Return what the people of a market listen to in a month."""
    heard = listen(
        country.users, active=country.active, platform=country.offers.platform, nest=country.offers.nest,
        available=country.available, pull=country.song_pull * label_pull(country, parameters),
        factor=listening_factor(country, parameters), second_share=parameters.second_hours_share,
        weight=country.weight,
    )  # fmt: skip
    return with_spoken_word(heard, country, parameters)


def _events(world: World, country: Country, _: Passing) -> None:
    begin_month(country)
    scheduled = world.plan.settings_at(world.month) if world.foresees else ()
    events = scheduled[len(world.plan.overrides) :] if world.month == 1 else scheduled  # overrides are pending already
    written = world.written.get(world.month, ()) if world.foresees else ()
    apply_settings(country, (*world.pending, *written, *events), entrant_quality=world.entrant_quality)


def _growth(world: World, country: Country, _: Passing) -> None:
    grow(country, month=world.month)


def _trends(world: World, country: Country, _: Passing) -> None:
    if world.plan.growth:
        follow_trends(country, world.plan.parameters, month=world.month, past_growth=world.start.past_growth)


def _awareness(world: World, country: Country, _: Passing) -> None:
    spread_awareness(country, world.plan.parameters, seed=world.draw_seed, month=world.month)


def _choice(world: World, country: Country, now: Passing) -> None:
    now.flows = choose(country, world.plan.parameters, seed=world.draw_seed, month=world.month)


def _listening(world: World, country: Country, now: Passing) -> None:
    now.activity = heard_by(country, world.plan.parameters)


def _podcasts(world: World, country: Country, _: Passing) -> None:
    build_up(country, world.plan.parameters)


BEGINNING: tuple[Callable[[World, Country, Passing], None], ...] = (_events, _growth, _trends, _podcasts)
MONTH: tuple[Callable[[World, Country, Passing], None], ...] = (_awareness, _choice, _listening)
"""One month of a market, in order. Between the two, songs of the day live their weeks; after them advertising clears
for all markets, each is settled and recorded, and the books are closed."""


def _heard(now: Passing) -> MarketActivity:
    assert now.activity is not None
    return now.activity


def _still(stock: MarketActivity) -> MarketActivity:
    """Return stocks without the flows of hours."""
    return MarketActivity(
        users=stock.users, main_users=stock.main_users, billed=stock.billed, in_trial=stock.in_trial,
        hours=np.zeros_like(stock.hours), billed_usage=np.zeros_like(stock.billed_usage),
    )  # fmt: skip


def _thinned(country: Country, users: int | None, *, seed: int) -> Country:
    """Return a copy with `users` of the users online, chosen by identity; they stand for all."""
    if users is None or users >= country.active:
        return country.copy()
    lots = uniforms(stream_key(seed, "subsample", country.market), country.users.uid)
    border = np.partition(lots[: country.active], users - 1)[users - 1]
    kept = np.flatnonzero(lots <= border)
    people, active = country.people, int(np.searchsorted(kept, country.active))
    thin = country.without_users()
    thin.users = country.users.take(kept)
    thin.active = active
    thin.weight = people / active
    return thin
