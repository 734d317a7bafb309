"""Shapley shares: efficiency, symmetry, null player, additivity, and sampled orders whose error is honest."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from model.experiments.explaining.shares import MOST_EXACT, Plan, plan_groups, shares

RANDOM = np.random.default_rng(1953)
GAME = RANDOM.normal(size=(2**5, 3))  # 5 differences, 3 numbers each


def by_all_orders(count: int, worth: np.ndarray) -> np.ndarray:
    """The definition: the mean of what each adds over every order."""
    found = np.zeros((count, *worth.shape[1:]))
    orders = list(permutations(range(count)))
    for order in orders:
        group = 0
        for number in order:
            found[number] += worth[group | 1 << number] - worth[group]
            group |= 1 << number
    return found / len(orders)


def test_exact_shares_are_the_mean_over_all_orders_and_add_up() -> None:
    plan = plan_groups(5, orders=None, seed=1)
    assert plan.is_exact
    found, error = shares(plan, lambda group: GAME[group])
    np.testing.assert_allclose(found, by_all_orders(5, GAME), atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=0), GAME[-1] - GAME[0], atol=1e-12)
    assert not error.any()


def test_what_does_nothing_has_no_share_and_equals_have_equal_ones() -> None:
    worth = np.array([float(bin(group & 0b011).count("1")) ** 2 for group in range(8)])  # the third does nothing
    found, _ = shares(plan_groups(3, orders=None, seed=1), lambda group: worth[group])
    assert found[2] == 0.0
    assert found[0] == found[1] == 2.0


def test_shares_of_a_sum_are_sums_of_shares() -> None:
    plan = plan_groups(5, orders=None, seed=1)
    one, other = GAME, RANDOM.normal(size=GAME.shape)
    both, _ = shares(plan, lambda group: one[group] + 2.0 * other[group])
    apart = shares(plan, lambda group: one[group])[0] + 2.0 * shares(plan, lambda group: other[group])[0]
    np.testing.assert_allclose(both, apart, atol=1e-12)


def test_sampled_orders_add_up_run_only_planned_groups_and_err_as_they_say() -> None:
    truth = by_all_orders(5, GAME)
    covered = []
    for seed in range(150):
        plan = plan_groups(5, orders=16, seed=seed)

        def worth(group: int, *, plan: Plan = plan) -> np.ndarray:
            assert group in plan.groups
            return GAME[group]

        found, error = shares(plan, worth)
        np.testing.assert_allclose(found.sum(axis=0), GAME[-1] - GAME[0], atol=1e-12)
        covered.append(np.abs(found - truth) <= error)
    assert np.mean(covered) == pytest.approx(0.9, abs=0.05)


def test_orders_are_keyed_and_come_with_their_reverses() -> None:
    one, again, other = (plan_groups(12, orders=8, seed=seed) for seed in (3, 3, 4))
    assert one.orders is not None
    assert again.orders is not None
    assert other.orders is not None
    np.testing.assert_array_equal(one.orders, again.orders)
    assert not np.array_equal(one.orders, other.orders)
    np.testing.assert_array_equal(one.orders[0], one.orders[1][::-1])
    assert all(sorted(order) == list(range(12)) for order in one.orders.tolist())
    assert plan_groups(MOST_EXACT, orders=None, seed=1).is_exact
    assert not plan_groups(MOST_EXACT + 1, orders=None, seed=1).is_exact
