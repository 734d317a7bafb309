"""Numbers, units and dates of the tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts.units import (
    CURRENCIES,
    Span,
    kind_of,
    number_of,
    ppp_per_local,
    price_per_month,
    span_of,
    unit_faults,
)
from model.foundation.errors import InputError


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", (2022, 1), (2022, 12)),
        ("2022-10", (2022, 10), (2022, 10)),
        ("2022-10-24", (2022, 10), (2022, 10)),
        ("2022Q3", (2022, 7), (2022, 9)),
        ("2022 Q1-Q3", (2022, 1), (2022, 9)),
        ("2020H2-2021H1", (2020, 7), (2021, 6)),
        ("FY2022", (2021, 4), (2022, 3)),
        ("FY23", (2022, 4), (2023, 3)),
        ("2020-08..2022-09", (2020, 8), (2022, 9)),
        ("2019->2022->2023", (2019, 1), (2023, 12)),
        ("2012-17", (2012, 1), (2017, 12)),
        ("c.2022", (2022, 1), (2022, 12)),
        ("2021? (undated copy)", (2021, 1), (2021, 12)),
    ],
)
def test_dates_are_read_as_spans_of_months(text, first, last):
    assert span_of(text) == Span(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1] - 1)


@pytest.mark.parametrize("text", ["soon", "22-10", "2022 about", "October 2022", "1522"])
def test_other_dates_are_faults(text):
    with pytest.raises(InputError, match="year, month, quarter"):
        span_of(text)


def test_no_date_is_no_span():
    assert span_of("  ") is None


@given(st.integers(1990, 2099), st.integers(1, 12))
def test_a_month_reads_as_itself(year, month):
    span = span_of(f"{year}-{month:02d}")
    assert span is not None
    assert span.first == span.last == year * 12 + month - 1
    assert str(span) == f"{year}-{month:02d}"


@pytest.mark.parametrize(
    ("unit", "kind"),
    [("INR/month", "price"), ("INR per USD", "rate"), ("INR/USD", "rate"), ("percent", "percent"), ("USD bn", "money"),
     ("M", "count"), ("persons", "count"), ("hours", "time"), ("date", "text"), ("elasticity", "effect"),
     ("furlongs", None)],
)  # fmt: skip
def test_kinds_of_units(unit, kind):
    assert kind_of(unit) == kind


def test_a_unit_that_does_not_fit_its_field_is_a_fault():
    assert not unit_faults(place="t", market="IN", field="population_total", unit="persons", value=1e9)
    for field, unit in (("population_total", "percent"), ("fx_local_per_usd", "INR"), ("gdp_per_capita_ppp", "USD"),
                        ("share_age_0_14", "persons"), ("internet_users_pct", "M"), ("x", "furlongs")):  # fmt: skip
        assert unit_faults(place="t", market="IN", field=field, unit=unit, value=50.0), (field, unit)


def test_a_price_in_another_currency_is_a_fault():
    assert not unit_faults(place="t", market="IN", field="individual", unit="INR/month", posted=True)
    (fault,) = unit_faults(place="t", market="IN", field="individual", unit="USD/month", posted=True)
    assert "INR" in fault.rule
    assert unit_faults(place="t", market="IN", field="fx_local_per_usd", unit="BRL per USD", value=5.0)


def test_a_percentage_above_100_is_a_fault():
    assert unit_faults(place="t", market="IN", field="internet_users_pct", unit="% of population", value=140.0)


def test_billing_periods():
    assert price_per_month(25.0, billing="week") == pytest.approx(108.25)
    assert price_per_month(7.0, billing="day") == pytest.approx(210.0)
    assert price_per_month(299.0, billing="year") == pytest.approx(24.9167, abs=1e-4)
    with pytest.raises(InputError, match="Did you mean 'week'"):
        price_per_month(1.0, billing="weeks")


def test_purchasing_power_factor():
    assert ppp_per_local(gdp_per_capita_usd=2000.0, fx_local_per_usd=80.0, gdp_per_capita_ppp=8000.0) == 20.0
    with pytest.raises(InputError):
        ppp_per_local(gdp_per_capita_usd=2000.0, fx_local_per_usd=80.0, gdp_per_capita_ppp=0.0)


@pytest.mark.parametrize(
    ("text", "number"),
    [("119", 119.0), ("-0.6", -0.6), (".5", 0.5), ("4-5", None), ("<1", None), ("9.99->10.99", None), ("nan", None),
     ("inf", None), ("", None)],
)  # fmt: skip
def test_only_clean_numbers_are_numbers(text, number):
    assert number_of(text) == number


def test_twenty_markets_with_a_currency_each():
    assert len(CURRENCIES) == 20
    assert CURRENCIES["DE"] == "EUR"
