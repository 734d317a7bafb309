"""Months of a market laid on one another, so that tables are worked out market by market and not month by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.market.record import MarketMonth
from model.results.columns import Column, dates, frame_of
from model.results.layout import Layout, layout_of
from model.results.money_columns import TopUps, top_up_matrix
from model.results.runs import FinishedRun

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
NOT_EVERY_MONTH = frozenset({"demand", "tiktok", "video", "charts"})
"""Parts of a record that not every month has: left out of a record of several months."""
UNREAD = frozenset({"billed", "billed_usage", "binding", "belongs", "is_open", "price_local", "price_usd", "ad_load"})
"""Arrays of the first month in a record of several: they are the same in all (belongs), or no table reads them so."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Months of one market with the same services, offers and labels, all opening or all lived, with TikTok or without.

    places: (T,) of the records among those of the run. month: (T,). records: of the months. whole: one record whose
    arrays have the months in front, (T, ...), and whose numbers are (T, 1), but for `NOT_EVERY_MONTH` and `UNREAD`.
    """

    places: Places
    month: Places
    records: tuple[MarketMonth, ...]
    whole: MarketMonth
    layout: Layout


_LAST: WeakKeyDictionary[FinishedRun, tuple[Block, ...]] = WeakKeyDictionary()
"""Blocks of the last run that was asked for: its tables share them. They go when the run goes."""


def blocks_of(run: FinishedRun) -> tuple[Block, ...]:
    """Return the records of a run market by market."""
    found = _LAST.get(run)
    if found is None:
        found = tuple(_blocks(run.records))
        _LAST.clear()
        _LAST[run] = found
    return found


def _blocks(records: Sequence[MarketMonth]) -> Iterator[Block]:
    alike: dict[tuple[object, ...], list[int]] = {}
    for place, one in enumerate(records):
        parts = (one.settlement, one.expected, one.tiktok, one.activity.spoken)
        lacking = tuple(part is None for part in parts)
        alike.setdefault((one.market, lacking, one.platforms, one.offers, one.labels), []).append(place)
    for places in alike.values():
        own = tuple(records[place] for place in places)
        months = np.array([one.month for one in own], dtype=np.int64)
        layout = layout_of(own[0].platforms, own[0].offers)
        yield Block(np.array(places, dtype=np.int64), months, own, stacked(own), layout)


def stacked(records: Sequence[MarketMonth]) -> MarketMonth:
    """Return one record whose arrays have the months in front and whose numbers are (T, 1); see `Block`."""
    found: MarketMonth = _together(records)
    return found


def _together(values: Sequence[Any]) -> Any:
    """Return arrays stacked, numbers as (T, 1), dataclasses field by field, and of all else the first."""
    first = values[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(values).reshape(len(values), *first.shape)  # twice as fast as np.stack
    if isinstance(first, float | np.floating):
        return np.array(values, dtype=np.float64)[:, None]
    if is_dataclass(first) and not isinstance(first, type):
        whole = {}
        for name in (one.name for one in fields(first)):
            own = [getattr(one, name) for one in values]
            whole[name] = None if name in NOT_EVERY_MONTH else own[0] if name in UNREAD else _together(own)
        return replace(first, **whole)
    return first


def paid_labels(block: Block, paid: TopUps) -> Floats:
    """Return (T, P, L) of what services paid labels beside royalties, USD."""
    return np.stack([top_up_matrix(record, paid) for record in block.records])


class GatheredBlocks:
    """Columns of a frame gathered block by block; the rows are put in the order of the runs and their records."""

    def __init__(self, frame: str) -> None:
        self.frame = frame
        self._columns: dict[str, list[Column]] = {}
        self._markets: list[str] = []
        self._order: list[Places] = []
        self._behind = 0  # records of the runs before

    def add(self, run: FinishedRun, block: Block, columns: Mapping[str, Column]) -> None:
        """Add the rows of a block. columns: (T, rows) each, or (rows,) where all months have the same."""
        months, rows = len(block.month), max(np.shape(column)[-1] for column in columns.values())
        shape = (months, rows)
        self._order.append(np.repeat(block.places + self._behind, rows))
        self._markets.append(block.whole.market)
        own: dict[str, Column] = {
            "replicate": np.full(months * rows, run.replicate, dtype=np.int64), "month": np.repeat(block.month, rows),
            "market": np.full(months * rows, len(self._markets) - 1),
        }  # fmt: skip
        for name, column in (*own.items(), *columns.items()):
            flat = column if name in own or np.shape(column) == shape else np.broadcast_to(column, shape)
            self._columns.setdefault(name, []).append(flat.reshape(-1))

    def close(self, run: FinishedRun) -> None:
        """Tell that all blocks of a run were added."""
        self._behind += len(run.records)

    def arrays(self) -> dict[str, Column]:
        """Return the columns but `date` as arrays, block by block: sums of rows need no other order."""
        whole: dict[str, Column] = {name: np.concatenate(pieces) for name, pieces in self._columns.items()}
        if whole:
            whole["market"] = np.array(self._markets, dtype=object)[whole["market"]]
        return whole

    def frame_from(self, *, start_month: int) -> pd.DataFrame:
        """Return the frame with its declared columns, in order; `date` is told by `month`.

        start_month: calendar number of run month 1; the opening stock, 0, closes the month before.
        """
        if not self._order:
            return frame_of(self.frame, {})
        order = np.argsort(np.concatenate(self._order), kind="stable")
        whole: dict[str, Column | pd.Index[Any]] = {
            name: np.concatenate(pieces)[order] for name, pieces in self._columns.items()
        }
        whole["market"] = pd.Index(self._markets).take(np.asarray(whole["market"], dtype=np.int64))
        months, at = np.unique(np.asarray(whole["month"]), return_inverse=True)
        whole["date"] = pd.Index(dates(months, start_month=start_month)).take(at)
        return frame_of(self.frame, whole)
