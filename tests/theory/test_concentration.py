from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from model.foundation.errors import InputError
from model.theory.concentration import (
    concentration_ratio,
    effective_number,
    gini,
    hhi,
    lorenz_curve,
    market_shares,
)

POSITIVE = hnp.arrays(np.float64, 7, elements=st.floats(0.01, 1e6))


def test_index_by_hand() -> None:
    assert hhi([5.0, 3.0, 2.0]) == pytest.approx(3800.0)
    assert hhi([0.0, 42.0]) == pytest.approx(10_000.0)
    assert hhi([1.0] * 8, points=1.0) == pytest.approx(1 / 8)
    np.testing.assert_allclose(hhi([[1.0, 1.0], [3.0, 1.0], [0.0, 0.0]]), [5000.0, 6250.0, np.nan])


def test_effective_number_and_ratios_by_hand() -> None:
    assert effective_number([1.0] * 8) == pytest.approx(8.0)
    assert concentration_ratio([1.0, 4.0, 3.0, 2.0], largest=2) == pytest.approx(0.7)
    assert concentration_ratio([1.0, 4.0], largest=9) == pytest.approx(1.0)


@given(quantities=POSITIVE, scale=st.floats(0.001, 1000.0), order=st.permutations(range(7)))
def test_unit_and_order_change_nothing(quantities: np.ndarray, scale: float, order: list[int]) -> None:
    assert hhi(scale * quantities[order]) == pytest.approx(hhi(quantities), rel=1e-9)
    assert gini(scale * quantities[order]) == pytest.approx(gini(quantities), rel=1e-9, abs=1e-12)
    assert market_shares(quantities).sum() == pytest.approx(1.0)


@given(quantities=POSITIVE)
def test_a_merger_raises_the_index_by_twice_the_product_of_shares(quantities: np.ndarray) -> None:
    share = market_shares(quantities)
    merged = np.append(quantities[2:], quantities[0] + quantities[1])
    assert hhi(merged, points=1.0) == pytest.approx(hhi(quantities, points=1.0) + 2.0 * share[0] * share[1], rel=1e-9)


def test_gini_by_hand() -> None:
    assert gini([3.0, 3.0, 3.0]) == pytest.approx(0.0)
    assert gini([0.0, 0.0, 0.0, 1.0]) == pytest.approx(0.75)
    assert gini([1.0, 3.0]) == pytest.approx(0.25)
    assert np.isnan(gini([0.0, 0.0]))


def test_gini_equals_half_the_relative_mean_difference() -> None:
    values = np.array([1.0, 2.0, 2.5, 7.0, 11.0])
    wanted = np.abs(values[:, None] - values[None, :]).mean() / (2.0 * values.mean())
    assert gini(values) == pytest.approx(wanted, rel=1e-12)


def test_weights_are_repeated_people() -> None:
    assert gini([1.0, 5.0, 2.0], weights=[2.0, 1.0, 3.0]) == pytest.approx(gini([1, 1, 5, 2, 2, 2]), rel=1e-12)


@given(quantities=POSITIVE)
def test_the_lorenz_curve_rises_below_the_diagonal(quantities: np.ndarray) -> None:
    people, held = lorenz_curve(quantities)
    assert people[0] == held[0] == 0.0
    assert people[-1] == held[-1] == 1.0
    assert np.all(held <= people + 1e-12)


def test_negative_quantities_are_faults() -> None:
    with pytest.raises(InputError, match="quantities"):
        hhi([1.0, -1.0])
    with pytest.raises(InputError, match="largest"):
        concentration_ratio([1.0], largest=0)
    with pytest.raises(InputError, match="values"):
        gini([-1.0, 2.0])
