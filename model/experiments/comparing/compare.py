"""Compare scenarios: the same replicates of each, until their ranking is settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from model.experiments.comparing.chosen import chosen_outcomes
from model.experiments.comparing.comparison import Comparison
from model.experiments.comparing.outcomes import (
    HORIZON,
    WORLD,
    Outcome,
    read_outcomes,
    readings,
)
from model.experiments.comparing.plans import Common, common_ground
from model.experiments.comparing.sequential import FEWEST, RankingTest, looks
from model.experiments.run import COMPILING, MONTHS, SETTLING, Progress, live_replicate, warm_up
from model.foundation.errors import Fault, InputError, raise_faults
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.scenario import Scenario

COMPARING = "comparing"
"""Stage of the progress: months lived of all scenarios and replicates planned so far."""
FIRST, MOST, LEVEL, ERROR = 6, 48, 0.9, 0.1


class ComparisonStopped(KeyboardInterrupt):
    """The user stopped a comparison. result: of the replicates that all scenarios finished, None if there was none."""

    def __init__(self, result: Comparison | None) -> None:
        super().__init__("stopped")
        self.result = result


def compare(
    *scenarios: Scenario | str | Path, replicates: int = FIRST, most: int | None = None,
    outcomes: Sequence[str] | None = None, by: str | None = None, platforms: Sequence[str] | None = None,
    names: Sequence[str] | None = None, settings: Mapping[str, object] | None = None, level: float = LEVEL,
    error: float = ERROR, starts: StartStore | None = None, progress: Progress | None = None,
) -> Comparison:  # fmt: skip
    """Return paired differences of scenarios under common random numbers, and their ranking.

    scenarios: two or more, as Scenario, name or file; the first is the base. They share start, seed and users, and are
    compared in the markets and months that they have in common. Replicate r of each takes the same draws after the same
    settled start, so that what a scenario leaves alone differs by exactly 0; intervals are over these draws.

    replicates: run at first. most: largest number, to which they are raised (by half each time) until the ranking is
    settled (default: 48 or `replicates`). outcomes: "resso.users", "sony.label_income", "consumer_surplus"...; default:
    those of what differs (`chosen_outcomes`; the notes of the comparison name it), or of `platforms`: users, payers,
    revenue and operating income, label income, consumer surplus. by: outcome of the ranking, the largest first
    (default: ByteDance's income where only its services differ, else the operating income of the first service), over
    the horizon and all markets. names: of the scenarios. settings: put on top of
    every scenario, as in `Scenario.replace`. level: of intervals. error: highest chance of any wrong order, see
    `model.experiments.comparing.sequential`. starts: where settled starts are kept. progress: called with (stage, done,
    whole). Errors: InputError with every fault; ComparisonStopped, with what was finished.
    """
    common = common_ground(scenarios, names=names, settings=settings)
    sizes = _sizes(replicates, most, level, error)
    read, rank_by, why = _questions(common, outcomes, by, platforms)
    common = replace(common, notes=(*common.notes, why)) if why else common
    living = _Living(common, read, rank_by, sizes, level, error, progress)
    try:
        living.prepare(StartStore.default() if starts is None else starts)
        living.run()
    except KeyboardInterrupt as stop:
        raise ComparisonStopped(living.comparison() if living.done else None) from stop
    return living.comparison()


def _sizes(replicates: int, most: int | None, level: float, error: float) -> tuple[int, ...]:
    largest = max(MOST, replicates) if most is None else most
    faults = [
        Fault(place, rule, value, way)
        for place, rule, value, way, right in (
            ("replicates", f"is a whole number from {FEWEST}", replicates, "Six are a good beginning.",
             _is_whole(replicates) and replicates >= FEWEST),
            ("most", "is a whole number, not below replicates", largest, "Leave it out for 48.",
             _is_whole(largest) and (not _is_whole(replicates) or largest >= replicates)),
            ("level", "lies between 0 and 1", level, "0.9 is the default.", 0.0 < level < 1.0),
            ("error", "lies between 0 and 0.5", error, "0.1 is the default.", 0.0 < error < 0.5),
        )
        if not right
    ]  # fmt: skip
    raise_faults(faults)
    return looks(replicates, largest)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _questions(
    common: Common, outcomes: Sequence[str] | None, by: str | None, platforms: Sequence[str] | None
) -> tuple[tuple[Outcome, ...], Outcome, str]:
    """Return the outcomes to read, the one to rank by (added to them where it is missing), and why they were chosen."""
    plans, why = common.plans, ""
    if outcomes is None:
        chosen = chosen_outcomes(plans, platforms=platforms)
        read, usual, why = read_outcomes(chosen.words, plans, place="platforms"), chosen.by, chosen.why
    else:
        read = read_outcomes(outcomes, plans, place="outcomes")
        usual = next((one.name for one in read if one.column == "operating_income"), read[0].name)
    by = usual if by is None else by
    (rank_by,) = read_outcomes([by], plans, place="by")
    if rank_by.measure.adds == "none":
        way = "Choose one that adds over markets, such as resso.operating_income."
        raise InputError(Fault("by", "has a total over markets", by, way))
    return (read if rank_by in read else (*read, rank_by)), rank_by, why


class _Living:
    """The replicates of all scenarios, lived one after the other, and looked at as planned."""

    def __init__(
        self, common: Common, outcomes: tuple[Outcome, ...], by: Outcome, sizes: tuple[int, ...], level: float,
        error: float, progress: Progress | None,
    ) -> None:  # fmt: skip
        self.common, self.outcomes, self.by, self.sizes, self.level = common, outcomes, by, sizes, level
        self.tell: Progress = progress or (lambda *_: None)
        self.test = RankingTest(len(common.plans), sizes, error)
        self.rows: list[list[pd.Series[float]]] = []
        self.begun = perf_counter()

    @property
    def done(self) -> int:
        """Replicates that all scenarios have finished."""
        return len(self.rows)

    def prepare(self, starts: StartStore) -> None:
        """Compile what is compiled."""
        self.starts = starts
        self.tell(COMPILING, 0, 1)
        warm_up()
        self.tell(COMPILING, 1, 1)

    def run(self) -> None:
        """Live replicates up to each look until the ranking is settled."""
        for size in self.sizes:
            while self.done < size:
                self.rows.append([self._live(number, size) for number in range(len(self.common.plans))])
            if self.test.look(self._ranked()):
                return

    def _live(self, number: int, size: int) -> pd.Series[float]:
        plan = self.common.plans[number]
        lived = (self.done * len(self.common.plans) + number) * plan.months
        whole = size * len(self.common.plans) * plan.months

        def told(stage: str, done: int, of: int) -> None:
            if stage == MONTHS:
                self.tell(COMPARING, lived + done, whole)
            elif not self.done and not number:
                self.tell(SETTLING, done, of)

        finished = live_replicate(plan, replicate=self.done, starts=self.starts, progress=told)
        return readings(RunResult.from_runs(plan, [finished]), self.outcomes, markets=plan.markets)

    def _values(self) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
        """Return (scenarios, replicates, keys)."""
        keys = self._keys()
        return np.array([[row.reindex(keys).to_numpy(np.float64) for row in rows] for rows in self.rows]).swapaxes(0, 1)

    def _keys(self) -> pd.MultiIndex:
        found = dict.fromkeys(key for row in self.rows[0] for key in row.index)
        return pd.MultiIndex.from_tuples(list(found), names=["outcome", "market", "over"])

    def _ranked(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        values = np.array([[row[self.by.name, WORLD, HORIZON] for row in rows] for rows in self.rows]).T
        if not np.isfinite(values).all():
            way = "Rank by one that every scenario has, such as users."
            raise InputError(Fault("by", "is known in every scenario", self.by.name, way))
        return values

    def comparison(self) -> Comparison:
        """Return the comparison of what was finished."""
        return Comparison(
            plans=self.common.plans, names=self.common.names, outcomes=self.outcomes, keys=self._keys(),
            values=self._values(), test=self.test, by=self.by, level=self.level, notes=self.common.notes,
            seconds=perf_counter() - self.begun,
        )  # fmt: skip
