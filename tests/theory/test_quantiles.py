import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.theory.quantiles import quantiles, weighted_mean, weighted_quantiles


def test_quantiles_of_whole_tables_are_those_of_equal_weights_row_by_row() -> None:
    table = np.array([[3.0, 1.0, 2.0, 9.0], [5.0, np.nan, 4.0, 4.0], [np.nan] * 4])
    one_by_one = weighted_quantiles(table, np.full(4, 0.25))
    assert quantiles(table) == pytest.approx(one_by_one, nan_ok=True)
    assert quantiles(table[:1]) == pytest.approx(one_by_one[:1])


def test_weighted_quantiles_of_equal_weights_are_hazens() -> None:
    values = np.array([7.0, 1.0, 5.0, 3.0, 9.0])
    levels = (0.05, 0.25, 0.5, 0.9, 1.0)
    expected = np.quantile(values, levels, method="hazen")
    assert weighted_quantiles(values, np.full(5, 0.2), levels) == pytest.approx(expected)


def test_a_weight_of_two_says_the_same_as_two_members_as_they_grow_many() -> None:
    values = np.arange(400.0)
    double = weighted_quantiles(np.append(values, values[:200]), np.full(600, 1 / 600), (0.1, 0.5, 0.9))
    weights = np.where(values < 200, 2.0, 1.0)
    assert weighted_quantiles(values, weights / weights.sum(), (0.1, 0.5, 0.9)) == pytest.approx(double, abs=1.0)


def test_members_without_weight_or_value_count_for_nothing() -> None:
    values, weights = np.array([1.0, 1e9, np.nan, 3.0]), np.array([0.4, 0.0, 0.2, 0.4])
    assert weighted_quantiles(values, weights, (0.5, 1.0)) == pytest.approx([2.0, 3.0])
    assert weighted_mean(values, weights) == pytest.approx(2.0)
    assert np.isnan(weighted_mean(np.full(4, np.nan), weights))
    assert np.isnan(weighted_quantiles(np.full(4, np.nan), weights, (0.5,))).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0.01, 1.0)), min_size=1, max_size=30))
def test_weighted_quantiles_rise_and_lie_among_the_values(rows: list[tuple[float, float]]) -> None:
    values, weights = np.array(rows).T
    found = weighted_quantiles(values, weights, np.linspace(0.0, 1.0, 11))
    assert (np.diff(found) >= -1e-6).all()
    assert found[0] >= values.min() - 1e-6
    assert found[-1] <= values.max() + 1e-6
