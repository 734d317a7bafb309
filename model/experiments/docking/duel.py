"""A world where nothing but price moves anybody: two services with one paid tier each, in one market.

Everybody reconsiders every month; habit, friends, second services, trials and failing payments are off, so that demand
is a nested logit of today's prices. What a service keeps of a price, and what a payer costs it, are read off its own
accounts. Here the model's own market is what Bertrand and Armstrong assume, up to the number of people simulated.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.market.record import MarketMonth
from model.market.streaming_market import StreamingMarket
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.columns import offer_columns, quality_factors, user_columns, weights_of
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.theory.nested_logit import nested_logit
from model.theory.pricing import bertrand_prices

Floats = NDArray[np.float64]
MARKET, COST = "SG", 2.0
RIVALS = ("apple_music", "spotify")
STILL = {
    "rho_free": 1.0, "rho_paid": 1.0, "beta_H": 0.0, "beta_K": 0.0, "beta_s": 0.0, "beta_pod": 0.0,
    "payment_failure": 0.0, "hosting_per_hour": 0.0, "spoken_cost": COST, "spoken_ad_load": 0.0,
    "forgetting": 0.0, "guarantee_share": 0.0,
}  # fmt: skip


def duel(*, users: int, months: int, seed: int = 1, changed: Mapping[str, float] | None = None) -> StreamingMarket:
    """Open the market of the duel: two offers, known to all, each a payer costing COST USD a month.

    users: simulated. changed: parameters in place of those of `STILL`. Both firms play `best_response`.
    """
    base = Scenario.load("baseline")
    rule = {"rule": "best_response", "review_months": 1, "look_ahead_months": 1, "users": users, "step": 0.1}
    set_up: dict[str, object] = {
        f"platforms.{service}.open.{MARKET}.{tier}": False
        for (market, service), tiers in base.names.tiers.items()
        if market == MARKET
        for tier in tiers
        if (service, tier) not in {(one, "individual") for one in RIVALS}
    }
    for one in RIVALS:
        set_up |= {
            f"platforms.{one}.marketing.{MARKET}": 0.0,
            f"platforms.{one}.podcasts.{MARKET}": 1.0,
            f"platforms.{one}.trial_months.{MARKET}.individual": 0,
        }
    parameters = {**STILL, **(changed or {})}
    plan = base.replace({
        **set_up, **{f"parameters.{name}": value for name, value in parameters.items()}, "markets": [MARKET],
        "users": users, "months": months, "growth": False, "unusual_prices": True, "seed": seed,
        "strategies": dict.fromkeys(RIVALS, rule),
    })  # fmt: skip
    market = StreamingMarket(plan)
    country = market.countries[MARKET]
    country.offers.xi_second[:] = -np.inf
    country.offers.price_store_local[:] = np.nan
    country.users.aware[:] = ~np.zeros_like(country.users.aware)
    return market


class Duel:
    """Demand and contracts of the duel in the terms of `theory.pricing`, for users who may take both offers.

    Prices are in USD a month; a market must have lived a month, whose accounts are read.
    """

    def __init__(self, market: StreamingMarket) -> None:
        country, plan = market.countries[MARKET], market.plan
        offers = country.offers
        self.market, self.people, self.fx = market, country.active, country.fx
        self.options = [offers.position(one, "individual") for one in RIVALS]
        every = np.arange(country.active)
        weights = np.zeros((len(offers), every.size), np.float32)
        kernel.weight_columns(
            user_columns(country), offer_columns(country), weights_of(country, plan.parameters), every,
            np.zeros(every.size, np.uint8), False, weights,
        )  # fmt: skip
        quality = quality_factors(country, plan.parameters)[0]
        terms = weights[self.options].astype(float) * quality[self.options][:, None]
        may = (terms > 0.0).all(axis=0)
        sensitivity = country.users.price_weight[may].astype(np.float64)
        self.slope: Floats = plan.parameters.alpha * sensitivity * (country.fx / offers.ppp)
        self.now: Floats = offers.price_local[self.options] / country.fx
        self.sigma = plan.parameters.nest_sigma
        value = (1.0 - self.sigma) * np.log(terms[:, may]) - np.log(weights[0, may].astype(float))
        self.worth: Floats = value.T + self.slope[:, None] * self.now
        self.kept, self.income = self._accounts()

    def _accounts(self) -> tuple[Floats, Floats]:
        """Return what each service keeps of a dollar of price, and USD a payer brings it besides, by its accounts."""
        record = self.market.records[-1]
        assert record.settlement is not None
        accounts, rows = record.settlement.accounts(), [record.platforms.index(one) for one in RIVALS]
        users: Floats = record.activity.users[self.options]
        income = _spoken(record)[rows]
        margin = accounts["contribution_margin"][rows] - income * users
        assert record.price_usd is not None
        kept: Floats = (margin + COST * users) / (record.price_usd[self.options] * users)
        return kept, income

    def demand(self, prices: Floats) -> Floats:
        """Return simulated users who take each offer, by theory."""
        value = np.concatenate([np.zeros((len(self.worth), 1)), self.worth - self.slope[:, None] * prices], axis=1)
        found: Floats = nested_logit(value, [0, 1, 1], nest_sigma=self.sigma).sum(axis=0)[1:]
        return found

    def equilibrium(self, *, income: ArrayLike = 0.0) -> Floats:
        """Return the Bertrand prices, USD; income: USD a month that a payer brings besides the price."""
        found = bertrand_prices(
            self.worth, marginal_utility=self.slope, costs=COST - np.broadcast_to(np.asarray(income), (2,)),
            firms=[0, 1], nests=[0, 0], nest_sigma=self.sigma, rev_share=1.0 - self.kept,
        )  # fmt: skip
        assert found.converged
        return found.prices

    def lived(self, prices: Floats) -> Floats:
        """Return simulated users who take each offer in a fork of the market at these prices (expected values)."""
        record = self._fork(prices)
        assert record.expected is not None
        users: Floats = record.expected[:, self.options].sum(axis=0) / record.people * self.people
        return users

    def lived_income(self, prices: Floats) -> Floats:
        """Return USD a month that a payer brings besides the price in a fork of the market at these prices."""
        record = self._fork(prices)
        return _spoken(record)[[record.platforms.index(one) for one in RIVALS]]

    def _fork(self, prices: Floats) -> MarketMonth:
        settings = [
            Setting("price", MARKET, service, "individual", float(price * self.fx))
            for service, price in zip(RIVALS, prices, strict=True)
        ]
        return self.market.fork(settings=settings, draws="decision", months=1).records[-1]


def _spoken(record: MarketMonth) -> Floats:
    """Return (P,) USD a month that a user brings by advertising inside spoken word, less its cost of sales."""
    assert record.settlement is not None
    earned = record.settlement.by_service(record.settlement.income.spoken)
    users = record.settlement.by_service(record.activity.users)
    found: Floats = np.divide(earned, users, out=np.zeros_like(earned), where=users > 0.0)
    return found
