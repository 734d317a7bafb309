"""A comparison under an ensemble: what each member makes of it, the share of members that agree, fans over months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import Outcome
from model.experiments.ensembles.members import Members, Slot, carrying
from model.foundation.months import show_month
from model.results.card import ScenarioCard
from model.results.carried import Carried
from model.results.fans import QUANTILES
from model.results.provenance import run_id, start_digest
from model.spec.scenario import Scenario
from model.theory.quantiles import quantiles

if TYPE_CHECKING:
    from model.experiments.comparing.comparison import Comparison

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Under:
    """The ensemble of a comparison. Every run counts the same: weights have become numbers of runs.

    members: those that were asked for. lived: the runs that all scenarios finished, in their order. series: (runs,
    scenarios, months, outcomes), totals over the compared markets, NaN for outcomes without a total.
    """

    members: Members
    lived: tuple[Slot, ...]
    series: Floats

    def carried(self, plan: Scenario) -> Carried:
        """Return what a result of one of the scenarios remembers."""
        return self.members.carried(plan, [slot.replicate for slot in self.lived])

    def notes(self, plans: Sequence[Scenario], names: Sequence[str]) -> list[str]:
        """Return sentences on what was carried, and what of it scenarios keep back."""
        told = [self.carried(plan).words() for plan in plans]
        found = [line for line in told[0] if not line.startswith("The scenario")]
        for name, plan in zip(names, plans, strict=True):
            held = self.members.ensemble.held_by(plan)
            if held:
                found.append(f"{name} sets {', '.join(held)} itself: its own values stay in every run.")
        return [line.removesuffix(".") for line in found]

    def plain(self) -> dict[str, object]:
        """Return the ensemble's identity and the runs in plain values."""
        one = self.members.ensemble
        return {
            "name": one.name, "digest": one.digest, "made": dict(one.made), "runs": len(self.lived),
            "planned": len(self.members),
        }  # fmt: skip


def agreement(gaps: Floats) -> tuple[Floats, Floats]:
    """Return the share of runs in which a difference is above 0, and exactly 0: (runs, keys) to (keys,) each.

    NaN where no run knows the difference.
    """
    known = np.isfinite(gaps)
    count = known.sum(axis=0)
    shares = []
    for holds in (gaps > 0.0, gaps == 0.0):
        above = (holds & known).sum(axis=0).astype(np.float64)
        shares.append(np.divide(above, count, out=np.full(count.shape, np.nan), where=count > 0))
    return shares[0], shares[1]


def band_columns(gaps: Floats, *, level: float) -> dict[str, Floats]:
    """Return what the runs say of differences, (runs, keys): ends of the bands, median, shares above and equal."""
    tail = (1.0 - level) / 2.0
    found = quantiles(gaps.T, (tail, 0.25, 0.5, 0.75, 1.0 - tail))
    above, equal = agreement(gaps)
    return {
        "low": found[:, 0], "q25": found[:, 1], "median": found[:, 2], "q75": found[:, 3], "high": found[:, 4],
        "share_above": above, "share_equal": equal,
    }  # fmt: skip


def members_table(found: Comparison, under: Under) -> pd.DataFrame:
    """Return scenario x run: replicate, member, run id, and the parameters' values as run."""
    pieces = []
    for name, plan in zip(found.names, found.plans, strict=True):
        card, carried = ScenarioCard.of(carrying(plan)), under.carried(plan)
        start = start_digest(plan.start)
        ids = {
            slot.replicate: run_id(card, replicate=slot.replicate, start=start, carried=carried) for slot in under.lived
        }
        pieces.append(carried.frame(ids).assign(scenario=name))
    table = pd.concat(pieces, ignore_index=True)
    return table[["scenario", *(column for column in table if column != "scenario")]]


def fan_table(found: Comparison, under: Under) -> pd.DataFrame:
    """Return scenario x outcome x month: quantiles and mean over the runs of the level and of the difference.

    kind: "level", or "difference" to the first scenario run by run. Totals over the compared markets; outcomes without
    a total are left out. share_above: of runs in which the difference is above 0.
    """
    outcomes = list(found.outcomes.values())
    pieces = []
    for at, outcome in enumerate(outcomes):
        levels = under.series[:, :, :, at]
        if not np.isfinite(levels).any():
            continue
        for number, name in enumerate(found.names):
            pieces.append(_piece(found, outcome, levels[:, number], scenario=name, kind="level"))
            if number:
                gaps = levels[:, number] - levels[:, 0]
                pieces.append(_piece(found, outcome, gaps, scenario=name, kind="difference"))
    columns = ["scenario", "outcome", "kind", "unit", "month", "date", *QUANTILES, "mean", "share_above"]
    return pd.concat(pieces, ignore_index=True)[columns] if pieces else pd.DataFrame(columns=columns)


def _piece(found: Comparison, outcome: Outcome, values: Floats, *, scenario: str, kind: str) -> pd.DataFrame:
    """Return the fan of one outcome by month. values: (runs, months)."""
    first = found.plans[0].start_month
    months = np.arange(1, values.shape[1] + 1)
    table = pd.DataFrame(quantiles(values.T), columns=list(QUANTILES))
    known = np.isfinite(values)
    total, count = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    above = agreement(values)[0] if kind == "difference" else np.nan
    table = table.assign(
        month=months, date=[show_month(first + int(one) - 1) for one in months], mean=mean, scenario=scenario,
        outcome=outcome.name, kind=kind, unit=outcome.measure.unit, share_above=above,
    )  # fmt: skip
    return table[np.asarray(count) > 0]
