"""The war chest: what ByteDance's music lost in a run, cumulated, against what the company earned in 2021.

Nobody leaves when the money ends: patience is not part of the run. This only holds the one against the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from model.facts.known import known_book
from model.facts.owners import BYTEDANCE
from model.results import RunResult

REVENUE, COST_OF_SALES, MARKETING = "byt-0048", "byt-0052", "byt-0050"
"""Facts of 2021, billion USD: revenue, cost of sales, selling and marketing."""
BILLION, YEAR = 1e9, 12


@dataclass(frozen=True, slots=True)
class WarChest:
    """What there was in 2021, USD: revenue, what was left after cost of sales, selling and marketing."""

    revenue: float
    gross_profit: float
    marketing: float

    @classmethod
    def of_2021(cls) -> WarChest:
        """Return the chest of the facts."""
        revenue, cost, marketing = (_billions(name) for name in (REVENUE, COST_OF_SALES, MARKETING))
        return cls(revenue=revenue, gross_profit=revenue - cost, marketing=marketing)


@dataclass(frozen=True, slots=True)
class CarriedLoss:
    """ByteDance's money of music in the run's markets.

    months: by date, USD means over replicates: `music` operating income of its music services, `music_cumulated`,
    `tiktok` what TikTok's accounts kept, `tiktok_cumulated`, and `loss_over_gross_profit`, the loss of music so far
    over a year's gross profit of the chest (negative: a profit). services: ByteDance's in the run.
    """

    chest: WarChest
    services: tuple[str, ...]
    months: pd.DataFrame

    @property
    def yearly_loss(self) -> float:
        """USD a year that music loses at the pace of the last twelve months, or all if fewer; negative: it earns."""
        last = self.months["music"].tail(YEAR)
        return -float(last.mean()) * YEAR

    def years(self, money: float) -> float | None:
        """Return how many years a sum in USD carries that loss; None if there is no loss."""
        loss = self.yearly_loss
        return money / loss if loss > 0.0 else None


def carried_loss(result: RunResult) -> CarriedLoss:
    """Return what ByteDance's music lost in a run, month by month, beside its war chest."""
    services = result.services[result.services["month"] > 0]
    replicates = int(services["replicate"].nunique())
    own = sorted({str(name) for name in services["platform"] if str(name) in BYTEDANCE})
    dates = pd.Index(sorted(services["date"].unique()), name="date")
    music = services[services["platform"].isin(own)].groupby("date")["operating_income"].sum()
    ledger, chest = result.ledger, WarChest.of_2021()
    received, paid = (
        ledger[ledger[side].str.startswith("platform:tiktok:")].groupby("date")["amount_usd"].sum()
        for side in ("payee", "payer")
    )
    table = pd.DataFrame(index=dates)
    table["music"] = music.reindex(dates).fillna(0.0) / replicates
    table["music_cumulated"] = table["music"].cumsum()
    table["tiktok"] = received.reindex(dates).fillna(0.0).sub(paid.reindex(dates).fillna(0.0)) / replicates
    table["tiktok_cumulated"] = table["tiktok"].cumsum()
    table["loss_over_gross_profit"] = 0.0 - table["music_cumulated"] / chest.gross_profit
    return CarriedLoss(chest=chest, services=tuple(own), months=table.reset_index())


def _billions(fact: str) -> float:
    number = known_book().get(fact).number
    assert number is not None, f"{fact} is one number"
    return number * BILLION
