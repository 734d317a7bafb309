"""Compare scenarios: the same replicates of each, until their ranking is settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.chosen import chosen_outcomes
from model.experiments.comparing.comparison import Comparison
from model.experiments.comparing.outcomes import (
    HORIZON,
    WORLD,
    Outcome,
    by_month,
    read_outcomes,
    readings_of,
)
from model.experiments.comparing.over_months import OverMonths
from model.experiments.comparing.plans import Common, common_ground, with_offers_of_all
from model.experiments.comparing.sequential import FEWEST, RankingTest, looks
from model.experiments.comparing.under import Under
from model.experiments.ensembles.living import members_of
from model.experiments.ensembles.members import Given, Members, Wanted
from model.experiments.run import COMPILING, MONTHS, SETTLING, Progress, live_replicate, warm_up
from model.foundation.errors import Fault, InputError, raise_faults
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.scenario import Scenario

Floats = NDArray[np.float64]
COMPARING = "comparing"
"""Stage of the progress: months lived of all scenarios and replicates planned so far."""
FIRST, MOST, LEVEL, ERROR = 6, 48, 0.9, 0.1


class ComparisonStopped(KeyboardInterrupt):
    """The user stopped a comparison. result: of the replicates that all scenarios finished, None if there was none."""

    def __init__(self, result: Comparison | None) -> None:
        super().__init__("stopped")
        self.result = result


def compare(
    *scenarios: Scenario | str | Path, replicates: int | None = None, most: int | None = None,
    outcomes: Sequence[str] | None = None, by: str | None = None, platforms: Sequence[str] | None = None,
    names: Sequence[str] | None = None, settings: Mapping[str, object] | None = None, level: float = LEVEL,
    error: float = ERROR, starts: StartStore | None = None, progress: Progress | None = None,
    ensemble: Given | None = None, members: Wanted = None,
) -> Comparison:  # fmt: skip
    """Return paired differences of scenarios under common random numbers, and their ranking.

    scenarios: two or more, as Scenario, name or file; the first is the base. They share start, seed and users, and are
    compared in the markets and months that they have in common. Replicate r of each takes the same draws after the same
    settled start, so that what a scenario leaves alone differs by exactly 0; intervals are over these draws.

    replicates: run at first (default: 6). most: largest number, to which they are raised (by half each time) until the
    ranking is settled (default: 48 or `replicates`). outcomes: "resso.users", "sony.label_income",
    "consumer_surplus"...; default: those of what differs (`chosen_outcomes`; the notes of the comparison name it), or
    of `platforms`: users, payers, revenue and operating income, label income, consumer surplus. by: outcome of the
    ranking, the largest first (default: ByteDance's income where only its services differ, else the operating income of
    the first service), over the horizon and all markets. names: of the scenarios. settings: put on top of every
    scenario, as in `Scenario.replace`. level: of intervals. error: highest chance of any wrong order, see
    `model.experiments.comparing.sequential`. starts: where settled starts are kept. progress: called with (stage, done,
    whole). ensemble: joint draws of parameters, as of `model.experiments.run.run`; then each scenario is run once for
    each member, with its values and with a start and draws of its own, the same in all scenarios, and intervals hold
    that part of the members' differences. members: how many (default: 40), or a list; all are lived. Errors: InputError
    with every fault; ComparisonStopped, with what was finished.
    """
    common = common_ground(scenarios, names=names, settings=settings)
    drawn = None
    if ensemble is not None or members is not None:
        drawn = members_of(ensemble, seed=common.plans[0].seed, members=members, replicates=replicates, most=most)
        replicates = most = len(drawn)
        if len(drawn) < FEWEST:
            rule = f"a comparison takes {FEWEST} members or more"
            raise InputError(Fault("members", rule, len(drawn), "Leave it out for 40."))
    sizes = _sizes(FIRST if replicates is None else replicates, most, level, error)
    read, rank_by, why = _questions(common, outcomes, by, platforms)
    common = replace(common, notes=(*common.notes, why)) if why else common
    living = _Living(common, read, rank_by, sizes, level, error, progress, drawn)
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
        error: float, progress: Progress | None, drawn: Members | None,
    ) -> None:  # fmt: skip
        self.drawn = drawn
        self.series: list[list[Floats]] = []
        self.common, self.outcomes, self.by, self.sizes, self.level = common, outcomes, by, sizes, level
        self.tell: Progress = progress or (lambda *_: None)
        self.test = RankingTest(len(common.plans), sizes, error)
        self.rows: list[list[pd.Series[float]]] = []
        self.months: list[list[pd.DataFrame]] = []
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
                self._live_all(size)
            if self.test.look(self._ranked()):
                return

    def _live_all(self, size: int) -> None:
        """Live the next replicate of every scenario, or its next member; kept only when all have finished it."""
        plans, replicate = list(self.common.plans), self.done
        if self.drawn is not None:
            slot = self.drawn.slots[self.done]
            plans, replicate = with_offers_of_all([self.drawn.plan(plan, slot) for plan in plans]), slot.replicate
        lived = [self._live(plan, number, size, replicate) for number, plan in enumerate(plans)]
        tables = [{one: by_month(result, one, result.card.markets) for one in self.outcomes} for result in lived]
        if self.drawn is not None:
            self.series.append([_totals(own) for own in tables])
        self.months.append([pd.concat({one.name: own[one] for one in self.outcomes}, axis=1) for own in tables])
        self.rows.append([readings_of(own) for own in tables])

    def _live(self, plan: Scenario, number: int, size: int, replicate: int) -> RunResult:
        lived = (self.done * len(self.common.plans) + number) * plan.months
        whole = size * len(self.common.plans) * plan.months

        def told(stage: str, done: int, of: int) -> None:
            if stage == MONTHS:
                self.tell(COMPARING, lived + done, whole)
            elif not self.done and not number:
                self.tell(SETTLING, done, of)

        finished = live_replicate(plan, replicate=replicate, starts=self.starts, progress=told)
        return RunResult.from_runs(plan, [finished])

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
        under, notes = None, self.common.notes
        if self.drawn is not None:
            under = Under(self.drawn, self.drawn.slots[: self.done], np.array(self.series))
            notes = (*under.notes(self.common.plans, self.common.names), *notes)
        return Comparison(
            plans=self.common.plans, names=self.common.names, outcomes=self.outcomes, keys=self._keys(),
            values=self._values(), test=self.test, by=self.by, level=self.level, notes=notes,
            seconds=perf_counter() - self.begun, under=under, months=OverMonths.of(self.months[: self.done]),
        )  # fmt: skip


def _totals(tables: Mapping[Outcome, pd.DataFrame]) -> Floats:
    """Return (months, outcomes), totals over markets; NaN for outcomes without one."""
    wide = [one[WORLD].to_numpy(np.float64) if WORLD in one else np.full(len(one), np.nan) for one in tables.values()]
    return np.column_stack(wide)
