"""What a run keeps of each market and month: the raw material of every table and figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.mechanisms.clips import TikTokMonth
from model.mechanisms.settlement import Settlement
from model.mechanisms.songs import SongWeeks
from model.state.activity import MarketActivity

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DemandMeasures:
    """How demand would answer, in expected flows of those who reconsider.

    elasticity: (J+1,) own-price elasticity of each offer's inflow (nan where the price is 0). diversion: (P, P+1) of
    the people a service would lose by a higher price, the share that each other service ([P] is the outside) would
    gain. surplus: consumer surplus in PPP USD per addressable person and month.
    """

    elasticity: Floats
    diversion: Floats
    surplus: float


@dataclass(frozen=True, slots=True, eq=False)
class ChartWeeks:
    """Weekly charts of a market in a month of W weeks, best place first, in small whole numbers (some 2 kB).

    songs: (W, places) ids, -1 for an empty place. labels: (W, places) positions of their labels. overall,
    homes: (W, places) the chart of all markets, and where a local song is at home (-1 for a world song); the same
    arrays in the records of all markets.
    """

    songs: NDArray[np.int32]
    labels: NDArray[np.int8]
    overall: NDArray[np.int64]
    homes: NDArray[np.int64]

    @classmethod
    def of(cls, weeks: SongWeeks, *, row: int) -> ChartWeeks:
        """Return the charts of the market of a row."""
        return cls(
            weeks.charts[row].astype(np.int32), weeks.chart_labels[row].astype(np.int8), weeks.overall,
            weeks.overall_homes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarketMonth:
    """One market in one month.

    month: 0 is the opening stock. people: addressable people. offers: (platform, tier) of options 1..J; arrays over
    options have length J+1, [0] is outside. activity: use by offer. counts, expected: (J+1, J+1) moves in people, None
    in month 0. payers: (J+1,) people on paid tiers, trials included. people_paying: distinct people on a paid tier.
    price_local, price_usd: posted price per month. settlement: money, None in month 0. available: (P, L) catalogues.
    tiktok: TikTok in the market, None in month 0. video: (L,) USD that labels earn by free video, None in month 0.
    charts: of the month's weeks, None in month 0 and in forks.
    """

    market: str
    month: int
    people: float
    platforms: tuple[str, ...]
    labels: tuple[str, ...]
    offers: tuple[tuple[str, str], ...]
    is_open: NDArray[np.bool_]
    activity: MarketActivity
    counts: Floats | None
    expected: Floats | None
    payers: Floats
    people_paying: float
    price_local: Floats
    price_usd: Floats
    ad_load: Floats
    available: Floats
    settlement: Settlement | None
    demand: DemandMeasures | None
    tiktok: TikTokMonth | None = None
    video: Floats | None = None
    charts: ChartWeeks | None = None
