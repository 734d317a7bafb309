"""Best responses by forks come to the prices of Bertrand competition where nothing but price moves anybody.

The world of this test has two services with one paid tier each, in one market. Everybody reconsiders every month and
habit, friends, second services, trials and failing payments are off, so that demand is a nested logit of today's
prices. What a service keeps of a price, and what a payer costs it, are read off its own accounts.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.market.streaming_market import StreamingMarket
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.columns import offer_columns, quality_factors, user_columns, weights_of
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.theory.nested_logit import nested_logit
from model.theory.peak import peak_of_curve
from model.theory.pricing import bertrand_prices

MARKET, COST = "SG", 2.0
RIVALS = ("apple_music", "spotify")
STILL = {
    "rho_free": 1.0, "rho_paid": 1.0, "beta_H": 0.0, "beta_K": 0.0, "beta_s": 0.0, "beta_pod": 0.0,
    "payment_failure": 0.0, "hosting_per_hour": 0.0, "spoken_cost": COST, "spoken_ad_load": 0.0,
    "forgetting": 0.0, "guarantee_share": 0.0,
}  # fmt: skip


def duel(*, users: int, months: int) -> StreamingMarket:
    """Open the market of the duel: two offers, known to all, each a payer costing COST a month."""
    base = Scenario.load("baseline")
    rule = {"rule": "best_response", "review_months": 1, "look_ahead_months": 1, "users": users, "step": 0.1}
    set_up = {f"platforms.{service}.open.{MARKET}.{tier}": False
              for (market, service), tiers in base.names.tiers.items() if market == MARKET
              for tier in tiers if (service, tier) not in {(one, "individual") for one in RIVALS}}  # fmt: skip
    for one in RIVALS:
        set_up |= {f"platforms.{one}.marketing.{MARKET}": 0.0, f"platforms.{one}.podcasts.{MARKET}": 1.0,
                   f"platforms.{one}.trial_months.{MARKET}.individual": 0}  # fmt: skip
    plan = base.replace({
        **set_up, **{f"parameters.{name}": value for name, value in STILL.items()}, "markets": [MARKET],
        "users": users, "months": months, "growth": False, "unusual_prices": True,
        "strategies": dict.fromkeys(RIVALS, rule),
    })  # fmt: skip
    market = StreamingMarket(plan)
    country = market.countries[MARKET]
    country.offers.xi_second[:] = -np.inf
    country.offers.price_store_local[:] = np.nan
    country.users.aware[:] = ~np.zeros_like(country.users.aware)
    return market


class Duel:
    """Demand and contracts of the duel in the terms of `theory.pricing`, for users who may take both offers."""

    def __init__(self, market: StreamingMarket) -> None:
        country, plan = market.countries[MARKET], market.plan
        offers, self.people = country.offers, country.active
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
        self.slope = plan.parameters.alpha * country.users.price_weight[may] * (country.fx / offers.ppp)
        self.now = offers.price_local[self.options] / country.fx
        self.sigma = plan.parameters.nest_sigma
        value = (1.0 - self.sigma) * np.log(terms[:, may]) - np.log(weights[0, may])
        self.worth = value.T + self.slope[:, None] * self.now
        self.kept = self._kept(market)

    def _kept(self, market: StreamingMarket) -> np.ndarray:
        """Return what each service keeps of a dollar of price after tax, fees and royalties, by its accounts."""
        record = market.records[-1]
        margin = record.settlement.accounts()["contribution_margin"][[record.platforms.index(one) for one in RIVALS]]
        users = record.activity.users[self.options]
        return (margin + COST * users) / (record.price_usd[self.options] * users)

    def demand(self, prices: np.ndarray) -> np.ndarray:
        """Return simulated users who take each offer."""
        value = np.concatenate([np.zeros((len(self.worth), 1)), self.worth - self.slope[:, None] * prices], axis=1)
        return nested_logit(value, [0, 1, 1], nest_sigma=self.sigma).sum(axis=0)[1:]

    def equilibrium(self) -> np.ndarray:
        found = bertrand_prices(
            self.worth, marginal_utility=self.slope, costs=[COST, COST], firms=[0, 1], nests=[0, 0],
            nest_sigma=self.sigma, rev_share=1.0 - self.kept,
        )  # fmt: skip
        assert found.converged
        return found.prices


def test_expected_demand_of_a_fork_is_the_theory_s_and_its_best_price_the_best_response() -> None:
    market = duel(users=20_000, months=2)
    market.step()
    theory, country = Duel(market), market.countries[MARKET]
    steps, profits, wanted = np.linspace(-0.1, 0.1, 5), [], []
    for step in steps:
        prices = theory.now * np.exp([0.0, step])
        dearer = Setting("price", MARKET, "spotify", "individual", float(prices[1] * country.fx))
        record = market.fork(settings=[dearer], draws="decision", months=1).records[-1]
        expected = record.expected[:, theory.options].sum(axis=0) / record.people * country.active
        assert expected == pytest.approx(theory.demand(prices), rel=2e-4)
        profits.append((theory.kept[1] * prices[1] - COST) * expected[1])
        wanted.append((theory.kept[1] * prices[1] - COST) * theory.demand(prices)[1])
    assert peak_of_curve(steps, values=profits) == pytest.approx(peak_of_curve(steps, values=wanted), abs=1e-3)


@pytest.mark.slow
def test_firms_that_answer_each_other_come_to_bertrand_prices_within_one_percent() -> None:
    market = duel(users=200_000, months=10)
    market.run()
    theory = Duel(market)
    assert theory.now == pytest.approx(theory.equilibrium(), rel=0.01)
