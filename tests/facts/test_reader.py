"""Tables of facts that somebody corrected: what is wrong is told with table, row and rule."""

from __future__ import annotations

import pytest

from model.facts.reader import parse_table
from model.foundation.errors import InputError


def test_a_column_that_is_gone_is_told_where_it_is_asked_for() -> None:
    (row,) = parse_table("market,platfrom\nID,resso\n", place="start_offers.csv")
    assert row["market"] == "ID"
    assert row.get("platform", "none") == "none"
    with pytest.raises(InputError, match=r"start_offers.csv row 2: the table has the column platform.*'platfrom'"):
        row["platform"]


@pytest.mark.parametrize(("text", "words"), [
    ("a,b\r1,2\rfoo\x00", "CSV file"), ("a,b\n1\n", "a row has 2 cells"), ("", "starts with a heading"),
    ("a\n" + "x" * 200_000, "CSV file"),
])  # fmt: skip
def test_what_is_no_table_is_told(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_table(text, place="prices.csv")
