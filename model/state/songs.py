"""The songs of all markets as arrays: one row per market, one record per song that may still reach a chart.

A song is released in a week under a slot number. A world song (`world` 1) is the same song in every market that takes
it: its qualities are drawn once for the world, its noise and its uses on TikTok in each market. A local song belongs to
its market alone. Songs without a prospect of the chart are not kept; their streams count with the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SLOTS = 128  # most releases a week and market
FIRST_WEEK = 1 << 16  # added to weeks in identities, so that songs from before week 0 have one
PLACES = 100  # of a chart
BY_MARKET = ("repertoire", "local", "abroad", "world_share", "sizes", "counts", "floor", "recent")
SONG = np.dtype(
    [
        ("id", np.int64),
        ("release", np.int32),  # week
        ("label", np.int16),  # position in the market's labels
        ("world", np.int8),  # 1 where released to the world, 0 where to its market
        ("charted", np.int16),  # weeks on the market's chart so far
        ("quality", np.float64),  # at least 1
        ("burst", np.float64),  # streams of fans, this week
        ("audience", np.float64),  # streams at full build-up, this week
        ("life", np.float64),  # factor on the audience from week to week
        ("waiting", np.float64),  # part of the build-up still to come
        ("rise", np.float64),  # factor on it from week to week
        ("noise", np.float64),  # log
        ("spread", np.float64),  # new uses per use while the song is new on TikTok
        ("novelty", np.float64),  # uses that wear it out to 37%
        ("seed", np.float64),  # uses a week that nobody else's use brought
        ("uses", np.float64),  # on TikTok, this week
        ("spent", np.float64),  # uses so far
        ("stock", np.float64),  # remembered uses
        ("streams", np.float64),  # this week, in units of a song of quality 1 at full build-up
    ],
    align=True,
)


@dataclass(slots=True)
class SongStock:
    """Songs of M markets (L: most labels of any) after `week` - 1 weeks have been lived; `week` comes next.

    labels: names per market. repertoire: (M, L) shares of listening, 0 beyond a market's labels. local, abroad: (M, L)
    cumulative distribution over labels of local and of world songs. world_share: (M,) chance that a release is a world
    song. sizes: (M,) listeners, weights of the overall chart. songs: (M, capacity) SONG; counts: (M,) in use. floor:
    (M,) streams below which a song has lately missed the chart. recent: (M, L) smoothed shares of the songs' streams.
    world_weeks: (weeks kept, SLOTS) weeks on the overall chart of world songs, by week of release (modulo) and slot;
    local_weeks: (M, weeks kept, SLOTS) the same of local songs. floor_overall: (1,) streams of the last place of that
    chart. hold: week up to which the floor stays the guess it is.
    """

    seed: int
    week: int
    markets: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    repertoire: Floats
    local: Floats
    abroad: Floats
    world_share: Floats
    sizes: Floats
    songs: NDArray[np.void]
    counts: NDArray[np.int64]
    floor: Floats
    recent: Floats
    world_weeks: NDArray[np.int16]
    local_weeks: NDArray[np.int16]
    floor_overall: Floats
    hold: int

    def copy(self, *, seed: int | None = None) -> SongStock:
        """Return an independent copy; with a seed, later weeks are drawn from it (songs keep what they are)."""
        twin = replace(self, seed=self.seed if seed is None else seed)
        most = int(self.counts.max(initial=0))
        twin.songs = np.zeros_like(self.songs)
        twin.songs[:, :most] = self.songs[:, :most]
        for name in ("counts", "floor", "recent", "world_weeks", "local_weeks", "floor_overall"):
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def only(self, markets: tuple[str, ...]) -> SongStock:
        """Return a copy of some markets, in the order given; their songs live on as if the others were there."""
        rows = [self.markets.index(name) for name in markets]
        twin = replace(self, markets=markets, labels=tuple(self.labels[row] for row in rows))
        for name in (*BY_MARKET, "songs", "local_weeks"):
            setattr(twin, name, getattr(self, name)[rows])  # a list of rows copies
        twin.world_weeks, twin.floor_overall = self.world_weeks.copy(), self.floor_overall.copy()
        return twin

    def make_room(self, more: int) -> None:
        """See that `more` songs fit into every market."""
        need = int(self.counts.max(initial=0)) + more
        if need > self.songs.shape[1]:
            larger = np.zeros((len(self.markets), max(need, 2 * self.songs.shape[1])), SONG)
            larger[:, : self.songs.shape[1]] = self.songs
            self.songs = larger


def identity(week: int, slot: int, *, world: bool) -> int:
    """Return the id of a song, unique within its market; a world song has the same id everywhere."""
    return ((week + FIRST_WEEK) * SLOTS + slot) * 2 + int(world)


def sum_of_labels(values: Floats) -> Floats:
    """Return (..., 1) sums of (..., L) over labels, in order: columns of 0 beyond a market's labels change no bit."""
    return np.cumsum(values, axis=-1)[..., -1:]


def release_week(identities: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the weeks of release of songs from their ids."""
    return identities // (2 * SLOTS) - FIRST_WEEK
