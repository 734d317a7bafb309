"""Weeks of songs: reads the songs, the clip licences and creators' activity; writes the songs, returns the record."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.foundation.rng import stream_key
from model.foundation.threads import over_ranges
from model.mechanisms.songs import kernel
from model.mechanisms.songs.numbers import Numbers, numbers_of
from model.mechanisms.songs.record import SongWeeks
from model.spec.parameters import Parameters
from model.state.songs import PLACES, SongStock, sum_of_labels

Floats = NDArray[np.float64]
WORLD = "world"
WORTH_THREADS = 20  # markets times weeks from which threads gain (measured)


def live_weeks(
    stock: SongStock,
    parameters: Parameters,
    *,
    weeks: int,
    clips: Floats | None = None,
    activity: Floats | float = 1.0,
    tiktok_open: NDArray[np.bool_] | bool = True,
    overall: bool = False,
) -> SongWeeks:
    """Live some weeks of all markets and return their record.

    clips: (M, L) part of a label's songs that TikTok may use, 0 to 1; None: all. activity: of creators, (M,) or one
    for all, 1 at rest. tiktok_open: (M,) or one for all. overall: whether to make the chart of all markets too.
    """
    v = numbers_of(parameters)
    markets, labels = stock.repertoire.shape
    part = np.broadcast_to(np.asarray(1.0 if clips is None else clips, np.float64), (markets, labels))
    allowed = part * np.broadcast_to(np.asarray(tiktok_open, np.float64), (markets,))[:, None]
    busy = np.ascontiguousarray(np.broadcast_to(np.asarray(activity, np.float64), (markets,)))
    stock.make_room(weeks * v.contenders + 1)
    record, ids, played = _blank(stock, weeks, overall=overall)
    keys, world_key = _keys(stock.seed, stock.markets)

    def work(_: int, begin: int, end: int) -> None:
        kernel.live_weeks(
            stock.songs, stock.counts, begin, end, stock.week, stock.hold, keys, world_key, v, allowed, busy,
            stock.world_share, stock.local, stock.abroad, stock.floor, record.charts, record.chart_labels,
            record.streams, record.uses, record.active, ids, played,
        )  # fmt: skip

    over_ranges(work, markets, worth=max(2.0, WORTH_THREADS / max(weeks, 1)))
    if overall:
        _rank_overall(stock, v, record, ids, played)
    _follow(stock, record, parameters)
    stock.week += weeks
    return record


def pull_of(stock: SongStock, parameters: Parameters) -> Floats:
    """Return (M, L) labels' share of listening over their share of repertoire, 1 for labels without repertoire.

    Listening to the catalogue falls on labels by repertoire, the rest by the smoothed streams of the songs in play.
    """
    current = 1.0 - parameters.song_catalogue_share
    there = stock.repertoire > 0.0
    ratio = np.divide(stock.recent, stock.repertoire, out=np.ones_like(stock.recent), where=there)
    return 1.0 + current * (ratio - 1.0)


@lru_cache(maxsize=64)
def _keys(seed: int, markets: tuple[str, ...]) -> tuple[NDArray[np.uint64], np.uint64]:
    names = ("song", "song_noise", "song_uses")
    keys = np.array([[stream_key(seed, market, name) for name in names] for market in markets], np.uint64)
    keys.setflags(write=False)
    return keys, stream_key(seed, WORLD, "song")


def _blank(stock: SongStock, weeks: int, *, overall: bool) -> tuple[SongWeeks, NDArray[np.int64], Floats]:
    markets, labels = stock.repertoire.shape
    capacity, shown = stock.songs.shape[1], weeks if overall else 0
    record = SongWeeks(
        week=stock.week, markets=stock.markets, labels=stock.labels,
        charts=np.empty((markets, weeks, PLACES), np.int64),
        chart_labels=np.empty((markets, weeks, PLACES), np.int16),
        streams=np.empty((markets, weeks, labels)), uses=np.empty((markets, weeks, labels)),
        active=np.empty((markets, weeks), np.int64), overall=np.empty((shown, PLACES), np.int64),
        overall_homes=np.empty((shown, PLACES), np.int64), pull=np.empty((markets, labels)),
    )  # fmt: skip
    return record, np.empty((markets, shown, capacity), np.int64), np.empty((markets, max(shown, 1), capacity))


def _rank_overall(stock: SongStock, v: Numbers, record: SongWeeks, ids: NDArray[np.int64], played: Floats) -> None:
    totals = np.empty(stock.world_weeks.shape)
    for w in range(len(record)):
        kernel.rank_overall(
            stock.week + w, w, ids, played, record.active, stock.sizes, stock.world_weeks, stock.local_weeks,
            totals, v, stock.floor_overall, record.overall[w], record.overall_homes[w],
        )  # fmt: skip


def _follow(stock: SongStock, record: SongWeeks, parameters: Parameters) -> None:
    """Smooth labels' shares of the songs' streams week by week, and write the pull into the record."""
    part = 1.0 / parameters.song_pull_weeks
    total = sum_of_labels(record.streams)
    share = np.repeat(stock.repertoire[:, None], len(record), axis=1)
    np.divide(record.streams, total, out=share, where=total > 0.0)
    for w in range(len(record)):
        stock.recent += part * (share[:, w] - stock.recent)
    record.pull[:] = pull_of(stock, parameters)
