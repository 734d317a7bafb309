"""Scores: closed forms, the two forms of the same score, properness, chances that add to one."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from model.foundation.errors import InputError
from model.theory.scores import (
    central_interval,
    chance_of_as_many,
    chance_of_wins,
    crps_of_normal,
    crps_of_points,
    normal_points,
    place_of,
    skill,
)

numbers = st.floats(-1e3, 1e3, allow_nan=False)


def by_integral(values: np.ndarray, weights: np.ndarray, observed: float) -> float:
    """The score as the integral of the squared difference of two step functions, piece by piece."""
    ends = np.unique(np.concatenate([values, [observed]]))
    total = 0.0
    for low, high in itertools.pairwise(ends):
        reached = weights[values <= low].sum()
        total += (reached - float(observed <= low)) ** 2 * (high - low)
    return total


@given(
    st.lists(st.tuples(numbers, st.floats(0.01, 5.0)), min_size=1, max_size=12), numbers,
)  # fmt: skip
def test_energy_form_is_the_integral_of_the_squared_difference(points: list[tuple[float, float]], y: float) -> None:
    values = np.array([value for value, _ in points])
    weights = np.array([weight for _, weight in points])
    expected = by_integral(values, weights / weights.sum(), y)
    assert crps_of_points(values, y, weights=weights) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_one_point_scores_its_absolute_error_and_weights_are_copies() -> None:
    assert crps_of_points([3.0], 5.5) == 2.5
    assert crps_of_normal(3.0, 0.0, 5.5) == 2.5
    doubled = crps_of_points([1.0, 1.0, 4.0], 2.0)
    assert crps_of_points([1.0, 4.0], 2.0, weights=[2.0, 1.0]) == pytest.approx(doubled)
    assert crps_of_points([1.0, 4.0, 99.0], 2.0, weights=[2.0, 1.0, 0.0]) == pytest.approx(doubled)


@pytest.mark.parametrize(("mean", "sd", "y"), [(0.0, 1.0, 0.0), (2.0, 0.5, 3.5), (-1.0, 3.0, -9.0)])
def test_points_of_a_normal_score_as_the_closed_form(mean: float, sd: float, y: float) -> None:
    closed = crps_of_normal(mean, sd, y)
    assert crps_of_points(normal_points(mean, sd, count=4000), y) == pytest.approx(closed, rel=2e-3)


def test_normal_at_its_mean_scores_the_known_number() -> None:
    assert crps_of_normal(0.0, 1.0, 0.0) == pytest.approx((math.sqrt(2.0) - 1.0) / math.sqrt(math.pi))


def test_mean_score_is_best_for_the_true_distribution() -> None:
    outcomes = normal_points(0.3, 1.2, count=801)

    def mean_score(mean: float, sd: float) -> float:
        return float(np.mean([crps_of_normal(mean, sd, y) for y in outcomes]))

    truth = mean_score(0.3, 1.2)
    others = [(0.0, 1.2), (0.6, 1.2), (0.3, 0.8), (0.3, 1.7), (0.3, 0.0), (-1.0, 3.0)]
    assert all(mean_score(*one) > truth + 1e-3 for one in others)
    assert truth == pytest.approx(1.2 / math.sqrt(math.pi), rel=5e-3)  # the score that the truth has on average


@given(st.lists(numbers, min_size=2, max_size=20), numbers, st.floats(0.1, 10.0), numbers)
def test_score_moves_with_the_unit_and_not_with_the_origin(
    values: list[float], y: float, factor: float, step: float
) -> None:
    plain = crps_of_points(values, y)
    moved = crps_of_points(np.array(values) * factor + step, y * factor + step)
    assert moved == pytest.approx(plain * factor, rel=1e-6, abs=1e-6)


def test_intervals_and_places() -> None:
    points = np.arange(1, 101, dtype=np.float64)
    low, high = central_interval(points, 0.9)
    assert (low, high) == pytest.approx((5.5, 95.5))
    assert place_of(points, 50.0) == pytest.approx(0.495)
    assert place_of([1.0, 2.0], 5.0, weights=[1.0, 3.0]) == 1.0
    assert central_interval([1.0, 2.0], 0.5, weights=[1.0, 0.0]) == (1.0, 1.0)


def test_skill_is_the_part_of_the_reference_that_is_saved() -> None:
    assert skill(0.5, 2.0) == 0.75
    assert skill(3.0, 2.0) == -0.5
    assert math.isnan(skill(1.0, 0.0))


def test_chances_of_wins_are_those_of_the_binomial_where_all_are_equal() -> None:
    found = chance_of_wins([0.25] * 8)
    assert found == pytest.approx(binom.pmf(np.arange(9), 8, 0.25))
    assert chance_of_as_many(3, [0.25] * 8) == pytest.approx(binom.sf(2, 8, 0.25))
    mixed = [0.5, 0.25, 1.0 / 3.0]
    assert chance_of_wins(mixed).sum() == pytest.approx(1.0)
    assert chance_of_as_many(3, mixed) == pytest.approx(0.5 * 0.25 / 3.0)
    assert chance_of_as_many(0, mixed) == pytest.approx(1.0)
    assert chance_of_as_many(0, []) == 1.0


def test_bad_points_are_named() -> None:
    with pytest.raises(InputError, match="finite"):
        crps_of_points([], 1.0)
    with pytest.raises(InputError, match="finite"):
        crps_of_points([1.0, math.nan], 1.0)
    with pytest.raises(InputError, match="one for each point"):
        crps_of_points([1.0, 2.0], 1.0, weights=[1.0, -1.0])
