"""Which facts the starts rest on: those that their tables name, and those that are looked up when they are made."""

from __future__ import annotations

from functools import cache

from model.facts.book import FactBook, listening
from model.facts.reader import TABLES, read_table, split_ids
from model.facts.replay import opened_2019_12, opened_2022_06
from model.facts.start import observed


@cache
def facts_looked_up() -> frozenset[str]:
    """Return the ids of the facts that are read from the book when the starts are made, of all markets and dates."""
    with listening() as heard:
        state = observed()
        opened_2022_06(state)
        opened_2019_12(state)
    return frozenset(heard)


def facts_of_people(market: str) -> tuple[str, ...]:
    """Return the ids of the facts of a market that its people are made from: ages, incomes, internet, exchange rate."""
    book = FactBook.load()
    return tuple(sorted(name for name in facts_looked_up() if book.get(name).market == market))


@cache
def facts_named() -> dict[str, tuple[str, ...]]:
    """Return by fact id, or name of a table of statistics, the tables of the start whose rows name it."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted(TABLES.glob("start_*.csv")):
        for row in read_table(path.stem):
            for name in split_ids(row.get("fact_ids", "")):
                found.setdefault(name, {})[path.stem] = None
    return {name: tuple(tables) for name, tables in found.items()}
