"""Numbers side by side: one size for all, and digits until they differ."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.results.magnitude import count_of, told_apart, unbroken


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1.0, 2.0], ["1", "2"]),
        ([53.41e6, 53.44e6, 53.41e6], ["53.41M", "53.44M", "53.41M"]),
        ([1e3, 2e6], ["0.001M", "2M"]),
        ([float("nan"), -5e9], ["-", "-5B"]),
        ([1.0, 1.0 + 1e-12], ["1", "1"]),
        ([], []),
    ],
)
def test_numbers_have_the_digits_they_need(values: list[float], told: list[str]) -> None:
    assert told_apart(values) == told


@given(st.lists(st.integers(1, 99_999).map(float), min_size=1, max_size=12))
def test_whole_numbers_of_five_digits_are_always_told_apart(values: list[float]) -> None:
    assert len(set(told_apart(values))) == len(set(values))


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=8))
def test_a_text_for_every_number(values: list[float]) -> None:
    told = told_apart(values)
    assert len(told) == len(values)
    assert all((one == "-") == (not math.isfinite(value)) for one, value in zip(told, values, strict=True))


def test_a_number_stays_on_one_line() -> None:
    assert unbroken("-28.75 M").split(" ") == ["-28.75\N{NO-BREAK SPACE}M"]


def test_one_is_one() -> None:
    assert [count_of(number, "month") for number in (0, 1, 1200)] == ["0 months", "1 month", "1,200 months"]
