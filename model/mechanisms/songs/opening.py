"""The songs of the start: markets by their repertoire, lived until nothing depends on how they began."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from model.facts.records import LabelShare
from model.foundation.rng import stream_key
from model.mechanisms.songs import kernel
from model.mechanisms.songs.living import WORLD, live_weeks
from model.mechanisms.songs.numbers import numbers_of
from model.spec.parameters import Parameters
from model.state.songs import PLACES, SLOTS, SONG, SongStock, sum_of_labels

Floats = NDArray[np.float64]
GUESS_PLACE, GUESS_PART = 150, 1.0
"""The floor is guessed at this part of the streams at this place among songs without noise or lift, on the low side."""


def open_songs(
    repertoire: Mapping[str, Mapping[str, LabelShare]],
    parameters: Parameters,
    *,
    seed: int,
    sizes: Mapping[str, float] | None = None,
    clips: Floats | None = None,
    tiktok_open: NDArray[np.bool_] | bool = True,
    burn_weeks: int = 104,
) -> SongStock:
    """Return the songs of markets after `burn_weeks` weeks that end where week 0 begins.

    repertoire: labels' shares of listening and their local part, by market and label. sizes: listeners by market,
    weights of the chart of all markets; None: equal. clips, tiktok_open: as in `live_weeks`, for the burn-in.
    """
    stock = empty_songs(repertoire, parameters, seed=seed, sizes=sizes, week=-burn_weeks)
    left = burn_weeks
    while left > 0:  # in short pieces, so that the record stays small
        piece = min(left, 13)
        live_weeks(stock, parameters, weeks=piece, clips=clips, tiktok_open=tiktok_open)
        left -= piece
    return stock


def empty_songs(
    repertoire: Mapping[str, Mapping[str, LabelShare]],
    parameters: Parameters,
    *,
    seed: int,
    sizes: Mapping[str, float] | None = None,
    week: int = 0,
) -> SongStock:
    """Return markets without any song yet, before `week`."""
    codes, v = tuple(repertoire), numbers_of(parameters)
    labels = tuple(tuple(repertoire[code]) for code in codes)
    shape = (len(codes), max(len(names) for names in labels))
    share, at_home = np.zeros(shape), np.zeros(shape)
    for row, code in enumerate(codes):
        for column, cell in enumerate(repertoire[code].values()):
            share[row, column], at_home[row, column] = cell.share, cell.share * cell.local_share
    total = sum_of_labels(share)
    return SongStock(
        seed=seed, week=week, markets=codes, labels=labels, repertoire=share / total,
        local=_cumulative(at_home), abroad=_cumulative(share - at_home),
        world_share=1.0 - (sum_of_labels(at_home) / total)[:, 0],
        sizes=np.array([1.0 if sizes is None else sizes[code] for code in codes]),
        songs=np.zeros((len(codes), 1024), SONG), counts=np.zeros(len(codes), np.int64),
        floor=np.full(len(codes), _guessed_floor(parameters, seed)), recent=share / total,
        world_weeks=np.zeros((v.weeks, SLOTS), np.int16),
        local_weeks=np.zeros((len(codes), v.weeks, SLOTS), np.int16), floor_overall=np.zeros(1),
        hold=week + v.weeks - 1,
    )  # fmt: skip


def _cumulative(weights: Floats) -> Floats:
    """Return (M, L) cumulative shares of rows that need not add to 1; a row of zeros puts all on its first label."""
    reached, total = np.cumsum(weights, axis=1), sum_of_labels(weights)
    return np.divide(reached, total, out=np.ones_like(reached), where=total > 0.0)


def _guessed_floor(parameters: Parameters, seed: int) -> float:
    """Return streams that the last place of a settled chart surely exceeds, from one market's songs of all ages."""
    v = numbers_of(parameters)
    streams = np.empty(v.weeks * v.contenders)
    kernel.cross_section(np.zeros(1, SONG), stream_key(seed, WORLD, "song_guess"), v, streams)
    if streams.size < GUESS_PLACE + PLACES:
        return 0.0
    return float(GUESS_PART * np.partition(streams, -GUESS_PLACE)[-GUESS_PLACE])
