"""Every market is known by its country's name."""

import pytest

from model.facts.countries import country_code
from model.facts.reader import read_table
from model.facts.units import MARKETS


def test_every_market_has_its_name_and_three_letter_code():
    rows = [row for row in read_table("markets") if row["field"] in ("name", "iso3")]
    assert {country_code(row["value"]) for row in rows} == set(MARKETS)
    assert all(country_code(row["value"].upper()) == row["market"] for row in rows)


@pytest.mark.parametrize(("name", "code"), [("UK", "GB"), ("usa", "US"), ("Viet-Nam", "VN"), (" South_Africa ", "ZA")])
def test_other_ways_to_write_them(name, code):
    assert country_code(name) == code


@pytest.mark.parametrize("word", ["", "in", "spotify", "Narnia"])
def test_other_words_are_no_country(word):
    assert country_code(word) is None
