"""The book of facts: all rows parse, ids are unique, look-ups choose the right row."""

import csv
from dataclasses import replace

import pytest

from model.facts.book import CONFIDENCES, FACT_TABLES, FactBook, fact_of
from model.facts.reader import TABLES, parse_table, read_table, split_ids
from model.foundation.errors import InputError
from model.foundation.months import parse_month


@pytest.fixture(scope="module")
def book() -> FactBook:
    return FactBook.load()


def test_every_row_of_every_fact_table_is_in_the_book_once(book):
    rows = [row["id"] for table in (*FACT_TABLES, "parameter_ranges") for row in read_table(table)]
    assert len(rows) == len(set(rows)) == len(book)
    assert [fact.id for fact in book] == rows


def test_every_table_with_an_id_column_is_read():
    with_ids = {path.stem for path in TABLES.glob("*.csv") if path.read_text().startswith("id,")}
    assert with_ids == {*FACT_TABLES, "parameter_ranges"}


def test_rows_keep_their_columns_and_have_a_source_or_say_how_well_they_are_known(book):
    for fact in book:
        assert fact.confidence in CONFIDENCES
        assert fact.value, fact.id
        assert fact.source or fact.confidence in ("recalled", "estimate"), fact.id
        assert fact.span is not None or not fact.date


def test_every_fact_id_named_by_the_start_is_in_the_book(book):
    tables = {path.stem for path in TABLES.glob("*.csv")}
    for path in TABLES.glob("start_*.csv"):
        for row in read_table(path.stem):
            for name in split_ids(row.get("fact_ids", "")):
                assert name in book or name in tables, (path.stem, name)


def test_a_wrong_id_names_the_nearest(book):
    with pytest.raises(InputError, match="Did you mean 'prc-0001'"):
        book.get("prc-00001")
    for short in ("prc-1", "PRC-0001", "prc1"):
        with pytest.raises(InputError, match="Did you mean 'prc-0001'"):
            book.get(short)
    assert book.get("prc-0001").number == 119.0


def test_two_rows_with_one_id_are_refused(book):
    fact = book.get("prc-0001")
    with pytest.raises(InputError, match="prc-0001"):
        FactBook([fact, replace(fact, value="120")])


def test_find_by_market_entity_field_text(book):
    prices = book.find(market="IN", entity="spotify", field="Individual")
    assert {fact.id for fact in prices} == {"prc-0001", "prc-0002"}
    assert {fact.market for fact in book.find(market="IN", text="resso")} >= {"IN", "India, Indonesia"}
    assert book.find(market="XX") == ()


def test_rows_that_name_several_markets_belong_to_each(book):
    beta = book.get("byt-0001")
    assert beta.markets == ("IN", "ID")
    assert beta in book.find(market="ID", entity="Resso")


def test_search_takes_codes_and_words(book):
    found = book.search("IN", "spotify")
    assert book.get("prc-0001") in found
    assert all("IN" in fact.markets for fact in found)
    assert book.search("apple_music", "US")
    with pytest.raises(InputError) as caught:
        book.search("IN", "spotfy", "zzzz")
    assert len(caught.value.faults) == 2
    near, far = (fault.way_out for fault in caught.value.faults)
    assert near.startswith("Did you mean 'spotify'") or near.startswith("Did you mean 'Spotify'")
    assert far == 'Search for a service or label, a market ("IN", "India"), or one word of a field, such as price.'


def test_search_takes_names_of_countries(book):
    for name, code in (("India", "IN"), ("UK", "GB"), ("south_africa", "ZA"), ("united states", "US")):
        assert book.search(name, "spotify") == book.search(code, "spotify") != ()
    with pytest.raises(InputError, match="'India'"):
        book.search("Indai")


def test_the_vintage_rule(book):
    until = book.find(until="2020-12")
    month = parse_month("2020-12")
    assert 0 < len(until) < len(book)
    assert all(fact.span is None or fact.span.first <= month for fact in until)
    assert book.get("sts-0001") not in book.find(until="2022-12")
    assert book.get("prc-0059").known_by(parse_month("2023-07"))  # a price is known once in force
    assert not book.get("prc-0055").known_by(parse_month("2022-12"))  # a chain of prices only at its end


def test_number_takes_the_row_of_the_date(book):
    people = {year: book.number(market="IN", field="population_total", as_of=year) for year in ("2020", "2022", "2024")}
    assert people == {"2020": 1402617695.0, "2022": 1425423212.0, "2024": 1450935791.0}
    assert book.number(market="IN", field="population_total", as_of="2024", until="2022-12") == people["2022"]
    assert book.pick(market="IN", field="music_piracy_rate_pct").id == "mkt-0921"  # 2022 before 2023
    with pytest.raises(InputError, match="Did you mean 'population_total'"):
        book.number(market="IN", field="populaton_total")
    with pytest.raises(InputError, match="known by 2019-01"):
        book.number(market="IN", field="population_total", until="2019-01")


def test_a_wrong_row_gives_all_its_faults():
    row = dict(read_table("prices")[0], unit="USD/month", date="soon", confidence="sure")
    _fact, faults = fact_of(row, table="prices")
    assert len(faults) == 3


def test_ragged_rows_are_refused():
    with pytest.raises(InputError, match="row 3") as caught:
        parse_table("a,b\n1,2\n1\n1,2,3\n", place="x.csv")
    assert len(caught.value.faults) == 2


def test_a_missing_table_is_one_clear_fault():
    with pytest.raises(InputError, match="table of facts"):
        read_table("nowhere")


def test_tables_are_clean_text():
    for path in TABLES.glob("*.csv"):
        raw = path.read_bytes()
        assert b"\r" not in raw, path.name
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                assert all(cell == cell.strip() for cell in row), (path.name, row)
