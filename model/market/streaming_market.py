"""The model as a Mesa model: a world of twenty country markets, with its firms and users as agents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import mesa

from model.agents.firms import Advertiser, CreatorCohort, Label, Platform, firm_of
from model.agents.users import UserPopulation
from model.facts.records import StartState
from model.facts.start import load_start
from model.foundation.errors import BrokenRunError, raise_faults
from model.foundation.rng import stream_key
from model.foundation.threads import side_by_side
from model.market.assimilation import Settling
from model.market.deciding import Deciding
from model.market.entry import EntrantQuality, add_offers
from model.market.licensing import Licensing
from model.market.money import Money
from model.market.record import MarketMonth
from model.market.room import room_faults
from model.market.start_store import StartStore, settled_country
from model.market.tiktok_side import TikTokSide
from model.market.world import Draws, Passing, World, heard_by
from model.market.written import sign_written
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.state.ad_markets import SEGMENTS
from model.state.country import Country
from model.state.ledger import Ledger

Progress = Callable[[str, int, int], None]


def _say_nothing(*_: object) -> None:
    """Stand in for a progress that nobody watches."""


class StreamingMarket(mesa.Model):
    """A run of a scenario: `step()` lives one month, `run()` the whole horizon, `fork()` asks what if.

    scenario: what is run (kept as `plan`). replicate: number of the run among those that share the start; it changes
    the draws after the start, and with the scenario's `fresh_starts` the people of the start too. starts: where settled
    starts are kept (None: nowhere). on_progress: called with (stage, done, whole). The state is `world`; the month is
    `model.market.world.MONTH`.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        replicate: int = 0,
        starts: StartStore | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        super().__init__(rng=scenario.seed % 2**32)
        self.plan = scenario
        self.replicate = replicate
        self._progress: Progress = on_progress or _say_nothing
        self.settlings: dict[str, Settling] = {}
        self.world = self._open(starts)
        self._populate()

    def _open(self, starts: StartStore | None) -> World:
        """Settle every market, add the offers to come, forecast guarantees, record the opening stocks."""
        raise_faults(room_faults(self.plan))
        plan, start = self.plan, load_start(self.plan.start)
        countries: dict[str, Country] = {}
        own = plan.fresh_starts and self.replicate > 0
        start_seed = int(stream_key(plan.seed, "start", self.replicate)) if own else plan.seed

        def settle(market: str) -> tuple[Country, Settling]:
            return settled_country(
                start, market, plan.parameters, users=plan.users, horizon=plan.months, growth=plan.growth,
                seed=start_seed, store=starts, keep=start_seed == plan.seed,
            )  # fmt: skip

        self._progress("settling the start", 0, len(plan.markets))
        for number, settled in enumerate(side_by_side(settle, plan.markets, size=plan.users), start=1):
            market = plan.markets[number - 1]
            countries[market], self.settlings[market] = settled
            self._progress("settling the start", number, len(plan.markets))
        quality = EntrantQuality(countries, plan.parameters)
        for country in countries.values():
            add_offers(country, plan.new_offers)
        ledger, seed = Ledger(), int(stream_key(plan.seed, "replicate", self.replicate))
        money = Money(start, plan.markets, plan.parameters, ledger)
        heard = {market: heard_by(country, plan.parameters) for market, country in countries.items()}
        money.forecast(countries, heard)
        tiktok = TikTokSide.open(
            start, countries, plan.parameters, seed=start_seed, draw_seed=seed, grows=plan.growth, users=heard,
            music={market: money.music_ads(country, heard[market]) for market, country in countries.items()},
            tail=money.opening_tail,
        )  # fmt: skip
        world = World(
            plan=plan, start=start, countries=countries, entrant_quality=quality, ledger=ledger, money=money,
            tiktok=tiktok, draw_seed=seed, pending=plan.overrides,
        )  # fmt: skip
        if plan.deals:
            sign_written(world, plan.deals)
        world.talks = Licensing(plan.talks) if plan.talks else None
        world.firms = Deciding(plan.played) if plan.played else None
        world.records = [world.record(country, Passing()) for country in countries.values()]
        return world

    def _populate(self) -> None:
        """Make the Mesa agents: firms, labels, advertisers, creators, and the users of each market as one agent."""
        services = sorted({name for country in self.countries.values() for name in country.platforms})
        self.platforms = {
            firm: Platform(self, firm, owned) for firm, owned in firm_of(services, self.plan.markets).items()
        }
        labels = sorted({label for country in self.countries.values() for label in country.labels})
        self.labels = {label: Label(self, label) for label in labels}
        self.advertisers = [Advertiser(self, market, segment) for market in self.countries for segment in SEGMENTS]
        self.creators = {market: CreatorCohort(self, market) for market in self.countries}
        self.populations = {market: UserPopulation(self, country) for market, country in self.countries.items()}

    @property
    def month(self) -> int:
        """Last month lived, 0 at the opening."""
        return self.world.month

    @property
    def start(self) -> StartState:
        """The start state that the run began from."""
        return self.world.start

    @property
    def countries(self) -> dict[str, Country]:
        """State of each market."""
        return self.world.countries

    @property
    def ledger(self) -> Ledger:
        """The books."""
        return self.world.ledger

    @property
    def records(self) -> list[MarketMonth]:
        """Every market and month so far; month 0 is the opening stock."""
        return self.world.records

    def run(self, months: int | None = None) -> list[MarketMonth]:
        """Live `months` months (default: to the scenario's horizon) and return all records so far."""
        left = self.plan.months - self.month if months is None else months
        for _ in range(left):
            before = self.month
            self.step()
            if self.month == before or self.world.broken:  # after an error Mesa's own clock stands still without a word
                raise BrokenRunError("a month of this run was stopped half way: begin it anew")
        return self.records

    def step(self) -> None:
        """Live one month in every market; the ledger is closed and checked at its end."""
        self.world.step()
        self._progress("months", self.month, self.plan.months)

    def fork(
        self, *, overrides: Mapping[str, object] | None = None, settings: Sequence[Setting] = (),
        markets: Sequence[str] | None = None, users: int | None = None, draws: Draws = "run", months: int = 0,
        future: int = 0, actors: bool = False,
    ) -> World:  # fmt: skip
        """Return a world that runs ahead from now on its own; see `World.fork`."""
        return self.world.fork(
            overrides=overrides, settings=settings, markets=markets, users=users, draws=draws, months=months,
            future=future, actors=actors,
        )  # fmt: skip
