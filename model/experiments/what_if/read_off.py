"""What is kept of an arm that was lived: people and money by month, market and whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import Outcome
from model.market.world import World
from model.results import FinishedRun, RunResult

Floats = NDArray[np.float64]
KEPT: Mapping[str, tuple[str, ...]] = {
    "markets": ("streamers", "people_paying", "revenue", "label_income"),
    "bytedance": ("bytedance_income", "music_income", "tiktok_profit"),
    "services": ("users", "payers", "revenue", "gross_profit", "operating_income"),
    "labels": ("label_income",),
}
"""Columns by table; all of them add up over markets."""
_WHOSE = {"services": "platform", "labels": "label"}


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """One table of an arm. market, who: of each cell, who is "" for whole markets. months: run months.

    values: by column (months, cells).
    """

    market: NDArray[np.str_]
    who: NDArray[np.str_]
    months: NDArray[np.int64]
    values: Mapping[str, Floats]

    def sums(self, outcome: Outcome, markets: Sequence[str]) -> Floats:
        """Return an outcome by month, summed over the cells of the markets."""
        cells = np.isin(self.market, list(markets)) & (self.who == outcome.who)
        found: Floats = self.values[outcome.column][:, cells].sum(axis=1)
        return found

    def same_as(self, other: Kept) -> bool:
        """Return whether every number is the same to the last bit."""
        return all(np.array_equal(one, other.values[name], equal_nan=True) for name, one in self.values.items())


Arm = Mapping[str, Kept]
"""By table."""


def read_off(world: World, *, after: int) -> Arm:
    """Return what is kept of the months that a world lived after a month."""
    records = [record for record in world.records if record.month > after]
    result = RunResult.from_runs(world.plan, [FinishedRun(0, records, world.ledger.flows())])
    return {name: _kept(result, name, columns) for name, columns in KEPT.items()}


def outcomes_kept(arm: Arm) -> tuple[Outcome, ...]:
    """Return every outcome that can be asked of an arm: of whole markets, ByteDance, services, labels."""
    return tuple(
        Outcome(str(who), column, name)
        for name, columns in KEPT.items()
        for who in dict.fromkeys(arm[name].who.tolist())
        for column in columns
    )


def _kept(result: RunResult, name: str, columns: Sequence[str]) -> Kept:
    rows = result.frame(name)
    whose = rows[_WHOSE[name]].astype(str) if name in _WHOSE else pd.Series("", index=rows.index)
    keys = [rows["month"], rows["market"].astype(str).rename("market"), whose.rename("who")]
    # Labels stand there by service; what has no money yet (NaN) counts as none.
    sums = rows[list(columns)].astype(np.float64).groupby(keys, sort=True).sum()
    wide = sums.unstack(["market", "who"]).fillna(0.0)
    cells = wide[columns[0]].columns
    return Kept(
        market=cells.get_level_values("market").to_numpy(np.str_), who=cells.get_level_values("who").to_numpy(np.str_),
        months=wide.index.to_numpy(np.int64),
        values={column: wide[column][cells].to_numpy(np.float64) for column in columns},
    )  # fmt: skip
