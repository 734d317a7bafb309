"""Live a scenario under an ensemble: one run a member, each with its values, its start and its draws."""

from __future__ import annotations

from model.experiments.ensembles.members import Given, Members, Wanted, carrying, draw_members
from model.experiments.run import COMPILING, MONTHS, SETTLING, Progress, RunStopped, live_replicate, warm_up
from model.foundation.errors import Fault, InputError, raise_faults
from model.market.start_store import StartStore
from model.results import FinishedRun, RunResult
from model.spec.scenario import Scenario

MEMBERS = "members"
"""Stage of the progress: months lived of all members."""


def members_of(
    ensemble: Given | None, *, seed: int, members: Wanted, **instead: int | None
) -> Members:  # fmt: skip
    """Return the runs that a call asks for.

    instead: numbers of runs by name (replicates, most, draws) that members take the place of. Errors: InputError where
    one of these is given too, or members without an ensemble.
    """
    if ensemble is None:
        way = "Give an ensemble too, or replicates."
        raise InputError(Fault("members", "are of an ensemble", str(members), way))
    rule = "under an ensemble its members are the replicates"
    raise_faults([
        Fault(name, rule, value, "Give members in place of it.") for name, value in instead.items() if value is not None
    ])  # fmt: skip
    return draw_members(ensemble, seed=seed, members=members)


def run_members(
    plan: Scenario, ensemble: Given | None, *, members: Wanted = None, replicates: int | None = None,
    starts: StartStore | None = None, progress: Progress,
) -> RunResult:  # fmt: skip
    """Return the result of a scenario under an ensemble; arguments as of `model.experiments.run.run`, which see.

    Errors: InputError; RunStopped with the runs that were finished.
    """
    drawn = members_of(ensemble, seed=plan.seed, members=members, replicates=replicates)
    return live_members(plan, drawn, starts=starts, progress=progress)


def live_members(
    plan: Scenario, drawn: Members, *, starts: StartStore | None = None, progress: Progress
) -> RunResult:  # fmt: skip
    """Return the result of a scenario's runs, one for each member that was drawn. Errors: as of `run_members`."""
    common = carrying(plan).replace({"replicates": len(drawn)})
    store = StartStore.default() if starts is None else starts
    finished: list[FinishedRun] = []
    try:
        progress(COMPILING, 0, 1)
        warm_up()
        progress(COMPILING, 1, 1)
        for number, slot in enumerate(drawn.slots):

            def told(stage: str, done: int, whole: int, *, lived: int = number * plan.months) -> None:
                if stage == MONTHS:
                    progress(MEMBERS, lived + done, len(drawn) * plan.months)
                elif not lived:
                    progress(SETTLING, done, whole)

            finished.append(
                live_replicate(drawn.plan(plan, slot), replicate=slot.replicate, starts=store, progress=told)
            )
    except KeyboardInterrupt as stop:
        result = _result(common, drawn, finished) if finished else None
        raise RunStopped(result, wanted=len(drawn)) from stop
    return _result(common, drawn, finished)


def _result(common: Scenario, drawn: Members, finished: list[FinishedRun]) -> RunResult:
    plan = common if len(finished) == len(drawn) else common.replace({"replicates": len(finished)})
    carried = drawn.carried(plan, [run.replicate for run in finished])
    return RunResult.from_runs(plan, finished, carried=carried)
