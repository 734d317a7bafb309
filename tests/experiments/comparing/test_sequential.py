"""The ranking's error rate, by simulation with fixed seeds, and the small rules of the test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from model.experiments.comparing.sequential import RankingTest, looks, order_of, p_value, spent


def go(values: np.ndarray, error: float, *, first: int = 6, most: int = 48) -> RankingTest:
    """The test on (scenarios, most) values, looked at until it is settled."""
    test = RankingTest(values.shape[0], looks(first, most), error)
    for size in test.looks:
        if test.look(values[:, :size]):
            break
    return test


def test_looks_begin_at_the_first_and_end_at_the_most() -> None:
    assert looks(6, 48) == (6, 9, 14, 21, 32, 48)
    assert looks(5, 5) == (5,)


def test_the_error_is_spent_in_full_and_no_more() -> None:
    test = RankingTest(2, looks(6, 48), 0.1)
    total = 0.0
    for _ in test.looks:
        total += test.share
        test.looked += 1
    assert total == pytest.approx(0.1, abs=1e-15)
    assert spent(1.0, error=0.1) == pytest.approx(0.1)
    assert RankingTest(3, (6,), 0.1).share == pytest.approx(0.1 / 3)


def test_the_p_value_is_that_of_the_paired_t_test() -> None:
    differences = np.array([1.0, 2.5, -0.5, 3.0, 0.25])
    assert p_value(differences) == pytest.approx(float(ttest_1samp(differences, 0.0).pvalue), rel=1e-12)
    assert p_value(np.zeros(4)) == 1.0
    assert p_value(np.full(4, 0.1)) == 0.0


@pytest.mark.parametrize("count", [2, 3])
def test_equal_scenarios_are_wrongly_put_in_order_no_more_often_than_stated(count: int) -> None:
    random = np.random.default_rng(20221001)
    runs, error = 2000, 0.2
    wrong = sum(bool(go(random.normal(size=(count, 48)), error).higher) for _ in range(runs))
    limit = error + 3.0 * math.sqrt(error * (1.0 - error) / runs)
    assert wrong / runs <= limit
    assert wrong / runs >= error / 4.0  # it is a test, not a refusal


def test_a_true_order_is_found_and_rarely_the_wrong_one() -> None:
    random = np.random.default_rng(7)
    means = np.array([0.0, 1.0, 2.0])
    found, wrong = 0, 0
    for _ in range(600):
        shared = random.normal(scale=5.0, size=(1, 48))  # what common random numbers take out
        values = means[:, None] + shared + random.normal(scale=0.7, size=(3, 48))
        test = go(values, 0.1)
        wrong += any(means[high] <= means[low] for high, low in test.higher)
        found += test.settled(values) and list(order_of(values)) == [2, 1, 0]
    assert wrong / 600 <= 0.1
    assert found / 600 > 0.95


def test_heavy_tails_do_not_break_the_stated_error() -> None:
    random = np.random.default_rng(11)
    wrong = sum(bool(go(random.standard_t(3, size=(2, 48)), 0.2).higher) for _ in range(1500))
    assert wrong / 1500 <= 0.2 + 3.0 * math.sqrt(0.16 / 1500)


def test_more_replicates_are_taken_only_while_the_order_is_open() -> None:
    noise = np.random.default_rng(3).normal(size=48)
    clear = go(np.array([noise, noise + 5.0 + 0.01 * noise]), 0.1)
    assert clear.looked == 1
    assert clear.higher == {(1, 0)}
    open_to_the_end = go(np.array([noise, np.random.default_rng(4).normal(size=48)]), 0.1)
    assert open_to_the_end.looked == len(open_to_the_end.looks)
    assert not open_to_the_end.higher


def test_the_same_values_are_equal_and_need_no_more_replicates() -> None:
    noise = np.random.default_rng(3).normal(size=48)
    test = go(np.array([noise, noise.copy()]), 0.1)
    assert test.looked == 1
    assert test.settled(np.array([noise, noise.copy()]))
    assert not test.higher


def test_a_scenario_is_above_another_by_way_of_a_third() -> None:
    test = RankingTest(3, (6,), 0.1, higher={(0, 1), (1, 2)})
    assert test.is_above(0, 2)
    assert not test.is_above(2, 0)
    assert not test.is_above(1, 1)
