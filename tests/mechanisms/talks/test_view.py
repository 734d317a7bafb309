"""What a side believes of the other: against the normal distribution, and how refusals and signals move it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, truncnorm

from model.mechanisms.talks.view import View


@pytest.mark.parametrize("level", [2.0, 3.7, 5.0, 8.2, 12.0])
def test_a_first_view_is_normal(level: float) -> None:
    view = View.normal(5.0, spread=2.0)
    assert view.mean == pytest.approx(5.0)
    assert view.spread == pytest.approx(2.0, rel=2e-3)
    assert view.chance(level) == pytest.approx(norm.sf(level, 5.0, 2.0), abs=2e-3)
    expected = truncnorm.mean((level - 5.0) / 2.0, np.inf, 5.0, 2.0)
    assert view.mean_above(level) == pytest.approx(expected, rel=5e-3)


def test_where_nothing_can_be_above_the_level_itself_is_expected() -> None:
    assert View.normal(5.0, spread=1.0).mean_above(11.0) == 11.0
    assert View.normal(5.0, spread=0.0).mean_above(4.0) == 5.0
    assert View.normal(5.0, spread=0.0).chance(5.1) == 0.0


def test_a_refusal_is_bayes_rule_with_bluff() -> None:
    view = View.normal(5.0, spread=2.0).refused(6.1, bluff=0.25)  # where two cells meet
    above = norm.sf(0.55)
    assert view.chance(6.1) == pytest.approx(0.25 * above / (1.0 - 0.75 * above), abs=2e-3)
    assert View.normal(5.0, spread=2.0).refused(6.1, bluff=0.0).chance(6.1) == pytest.approx(0.0, abs=1e-12)


def test_a_refusal_that_cannot_be_changes_nothing() -> None:
    certain = View.normal(5.0, spread=0.0)
    assert certain.refused(4.0, bluff=0.0).mean == 5.0


def test_a_cut_far_outside_a_narrow_view_is_above_all_of_it() -> None:
    narrow = View.normal(0.0, spread=1e-310)
    assert narrow.chance(1.0) == 0.0
    assert narrow.refused(1.0, bluff=0.0).mean == narrow.mean


def test_a_signal_is_weighed_by_precision() -> None:
    view = View.normal(5.0, spread=2.0).saw(8.0, spread=1.0)
    assert view.mean == pytest.approx((5.0 / 4.0 + 8.0) / (1.0 / 4.0 + 1.0), rel=1e-3)
    assert view.spread == pytest.approx(np.sqrt(1.0 / (1.0 / 4.0 + 1.0)), rel=5e-3)


@pytest.mark.parametrize(("spread", "value", "error"), [(0.01, 1e6, 1.0), (1.0, 1e300, 1e-300), (1e-310, 1.0, 1.0)])
def test_a_signal_far_outside_leaves_a_view_that_can_be_read(spread: float, value: float, error: float) -> None:
    view = View.normal(5.0, spread=spread).saw(value, spread=error)
    assert np.isfinite(view.weights).all()
    assert view.weights.sum() == pytest.approx(1.0)


@given(
    mean=st.floats(-10, 10),
    spread=st.floats(0, 10),
    cuts=st.lists(st.floats(-20, 20), max_size=8),
    bluff=st.floats(0, 0.99),
)
def test_a_refusal_never_makes_the_other_look_richer(
    mean: float, spread: float, cuts: list[float], bluff: float
) -> None:
    view = View.normal(mean, spread=spread)
    for cut in cuts:
        after = view.refused(cut, bluff=bluff)
        assert after.mean <= view.mean + 1e-9
        assert after.weights.sum() == pytest.approx(1.0)
        view = after


def test_moving_a_view_moves_all_of_it() -> None:
    view = View.normal(5.0, spread=2.0).moved(3.0)
    assert view.mean == pytest.approx(8.0)
    assert view.chance(8.0) == pytest.approx(0.5)
