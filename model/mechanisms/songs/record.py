"""What a month of songs leaves behind: charts, streams, uses and labels' pull."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SongWeeks:
    """W weeks of M markets from `week` on (L: most labels of any market; places are counted from 0).

    charts: (M, W, places) ids of songs, -1 for an empty place; chart_labels: (M, W, places) positions of their labels.
    streams: (M, W, L) of songs at the level of the chart, in units of a song of quality 1 at full build-up. uses:
    (M, W, L) new uses on TikTok, about videos, of songs in play. active: (M, W) songs in play. overall: (W, places) ids
    on the chart of all markets; overall_homes: (W, places) market of a local song, -1 for a world song (ids of local
    songs are unique within their market). Both are empty where that chart was not asked for. pull: (M, L) labels' share
    of listening over their share of repertoire after the last week.
    """

    week: int
    markets: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    charts: NDArray[np.int64]
    chart_labels: NDArray[np.int16]
    streams: Floats
    uses: Floats
    active: NDArray[np.int64]
    overall: NDArray[np.int64]
    overall_homes: NDArray[np.int64]
    pull: Floats

    def __len__(self) -> int:
        return int(self.charts.shape[1])

    def streams_by_label(self, market: str) -> dict[str, float]:
        """Return each label's streams over the weeks."""
        return self._total(self.streams, market)

    def uses_by_label(self, market: str) -> dict[str, float]:
        """Return each label's uses on TikTok over the weeks."""
        return self._total(self.uses, market)

    def pull_of(self, market: str) -> Floats:
        """Return (labels of the market,) pull; its mean weighted by repertoire is 1."""
        row = self.markets.index(market)
        return self.pull[row, : len(self.labels[row])].copy()

    def _total(self, numbers: Floats, market: str) -> dict[str, float]:
        row = self.markets.index(market)
        return dict(zip(self.labels[row], numbers[row].sum(axis=0).tolist(), strict=False))


def joined(parts: list[SongWeeks]) -> SongWeeks:
    """Return records of consecutive weeks as one."""
    first, last = parts[0], parts[-1]
    return SongWeeks(
        week=first.week, markets=first.markets, labels=first.labels, pull=last.pull,
        charts=np.concatenate([part.charts for part in parts], axis=1),
        chart_labels=np.concatenate([part.chart_labels for part in parts], axis=1),
        streams=np.concatenate([part.streams for part in parts], axis=1),
        uses=np.concatenate([part.uses for part in parts], axis=1),
        active=np.concatenate([part.active for part in parts], axis=1),
        overall=np.concatenate([part.overall for part in parts]),
        overall_homes=np.concatenate([part.overall_homes for part in parts]),
    )  # fmt: skip
