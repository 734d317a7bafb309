from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model.agents.users import utility_of
from model.mechanisms.demand import measure_demand
from model.spec.parameters import Parameters
from model.state.country import Country
from model.theory.choice import consumer_surplus, demand_slopes, own_elasticities

Settled = Callable[..., Country]


def attention_of(country: Country, parameters: Parameters) -> np.ndarray:
    paying = country.offers.nest[country.users.main[: country.active]] == 2
    return np.where(paying, parameters.rho_paid, parameters.rho_free)


@pytest.mark.parametrize("market", ["ID", "IN", "US"])
def test_agrees_with_theory(market: str, settled: Settled, parameters: Parameters, reference: Any) -> None:
    country = settled(market, users=800)
    offers, n = country.offers, country.active
    elasticity, diversion, surplus = measure_demand(country, parameters)
    chances = reference.probabilities(country, parameters)
    money = parameters.alpha * country.users.price_weight[:n].astype(float)
    given = {
        "nest_sigma": parameters.nest_sigma,
        "marginal_utility": money,
        "weights": attention_of(country, parameters),
    }
    wanted = own_elasticities(chances, offers.nest, prices=offers.user_price, **given)
    sold = np.isfinite(elasticity)
    assert sold.sum() >= 3
    assert np.all(offers.user_price[sold] > 0)
    np.testing.assert_allclose(elasticity[sold], wanted[sold], rtol=1e-3)
    slopes = demand_slopes(chances, offers.nest, **given)
    member = offers.platform[:, None] == np.arange(len(country.platforms))
    between = member.T.astype(float) @ slopes.T
    for p in np.flatnonzero(np.isfinite(diversion[:, -1])):
        loss = -(between[p] @ member[:, p])
        gains = between[p] @ member / loss
        gains[p] = 0.0
        np.testing.assert_allclose(diversion[p, :-1], gains, atol=2e-4)
        assert diversion[p].sum() == pytest.approx(1.0, abs=1e-6)
    values = np.sum(list(utility_of(country, parameters, np.arange(n)).values()), axis=0)
    by_user = consumer_surplus(
        values, offers.nest, nest_sigma=parameters.nest_sigma, marginal_utility=money,
        allowed=reference.allowed(country),
    )  # fmt: skip
    assert surplus == pytest.approx(by_user.mean(), rel=1e-3)


def test_agrees_with_a_small_price_change(settled: Settled, parameters: Parameters, reference: Any) -> None:
    """Expected choosers before and after a price 1% higher and lower, by the reference's probabilities."""
    country = settled("ID", users=800)
    elasticity, _, _ = measure_demand(country, parameters)
    attention = attention_of(country, parameters)
    for j in np.flatnonzero(np.isfinite(elasticity))[:4]:
        taken = []
        for factor in (0.99, 1.01):
            there = country.copy()
            there.offers.price_local[j] *= factor
            there.offers.price_store_local[j] *= factor
            taken.append(attention @ reference.probabilities(there, parameters)[:, j])
        wanted = (np.log(taken[1]) - np.log(taken[0])) / (np.log(1.01) - np.log(0.99))
        assert elasticity[j] == pytest.approx(wanted, rel=2e-3)


def test_signs_and_gaps(settled: Settled, parameters: Parameters) -> None:
    country = settled("IN")
    country.offers.is_open[country.offers.platform == 0] = 0
    elasticity, diversion, surplus = measure_demand(country, parameters)
    known = np.isfinite(elasticity)
    assert np.all(elasticity[known] < 0)
    assert np.all(~known[country.offers.user_price == 0.0])
    assert np.all(np.isnan(diversion[0]))
    assert np.all(diversion[np.isfinite(diversion)] >= 0.0)
    assert surplus > 0.0


def test_nothing_is_written(settled: Settled, parameters: Parameters, reference: Any) -> None:
    country, untouched = settled("ID"), settled("ID")
    measure_demand(country, parameters)
    reference.assert_same_users(country, untouched)


def test_without_a_price_weight_there_is_no_surplus_in_money(settled: Settled, parameters: Parameters) -> None:
    elasticity, _, surplus = measure_demand(settled("ID"), parameters.replace({"alpha": 0.0}))
    assert np.isnan(surplus)
    assert np.all(elasticity[np.isfinite(elasticity)] == 0.0)


def test_a_price_weight_next_to_nothing_gives_no_infinite_surplus(settled: Settled, parameters: Parameters) -> None:
    country = settled("ID")
    country.users.price_weight[:] = 1e-30  # as float32; times alpha beyond what a quotient may be
    _, _, surplus = measure_demand(country, parameters.replace({"alpha": 1e-100}))
    assert np.isfinite(surplus)
    country.users.price_weight[:] = 0.0
    _, _, surplus = measure_demand(country, parameters)
    assert np.isnan(surplus)
