"""The command `run`: live the scenario, show the summary, save tables and figure."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from model.foundation.errors import Fault, InputError
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.terminal import output
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from model.results import RunResult

STOPPED = 130
DOTS_PER_INCH = 160
FIGURES = {"markets": "who_listens_where.png", "labels": "who_earns_what.png"}


def run_and_save(plan: Scenario, *, out: Path | None, quiet: bool, with_figure: bool) -> int:
    """Run a scenario, print its summary, save it; returns the exit code.

    A run stopped by the user keeps the replicates that were finished. Errors: InputError, also when `out` cannot be
    written, before anything is run.
    """
    folder = Path("results") / f"{plan.name}-{plan.digest}" if out is None else out
    check_writable(folder)
    begun = perf_counter()
    with RunProgress(quiet=quiet) as show:
        from model.experiments.run import RunStopped, run

        try:
            result: RunResult | None = run(plan, progress=show)
            code = 0
        except RunStopped as stop:
            result, code = stop.result, STOPPED
    if code:
        done = 0 if result is None else len(result.runs)
        kept = "nothing is saved" if result is None else "what was finished is saved"
        print(f"resonance: stopped after {done} of {plan.replicates} replicates; {kept}.", file=sys.stderr)
    if result is None:
        return code
    if not quiet:
        _print_summary(result, seconds=perf_counter() - begun)
    result.save(folder)
    if with_figure:
        _save_figures(result, folder)
    what = f"tables and {len(FIGURES)} figures" if with_figure else "tables"
    print(f"Saved {what}: {folder}")
    return code


def _print_summary(result: RunResult, *, seconds: float) -> None:
    print(result.summary_text(width=output().width))
    if result.notices:
        print(f"{len(result.notices)} notes on what the facts left open are in the manifest.")
    print(f"Took {seconds:.1f} s. `resonance patterns` holds the model against what was observed.")


def _save_figures(result: RunResult, folder: Path) -> None:
    _save_figure(result.plot.small_multiples(), folder / FIGURES["markets"])
    _save_figure(result.plot.label_income(), folder / FIGURES["labels"])


def _save_figure(figure: Figure, path: Path) -> None:
    from model.foundation.files import write_whole

    write_whole(path, lambda stream: figure.savefig(stream, format="png", dpi=DOTS_PER_INCH))


def check_writable(folder: Path) -> None:
    """Raise InputError where results could not be written, before time is spent on a run."""
    rule, way = "results need a folder that can be written", "Choose another folder with --out."
    try:
        nearest = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        reason = f"{folder} ({error.strerror or type(error).__name__})"
        raise InputError(Fault("command line: --out", rule, reason, way)) from error
