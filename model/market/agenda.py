"""What comes to the table in a month: licences that end soon, run on without a contract, are wanted, or failed before.

A licence on rolling terms never comes up. A label bargains for each market alone or for the world: then all its markets
whose licences with the platform end in the same month make one talk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from model.facts.records import ROLLING, DealStart
from model.market.valuing import Pair
from model.spec.talks import TalksPlan
from model.state.deals import Cell, DealBook

NEVER = -1


@dataclass(frozen=True, slots=True)
class Item:
    """One talk to be held. old: licences before, one per price group of markets; () where there never was one.

    ends: calendar month of the last month in force, NEVER where the label is not on the platform now.
    """

    pair: Pair
    old: tuple[DealStart, ...]
    ends: int

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells of the deal book that it is about."""
        pair = self.pair
        return tuple((market, pair.platform, pair.label, pair.kind) for market in pair.markets)


@dataclass(frozen=True, slots=True)
class Table:
    """What the agenda is read from. labels, platforms: by market of the run. busy: cells that are talked about now.

    returns: calendar month from which the sides of a failed talk come back. lead, pause: months before the end of a
    licence when talks begin, and between the recorded end of a licence and a return to the table. earning: markets in
    which TikTok is allowed, which bear lump sums for clips; elsewhere clips are not talked about.
    """

    book: DealBook
    plan: TalksPlan
    labels: Mapping[str, tuple[str, ...]]
    platforms: Mapping[str, tuple[str, ...]]
    busy: frozenset[Cell]
    returns: Mapping[Cell, int]
    lead: int
    pause: int
    earning: frozenset[str]


def agenda(table: Table, *, month: int) -> list[Item]:
    """Return the talks that begin in a calendar month, in a stable order."""
    groups: dict[tuple[str, str, str, int, str], list[tuple[str, DealStart | None]]] = {}
    for (market, platform, label, kind), deal, ends in _due(table, month):
        alone = market if table.plan.scope_of(label) == "market" else ""
        groups.setdefault((platform, label, kind, ends, alone), []).append((market, deal))
    return [
        Item(
            Pair(platform, label, kind, tuple(market for market, _ in cells)),
            tuple(dict.fromkeys(deal for _, deal in cells if deal is not None)), ends,
        )
        for (platform, label, kind, ends, _), cells in sorted(groups.items())
    ]  # fmt: skip


def _due(table: Table, month: int) -> Iterator[tuple[Cell, DealStart | None, int]]:
    """Yield the cells that come up: with the licence before, if any, and its last month."""
    for cell in _asked(table):
        market, platform, label, kind = cell
        spans = table.book.spans(market=market, platform=platform, label=label, kind=kind)
        if cell in table.busy or month < table.returns.get(cell, month):
            continue
        if kind == "streaming" and table.book.alone(market=market, label=label, month=month) not in (None, platform):
            continue  # somebody else holds the label alone
        if not spans:
            if month >= _wanted_from(table.plan, cell):
                yield cell, None, NEVER
            continue
        deal = table.book.deals[spans[-1].deal]
        if cell in table.returns:
            yield cell, deal, NEVER
        elif deal.status == "expired":
            if month > deal.expires + table.pause:
                yield cell, deal, NEVER
        elif deal.expires < ROLLING and month > deal.expires - table.lead:
            yield cell, deal, deal.expires


def _asked(table: Table) -> Iterator[Cell]:
    """Yield the cells that the scenario puts to the table, markets in the run's order."""
    plan = table.plan
    for market, labels in table.labels.items():
        for kind in plan.kinds:
            clips = ("tiktok",) if market in table.earning else ()
            services = clips if kind == "clips" else table.platforms[market]
            for platform in services:
                if platform in plan.platforms:
                    yield from ((market, platform, label, kind) for label in labels if label in plan.labels)


def _wanted_from(plan: TalksPlan, cell: Cell) -> int:
    """Return the calendar month from which a licence that never was is wanted; later than any month if it is not."""
    market, platform, label, kind = cell
    months = [
        one.first
        for one in plan.new
        if (one.platform, one.kind) == (platform, kind) and label in one.labels and market in one.markets
    ]
    return min(months, default=ROLLING)
