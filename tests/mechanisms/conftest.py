"""NumPy probabilities to hold the kernels against."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from model.agents.users import utility_of
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.awareness import spread_awareness
from model.mechanisms.choice import Flows, choose, choose_main, offer_columns, user_columns
from model.spec.parameters import Parameters
from model.state.country import Country
from model.theory.choice import nested_logit

Floats = NDArray[np.float64]


class Reference:
    """What NumPy says about a country, and short ways to live in it."""

    @staticmethod
    def allowed(country: Country) -> NDArray[np.bool_]:
        """(n, J+1) which offers each user may take."""
        users, offers = country.users, country.offers
        known = (users.aware[:, None] >> np.maximum(offers.platform, 0).astype(np.uint32)[None, :]) & 1
        result = (known == 1) & ((users.access[:, None] & offers.needs) == offers.needs) & (offers.is_open != 0)
        result[:, 0] = True
        return result[: country.active]

    @staticmethod
    def probabilities(country: Country, parameters: Parameters) -> Floats:
        """(n, J+1) main service, if the user reconsiders."""
        terms = utility_of(country, parameters, np.arange(country.active))
        values = np.sum(list(terms.values()), axis=0)
        allowed = Reference.allowed(country)
        return nested_logit(values, country.offers.nest, nest_sigma=parameters.nest_sigma, allowed=allowed)

    @staticmethod
    def second_probabilities(country: Country, parameters: Parameters) -> Floats:
        """(n, J+1) second service, if the user reconsiders; column 0 is none."""
        users, offers, n = country.users, country.offers, country.active
        terms = utility_of(country, parameters, np.arange(n))
        terms["quality"] = np.tile(np.where(np.isfinite(offers.xi_second), offers.xi_second, -99.0), (n, 1))
        terms["quality"][:, 0] = 0.0
        held = users.second[:n, None] == np.arange(len(offers))
        terms["habit"] = np.where(held & (users.second[:n, None] > 0), parameters.second_inertia, 0.0)
        own = offers.platform[users.main[:n]]
        allowed = Reference.allowed(country) & (own[:, None] != offers.platform) & (own >= 0)[:, None]
        allowed[:, 0] = True
        values = np.sum(list(terms.values()), axis=0)
        return nested_logit(values, offers.nest, nest_sigma=0.0, allowed=allowed)

    @staticmethod
    def flows(country: Country, parameters: Parameters, *, seed: int = 5, month: int = 1) -> Flows:
        """Flows of the main choice when everybody reconsiders; the country itself stays as it is."""
        there = country.copy()
        flag = np.full(len(there.users), kernel.CHANCE, np.uint8)
        return choose_main(there, parameters, user_columns(there), offer_columns(there), flag, seed=seed, month=month)

    @staticmethod
    def live(country: Country, parameters: Parameters, *, months: int, seed: int = 5) -> list[Flows]:
        """Live some months of awareness and choice in place."""
        result = []
        for month in range(1, months + 1):
            spread_awareness(country, parameters, seed=seed, month=month)
            result.append(choose(country, parameters, seed=seed, month=month))
        return result

    @staticmethod
    def assert_same_users(one: Country, other: Country) -> None:
        """Every column of every user, to the last bit, user by user."""
        a = one.users.take(np.argsort(one.users.uid)).arrays()
        b = other.users.take(np.argsort(other.users.uid)).arrays()
        for name, column in a.items():
            np.testing.assert_array_equal(column, b[name], err_msg=name)


@pytest.fixture(scope="session")
def reference() -> type[Reference]:
    return Reference
