"""The worlds of a report: the runs of a scenario, and those of the one it is held against, on the same draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from model.experiments.comparing.plans import with_offers_of_all
from model.experiments.ensembles.members import Members, Slot, carrying
from model.experiments.run import COMPILING, MONTHS, SETTLING, Progress, live_replicate, warm_up
from model.foundation.errors import Fault, InputError, raise_faults
from model.foundation.months import show_month
from model.market.start_store import StartStore
from model.results import FinishedRun, RunResult
from model.spec.scenario import Scenario

LIVING = "worlds of the report"
"""Stage of the progress: months lived of all scenarios and runs."""


@dataclass(frozen=True, eq=False)
class Arm:
    """One scenario and what came out of it. name: how the report calls it."""

    name: str
    plan: Scenario
    result: RunResult

    @property
    def replicates(self) -> tuple[int, ...]:
        """Numbers of its runs, ascending."""
        return tuple(sorted(self.result.provenance.run_ids))

    @property
    def runs(self) -> int:
        """How many runs it has."""
        return len(self.result.provenance.run_ids)

    @property
    def months(self) -> str:
        """The months it covers, in words."""
        return f"{self.plan.start} to {self.last}"

    @property
    def last(self) -> str:
        """Its last month."""
        return show_month(self.plan.start_month + self.plan.months - 1)

    @cached_property
    def singles(self) -> Mapping[int, RunResult]:
        """The result of each of its runs alone, by replicate."""
        return {number: self._single(number) for number in self.replicates}

    def _single(self, replicate: int) -> RunResult:
        carried = self.result.provenance.carried
        own = None
        if carried is not None:
            own = replace(
                carried, members={replicate: carried.members[replicate]}, values={replicate: carried.values[replicate]}
            )
        runs = [run for run in self.result.runs if run.replicate == replicate]
        return RunResult.from_runs(self.plan, runs, carried=own)


def live_arms(
    plans: Sequence[Scenario], names: Sequence[str], *, replicates: int, drawn: Members | None = None,
    starts: StartStore | None = None, progress: Progress | None = None,
) -> tuple[Arm, ...]:  # fmt: skip
    """Return the arms of scenarios on common ground: the same replicates of each, or the same members of an ensemble.

    progress: called with (stage, done, whole); the whole length of the work is known from the start.
    """
    tell: Progress = progress or (lambda *_: None)
    store = StartStore.default() if starts is None else starts
    slots = [Slot(number, -1) for number in range(replicates)] if drawn is None else list(drawn.slots)
    carriers = list(plans) if drawn is None else [carrying(plan) for plan in plans]
    common = with_offers_of_all([replace(plan, replicates=len(slots)) for plan in carriers])
    finished: list[list[FinishedRun]] = [[] for _ in plans]
    months = plans[0].months
    whole = len(slots) * len(plans) * months
    tell(COMPILING, 0, 1)
    warm_up()
    tell(COMPILING, 1, 1)
    for at, slot in enumerate(slots):
        lived = common if drawn is None else with_offers_of_all([drawn.plan(plan, slot) for plan in plans])
        for arm, plan in enumerate(lived):
            before = (at * len(plans) + arm) * months
            told = _teller(tell, before=before, whole=whole)
            finished[arm].append(live_replicate(plan, replicate=slot.replicate, starts=store, progress=told))
    return tuple(_arm(*one, drawn) for one in zip(names, common, finished, strict=True))


def _teller(tell: Progress, *, before: int, whole: int) -> Progress:
    """Return what tells the months of one run as months of all, and the settling of the very first start."""

    def told(stage: str, done: int, of: int) -> None:
        if stage == MONTHS:
            tell(LIVING, before + done, whole)
        elif not before:
            tell(SETTLING, done, of)

    return told


def _arm(name: str, plan: Scenario, runs: Sequence[FinishedRun], drawn: Members | None) -> Arm:
    carried = None if drawn is None else drawn.carried(plan, [run.replicate for run in runs])
    return Arm(name, plan, RunResult.from_runs(plan, runs, carried=carried))


def arms_of(result: RunResult, versus: RunResult | None) -> tuple[Arm, ...]:
    """Return the arms of results that are held already. Errors: InputError where they do not go together."""
    given = [one for one in (result, versus) if one is not None]
    faults = [
        Fault("report", "is of a result with its runs", one.card.name, "Run the scenario; a loaded result has none.")
        for one in given
        if one.scenario is None or not one.runs
    ]
    raise_faults(faults)
    names = [one.card.name for one in given]
    if len(given) == 2:
        _check_pair(result, given[1])
        names[1] = f"{names[1]} (base)" if names[0] == names[1] else names[1]
    return tuple(Arm(name, one.scenario, one) for name, one in zip(names, given, strict=True) if one.scenario)


def _check_pair(result: RunResult, base: RunResult) -> None:
    """Raise InputError where two results are not of the same draws, markets and months."""
    faults = []
    for what, one, other in (
        ("start", result.card.start, base.card.start), ("seed", result.card.seed, base.card.seed),
        ("users", result.card.users, base.card.users), ("months", result.card.months, base.card.months),
        ("markets", sorted(result.card.markets), sorted(base.card.markets)),
        ("replicates", sorted(result.provenance.run_ids), sorted(base.provenance.run_ids)),
    ):  # fmt: skip
        if one != other:
            way = "Run both with the same, or give scenarios in place of results."
            faults.append(Fault(f"report: {what}", "is the same in both results", f"{one} and {other}", way))
    if faults:
        raise InputError(faults)
