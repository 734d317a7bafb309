"""Numbers as they are told: three digits, one size for both ends of a range, a sign where it is a difference."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.experiments.report.amounts import MINUS, amount, percent, span

SIZES = {"k": 1e3, "M": 1e6, "B": 1e9, "": 1.0}


@pytest.mark.parametrize(
    ("value", "unit", "plus", "told"),
    [
        (2_134_000, "people", False, "2.13 M"),
        (-12.34e6, "USD", True, f"{MINUS}12.3 M USD"),
        (12.34e6, "USD per month", True, "+12.3 M USD a month"),
        (0.0, "USD", True, "0 USD"),
        (0.1234, "share", False, "12.3%"),
        (0.012, "share", True, "+1.20 points"),
        (-1e-12, "people", True, "0"),
        (float("nan"), "USD", False, "unknown"),
    ],
)
def test_amounts(value: float, unit: str, plus: bool, told: str) -> None:
    assert amount(value, unit, plus=plus) == told


def test_a_range_has_one_size() -> None:
    assert span(-1.2e6, 34e6, "USD", plus=True) == f"{MINUS}1.2 to +34.0 M USD"
    assert span(950.0, 12_000.0, "people") == "0.9 to 12.0 k"


def test_parts_that_round_to_nothing_say_so() -> None:
    assert percent(0.0003, plus=True) == "less than 0.1%"
    assert percent(-0.124, plus=True) == f"{MINUS}12%"
    assert percent(0.0) == "0%"


@settings(deadline=None)
@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_what_is_told_is_the_value_to_three_digits(value: float) -> None:
    told = amount(value, "people", plus=True)
    found = re.fullmatch(rf"([+{MINUS}]?)([\d,.]+)(?: ([kMB]))?", told)
    assert found, told
    size = float(found[2].replace(",", "")) * SIZES[found[3] or ""]
    back = -size if found[1] == MINUS else size
    assert math.isclose(back, value, rel_tol=5.1e-3, abs_tol=1e-6)
