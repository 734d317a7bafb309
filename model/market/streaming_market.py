"""The model: twenty country markets, their users and firms, month by month, as a Mesa model."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import numpy as np

from model.agents.firms import Advertiser, Label, Platform, firm_of
from model.agents.users import UserPopulation
from model.facts.records import StartState
from model.facts.start import load_start
from model.foundation.rng import stream_key
from model.foundation.threads import threads_for
from model.market.assimilation import Settling
from model.market.entry import EntrantQuality, add_offers
from model.market.money import Money
from model.market.record import DemandMeasures, MarketMonth
from model.market.start_store import StartStore, settled_country
from model.mechanisms.awareness import spread_awareness
from model.mechanisms.choice import Flows, choose
from model.mechanisms.demand import measure_demand
from model.mechanisms.growth import grow
from model.mechanisms.levers import apply_settings, begin_month
from model.mechanisms.listening import listen
from model.mechanisms.settlement import Settlement
from model.spec.scenario import Scenario
from model.state.activity import MarketActivity
from model.state.country import Country
from model.state.ledger import Ledger

Progress = Callable[[str, int, int], None]
MEASURE_EVERY = 3  # months between demand measures; they are also taken at the start
SEGMENTS = ("brand", "performance", "local")


def _say_nothing(*_: object) -> None:
    """Stand in for a progress that nobody watches."""


class StreamingMarket(mesa.Model):
    """A run of a scenario: `step()` lives one month, `run()` the whole horizon.

    scenario: what is run (kept as `plan`). replicate: number of the run among those that share the start; it changes
    the draws after the start only. starts: where settled starts are kept (None: nowhere). on_progress: called with
    (stage, done, whole). The month is the tuple `MONTH`; nothing reads what a later step writes in the same month.

    Attributes: `countries` by market, `records` (month 0 is the opening stock), `ledger`, `settlings`, `money`.
    """

    MONTH = ("events", "growth", "awareness", "choice", "listening", "settlement", "record")

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
        self.month = 0
        self.draw_seed = int(stream_key(scenario.seed, "replicate", replicate))
        self._progress: Progress = on_progress or _say_nothing
        self.start: StartState = load_start(scenario.start)
        self.countries: dict[str, Country] = {}
        self.settlings: dict[str, Settling] = {}
        for number, market in enumerate(scenario.markets):
            self._progress("settling the start", number, len(scenario.markets))
            self._open(market, starts)
        self._progress("settling the start", len(scenario.markets), len(scenario.markets))
        self.entrant_quality = EntrantQuality(self.countries, scenario.parameters)
        for country in self.countries.values():
            add_offers(country, scenario.new_offers)
        self.ledger = Ledger()
        self.money = Money(self.start, scenario.markets, scenario.parameters, self.ledger)
        self.records: list[MarketMonth] = []
        self._populate()
        self._opening_record()

    def _open(self, market: str, starts: StartStore | None) -> None:
        plan = self.plan
        self.countries[market], self.settlings[market] = settled_country(
            self.start,
            market,
            plan.parameters,
            users=plan.users,
            horizon=plan.months,
            growth=plan.growth,
            seed=plan.seed,
            store=starts,
        )

    def _populate(self) -> None:
        """Make the Mesa agents: firms, labels, advertisers, and the users of each market as one agent."""
        services = sorted({name for country in self.countries.values() for name in country.platforms})
        self.platforms = {
            firm: Platform(self, firm, owned) for firm, owned in firm_of(services, self.plan.markets).items()
        }
        labels = sorted({label for country in self.countries.values() for label in country.labels})
        self.labels = {label: Label(self, label) for label in labels}
        self.advertisers = [Advertiser(self, market, segment) for market in self.countries for segment in SEGMENTS]
        self.populations = {market: UserPopulation(self, country) for market, country in self.countries.items()}

    def run(self, months: int | None = None) -> list[MarketMonth]:
        """Live `months` months (default: to the scenario's horizon) and return all records so far."""
        left = self.plan.months - self.month if months is None else months
        for _ in range(left):
            self.step()
        return self.records

    def step(self) -> None:
        """Live one month in every market; the ledger is closed and checked at its end."""
        self.month += 1
        settings = self.plan.settings_at(self.month)
        for country in self.countries.values():
            begin_month(country)
            apply_settings(country, settings, entrant_quality=self.entrant_quality)
            grow(country, month=self.month)
            self._live(country)
        self.money.close(self.month)
        self._progress("months", self.month, self.plan.months)

    def _live(self, country: Country) -> None:
        parameters = self.plan.parameters
        threads_for(country.active)
        spread_awareness(country, parameters, seed=self.draw_seed, month=self.month)
        flows = choose(country, parameters, seed=self.draw_seed, month=self.month)
        activity = self._listen(country)
        settlement = self.money.settle(country, activity, month=self.month)
        self.records.append(self._record(country, activity, flows, settlement))

    def _listen(self, country: Country) -> MarketActivity:
        return listen(
            country.users, active=country.active, platform=country.offers.platform, nest=country.offers.nest,
            available=country.available, pull=np.ones(len(country.labels)),
            second_share=self.plan.parameters.second_hours_share, weight=country.weight,
        )  # fmt: skip

    def _opening_record(self) -> None:
        """Record month 0: stocks without flows; its use is the forecast that guarantees are measured by."""
        activities = {market: self._listen(country) for market, country in self.countries.items()}
        self.money.forecast(self.countries, activities)
        for market, country in self.countries.items():
            stock = activities[market]
            still = MarketActivity(
                users=stock.users, main_users=stock.main_users, billed=stock.billed, in_trial=stock.in_trial,
                hours=np.zeros_like(stock.hours), billed_usage=np.zeros_like(stock.billed_usage),
            )  # fmt: skip
            self.records.append(self._record(country, still, None, None))

    def _record(
        self, country: Country, activity: MarketActivity, flows: Flows | None, settlement: Settlement | None
    ) -> MarketMonth:
        offers, users = country.offers, country.users
        paid = offers.nest == 2
        pays = paid[users.main[: country.active]] | paid[users.second[: country.active]]
        demand = None
        if self.month % MEASURE_EVERY == 0:
            demand = DemandMeasures(*measure_demand(country, self.plan.parameters))
        return MarketMonth(
            market=country.market,
            month=self.month,
            people=country.people,
            platforms=country.platforms,
            labels=country.labels,
            offers=offers.names[1:],
            is_open=offers.is_open.astype(np.bool_),
            activity=activity,
            counts=None if flows is None else flows.counts,
            expected=None if flows is None else flows.expected,
            payers=activity.billed + activity.in_trial,
            people_paying=float(pays.sum()) * country.weight,
            price_local=offers.price_local.copy(),
            price_usd=offers.price_local / country.fx,
            ad_load=offers.ad_load.copy(),
            available=country.available.astype(np.float64),
            settlement=settlement,
            demand=demand,
        )
