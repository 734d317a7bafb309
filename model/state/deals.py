"""Licences in force: which terms a service pays a label under, and which labels it may play, in a market and month.

A deal is in force from `signed` to `expires`, its last month. After that it runs on under its old terms, unless a later
deal of the same pair follows or the deal is recorded as expired: then the label is off the service. Before the first
deal of a pair the same terms are taken, as those of its predecessor. Pairs without any deal take the declared default
terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from model.facts.records import DealStart, StartState
from model.foundation.errors import Fault, raise_faults
from model.foundation.months import FIRST, LAST, show_month

Floats = NDArray[np.float64]
Cell = tuple[str, str, str, str]
"""(market, platform, label, kind)."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Terms of all services and labels of a market in a month; P services by L labels.

    rev_share_*: share of net revenue, before usage share. Minima: USD, for all labels together, before usage share.
    publisher_*: (P,) share of net revenue. in_force: whether the label may be played there. deal: position in the deal
    book, -1 for default terms. Terms of a deal that has lapsed stay readable; `in_force` is False.
    """

    market: str
    platforms: tuple[str, ...]
    labels: tuple[str, ...]
    rev_share_paid: Floats
    rev_share_free: Floats
    per_subscriber_minimum_usd: Floats
    per_stream_minimum_usd: Floats
    publisher_paid: Floats
    publisher_free: Floats
    in_force: NDArray[np.bool_]
    deal: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """Months in which a deal governs a pair: first to last, the last one included. deal: position in the deal book."""

    first: int
    last: int
    deal: int


class DealBook:
    """All licences of a run, by pair of service and label. Never changed in place: a new agreement is a new book."""

    def __init__(self, deals: Iterable[DealStart], *, start: StartState) -> None:
        self.deals = tuple(deals)
        self._start = start
        self._spans = _spans(self.deals)
        self._changes = _changes(self._spans)
        self._kept: dict[tuple[str, tuple[str, ...], tuple[str, ...], int], Terms] = {}

    @classmethod
    def from_start(cls, start: StartState) -> DealBook:
        """Return the licences of a start state; deals without a service in any market are left out (see its
        notices).
        """
        used = (
            deal
            for deal in start.deals
            if deal.kind == "clips" or any(deal.platform in start.markets[market].platforms for market in deal.markets)
        )
        return cls(used, start=start)

    @property
    def clips(self) -> tuple[DealStart, ...]:
        """Licences for music in short videos: lump sums, not by usage."""
        return tuple(deal for deal in self.deals if deal.kind == "clips")

    def spans(self, *, market: str, platform: str, label: str, kind: str = "streaming") -> tuple[Span, ...]:
        """Return the months governed by each deal of a pair, in order; empty where default terms hold."""
        return self._spans.get((market, platform, label, kind), ())

    def terms(self, market: str, *, month: int, platforms: tuple[str, ...], labels: tuple[str, ...]) -> Terms:
        """Return the terms of a market in a month, services and labels in the given order."""
        segment = int(np.searchsorted(self._changes, month, side="right"))
        key = (market, platforms, labels, segment)
        if key not in self._kept:
            self._kept[key] = self._terms(market, month, platforms, labels)
        return self._kept[key]

    def availability(
        self, market: str, *, month: int, platforms: tuple[str, ...], labels: tuple[str, ...]
    ) -> NDArray[np.bool_]:
        """Return (P, L) whether each service may play each label in a market and month."""
        return self.terms(market, month=month, platforms=platforms, labels=labels).in_force

    def notices(self, *, first: int, last: int) -> tuple[str, ...]:
        """Return what is assumed about deals in a window of months: those that run on past their end on old terms."""
        found: dict[tuple[str, str, int], list[str]] = {}
        for (market, platform, label, kind), spans in self._spans.items():
            if spans and kind == "streaming":
                end = self.deals[spans[-1].deal].expires
                if end < last and end < spans[-1].last and spans[-1].last >= first:
                    found.setdefault((platform, label, end), []).append(market)
        return tuple(
            f"{platform} and {label} ({', '.join(markets)}): licence ended {show_month(end)}, extended on old terms"
            for (platform, label, end), markets in sorted(found.items())
        )

    def _at(self, market: str, platform: str, label: str, month: int, kind: str) -> tuple[DealStart, int, bool]:
        spans = self._spans.get((market, platform, label, kind))
        if not spans:
            standard = self._start.default_deal(platform=platform, label=label, market=market, kind=kind)
            return standard, -1, True
        span = next((span for span in reversed(spans) if span.first <= month), spans[0])
        return self.deals[span.deal], span.deal, month <= span.last

    def _terms(self, market: str, month: int, platforms: tuple[str, ...], labels: tuple[str, ...]) -> Terms:
        rows = [[self._at(market, platform, label, month, "streaming") for label in labels] for platform in platforms]
        publishing = [self._at(market, platform, "publishers", month, "publishing")[0] for platform in platforms]

        def column(name: str) -> Floats:
            return np.array([[getattr(deal, name) for deal, _, _ in row] for row in rows], dtype=np.float64)

        paid, free, per_stream = (
            column(name) for name in ("rev_share_paid", "rev_share_free", "per_stream_minimum_usd")
        )
        # Services without a free tier have no terms for one: if one opens, their paid share and the minimum that
        # others pay the label there hold.
        silent = free == 0.0
        publisher_paid = np.array([deal.rev_share_paid for deal in publishing])
        publisher_free = np.array([deal.rev_share_free for deal in publishing])
        return Terms(
            market=market, platforms=platforms, labels=labels, rev_share_paid=paid,
            rev_share_free=np.where(silent, paid, free),
            per_subscriber_minimum_usd=column("per_subscriber_minimum_usd"),
            per_stream_minimum_usd=np.where(silent, per_stream.max(axis=0, initial=0.0), per_stream),
            publisher_paid=publisher_paid,
            publisher_free=np.where(publisher_free == 0.0, publisher_paid, publisher_free),
            in_force=np.array([[held for _, _, held in row] for row in rows], dtype=np.bool_),
            deal=np.array([[position for _, position, _ in row] for row in rows], dtype=np.int64),
        )  # fmt: skip


def _spans(deals: tuple[DealStart, ...]) -> dict[Cell, tuple[Span, ...]]:
    """Return by cell the months each deal governs, extensions included; InputError for overlaps."""
    by_cell: dict[Cell, list[int]] = {}
    for position, deal in enumerate(deals):
        for market in deal.markets:
            by_cell.setdefault((market, deal.platform, deal.label, deal.kind), []).append(position)
    raise_faults(_overlaps(deals, by_cell))
    return {cell: _cell_spans(deals, positions) for cell, positions in by_cell.items()}


def _cell_spans(deals: tuple[DealStart, ...], positions: list[int]) -> tuple[Span, ...]:
    ordered = sorted(positions, key=lambda position: deals[position].signed)
    spans = []
    for place, position in enumerate(ordered):
        deal = deals[position]
        following = deals[ordered[place + 1]].signed - 1 if place + 1 < len(ordered) else LAST
        spans.append(
            Span(deal.signed if place else FIRST, deal.expires if deal.status == "expired" else following, position)
        )
    return tuple(spans)


def _overlaps(deals: tuple[DealStart, ...], by_cell: Mapping[Cell, list[int]]) -> list[Fault]:
    faults = []
    for (market, platform, label, kind), positions in by_cell.items():
        ordered = sorted((deals[position] for position in positions), key=lambda deal: (deal.signed, deal.expires))
        for earlier, later in pairwise(ordered):
            if later.signed <= earlier.expires:
                faults.append(
                    Fault(
                        f"deals, {platform} with {label} in {market} ({kind})",
                        f"a deal starts after the one before it ends ({show_month(earlier.expires)})",
                        show_month(later.signed),
                        "Move one of the two dates, or take the market out of one of the deals.",
                    )
                )
    return faults


def _changes(spans: Mapping[Cell, tuple[Span, ...]]) -> NDArray[np.int64]:
    """Return the months in which the terms of any pair change, in order."""
    months = {month for cell in spans.values() for span in cell for month in (span.first, span.last + 1)}
    return np.array(sorted(months), dtype=np.int64)
