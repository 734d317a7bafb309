"""Crossings of zero: where, between which places, none, several, and exactly 0 in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.theory.crossing import crossings

X = np.linspace(0.0, 1.0, 11)


def test_a_line_crosses_where_it_does_and_its_interval_is_that_of_the_shifted_lines() -> None:
    (one,) = crossings(X, 10.0 * (X - 0.37), half=np.full(11, 0.8))
    assert one.at == pytest.approx(0.37)
    assert (one.low, one.high) == (pytest.approx(0.29), pytest.approx(0.45))
    assert one.rising
    assert (one.before, one.after) == (pytest.approx(0.3), pytest.approx(0.4))
    assert (one.open_low, one.open_high) == (False, False)


def test_an_interval_inside_one_bracket() -> None:
    (one,) = crossings([0.0, 1.0], [-1.0, 3.0], half=[0.1, 0.1])
    assert one.at == pytest.approx(0.25)
    assert (one.low, one.high) == (pytest.approx(0.225), pytest.approx(0.275))


def test_an_interval_that_never_leaves_zero_is_open() -> None:
    (one,) = crossings(X, X - 0.5, half=np.full(11, 0.6))
    assert (one.low, one.high, one.open_low, one.open_high) == (0.0, 1.0, True, True)


def test_none_one_way_and_several() -> None:
    assert crossings(X, X + 0.1) == ()
    assert crossings(X, -(X + 0.1)) == ()
    falling, rising = crossings(X, (X - 0.25) * (X - 0.75))
    assert (falling.rising, rising.rising) == (False, True)
    assert np.isnan(falling.low)


def test_zeros_count_only_between_unlike_signs() -> None:
    (one,) = crossings([0.0, 1.0, 2.0, 3.0], [-1.0, 0.0, 0.0, 1.0])
    assert one.at == 1.5
    assert crossings([0.0, 1.0, 2.0], [0.0, 0.0, 1.0]) == ()
    assert crossings([0.0, 1.0, 2.0], [1.0, 0.0, 1.0]) == ()
    assert crossings([0.0, 1.0], [0.0, 0.0]) == ()


@given(st.floats(0.01, 0.99), st.floats(0.1, 1e6), st.floats(0.0, 1e3))
def test_the_crossing_of_any_line_lies_in_its_stretch(root: float, slope: float, half: float) -> None:
    (one,) = crossings(X, slope * (X - root), half=np.full(11, half)) or (None,)
    if one is None:  # the root is a place, and the curve 0 there and alike on both sides never happens for a line
        raise AssertionError("a line crosses once")
    assert one.at == pytest.approx(root, abs=1e-6)
    assert one.low <= one.at + 1e-12
    assert one.high >= one.at - 1e-12


@pytest.mark.parametrize(
    ("x", "y", "half"), [([0.0], [1.0], None), ([1.0, 0.0], [1.0, -1.0], None), ([0.0, 1.0], [np.nan, 1.0], None),
                         ([0.0, 1.0], [1.0, -1.0], [-1.0, 1.0]), ([0.0, 1.0], [1.0], None)],
)  # fmt: skip
def test_wrong_curves_are_refused(x: list[float], y: list[float], half: list[float] | None) -> None:
    with pytest.raises(InputError):
        crossings(x, y, half=half)


def test_changes_of_sign_in_noise_are_one_crossing() -> None:
    """A line that noise drags over zero and back: one crossing, near where it leaves the least on the wrong side."""
    y = np.array([-5.0, -4.0, -3.0, 0.4, -0.5, 0.3, -0.2, 0.6, 3.0, 4.0, 5.0])
    (one,) = crossings(X, y, half=np.full(11, 1.0))
    assert one.changes == 5
    assert one.rising
    assert 0.2 < one.low < 0.3 < one.at < 0.7 < one.high < 0.8
    assert one.clear
    several = crossings(X, y)
    assert [each.changes for each in several] == [1] * 5  # without intervals all are told
    assert not several[0].clear


def test_an_even_number_of_changes_in_noise_is_no_crossing() -> None:
    y = np.array([5.0, 4.0, 0.5, -0.5, 0.3, -0.2, 0.6, 3.0, 4.0, 5.0, 6.0])
    assert crossings(X, y, half=np.full(11, 1.0)) == ()


def test_a_second_change_needs_a_place_in_between_that_is_clear_with_all_the_others() -> None:
    y = np.array([-5.0, -4.0, -3.0, 1.0, 1.5, -0.5, 0.5, 3.0, 4.0, 5.0, 6.0])
    assert len(crossings(X, y, half=np.full(11, 0.4))) == 3
    (one,) = crossings(X, y, half=np.full(11, 0.4), apart=np.full(11, 2.0))
    assert one.changes == 3
    assert crossings(X, y, half=np.full(11, 9.0))[0].open_low
    assert crossings(X, y, half=np.full(11, 9.0))[0].open_high


def test_a_noisy_line_is_told_to_cross_once_and_its_interval_holds_that_place() -> None:
    several = covered = 0
    for seed in range(200):
        noise = 0.3 * np.random.default_rng(seed).normal(size=(8, 31))
        runs = np.linspace(0.0, 1.0, 31) - 0.437 + noise
        error = runs.std(axis=0, ddof=1) / np.sqrt(8)
        found = crossings(np.linspace(0.0, 1.0, 31), runs.mean(axis=0), half=1.895 * error, apart=4.4 * error)
        several += len(found) > 1
        covered += any(one.low <= 0.437 <= one.high for one in found)
    assert several <= 2
    assert covered >= 0.86 * 200
