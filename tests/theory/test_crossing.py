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
