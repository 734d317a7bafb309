"""Which facts are used: those that the making of a start looks up, and those that its tables name."""

from __future__ import annotations

from model.facts import FactBook
from model.facts.book import listening
from model.facts.reader import TABLES
from model.facts.uses import facts_looked_up, facts_named, facts_of_people


def test_listening_hears_what_is_looked_up_and_nothing_else() -> None:
    book = FactBook.load()
    with listening() as heard:
        one = book.pick(market="IN", field="population_total", as_of="2022")
        with listening() as inner:
            other = book.get("prc-0001")
        book.number(market="BR", field="fx_local_per_usd", as_of="2022")
    book.get("prc-0002")
    assert inner == {other.id}
    brazil = book.pick(market="BR", field="fx_local_per_usd", as_of="2022")
    assert heard == {one.id, brazil.id}  # not the rows of other years that were passed over


def test_the_start_looks_up_people_incomes_and_rates_of_every_market() -> None:
    book = FactBook.load()
    for market in ("IN", "US", "EG"):
        fields = {book.get(name).field for name in facts_of_people(market)}
        assert {"population_total", "gdp_per_capita_usd", "fx_local_per_usd", "internet_users_pct"} <= fields
        assert all(book.get(name).market == market for name in facts_of_people(market))
    assert set(facts_of_people("IN")) < facts_looked_up()


def test_facts_that_tables_name_are_in_the_book() -> None:
    book = FactBook.load()
    named = facts_named()
    assert "start_offers" in named["prc-0001"]
    tables = {path.stem for path in TABLES.glob("*.csv")}
    assert [name for name in named if name not in book and name not in tables] == []
