"""Statistics of weekly charts: lives of songs, climbs to number one, distance between distributions.

Pure functions of charts as arrays of song ids, best place first, -1 for an empty place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
WEEKS_PER_YEAR = 52.0


@dataclass(frozen=True, slots=True)
class ChartLives:
    """Songs that were on a chart, one element each, by id. Weeks count from the chart's first row.

    first: week of entry. debut, peak: place at entry and best place, from 1. life: weeks on the chart. at_one: weeks
    at number one. first_one: week when first at number one, -1 if never.
    """

    songs: Whole
    first: Whole
    debut: Whole
    peak: Whole
    life: Whole
    at_one: Whole
    first_one: Whole

    def __len__(self) -> int:
        return int(self.songs.shape[0])

    @property
    def climb(self) -> Whole:
        """Weeks from entry to number one, 0 for a debut there, -1 for songs that never were."""
        return np.where(self.first_one >= 0, self.first_one - self.first, -1)

    def take(self, wanted: NDArray[np.bool_]) -> ChartLives:
        """Return some of the songs."""
        columns = (self.songs, self.first, self.debut, self.peak, self.life, self.at_one, self.first_one)
        return ChartLives(*(column[wanted] for column in columns))


def chart_lives(charts: Whole) -> ChartLives:
    """Return the lives of the songs of a chart. charts: (weeks, places) ids."""
    weeks, places = np.nonzero(charts >= 0)
    songs, entry, number = np.unique(charts[weeks, places], return_index=True, return_inverse=True)
    number = number.ravel()
    peak = np.full(songs.size, charts.shape[1], np.int64)
    np.minimum.at(peak, number, places)
    ones = places == 0
    first_one = np.full(songs.size, charts.shape[0], np.int64)
    np.minimum.at(first_one, number[ones], weeks[ones])
    return ChartLives(
        songs=songs, first=weeks[entry], debut=places[entry] + 1, peak=peak + 1,
        life=np.bincount(number, minlength=songs.size),
        at_one=np.bincount(number[ones], minlength=songs.size),
        first_one=np.where(first_one < charts.shape[0], first_one, -1),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChartStatistics:
    """A chart in numbers; each list is what was counted, one element per song.

    years: that songs could enter in; years_one: that they could reach number one in. life: (n,) weeks on the chart of
    songs that entered. at_one, climb: (k,) weeks at number one, and from entry to it, of songs that got there; won:
    (k,) week in which they got there, from the first that counts.
    """

    years: float
    years_one: float
    life: Whole
    at_one: Whole
    climb: Whole
    won: Whole

    @property
    def entries_per_year(self) -> float:
        """Songs that enter in a year."""
        return self.life.size / self.years

    @property
    def ones_per_year(self) -> float:
        """Songs that reach number one in a year."""
        return self.at_one.size / self.years_one

    @property
    def debuts_at_one(self) -> float:
        """Share of number ones that enter the chart there."""
        return float(np.mean(self.climb == 0)) if self.climb.size else float("nan")

    def most_at_one(self, years: int) -> float:
        """Return the most weeks at number one of a song in so many years: the mean of whole windows; NaN without."""
        window = self.won // int(WEEKS_PER_YEAR * years)
        whole = int(self.years_one // years)
        best = [float(self.at_one[window == one].max()) for one in range(whole) if (window == one).any()]
        return sum(best) / len(best) if best else float("nan")

    def climbs_of(self, weeks: int) -> int:
        """Return how many songs needed at least so many weeks from entry to number one."""
        return int(np.sum(self.climb >= weeks))


def chart_statistics(charts: Whole, *, lead: int = 104, rest: int = 60, rest_one: int = 20) -> ChartStatistics:
    """Return the statistics of a chart (weeks, places) without what its ends cut off.

    lead: weeks at the beginning whose entries are not counted. rest: weeks at the end whose entries are not counted,
    since their lives are not over; rest_one: the same of first weeks at number one.
    """
    weeks, lives = charts.shape[0], chart_lives(charts)
    entered = lives.take((lives.first >= lead) & (lives.first < weeks - rest))
    won = lives.take((lives.first_one >= lead) & (lives.first_one < weeks - rest_one))
    return ChartStatistics(
        years=(weeks - rest - lead) / WEEKS_PER_YEAR, years_one=(weeks - rest_one - lead) / WEEKS_PER_YEAR,
        life=entered.life, at_one=won.at_one, climb=won.climb, won=won.first_one - lead,
    )  # fmt: skip


def joined_statistics(parts: list[ChartStatistics]) -> ChartStatistics:
    """Return the statistics of several charts as if they followed one another."""
    begins = np.cumsum([0, *(round(part.years_one * WEEKS_PER_YEAR) for part in parts)])
    return ChartStatistics(
        years=sum(part.years for part in parts), years_one=sum(part.years_one for part in parts),
        life=np.concatenate([part.life for part in parts]),
        at_one=np.concatenate([part.at_one for part in parts]),
        climb=np.concatenate([part.climb for part in parts]),
        won=np.concatenate([begin + part.won for begin, part in zip(begins, parts, strict=False)]),
    )  # fmt: skip


def share_gone(weeks: Whole, *, over: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share of songs whose life is at most 0, 1, 2 ... weeks, by Kaplan and Meier's estimate.

    weeks: (n,) weeks lived so far, 1 or more. over: (n,) whether the life ended; the others have lived so long, and who
    knows how much longer. Where no life is cut off these are the plain shares.
    """
    longest = int(weeks.max(initial=0))
    ended = np.bincount(weeks[over], minlength=longest + 1)
    all_of = np.bincount(weeks, minlength=longest + 1)
    at_risk = weeks.size - np.concatenate([[0], np.cumsum(all_of)[:-1]])
    left = np.cumprod(1.0 - ended / np.maximum(at_risk, 1))
    gone: NDArray[np.float64] = 1.0 - left
    return gone


def distance_to_points(weeks: Whole, points: Mapping[int, float], *, longest: int) -> float:
    """Return the Kolmogorov-Smirnov distance between a sample and a distribution known at points.

    sup over k = 1..longest of |share of the sample with at most k weeks - F(k)|, with F joined linearly in log k
    between the points (k, F(k)) and level beyond them; 1 for an empty sample.
    """
    if weeks.size == 0:
        return 1.0
    grid = np.arange(1, longest + 1)
    known = sorted(points)
    target = np.interp(np.log(grid), np.log(known), [points[k] for k in known])
    share = np.searchsorted(np.sort(weeks), grid, side="right") / weeks.size
    return float(np.abs(share - target).max())
