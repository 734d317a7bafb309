"""Ask which inputs an outcome depends on: a design of points, run as a sweep that can be stopped, and its indices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model.experiments.answer_folder import check_folder
from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.experiments.rounds import RUNS
from model.experiments.sensitivity.answer import KIND, PoorEmulator, Sensitivity
from model.experiments.sensitivity.plan import Method, SensitivityPlan, check_level, check_place, plan_sensitivity
from model.experiments.sweep.engines import Engine
from model.experiments.sweep.sweeping import Show, run_sweep
from model.experiments.sweep.wording import Levers, Policies, Uncertainties
from model.foundation.errors import Fault
from model.spec.scenario import Scenario


def sensitivity(
    base: Scenario | str | Path, *, outcomes: Sequence[str | Outcome] | None = None,
    uncertainties: Uncertainties | None = None, levers: Levers | None = None, policies: Policies | None = None,
    method: Method = "morris", n: int | None = None, replicates: int = 1, level: float = 0.9,
    market: str = WORLD, over: str = HORIZON, folder: str | Path | None = None, resume: bool = True,
    workers: int | None = None, engine: Engine | str | object | None = None, progress: Show | None = None,
) -> Sensitivity:  # fmt: skip
    """Return which inputs the outcomes of a scenario depend on, and the difference between policies.

    "morris" screens: mean size of the change from one end of an input's range to the other, from n paths (10) of
    inputs + 1 points. "sobol": shares of the variance, alone and with interactions, from n base points (64, best a
    power of two) of inputs + 2. With 25 inputs or more screen first. "emulated": the same shares from an emulator
    fitted to n points (ten for each input, at least 100), refused where it foretells runs left out of it too badly.

    base: a Scenario, the name of one, or a TOML file. outcomes: as "resso.users". uncertainties, levers, policies,
    engine, workers, progress: as of `sm.sweep`; the first policy is the one that others are held against. replicates:
    of each point, averaged. level: of the intervals. market, over: where and when the answer looks. folder: default
    results/sensitivity-<name>-<digest>; the runs are kept in it, and the same call goes on where it was stopped.
    resume: False begins anew.
    Errors: InputError with every fault, before anything runs; SweepStopped when the user stops it.
    """
    check_level(level)
    plan = plan_sensitivity(
        base, outcomes=outcomes, uncertainties=uncertainties, levers=levers, policies=policies, method=method, n=n,
        replicates=replicates,
    )  # fmt: skip
    return run_sensitivity(
        plan, level=level, market=market, over=over, folder=folder, resume=resume, workers=workers, engine=engine,
        progress=progress,
    )  # fmt: skip


def run_sensitivity(
    plan: SensitivityPlan, *, level: float = 0.9, market: str = WORLD, over: str = HORIZON,
    folder: str | Path | None = None, resume: bool = True, workers: int | None = None,
    engine: Engine | str | object | None = None, progress: Show | None = None,
) -> Sensitivity:  # fmt: skip
    """Return the answer to a planned question; arguments as of `sensitivity`."""
    check_place(plan.base, market, over)
    place = default_folder(plan) if folder is None else Path(folder)
    check_folder(place, kind=KIND, beside=frozenset({RUNS}))
    found = run_sweep(plan.sweep, store=place / RUNS, resume=resume, workers=workers, engine=engine, progress=progress)
    answer = Sensitivity(plan, found, level=level, folder=place, market=market, over=over)
    _check_some(answer)
    return answer


def _check_some(answer: Sensitivity) -> None:
    """Raise the refusals of an emulator where it is refused for every outcome and response; the runs are kept."""
    if answer.plan.method != "emulated":
        return
    faults: list[Fault] = []
    for name in answer.outcomes:
        for one in answer.responses:
            try:
                answer.table(name, response=one.name)
            except PoorEmulator as error:
                faults += error.faults
            else:
                return
    raise PoorEmulator(faults)


def default_folder(plan: SensitivityPlan) -> Path:
    """Return where an answer is kept if no folder is named."""
    return Path("results") / f"sensitivity-{plan.base.name}-{plan.sweep.digest}"
