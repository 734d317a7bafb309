"""Who uses which fact, and why the rest is held."""

from __future__ import annotations

from model.experiments.fact_uses import LATER, OTHER_ROW, UNKNOWN, unused_facts, used_facts
from model.facts import FactBook, load_start


def test_every_fact_is_used_or_not() -> None:
    book, used = FactBook.load(), used_facts()
    unused = {one.fact.id for one in unused_facts()}
    assert used.keys() | unused == {fact.id for fact in book}
    assert not used.keys() & unused
    assert len(used) > 500
    assert len(unused) > 100


def test_users_of_a_fact_are_named() -> None:
    used = used_facts()
    assert any("start_offers" in user for user in used["prc-0001"])
    assert "scenario sony_leaves" in used["byt-0018"]
    assert "pattern P5" in used["oth-0001"]
    assert "code mechanisms/ad_growth.py" in used["adv-0001"]
    assert "parameter theta" in used["dem-0019"]
    population = FactBook.load().pick(market="IN", field="population_total", as_of="2022")
    assert "the making of a start" in used[population.id]


def test_facts_behind_every_row_of_the_start_are_used() -> None:
    used = used_facts()
    start = load_start()
    cells = [cell for market in start.markets.values() for cell in market.platforms.values()]
    offers = [offer for market in start.markets.values() for offer in market.offers]
    named = [name for rows in (cells, offers, start.deals) for row in rows for name in row.fact_ids]
    assert [name for name in named if name not in used] == []


def test_reasons_follow_from_the_row() -> None:
    reasons = {one.fact.id: one.reason for one in unused_facts()}
    book = FactBook.load()
    for name, reason in reasons.items():
        span = book.get(name).span
        assert (reason == LATER) == (span is not None and span.first > 2022 * 12 + 11), name
    assert all(reasons.values())
    assert sum(reason == UNKNOWN for reason in reasons.values()) < 0.1 * len(reasons)
    assert OTHER_ROW in reasons.values()
