from __future__ import annotations

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.nested_logit import nested_logit
from model.theory.substitution import demand_slopes, diversion_ratios, elasticity_matrix, own_elasticities, within_nest

NESTS = np.array([0, 1, 2, 1, 2, 3])
PRICES = np.array([0.0, 0.0, 9.99, 4.5, 12.0, 7.0])
SIGMAS = [0.0, 0.35, 0.7]


def _keyed(name: str, *shape: int) -> np.ndarray:
    return uniforms(stream_key(3, name), np.arange(int(np.prod(shape)))).reshape(shape)


MONEY = 0.05 + 0.6 * _keyed("money", 30)
PEOPLE = 1.0 + 4.0 * _keyed("people", 30)
GROSS = np.concatenate([np.zeros((30, 1)), 1.0 + 3.0 * _keyed("gross", 30, 5)], axis=1)
MASK = np.concatenate([np.ones((30, 1), bool), _keyed("mask", 30, 5) < 0.8], axis=1)


def demand(prices: np.ndarray, sigma: float) -> np.ndarray:
    return PEOPLE @ chances(prices, sigma)


def chances(prices: np.ndarray, sigma: float) -> np.ndarray:
    return nested_logit(GROSS - MONEY[:, None] * prices, NESTS, nest_sigma=sigma, allowed=MASK)


def finite_differences(sigma: float, step: float = 1e-5) -> np.ndarray:
    """dQ_j / dp_k by central differences, column by column; column 0 is a price put on the outside option."""
    columns = []
    for k in range(6):
        nudge = step * np.eye(6)[k]
        columns.append((demand(PRICES + nudge, sigma) - demand(PRICES - nudge, sigma)) / (2 * step))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("sigma", SIGMAS)
def test_slopes_equal_finite_differences(sigma: float) -> None:
    got = demand_slopes(chances(PRICES, sigma), NESTS, nest_sigma=sigma, marginal_utility=MONEY, weights=PEOPLE)
    np.testing.assert_allclose(got, finite_differences(sigma), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(got, got.T, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(got.sum(axis=0), 0.0, atol=1e-12)


@pytest.mark.parametrize("sigma", SIGMAS)
def test_elasticities_equal_finite_differences(sigma: float) -> None:
    args = {"nest_sigma": sigma, "prices": PRICES, "marginal_utility": MONEY, "weights": PEOPLE}
    got = elasticity_matrix(chances(PRICES, sigma), NESTS, **args)
    wanted = finite_differences(sigma) * PRICES[None, :] / demand(PRICES, sigma)[:, None]
    np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-8)
    own = own_elasticities(chances(PRICES, sigma), NESTS, **args)
    np.testing.assert_allclose(own, np.diag(got), rtol=1e-12, atol=1e-15)
    assert own[1] == 0.0  # a free offer has no price to raise by a percentage
    assert np.all(own[2:] < 0.0)


def test_plain_logit_closed_forms() -> None:
    price, alpha = np.array([0.0, 3.0, 5.0]), 0.4
    s = nested_logit([[0.0, 1.0 - alpha * 3.0, 2.0 - alpha * 5.0]], [0, 1, 1], nest_sigma=0.0)
    got = elasticity_matrix(s, [0, 1, 1], nest_sigma=0.0, prices=price, marginal_utility=[alpha])
    own = -alpha * price * (1.0 - s[0])
    cross = alpha * price * s[0]
    wanted = np.where(np.eye(3, dtype=bool), own[None, :], cross[None, :])
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-15)


def test_elasticities_do_not_depend_on_the_unit_of_weights() -> None:
    args = {"nest_sigma": 0.4, "prices": PRICES, "marginal_utility": MONEY}
    once = elasticity_matrix(chances(PRICES, 0.4), NESTS, weights=PEOPLE, **args)
    np.testing.assert_allclose(
        elasticity_matrix(chances(PRICES, 0.4), NESTS, weights=1e4 * PEOPLE, **args), once, rtol=1e-12
    )


@pytest.mark.parametrize("sigma", SIGMAS)
def test_diversion_rows_sum_to_one(sigma: float) -> None:
    got = diversion_ratios(chances(PRICES, sigma), NESTS, nest_sigma=sigma, marginal_utility=MONEY, weights=PEOPLE)
    np.testing.assert_allclose(got.sum(axis=1), 1.0, rtol=1e-12)
    assert np.all(np.diag(got) == 0.0)
    slopes = finite_differences(sigma)
    np.testing.assert_allclose(got[2, 4], -slopes[4, 2] / slopes[2, 2], rtol=1e-6)
    np.testing.assert_allclose(got[4, 0], -slopes[0, 4] / slopes[4, 4], rtol=1e-6)


def test_plain_logit_diverts_in_proportion_to_share() -> None:
    s = nested_logit([[0.0, 0.3, -0.2, 1.0]], [0, 1, 1, 2], nest_sigma=0.0)
    got = diversion_ratios(s, [0, 1, 1, 2], nest_sigma=0.0, marginal_utility=[0.3])
    np.testing.assert_allclose(got[1, [0, 2, 3]], s[0, [0, 2, 3]] / (1.0 - s[0, 1]), rtol=1e-12)


def test_likeness_keeps_leavers_within_the_nest() -> None:
    inside = []
    for sigma in (0.0, 0.5, 0.99):
        s = nested_logit([[0.0, 0.3, 0.3, 1.0]], [0, 1, 1, 2], nest_sigma=sigma)
        inside.append(diversion_ratios(s, [0, 1, 1, 2], nest_sigma=sigma, marginal_utility=[0.3])[1, 2])
    assert inside[0] < inside[1] < inside[2]
    assert inside[2] > 0.95


def test_an_offer_nobody_takes_has_no_elasticity() -> None:
    nobody = nested_logit([[0.0, 1.0, -np.inf]], [0, 1, 2], nest_sigma=0.2)
    args = {"nest_sigma": 0.2, "marginal_utility": [0.3]}
    assert np.isnan(own_elasticities(nobody, [0, 1, 2], prices=[0.0, 1.0, 1.0], **args)[2])
    assert np.isnan(diversion_ratios(nobody, [0, 1, 2], **args)[2]).all()
    assert diversion_ratios(nobody, [0, 1, 2], **args)[1].tolist() == [1.0, 0.0, 0.0]


def test_within_nest_probabilities_sum_to_one_where_the_nest_is_open() -> None:
    got = within_nest(np.array([[0.5, 0.2, 0.0, 0.3, 0.0, 0.0]]), NESTS)
    np.testing.assert_allclose(got, [[1.0, 0.4, 0.0, 0.6, 0.0, 0.0]])


def test_faults_are_named() -> None:
    with pytest.raises(InputError) as caught:
        demand_slopes([[0.5, 0.5]], [0, 1, 2], nest_sigma=1.2, marginal_utility=[-1.0])
    assert [f.place for f in caught.value.faults] == ["nests", "marginal_utility", "nest_sigma"]
    with pytest.raises(InputError, match="prices"):
        own_elasticities([[0.5, 0.5]], [0, 1], nest_sigma=0.0, prices=[0.0, -1.0], marginal_utility=[1.0])
