"""Months are whole numbers inside and YYYY-MM outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.foundation.months import FIRST, LAST, parse_month, show_month, weeks_of


@given(st.integers(FIRST, LAST - 1))
def test_text_and_number_are_inverse(number: int) -> None:
    assert parse_month(show_month(number)) == number


def test_days_are_dropped_and_months_follow_each_other() -> None:
    assert parse_month("2022-10-24") == parse_month("2022-10")
    assert parse_month("2023-01") - parse_month("2022-12") == 1


@pytest.mark.parametrize(
    "text", ["2022", "2022-13", "2022-00", "22-10", "2022-10-00", "1022-10", 202210, None, "2022-10 "]
)
def test_what_is_no_month_is_one_clear_error(text: object) -> None:
    with pytest.raises(InputError, match=r"event 3: a (month is written YYYY-MM|day lies)"):
        parse_month(text, place="event 3")


@given(st.text() | st.integers() | st.none() | st.floats())
def test_nothing_else_is_raised(text: object) -> None:
    try:
        assert FIRST <= parse_month(text) < LAST
    except InputError:
        return


def test_a_week_belongs_to_the_month_of_its_thursday() -> None:
    # October 2022 has Thursdays on 6, 13, 20 and 27; December 2022 on 1, 8, 15, 22 and 29
    assert [weeks_of(parse_month(month)) for month in ("2022-10", "2022-12")] == [4, 5]
    years = range(parse_month("2000-01"), parse_month("2028-01"))
    assert sum(weeks_of(month) for month in years) == 1461  # 28 years are 1,461 weeks
