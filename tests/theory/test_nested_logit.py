from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import chi2

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.nested_logit import consumer_surplus, draw_by_inverse_cdf, nested_logit

NESTS = np.array([0, 1, 2, 1, 2, 2])


def some_utilities(n_users: int, *, scale: float = 2.0, n_options: int = 6) -> np.ndarray:
    """Utilities without a pattern but the same every time: keyed uniforms, centred."""
    u = uniforms(stream_key(11, "utilities"), np.arange(n_users * n_options)).reshape(n_users, n_options)
    values = scale * (2.0 * u - 1.0)
    values[:, 0] = 0.0
    return values


def textbook(values: np.ndarray, nests: np.ndarray, sigma: float) -> np.ndarray:
    """The formula as printed, loops and all; only for small utilities."""
    lam = 1.0 - sigma
    result = np.zeros_like(values)
    for i, row in enumerate(values):
        sums = {g: sum(np.exp(v / lam) for v, h in zip(row, nests, strict=True) if h == g) for g in set(nests.tolist())}
        bottom = sum(s**lam for s in sums.values())
        for o, (v, g) in enumerate(zip(row, nests.tolist(), strict=True)):
            result[i, o] = sums[g] ** lam / bottom * np.exp(v / lam) / sums[g]
    return result


@pytest.mark.parametrize("sigma", [0.0, 0.2, 0.5, 0.8])
def test_equals_the_textbook_formula(sigma: float) -> None:
    values = some_utilities(40)
    np.testing.assert_allclose(
        nested_logit(values, NESTS, nest_sigma=sigma), textbook(values, NESTS, sigma), rtol=1e-12, atol=0.0
    )


def test_without_likeness_it_is_the_plain_logit() -> None:
    values = some_utilities(200, scale=8.0)
    odds = np.exp(values)
    plain = odds / odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(nested_logit(values, NESTS, nest_sigma=0.0), plain, rtol=1e-12, atol=1e-12)


def test_nests_of_one_option_are_plain_logit_at_any_likeness() -> None:
    values = some_utilities(50)
    alone = np.arange(6)
    np.testing.assert_allclose(
        nested_logit(values, alone, nest_sigma=0.7), nested_logit(values, alone, nest_sigma=0.0), rtol=1e-12
    )


def test_full_likeness_leaves_one_option_per_nest() -> None:
    values = np.array([[0.0, 1.0, 0.5, 0.9, -2.0, 0.4]])
    got = nested_logit(values, NESTS, nest_sigma=1.0 - 1e-9)
    odds = np.exp([0.0, 1.0, 0.5])
    np.testing.assert_allclose(got[0, :3], odds / odds.sum(), rtol=1e-6)
    assert np.all(got[0, 3:] == 0.0)


def test_two_equal_offers_by_hand() -> None:
    sigma = 0.5
    got = nested_logit([[0.0, 1.0, 1.0]], [0, 1, 1], nest_sigma=sigma)[0]
    nest_odds = 2.0 ** (1.0 - sigma) * np.e
    np.testing.assert_allclose(got, [1 / (1 + nest_odds), *[nest_odds / (1 + nest_odds) / 2] * 2], rtol=1e-13)


@pytest.mark.parametrize("level", [-700.0, 700.0])
@pytest.mark.parametrize("sigma", [0.0, 0.6, 0.999999])
def test_large_utilities_neither_overflow_nor_lose_the_differences(level: float, sigma: float) -> None:
    steps = np.array([0.0, 0.25, -0.5, 0.125, 1.0, 0.0])
    got = nested_logit((level + steps)[None, :], NESTS, nest_sigma=sigma)
    np.testing.assert_allclose(got, nested_logit(steps[None, :], NESTS, nest_sigma=sigma), rtol=1e-9, atol=1e-300)


def test_utilities_of_both_extremes_in_one_row() -> None:
    values = np.array([[0.0, 700.0, -700.0, 0.0, 0.0, 0.0]])
    got = nested_logit(values, NESTS, nest_sigma=0.5)
    assert got[0, 1] == pytest.approx(1.0, abs=1e-15)
    assert np.isfinite(got).all()


@given(
    values=hnp.arrays(np.float64, (3, 6), elements=st.floats(-700.0, 700.0)),
    sigma=st.floats(0.0, 0.999),
    mask=hnp.arrays(np.bool_, (3, 6)),
)
def test_probabilities_are_probabilities(values: np.ndarray, sigma: float, mask: np.ndarray) -> None:
    got = nested_logit(values, NESTS, nest_sigma=sigma, allowed=mask)
    assert np.all((got >= 0.0) & (got <= 1.0))
    np.testing.assert_allclose(got.sum(axis=1), 1.0, rtol=1e-12)
    assert np.all(got[:, 1:][~mask[:, 1:]] == 0.0)


@given(
    values=hnp.arrays(np.float64, (2, 6), elements=st.floats(-20.0, 20.0)),
    sigma=st.floats(0.0, 0.95),
    constant=st.floats(-100.0, 100.0),
    order=st.permutations(range(1, 6)),
)
def test_a_common_constant_and_the_order_of_offers_change_nothing(
    values: np.ndarray, sigma: float, constant: float, order: list[int]
) -> None:
    before = nested_logit(values, NESTS, nest_sigma=sigma)
    moved = nested_logit(values + constant, NESTS, nest_sigma=sigma)
    np.testing.assert_allclose(moved, before, rtol=1e-9, atol=1e-14)
    columns = np.array([0, *order])
    shuffled = nested_logit(values[:, columns], NESTS[columns], nest_sigma=sigma)
    np.testing.assert_allclose(shuffled, before[:, columns], rtol=1e-12, atol=1e-300)


def test_a_masked_offer_is_as_good_as_absent() -> None:
    values = some_utilities(30)
    mask = np.ones(values.shape, bool)
    mask[:, 3] = False
    without = np.array([0, 1, 2, 4, 5])
    got = nested_logit(values, NESTS, nest_sigma=0.4, allowed=mask)
    np.testing.assert_allclose(
        got[:, without], nested_logit(values[:, without], NESTS[without], nest_sigma=0.4), rtol=1e-13
    )
    minus_infinity = values.copy()
    minus_infinity[:, 3] = -np.inf
    np.testing.assert_array_equal(got, nested_logit(minus_infinity, NESTS, nest_sigma=0.4))


def test_the_outside_option_is_allowed_whatever_the_mask_says() -> None:
    got = nested_logit(some_utilities(4), NESTS, nest_sigma=0.3, allowed=np.zeros((4, 6), bool))
    np.testing.assert_array_equal(got, np.eye(6)[[0, 0, 0, 0]])


def test_no_users_give_an_empty_table() -> None:
    assert nested_logit(np.zeros((0, 6)), NESTS, nest_sigma=0.3).shape == (0, 6)


@pytest.mark.parametrize("sigma", [0.0, 0.5])
def test_draws_follow_the_probabilities(sigma: float) -> None:
    n = 200_000
    chances = nested_logit(some_utilities(1), NESTS, nest_sigma=sigma)
    numbers = uniforms(stream_key(5, "draws", int(10 * sigma)), np.arange(n))
    drawn = draw_by_inverse_cdf(np.repeat(chances, n, axis=0), numbers, NESTS)
    expected = n * chances[0]
    statistic = float((((np.bincount(drawn, minlength=6) - expected) ** 2) / expected).sum())
    assert statistic < chi2.ppf(0.999, df=5)


def test_draws_go_by_nest_and_then_by_position() -> None:
    chances = np.tile([0.1, 0.2, 0.3, 0.15, 0.05, 0.2], (7, 1))
    numbers = np.array([0.05, 0.25, 0.31, 0.44, 0.46, 0.76, 0.99])
    # in order of nest: 0 | 1, 3 | 2, 4, 5, with sums .1 | .3, .45 | .75, .8, 1
    assert draw_by_inverse_cdf(chances, numbers, NESTS).tolist() == [0, 1, 3, 3, 2, 4, 5]


def test_draws_never_take_what_has_no_probability() -> None:
    chances = np.array([[0.0, 0.5, 0.0, 0.5, 0.0, 0.0]] * 4)
    assert draw_by_inverse_cdf(chances, [0.0, 0.5, 1.0 - 2.0**-53, 1.0], NESTS).tolist() == [1, 3, 3, 3]


def test_surplus_of_the_outside_option_alone_is_nothing_and_rises_with_choice() -> None:
    values = some_utilities(20)
    money = np.full(20, 0.5)
    alone = consumer_surplus(values, NESTS, nest_sigma=0.3, marginal_utility=money, allowed=np.zeros((20, 6), bool))
    np.testing.assert_array_equal(alone, 0.0)
    fewer = np.ones((20, 6), bool)
    fewer[:, 2] = False
    some = consumer_surplus(values, NESTS, nest_sigma=0.3, marginal_utility=money, allowed=fewer)
    assert np.all(consumer_surplus(values, NESTS, nest_sigma=0.3, marginal_utility=money) > some)


def test_surplus_by_hand() -> None:
    got = consumer_surplus([[0.0, 2.0, 2.0]], [0, 1, 1], nest_sigma=0.25, marginal_utility=[0.4])
    np.testing.assert_allclose(got, np.log(1.0 + 2.0**0.75 * np.exp(2.0)) / 0.4, rtol=1e-14)


@pytest.mark.parametrize("sigma", [0.0, 0.6])
def test_roys_identity(sigma: float) -> None:
    values = some_utilities(25)
    money = np.linspace(0.1, 1.5, 25)
    step = 1e-5
    for offer in range(1, 6):
        dearer, cheaper = values.copy(), values.copy()
        dearer[:, offer] -= money * step
        cheaper[:, offer] += money * step
        up = consumer_surplus(dearer, NESTS, nest_sigma=sigma, marginal_utility=money)
        down = consumer_surplus(cheaper, NESTS, nest_sigma=sigma, marginal_utility=money)
        demand = nested_logit(values, NESTS, nest_sigma=sigma)[:, offer]
        np.testing.assert_allclose((up - down) / (2 * step), -demand, rtol=1e-6, atol=1e-9)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        nested_logit(np.zeros((2, 3)), [0, 1], nest_sigma=1.0)
    assert [fault.place for fault in caught.value.faults] == ["nests", "nest_sigma"]
    with pytest.raises(InputError) as caught:
        nested_logit([[-np.inf, np.nan, 0.0]], [0, 0, 1], nest_sigma=0.1)
    assert [fault.place for fault in caught.value.faults] == ["nests", "utilities", "utilities"]
    with pytest.raises(InputError, match="marginal_utility"):
        consumer_surplus([[0.0, 1.0]], [0, 1], nest_sigma=0.1, marginal_utility=[0.0])
    with pytest.raises(InputError, match="uniforms"):
        draw_by_inverse_cdf([[0.5, 0.5]], [1.5], [0, 1])
    with pytest.raises(InputError, match="users by options"):
        nested_logit([0.0, 1.0], [0, 1], nest_sigma=0.1)
