"""The songs of a world of markets: opened from the start, lived by the month, copied for forks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from model.facts.records import StartState
from model.foundation.months import weeks_of
from model.mechanisms.songs.living import live_weeks, pull_of
from model.mechanisms.songs.opening import open_songs
from model.mechanisms.songs.record import SongWeeks
from model.spec.parameters import Parameters
from model.state.songs import SongStock

Floats = NDArray[np.float64]


class SongWorld:
    """Songs of some markets with the parameters they live by.

    Draws are keyed by seed, market, song and age: a song's path does not change when markets or songs are added, nor,
    but for its own uses on TikTok, when licences change.
    """

    def __init__(self, stock: SongStock, parameters: Parameters) -> None:
        self.stock, self.parameters = stock, parameters

    @classmethod
    def open(
        cls,
        start: StartState,
        parameters: Parameters,
        *,
        seed: int,
        markets: Iterable[str] | None = None,
        clips: Floats | None = None,
        tiktok_open: NDArray[np.bool_] | bool | None = None,
        burn_weeks: int = 104,
    ) -> SongWorld:
        """Return the songs of a start after a burn-in. markets: None for all of the start.

        clips: (M, L) licensed part of labels' songs on TikTok; None: all. tiktok_open: None for where TikTok has users
        at the start. Listeners of the start weigh the chart of all markets.
        """
        codes = tuple(start.markets if markets is None else markets)
        there = {code: start.markets[code] for code in codes}
        if tiktok_open is None:
            tiktok_open = np.array([market.tiktok.adult_mau_m > 0.0 for market in there.values()])
        stock = open_songs(
            {code: market.repertoire for code, market in there.items()}, parameters, seed=seed,
            sizes={code: market.streamers_m for code, market in there.items()},
            clips=clips, tiktok_open=tiktok_open, burn_weeks=burn_weeks,
        )  # fmt: skip
        return cls(stock, parameters)

    @property
    def markets(self) -> tuple[str, ...]:
        """The markets, in the order of rows."""
        return self.stock.markets

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """Labels per market, in the order of columns."""
        return self.stock.labels

    @property
    def pull(self) -> Floats:
        """(M, L) labels' share of listening over their share of repertoire, now; 1 beyond a market's labels."""
        return pull_of(self.stock, self.parameters)

    def weeks(
        self,
        count: int = 1,
        *,
        clips: Floats | None = None,
        activity: Floats | float = 1.0,
        tiktok_open: NDArray[np.bool_] | bool = True,
        overall: bool = False,
    ) -> SongWeeks:
        """Live some weeks; see `live_weeks`."""
        return live_weeks(
            self.stock, self.parameters, weeks=count, clips=clips, activity=activity, tiktok_open=tiktok_open,
            overall=overall,
        )  # fmt: skip

    def month(
        self,
        month: int,
        *,
        clips: Floats | None = None,
        activity: Floats | float = 1.0,
        tiktok_open: NDArray[np.bool_] | bool = True,
        overall: bool = False,
    ) -> SongWeeks:
        """Live the four or five weeks of a calendar month (a week belongs to the month of its Thursday)."""
        return self.weeks(weeks_of(month), clips=clips, activity=activity, tiktok_open=tiktok_open, overall=overall)

    def copy(self, *, seed: int | None = None) -> SongWorld:
        """Return an independent copy; with a seed, all later draws are others (a decision fork, another replicate)."""
        return SongWorld(self.stock.copy(seed=seed), self.parameters)

    def only(self, markets: Iterable[str]) -> SongWorld:
        """Return an independent copy of some markets."""
        return SongWorld(self.stock.only(tuple(markets)), self.parameters)
