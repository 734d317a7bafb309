"""The small sweep that the page runs itself where none is kept yet."""

from __future__ import annotations

from collections.abc import Callable

from model.experiments.sweep.engines import InProcess, Progress
from model.experiments.sweep.file import read_sweep_file
from model.experiments.sweep.plan import plan_sweep
from model.experiments.sweep.sweeping import SweepStopped, default_folder, run_sweep
from model.foundation.errors import Fault, InputError
from model.interfaces.app.background import Cancelled, Report
from model.interfaces.app.sweep_folder import SweepFolder
from model.interfaces.app.turns import Turns
from model.interfaces.app.words import brief

NAME = "first_look"
FIRST_LOOK = (
    "Resso in Indonesia as it was, tied into TikTok, or with less for free: 24 draws of three unknowns under each of "
    "the three policies, 72 runs of 1,000 users over a year. It takes half a minute or so and is kept in the folder, "
    "finished runs also when it is cancelled."
)


def run_first_look(folder: SweepFolder, *, report: Report, begun: Callable[[str], None] | None = None) -> str:
    """Run the shipped small sweep into the folder of sweeps, or go on with it; return its name there.

    begun: called with the name before the first run. Errors: InputError where the folder cannot be written or another
    process writes to it; Cancelled.
    """
    report("planning", 0, 0)
    read = read_sweep_file(NAME)
    plan = plan_sweep(read.base, **read.wishes)
    name = default_folder(plan).name
    if begun is not None:
        begun(name)
    with Turns(report, words={}) as turns:

        def told(now: Progress) -> None:
            try:
                turns("runs", now.done + now.failed, now.whole or 0)
            except Cancelled as end:
                raise KeyboardInterrupt from end

        turns("runs", 0, plan.runs)
        try:
            run_sweep(plan, store=folder.root / name, engine=InProcess(), progress=told)
        except SweepStopped as stop:
            if not stop.result.done:
                raise Cancelled from stop
        except OSError as error:
            raise InputError(
                Fault("sweep", "can be kept", brief(error), "Choose another folder: --results.")
            ) from error
    return name
