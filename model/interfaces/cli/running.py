"""The command `run`: live the scenario, show the summary, save tables and figure."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from model.experiments.drafts import forget_drafts
from model.foundation.errors import Fault, InputError
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.terminal import output
from model.results.picture_bytes import png
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from model.experiments.ensembles.members import Members
    from model.results import RunResult
    from model.results.shown import ShownAxes

STOPPED = 130
LEAST_ROOM = 2**18
"""Bytes that must fit where results go: the tables of a small run."""
FIGURES = ("who_listens_where.png", "who_earns_what.png")
OF_TIKTOK, OF_HITS, OF_MEMBERS = "tiktok.png", "hits.png", "fans.png"


def run_and_save(
    plan: Scenario, *, out: Path | None, quiet: bool, with_figure: bool, with_notes: bool = False,
    members: Members | None = None,
) -> int:  # fmt: skip
    """Run a scenario, print its summary, save it; returns the exit code.

    members: of an ensemble, one run each. A run stopped by the user keeps the replicates that were finished. Errors:
    InputError, also when `out` cannot be written or holds something else, before anything is run.
    """
    under = "" if members is None else f"-{members.ensemble.digest}"
    folder = Path("results") / f"{plan.name}-{plan.digest}{under}" if out is None else out
    check_writable(folder)
    replaces = _earlier(folder)
    begun = perf_counter()
    with RunProgress(quiet=quiet) as show:
        from model.experiments.ensembles.living import live_members
        from model.experiments.run import RunStopped, run

        try:
            result: RunResult | None = (
                run(plan, progress=show) if members is None else live_members(plan, members, progress=show)
            )
            code = 0
        except RunStopped as stop:
            result, code = stop.result, STOPPED
    if code:
        done = 0 if result is None else len(result.runs)
        kept = "nothing is saved" if result is None else "what was finished is saved"
        whole = f"{plan.replicates} replicates" if members is None else f"{len(members)} runs"
        print(f"resonance: stopped after {done} of {whole}; {kept}.", file=sys.stderr)
    if result is None:
        return code
    if not quiet:
        _print_summary(result, seconds=perf_counter() - begun, with_notes=with_notes)
    elif with_notes:
        _print_notes(result)
    figures = _figures(result, plan) if with_figure else {}
    result.save(folder, figures=figures)
    forget_drafts(folder, names={path.name for path in folder.iterdir()})  # what a killed run left half-written
    what = f"tables and {len(figures)} figures" if figures else "tables"
    print(f"Saved {what}{', in place of the earlier result there' if replaces else ''}: {folder}")
    return code


def _earlier(folder: Path) -> bool:
    """Return whether an earlier result lies in the folder; InputError where something else does."""
    from model.results.stored import earlier_files

    try:
        return earlier_files(folder) is not None
    except InputError as error:
        told = [Fault(f"command line: --out {one.place}", one.rule, one.value, one.way_out) for one in error.faults]
        raise InputError(told) from error


def _print_summary(result: RunResult, *, seconds: float, with_notes: bool) -> None:
    print(result.summary_text(width=output().width))
    for notice in result.notices:
        if notice.startswith("too few users") and not with_notes:
            print(notice)
    if with_notes:
        _print_notes(result)
    elif result.notices:
        count = len(result.notices)
        print(f"{count} note{'s are' if count > 1 else ' is'} in the manifest; --notes prints them.")
    print(f"Took {seconds:.1f} s. `resonance patterns` holds the model against what was observed.")


def _print_notes(result: RunResult) -> None:
    """Print what the reader should know, a line each."""
    print("Notes:" if result.notices else "No notes.")
    for notice in result.notices:
        print(f"  {notice}")


def _figures(result: RunResult, plan: Scenario) -> dict[str, bytes]:
    """Return the figures of a run as PNG, by file name: TikTok and hits too where the scenario changes them."""
    from model.experiments.comparing.chosen import changes_songs, tiktok_differences

    drawn: dict[str, Callable[[], Figure | ShownAxes]] = dict(
        zip(FIGURES, (result.plot.small_multiples, result.plot.label_income), strict=True)
    )
    if result.provenance.carried is not None:
        drawn[OF_MEMBERS] = result.plot.fans
    plain = Scenario.load("baseline").replace({"start": plan.start, "markets": list(plan.markets)})
    if tiktok_differences([plain, plan]) and len(result.tiktok):
        drawn[OF_TIKTOK] = result.plot.tiktok
    if changes_songs(plan) and not result.songs["song_before"].all():
        drawn[OF_HITS] = result.plot.hits
    return {name: png(draw()) for name, draw in drawn.items()}


def check_engine(workers: int | None, dask: str | None) -> None:
    """Raise InputError where the command line names workers and a scheduler, which has workers of its own."""
    if workers is not None and dask is not None:
        rule, way = "workers are given, or a scheduler is", "The workers of a cluster are started with it."
        raise InputError(Fault("command line: --workers", rule, f"--workers {workers} --dask {dask}", way))


def check_writable(folder: Path) -> None:
    """Raise InputError where results could not be written, before time is spent on a run: no right to, or no room."""
    rule = "results need a folder that can be written, with room"
    way = "Choose another folder with --out, or make room."
    try:
        nearest = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(bytes(LEAST_ROOM))  # a full disk still gives names away
            file.flush()
    except OSError as error:
        reason = f"{folder} ({error.strerror or type(error).__name__})"
        raise InputError(Fault("command line: --out", rule, reason, way)) from error
