from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
import pytest

from model.agents.reference import ReferenceMarket
from model.agents.users import User, UserPopulation, utility_of
from model.foundation.errors import InputError
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.choice import choose_main, offer_columns, user_columns
from model.spec.parameters import Parameters
from model.state.country import Country
from model.theory.choice import nested_logit

Settled = Callable[..., Country]


class Model(mesa.Model):
    def __init__(self, parameters: Parameters) -> None:
        super().__init__(rng=0)
        self.plan = SimpleNamespace(parameters=parameters)


@pytest.fixture
def population(settled: Settled, parameters: Parameters) -> UserPopulation:
    return UserPopulation(Model(parameters), settled("ID", users=400))


def test_population(population: UserPopulation) -> None:
    assert population.market == "ID"
    assert len(population) == 400
    assert isinstance(population.user(7), User)


@pytest.mark.parametrize("uid", [-1, 400, 10**9])
def test_nobody_there(population: UserPopulation, uid: int) -> None:
    with pytest.raises(InputError, match="whole number from 0 to 399"):
        population.user(uid)


def test_attributes_are_those_of_the_arrays(population: UserPopulation) -> None:
    users, country = population.country.users, population.country
    for uid in (0, 17, 399):
        user = population.user(uid)
        assert user.uid == uid
        assert user.income == users.income[uid]
        assert user.hours == users.hours[uid]
        assert user.service == country.offers.names[users.main[uid]]
        assert user.second_service == country.offers.names[users.second[uid]]
        assert sum(user.taste.values()) == pytest.approx(1.0, abs=1e-5)
        if user.service[0] != "outside":
            assert user.service[0] in user.aware_of
            assert user.may_take()[users.main[uid]] or user.service[1] == "bundle"


def test_users_are_found_by_id_not_by_place(population: UserPopulation) -> None:
    country = population.country
    income = population.user(5).income
    country.users = country.users.take(np.random.default_rng(2).permutation(400))
    assert population.user(5).uid == 5
    assert population.user(5).income == income


def test_why_adds_up(population: UserPopulation, parameters: Parameters) -> None:
    country = population.country
    streaming = np.flatnonzero(country.users.main > 0)[:10]
    for uid in streaming:
        table = population.user(int(uid)).why()
        assert table["chance"].sum() == pytest.approx(1.0, abs=1e-9)
        assert table["held"].sum() == 1
        parts = table.drop(columns=["platform", "tier", "utility", "chance", "held"])
        np.testing.assert_allclose(parts.sum(axis=1), table["utility"], rtol=1e-9)
        assert "outside" in set(table["platform"])
        held = table[table["held"]].iloc[0]
        assert held["habit"] > 0.0
        assert (table.loc[~table["held"] & (table["platform"] != held["platform"]), "habit"] == 0.0).all()


def test_why_is_what_the_kernel_does(population: UserPopulation, parameters: Parameters) -> None:
    """The chances that why() shows are those the compiled choice works with."""
    country = population.country
    uid = int(np.flatnonzero(country.users.main > 0)[3])
    there = country.copy()
    flag = np.zeros(400, np.uint8)
    flag[uid] = kernel.CHANCE
    flows = choose_main(there, parameters, user_columns(there), offer_columns(there), flag, seed=1, month=1)
    shown = population.user(uid).why()
    for _, row in shown.iterrows():
        j = 0 if row["platform"] == "outside" else country.offers.position(row["platform"], row["tier"])
        assert flows.expected[:, j].sum() / country.weight == pytest.approx(row["chance"], abs=1e-5)


def test_the_slow_reference_values_offers_alike(population: UserPopulation, parameters: Parameters) -> None:
    country = population.country
    reference = ReferenceMarket(country, parameters, seed=1)
    every = utility_of(country, parameters, np.arange(400))
    for i in (3, 44, 301):
        alone: dict[str, Any] = reference.users[i].utility(country.offers.xi)
        for name, part in alone.items():
            if name != "quality":
                np.testing.assert_allclose(part[0], every[name][i], atol=1e-6, err_msg=name)


def test_probabilities_of_all_are_those_of_each(population: UserPopulation, parameters: Parameters) -> None:
    country = population.country
    every = np.sum(list(utility_of(country, parameters, np.arange(400)).values()), axis=0)
    user = population.user(9)
    alone = np.sum(list(user.terms().values()), axis=0)
    np.testing.assert_allclose(alone, every[9], rtol=1e-12)
    chance = nested_logit(
        alone[None], country.offers.nest, nest_sigma=parameters.nest_sigma, allowed=user.may_take()[None]
    )
    assert chance.sum() == pytest.approx(1.0)
