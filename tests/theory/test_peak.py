import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.theory.peak import peak_of_curve

POINTS = [-1.0, -0.5, 0.0, 0.5, 1.0]


@given(top=st.floats(-0.99, 0.99), height=st.floats(-1e6, 1e6), bend=st.floats(1e-2, 1e6), scale=st.floats(1e-3, 1e3))
def test_top_of_a_parabola_is_found(top: float, height: float, bend: float, scale: float) -> None:
    points = scale * np.array(POINTS)
    height = height * bend  # a curve that can be told from its level
    found = peak_of_curve(points, values=height * 1e-3 - bend * (points / scale - top) ** 2)
    assert found == pytest.approx(scale * top, abs=1e-5 * scale)


@given(slope=st.sampled_from([-3.0, 3.0]), bend=st.sampled_from([0.0, 1.0]))
def test_better_end_where_no_top_lies_inside(slope: float, bend: float) -> None:
    points = np.array(POINTS)
    assert peak_of_curve(points, values=slope * points + bend * points**2) == np.sign(slope)


def test_top_outside_is_cut_to_the_end() -> None:
    points = np.array(POINTS)
    assert peak_of_curve(points, values=-((points - 3.0) ** 2)) == 1.0


def test_flat_curve_stays_in_the_middle() -> None:
    assert peak_of_curve(POINTS, values=[7.0] * 5) == 0.0
    assert peak_of_curve(POINTS, values=[0.0] * 5) == 0.0


def test_noise_of_single_values_averages_out() -> None:
    """An odd disturbance does not decide: the highest single value lies at the end, the top of all near the middle."""
    values = [-1.0, -0.25, 0.0, -0.25, 0.05]
    assert np.argmax(values) == 4
    assert 0.0 < peak_of_curve(POINTS, values=values) < 0.6


@given(values=st.lists(st.floats(-1e9, 1e9), min_size=5, max_size=5))
def test_answer_lies_among_the_points(values: list[float]) -> None:
    assert -1.0 <= peak_of_curve(POINTS, values=values) <= 1.0


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=5), factor=st.sampled_from([2.0, 1024.0, 2.0**-20]))
def test_unit_of_values_is_free(values: list[float], factor: float) -> None:
    scaled = peak_of_curve(POINTS, values=[factor * one for one in values])
    assert scaled == pytest.approx(peak_of_curve(POINTS, values=values), abs=1e-9)


@pytest.mark.parametrize(("points", "values"), [([0.0, 1.0], [1.0, 2.0]), (POINTS, [1.0, 2.0]), ([], [])])
def test_shapes_that_do_not_agree_are_refused(points: list[float], values: list[float]) -> None:
    with pytest.raises(InputError):
        peak_of_curve(points, values=values)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused(wrong: float) -> None:
    with pytest.raises(InputError):
        peak_of_curve(POINTS, values=[0.0, 1.0, wrong, 1.0, 0.0])
