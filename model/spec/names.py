"""The names that a scenario may use: markets, services, tiers and labels of a start date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from model.facts.start import DATES, load_start

STARTS = DATES
"""Start dates that have a start state."""
ENTRANTS = ("tiktok_music",)
ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Names:
    """What exists at a start date, for checking names and for telling prices in words.

    tiers: tiers that the start state describes by (market, service), in the order of the facts.
    closed: (market, service, tier) of those that are not open at the start, since they open later.
    labels: labels with a repertoire share by market. currencies: currency code by market.
    prices: posted price at the start by (market, service, tier), local currency per month. fx: local currency per USD.
    entrants: services that exist nowhere yet and are expected as entrants; others may enter under a new name too.
    topview: share of days on which TikTok sells TopView at the start, by market.
    """

    start: str
    tiers: Mapping[tuple[str, str], tuple[str, ...]]
    labels: Mapping[str, tuple[str, ...]]
    closed: frozenset[tuple[str, str, str]] = frozenset()
    currencies: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    entrants: tuple[str, ...] = ENTRANTS
    fx: Mapping[str, float] = field(default_factory=dict)
    topview: Mapping[str, float] = field(default_factory=dict)

    @property
    def markets(self) -> tuple[str, ...]:
        """Every market, in the order of the facts."""
        return tuple(dict.fromkeys(market for market, _ in self.tiers))

    @property
    def services(self) -> tuple[str, ...]:
        """Every service with an offer in some market."""
        return tuple(dict.fromkeys(service for _, service in self.tiers))

    @property
    def tier_names(self) -> tuple[str, ...]:
        """Every tier that some service offers somewhere."""
        return tuple(dict.fromkeys(tier for tiers in self.tiers.values() for tier in tiers))

    @property
    def label_names(self) -> tuple[str, ...]:
        """Every label of some market."""
        return tuple(dict.fromkeys(label for labels in self.labels.values() for label in labels))

    def markets_of(self, service: str) -> tuple[str, ...]:
        """Return the markets where a service has an open offer at the start."""
        return tuple(market for market, other in self.tiers if other == service and self.is_there(market, other))

    def is_there(self, market: str, service: str) -> bool:
        """Tell whether a service has an open offer in a market at the start."""
        return any((market, service, tier) not in self.closed for tier in self.tiers.get((market, service), ()))


NamesOf = Callable[[str], Names]


@cache
def known_names(start: str) -> Names:
    """Return the names that the start state of a date knows. start: one of STARTS, "YYYY-MM"."""
    state = load_start(start)
    tiers: dict[tuple[str, str], tuple[str, ...]] = {}
    prices: dict[tuple[str, str, str], float] = {}
    closed: set[tuple[str, str, str]] = set()
    for code, market in state.markets.items():
        for offer in market.offers:
            cell = (code, offer.platform)
            tiers[cell] = (*tiers.get(cell, ()), offer.tier)
            prices[(*cell, offer.tier)] = offer.price_local_month
            if not offer.is_open:
                closed.add((*cell, offer.tier))
    return Names(
        start=start,
        tiers=tiers,
        labels={code: tuple(market.repertoire) for code, market in state.markets.items()},
        closed=frozenset(closed),
        currencies={code: market.currency for code, market in state.markets.items()},
        prices=prices,
        fx={code: market.fx_local_per_usd for code, market in state.markets.items()},
        topview={code: market.tiktok.topview_days_sold_share for code, market in state.markets.items()},
    )
