"""Facts of the twenty markets and the start states reconciled from them."""

from model.facts.book import Fact, FactBook
from model.facts.known import known_book, start_facts
from model.facts.record import spotify_quarterly
from model.facts.records import (
    Assumption,
    DealStart,
    HistoryAction,
    MarketStart,
    OfferStart,
    PlatformCell,
    RegionWeight,
    StartState,
    Target,
)
from model.facts.start import DATES, load_start
from model.facts.units import CURRENCIES, MARKETS
from model.facts.weak import WeakCell, weak_cells

__all__ = [
    "CURRENCIES",
    "DATES",
    "MARKETS",
    "Assumption",
    "DealStart",
    "Fact",
    "FactBook",
    "HistoryAction",
    "MarketStart",
    "OfferStart",
    "PlatformCell",
    "RegionWeight",
    "StartState",
    "Target",
    "WeakCell",
    "known_book",
    "load_start",
    "spotify_quarterly",
    "start_facts",
    "weak_cells",
]
