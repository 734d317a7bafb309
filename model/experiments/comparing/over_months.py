"""A comparison month by month: what each scenario had in each month and replicate, with intervals over replicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.paired import paired_differences, t_half_width
from model.experiments.comparing.under import band_columns
from model.foundation.errors import Fault, InputError, nearest

Floats = NDArray[np.float64]
COLUMNS = (
    "scenario", "month", "mean", "low", "high", "difference", "difference_low", "difference_high", "replicates",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class OverMonths:
    """Values by month. values: (scenarios, replicates, months, keys), units of the outcomes; keys: (outcome, place)."""

    values: Floats
    keys: pd.MultiIndex

    @classmethod
    def of(cls, lived: Sequence[Sequence[pd.DataFrame]]) -> OverMonths | None:
        """Return the months of replicates x scenarios; None where there is no replicate.

        lived: tables of month x (outcome, place).
        """
        if not lived:
            return None
        keys = pd.MultiIndex.from_tuples([tuple(key) for key in lived[0][0].columns], names=["outcome", "market"])
        values = np.array([[table.reindex(columns=keys).to_numpy(np.float64) for table in row] for row in lived])
        return cls(values.swapaxes(0, 1), keys)

    def frame(
        self, outcome: str, market: str, *, base: int, names: Sequence[str], level: float, members: bool
    ) -> pd.DataFrame:
        """Return scenario x month as `Comparison.over_time` does, without dates.

        base: position of the scenario that the others are held against. members: whether replicates are members of an
        ensemble, whose bands stand in place of intervals. Errors: InputError for a place without the outcome.
        """
        places = [str(place) for name, place in self.keys if name == outcome]
        if market not in places:
            raise InputError(Fault("market", f"is one where {outcome} is known", market, nearest(market, places)))
        own = self.values[:, :, :, self.keys.get_loc((outcome, market))]
        pieces = []
        for at, name in enumerate(names):
            low, high = _ends(own[at], level=level, members=members)
            gap = paired_differences(own[base], own[at], level=level)
            ends = _ends(own[at] - own[base], level=level, members=True) if members else (gap.low, gap.high)
            pieces.append(pd.DataFrame({
                "scenario": name, "month": np.arange(1, own.shape[2] + 1), "mean": own[at].mean(axis=0), "low": low,
                "high": high, "difference": gap.difference, "difference_low": ends[0], "difference_high": ends[1],
                "replicates": own.shape[1],
            }))  # fmt: skip
        return pd.concat(pieces, ignore_index=True)[list(COLUMNS)]


def _ends(values: Floats, *, level: float, members: bool) -> tuple[Floats, Floats]:
    """Return low and high of each month, (months,): of the mean's t interval, or of the band of members.

    values: (replicates, months).
    """
    if members:
        bands = band_columns(values, level=level)
        return bands["low"], bands["high"]
    mean, half = values.mean(axis=0), t_half_width(values, level=level)
    return mean - half, mean + half
