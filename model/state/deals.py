"""Licences in force: which terms a service pays a label under, and which labels it may play, in a market and month.

A deal is in force from `signed` to `expires`, its last month. After that it runs on under its old terms, unless a later
deal of the same pair follows or the deal is recorded as expired: then the label is off the service. Before the first
deal of a pair that the start records, the same terms are taken, as those of its predecessor. Pairs without any deal
take the declared default terms, and so do the months before a first deal that was agreed later.

A deal agreed in the run governs its markets from `signed` on; the pair's licence there ends the month before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    *_rewarded: of rewarded tiers, as those of free tiers where a deal gives none. publisher_*: (P,) share of net
    revenue. in_force: whether the label may be played there. deal: position in the deal book, -1 for default terms.
    Terms of a deal that has lapsed stay readable; `in_force` is False.
    """

    market: str
    platforms: tuple[str, ...]
    labels: tuple[str, ...]
    rev_share_paid: Floats
    rev_share_free: Floats
    per_subscriber_minimum_usd: Floats
    per_stream_minimum_usd: Floats
    rev_share_rewarded: Floats
    per_stream_minimum_rewarded_usd: Floats
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


@dataclass(frozen=True, slots=True)
class Governing:
    """The deal that governs a pair in a month.

    deal: its terms. position: in the deal book, -1 for default terms. held: whether it is in force or extended; else it
    has lapsed.
    """

    deal: DealStart
    position: int
    held: bool


class DealBook:
    """All licences of a run, by pair of service and label. Never changed in place: a new agreement is a new book."""

    def __init__(self, deals: Iterable[DealStart], *, start: StartState) -> None:
        self.deals = tuple(deals)
        self.amended = tuple(range(len(self.deals)))
        self._start = start
        self._by_cell = _by_cell(self.deals, range(len(self.deals)))
        raise_faults(_overlaps(self.deals, self._by_cell))
        self._recorded = len(self.deals)
        self._spans = {cell: self._cell_spans(positions) for cell, positions in self._by_cell.items()}
        self._settle()

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

    def with_deals(self, deals: Iterable[DealStart], *, amends: Sequence[int] | None = None) -> DealBook:
        """Return a book with more deals, appended: each governs its pair and markets from `signed` on.

        amends: by new deal, the position of the one whose terms it changes and whose guarantee it goes on with; its end
        may lie in the past then, as that of an extended licence does. Errors: InputError for a deal that ends before it
        is signed, for new deals of one pair that overlap, and for two labels' exclusives at once.
        """
        added = tuple(deals)
        first = len(self.deals)
        twin = object.__new__(DealBook)
        twin.deals, twin._start, twin._recorded = (*self.deals, *added), self._start, self._recorded
        roots = range(first, first + len(added)) if amends is None else [self.amended[old] for old in amends]
        twin.amended = (*self.amended, *roots)
        new = _by_cell(twin.deals, range(first, first + len(added)))
        if amends is None:
            raise_faults([*_backwards(added), *_overlaps(twin.deals, new)])
        twin._by_cell = self._by_cell | {cell: [*self._by_cell.get(cell, ()), *more] for cell, more in new.items()}
        twin._spans = self._spans | {cell: twin._cell_spans(twin._by_cell[cell]) for cell in new}
        twin._settle()
        return twin

    def _cell_spans(self, positions: Sequence[int]) -> tuple[Span, ...]:
        """Return the months each deal governs a pair, extensions included; of two from one month on, the later one."""
        recorded = [position for position in positions if position < self._recorded]
        earliest = min(recorded, key=lambda position: self.deals[position].signed, default=-1)
        begins = {place: FIRST if place == earliest else self.deals[place].signed for place in positions}
        ordered = sorted(positions, key=lambda position: (begins[position], position))
        spans = []
        for place, position in enumerate(ordered):
            deal = self.deals[position]
            following = begins[ordered[place + 1]] - 1 if place + 1 < len(ordered) else LAST
            last = min(deal.expires, following) if deal.status == "expired" else following
            if begins[position] <= last:
                spans.append(Span(begins[position], last, position))
        return tuple(spans)

    def _settle(self) -> None:
        """Work out from the spans who holds a label alone and when any terms change."""
        self._alone = _exclusives(self.deals, self._spans)
        raise_faults(_rivals(self.deals, self._alone))
        self._changes = _changes(self._spans, self._alone)
        self._partners: dict[tuple[str, str, str], list[str]] = {}
        self._kept: dict[tuple[str, tuple[str, ...], tuple[str, ...], int], Terms] = {}
        self._kept_held: dict[tuple[str, str, str, int], tuple[DealStart, ...]] = {}

    @property
    def clips(self) -> tuple[DealStart, ...]:
        """Licences for music in short videos: lump sums, not by usage."""
        return tuple(deal for deal in self.deals if deal.kind == "clips")

    def spans(self, *, market: str, platform: str, label: str, kind: str = "streaming") -> tuple[Span, ...]:
        """Return the months governed by each deal of a pair, in order; empty where default terms hold."""
        return self._spans.get((market, platform, label, kind), ())

    def partners(self, *, market: str, platform: str, kind: str = "streaming") -> tuple[str, ...]:
        """Return the labels with which a service has a deal of its own in a market, lapsed ones too, by name."""
        if not self._partners:
            found: dict[tuple[str, str, str], list[str]] = {}
            for there, service, label, what in sorted(self._spans):
                found.setdefault((there, service, what), []).append(label)
            self._partners = found
        return tuple(self._partners.get((market, platform, kind), ()))

    def governing(
        self, *, market: str, platform: str, label: str, month: int, kind: str = "streaming"
    ) -> Governing | None:
        """Return the deal of its own that governs a pair in a month; None where default terms hold."""
        spans = self._spans.get((market, platform, label, kind), ())
        span = next((span for span in reversed(spans) if span.first <= month), None)
        return None if span is None else Governing(self.deals[span.deal], span.deal, month <= span.last)

    def held(self, *, market: str, platform: str, month: int, kind: str = "streaming") -> tuple[DealStart, ...]:
        """Return a service's own deals that are in force or extended in a market and month, by label."""
        key = (market, platform, kind, int(np.searchsorted(self._changes, month, side="right")))
        if key not in self._kept_held:
            found = (
                self.governing(market=market, platform=platform, label=label, month=month, kind=kind)
                for label in self.partners(market=market, platform=platform, kind=kind)
            )
            self._kept_held[key] = tuple(one.deal for one in found if one is not None and one.held)
        return self._kept_held[key]

    def standing(self, *, market: str, platform: str, label: str, month: int, kind: str = "streaming") -> Governing:
        """Return the deal that governs a pair in a month, default terms (position -1) where it has none of its own."""
        found = self.governing(market=market, platform=platform, label=label, month=month, kind=kind)
        if found is None:
            standard = self._start.default_deal(platform=platform, label=label, market=market, kind=kind)
            found = Governing(standard, -1, True)
        return found

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

    def alone(self, *, market: str, label: str, month: int) -> str | None:
        """Return the service that holds a label alone in a market and month by an exclusive deal, or None."""
        return next(
            (self.deals[span.deal].platform for span in self._alone.get((market, label), ())
             if span.first <= month <= span.last), None,
        )  # fmt: skip

    def _terms(self, market: str, month: int, platforms: tuple[str, ...], labels: tuple[str, ...]) -> Terms:
        rows = [
            [self.standing(market=market, platform=platform, label=label, month=month) for label in labels]
            for platform in platforms
        ]
        publishing = [
            self.standing(market=market, platform=platform, label="publishers", month=month, kind="publishing").deal
            for platform in platforms
        ]
        alone = [self.alone(market=market, label=label, month=month) for label in labels]
        allowed = [[owner in (None, platform) for owner in alone] for platform in platforms]

        def column(name: str) -> Floats:
            return np.array([[getattr(found.deal, name) for found in row] for row in rows], dtype=np.float64)

        paid, free, per_stream = (
            column(name) for name in ("rev_share_paid", "rev_share_free", "per_stream_minimum_usd")
        )
        # Services without a free tier have no terms for one: if one opens, their paid share and the minimum that
        # others pay the label there hold.
        silent = free == 0.0
        free, per_stream = (
            np.where(silent, paid, free), np.where(silent, per_stream.max(axis=0, initial=0.0), per_stream)
        )  # fmt: skip
        share_rewarded, stream_rewarded = (  # nan where the deal has no term of its own
            column(name) for name in ("rev_share_rewarded", "per_stream_minimum_rewarded_usd")
        )
        publisher_paid = np.array([deal.rev_share_paid for deal in publishing])
        publisher_free = np.array([deal.rev_share_free for deal in publishing])
        return Terms(
            market=market, platforms=platforms, labels=labels, rev_share_paid=paid,
            rev_share_free=free, per_subscriber_minimum_usd=column("per_subscriber_minimum_usd"),
            per_stream_minimum_usd=per_stream,
            rev_share_rewarded=np.where(np.isnan(share_rewarded), free, share_rewarded),
            per_stream_minimum_rewarded_usd=np.where(np.isnan(stream_rewarded), per_stream, stream_rewarded),
            publisher_paid=publisher_paid,
            publisher_free=np.where(publisher_free == 0.0, publisher_paid, publisher_free),
            in_force=np.array([[found.held for found in row] for row in rows], dtype=np.bool_) & np.array(allowed),
            deal=np.array([[found.position for found in row] for row in rows], dtype=np.int64),
        )  # fmt: skip


def _by_cell(deals: tuple[DealStart, ...], positions: Iterable[int]) -> dict[Cell, list[int]]:
    """Return the positions of deals by the cells that they cover, in the order of the book."""
    found: dict[Cell, list[int]] = {}
    for position in positions:
        deal = deals[position]
        for market in deal.markets:
            found.setdefault((market, deal.platform, deal.label, deal.kind), []).append(position)
    return found


def _backwards(deals: Iterable[DealStart]) -> list[Fault]:
    return [
        Fault(
            f"deals, {deal.platform} with {deal.label} ({deal.kind})",
            f"a deal ends after it is signed ({show_month(deal.signed)})",
            show_month(deal.expires),
            "Move one of the two dates.",
        )
        for deal in deals
        if deal.expires < deal.signed
    ]


def _overlaps(deals: tuple[DealStart, ...], by_cell: Mapping[Cell, Sequence[int]]) -> list[Fault]:
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


def _exclusives(
    deals: tuple[DealStart, ...], spans: Mapping[Cell, tuple[Span, ...]]
) -> dict[tuple[str, str], tuple[Span, ...]]:
    """Return by market and label the months in which one service holds it alone: to the written end of its deal."""
    if not any(deal.exclusive for deal in deals):
        return {}
    found: dict[tuple[str, str], list[Span]] = {}
    for (market, _, label, kind), there in spans.items():
        for span in there:
            deal = deals[span.deal]
            first, last = max(span.first, deal.signed), min(span.last, deal.expires)
            if deal.exclusive and kind == "streaming" and first <= last:
                found.setdefault((market, label), []).append(Span(first, last, span.deal))
    return {cell: tuple(sorted(held, key=lambda span: span.first)) for cell, held in found.items()}


def _rivals(deals: tuple[DealStart, ...], alone: Mapping[tuple[str, str], tuple[Span, ...]]) -> list[Fault]:
    """Return the exclusives of two services that clash."""
    faults = []
    for (market, label), held in alone.items():
        for earlier, later in pairwise(held):
            if later.first <= earlier.last:
                other, until = deals[earlier.deal].platform, show_month(earlier.last)
                faults.append(
                    Fault(
                        f"deals, {deals[later.deal].platform} with {label} in {market}",
                        f"one service at a time holds a label alone ({other} does until {until})",
                        show_month(later.first),
                        "Take `exclusive` out of one of the deals, or move its dates.",
                    )
                )
    return faults


def _changes(
    spans: Mapping[Cell, tuple[Span, ...]], alone: Mapping[tuple[str, str], tuple[Span, ...]]
) -> NDArray[np.int64]:
    """Return the months in which the terms of any pair change, in order."""
    both = (*spans.values(), *alone.values())
    months = {month for cell in both for span in cell for month in (span.first, span.last + 1)}
    return np.array(sorted(months), dtype=np.int64)
