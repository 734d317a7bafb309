"""The start state as facts, so that one search shows sourced rows and the levels reconciled from them."""

from __future__ import annotations

from functools import cache

from model.facts.book import Fact, FactBook
from model.facts.records import MarketStart, StartState
from model.facts.start import load_start
from model.facts.units import span_of
from model.foundation.months import show_month


def start_facts(state: StartState) -> tuple[Fact, ...]:
    """Return users, payers and prices of every service at a start as facts; their notes hold bands and fact ids."""
    date = show_month(state.month)
    return tuple(fact for market in state.markets.values() for fact in (*_levels(market, date), *_prices(market, date)))


def _levels(market: MarketStart, date: str) -> list[Fact]:
    found = []
    for name, cell in market.platforms.items():
        parts = (("users", cell.mau_m, cell.mau_band), ("payers", cell.payers_m, cell.payers_band))
        for what, value, (low, high) in parts:
            note = f"80% band {low:g} to {high:g}; {' '.join(cell.fact_ids)}".rstrip("; ")
            found.append(_fact(market.code, name, what, value, "M", date, cell.confidence, cell.basis, note))
    return found


def _prices(market: MarketStart, date: str) -> list[Fact]:
    return [
        _fact(market.code, offer.platform, f"price {offer.tier}", offer.price_local_month, f"{offer.currency}/month",
              date, offer.confidence, offer.basis, " ".join(offer.fact_ids))
        for offer in market.offers if offer.payers and offer.is_open
    ]  # fmt: skip


def _fact(
    market: str, platform: str, field: str, value: float, unit: str, date: str, confidence: str, basis: str, note: str
) -> Fact:
    return Fact(
        id=f"start-{date}-{market}-{platform}-{field.replace(' ', '-')}", entity=platform, market=market, field=field,
        value=f"{value:.6g}", number=value, unit=unit, date=date, confidence=confidence, source=basis, url="",
        note=note, table="start", span=span_of(date),
    )  # fmt: skip


@cache
def known_book() -> FactBook:
    """Return the book of facts with the start of October 2022 before it: what `resonance facts` searches."""
    return FactBook([*start_facts(load_start()), *FactBook.load()])
