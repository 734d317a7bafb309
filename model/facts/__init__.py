"""Facts of the twenty markets and the start states reconciled from them."""

from model.facts.book import Fact, FactBook
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
    "load_start",
    "spotify_quarterly",
]
