"""Bertrand prices against another package, pyblp, on random markets with several firms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.special import ndtri

from model.foundation.rng import stream_key, uniforms
from model.theory.pricing import bertrand_prices

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

N_USERS = 30


@pytest.fixture
def pyblp() -> Iterator[object]:
    package = pytest.importorskip("pyblp", reason="pyblp is in the extra `dev`")
    spoken, package.options.verbose = package.options.verbose, False
    yield package
    package.options.verbose = spoken


def keyed(seed: int, name: str, count: int) -> np.ndarray:
    return uniforms(stream_key(seed, name), np.arange(count))


@pytest.mark.parametrize("nest_sigma", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("spread", [0.0, 0.4])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_prices_and_demand(pyblp: object, nest_sigma: float, spread: float, seed: int) -> None:
    """Seven offers of four firms in three nests; users alike, or of many tastes for offers and dislikes of prices."""
    firms, nests = [0, 0, 1, 1, 1, 2, 3], [0, 1, 0, 1, 1, 0, 2]
    worth, costs = 1.0 + 3.0 * keyed(seed, "worth", 7), 0.3 + keyed(seed, "cost", 7)
    nodes = ndtri(keyed(seed, "nodes", 2 * N_USERS)).reshape(N_USERS, 2).clip(-2.0, 2.0)
    people = keyed(seed, "people", N_USERS) + 0.5
    people /= people.sum()

    ours = bertrand_prices(
        worth + spread * nodes[:, :1],
        marginal_utility=1.0 - 0.5 * spread * nodes[:, 1],
        costs=costs,
        firms=firms,
        nests=nests,
        nest_sigma=nest_sigma,
        weights=people,
    )
    products = {"market_ids": [0] * 7, "firm_ids": firms, "worth": worth, "cost": costs}
    if nest_sigma > 0.0:
        products["nesting_ids"] = nests
    formula = pyblp.Formulation
    random = spread > 0.0
    simulation = pyblp.Simulation(
        product_formulations=(
            formula("0 + prices + worth"),
            formula("1 + prices") if random else None,
            formula("0 + cost"),
        ),
        product_data=products,
        beta=[-1.0, 1.0],
        sigma=np.diag([spread, 0.5 * spread]) if random else None,
        gamma=[1.0],
        rho=nest_sigma if nest_sigma > 0.0 else None,
        agent_data={"market_ids": [0] * N_USERS, "weights": people, "nodes": nodes} if random else None,
        xi=np.zeros(7),
        omega=np.zeros(7),
        costs_type="linear",
    )
    theirs = simulation.replace_endogenous(iteration=pyblp.Iteration("simple", {"atol": 1e-13}))

    assert ours.converged
    np.testing.assert_allclose(ours.prices, theirs.product_data.prices.ravel(), rtol=1e-10)
    np.testing.assert_allclose(ours.demand, theirs.product_data.shares.ravel(), rtol=1e-9)
