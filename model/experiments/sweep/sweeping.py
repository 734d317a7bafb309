"""Sweep: run a scenario at many points, under several policies, and keep every finished run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from model.experiments.comparing.outcomes import Outcome
from model.experiments.drafts import forget_drafts
from model.experiments.ensembles.members import Given, Wanted
from model.experiments.sweep.bands import BANDS, FANS, PICTURE
from model.experiments.sweep.cases import NAME as CASES
from model.experiments.sweep.cases import Cases, cases_of, kept_cases
from model.experiments.sweep.describing import described
from model.experiments.sweep.engines import Cluster, Engine, InProcess, Local, Progress, run_cases
from model.experiments.sweep.growing import grows, open_to_go_on
from model.experiments.sweep.plan import SweepPlan, plan_sweep
from model.experiments.sweep.points import Design, Table
from model.experiments.sweep.result import SweepResult
from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.experiments.sweep.store.ledger import check_own
from model.experiments.sweep.store.lock import NAME as LOCK
from model.experiments.sweep.store.lock import WriterLock
from model.experiments.sweep.wording import Levers, Policies, Uncertainties
from model.experiments.sweep.work import SweepWork
from model.foundation.errors import Fault, InputError
from model.spec.reading import shown
from model.spec.scenario import Scenario

Show = Callable[[Progress], None]
OWN_FILES = (CASES, "manifest.json", LOCK, BANDS, FANS, PICTURE)
FEW = 8
"""Runs up to which a sweep stays in this process unless workers are asked for: starting them would take longer."""


class SweepStopped(KeyboardInterrupt):
    """The user stopped a sweep; every finished run is kept. result: of these. Sweep again to go on."""

    def __init__(self, result: SweepResult) -> None:
        super().__init__("stopped")
        self.result = result


def sweep(
    base: Scenario | str | Path, *, levers: Levers | None = None, uncertainties: Uncertainties | None = None,
    policies: Policies | None = None, design: Design | None = None, n: int | None = None, table: Table | None = None,
    replicates: int = 1, outcomes: Sequence[str | Outcome] | None = None, series: bool = False,
    store: str | Path | None = None, resume: bool = True, workers: int | None = None,
    engine: Engine | str | object | None = None, progress: Show | None = None, ensemble: Given | None = None,
    members: Wanted = None,
) -> SweepResult:  # fmt: skip
    """Return the result of running a scenario at every point of a design, under every policy, in every replicate.

    Replicate r takes the same draws at every point and under every policy, so that differences are paired. A point that
    moves a parameter which the settling of the start reads settles a start of its own, about a quarter of a second a
    market; levers do not.

    base: a Scenario, the name of one, or a TOML file.
    levers: {path: [values]} or {path: {"low": .., "high": ..}}.
    uncertainties: names of parameters (drawn from their likely ranges; "@demand" is a whole subject, "@all" all), or
    {name: {"low": .., "high": .., "shape": "uniform" | "triangular" | "normal"}}.
    policies: {name: {path: value}} or {name: scenario}; default: the base alone.
    design: "lhs" (default), "sobol", "grid" (default where all is lists of values). n: points (64), for a grid steps
    of each range (5). table: points in place of a design: a CSV file, a frame or rows, a column per input.
    replicates: runs of each point and policy. outcomes: as "resso.users" or "label_income"; default: those of what is
    moved, as `sm.compare` chooses them. series: keep them month by month too.
    store: folder of the runs; default: results/sweep-<name>-<digest of the question> in the working folder, so that the
    same call goes on where it was stopped. Asked for more replicates, or a Sobol design for more points, the sweep in
    the folder grows: only what is new is run. resume: go on with what the folder holds; False begins anew, and an
    earlier sweep there is deleted.
    workers: processes (default: one per core; 1: this process). engine: an engine, the address of a Dask scheduler, or
    a Dask client. progress: called with `Progress`.
    ensemble: joint draws of parameters, an `Ensemble`, the name of one, or its file: every point has the values of one
    member, of all parameters together, by its weight; what the base sets itself stays. members: how many in a grid
    (default: 40), or a list; a sampled design has one a point. Outcomes are then kept month by month, for fans.
    Errors: InputError with every fault, before anything runs; SweepStopped, when the user stops it.
    """
    plan = plan_sweep(
        base, levers=levers, uncertainties=uncertainties, policies=policies, design=design, n=n, table=table,
        replicates=replicates, outcomes=outcomes, series=series, ensemble=ensemble, members=members,
    )  # fmt: skip
    return run_sweep(plan, store=store, resume=resume, workers=workers, engine=engine, progress=progress)


def run_sweep(
    plan: SweepPlan, *, store: str | Path | None = None, resume: bool = True, workers: int | None = None,
    engine: Engine | str | object | None = None, progress: Show | None = None,
) -> SweepResult:  # fmt: skip
    """Return the result of a planned sweep, with what its folder holds taken over; arguments as of `sweep`."""
    folder = default_folder(plan) if store is None else Path(store)
    wished = engine_of(engine, workers=workers, runs=plan.runs)  # what is wrong is told before anything is made
    if isinstance(wished, Cluster) and not (resume and (folder / LEDGER).exists()):
        wished.reach()
    if not resume:
        clear(folder)
    new = not (folder / LEDGER).exists()
    kept, cases = _opened(folder, plan)
    with kept, _gone_if_nothing_ran(kept, new=new):
        finished = kept.finished()
        left = sum(one not in finished for one in cases.ids)
        stopped = False
        if left:
            chosen = engine_of(engine, workers=workers, runs=left)
            stopped = run_cases(cases, work=SweepWork.of(plan), store=kept, engine=chosen, progress=progress).stopped
        else:
            kept.tidy()
    result = SweepResult.open(folder)
    if stopped:
        raise SweepStopped(result)
    return result


@contextmanager
def _gone_if_nothing_ran(kept: SweepStore, *, new: bool) -> Iterator[None]:
    """Take a new store away again when its workers could not be had: an empty one tells nobody anything."""
    try:
        yield
    except InputError:
        if new and kept.counts() == (0, 0):
            kept.close()
            with suppress(OSError, InputError):  # what is wrong was told already
                clear(kept.folder)
                kept.folder.rmdir()
        raise


def _opened(folder: Path, plan: SweepPlan) -> tuple[SweepStore, Cases]:
    """Return the store to go on with, grown to the plan or made, and the plan's cases, each checked."""
    kept = open_to_go_on(folder, plan) if (folder / LEDGER).exists() else None
    try:
        had = kept_cases(plan, folder)
        cases = had or cases_of(plan)
        if kept is None:
            kept = SweepStore.create(folder, plan=plan.question, about=described(plan), points=plan.points)
        elif grows(kept, plan):
            kept.grow(plan=plan.question, about=described(plan), points=plan.points)
        if had is None:
            cases.save(folder)
    except BaseException:
        if kept is not None:
            kept.close()
        raise
    return kept, cases


def default_folder(plan: SweepPlan) -> Path:
    """Return where a sweep is kept if no folder is named: by its name and question under the working folder.

    The same question with more replicates, or with more points of a Sobol sequence, has the same folder.
    """
    return Path("results") / f"sweep-{plan.base.name}-{plan.family}"


def engine_of(engine: Engine | str | object | None, *, workers: int | None, runs: int) -> Engine:
    """Return the engine of a user's wish: an engine, an address or client of Dask, or a number of workers."""
    given: object = workers
    if given is not None and (isinstance(given, bool) or not isinstance(given, int) or given < 1):
        raise InputError(Fault("workers", "is a whole number from 1", shown(workers), "Leave it out for all cores."))
    if engine is not None:
        if workers is not None:
            way = "Leave workers out: the engine has its own."
            raise InputError(Fault("workers", "is given, or an engine is", workers, way))
        if isinstance(engine, str) or hasattr(engine, "scheduler_info"):
            return Cluster(engine)  # type: ignore[arg-type]
        if hasattr(engine, "crew"):
            return engine
        way = "Example: tcp://127.0.0.1:8786."
        raise InputError(Fault("engine", "is an engine, or the address or a client of Dask", shown(engine), way))
    if workers == 1 or (workers is None and runs <= FEW):
        return InProcess()
    return Local(workers=workers)


def clear(folder: Path) -> None:
    """Delete an earlier sweep in a folder, and nothing else; no sweep there is no fault.

    Errors: InputError where another process writes to it.
    """
    if not (folder / LEDGER).exists():
        return
    lock = WriterLock(folder)  # the store itself is not opened: a broken one can be cleared too
    lock.take()
    try:
        check_own(folder)
        shutil.rmtree(folder / "rows", ignore_errors=True)
        forget_drafts(folder, names={*OWN_FILES, *(path.name for path in folder.glob("points*.parquet"))})
        own = [*folder.glob("points*.parquet"), *(folder / name for name in OWN_FILES if name != LOCK)]
        # the ledger last: a clearing that was killed is gone on with, and its journal before it, which a new one
        # would take for its own
        for path in (*own, *sorted(folder.glob(f"{LEDGER}-*")), folder / LEDGER, folder / LOCK):
            path.unlink(missing_ok=True)
    finally:
        lock.release()
