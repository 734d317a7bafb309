"""The command `sweep`: run the points of a sweep file, show how it goes, and what came out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import STOPPED, check_engine, check_writable
from model.interfaces.cli.terminal import output, progress_output
from model.results.picture_bytes import png

if TYPE_CHECKING:
    from model.experiments.sweep.engines import Progress as Told
    from model.experiments.sweep.plan import SweepPlan
    from model.experiments.sweep.result import SweepResult

BETWEEN = 10.0
"""Seconds between two lines where stderr is no terminal."""
LONG = 20_000
"""Runs from which on their planning is told: it takes two seconds for 10^5, a minute where no two points are alike."""
MOST_ROWS = 24
TIMING = "Living the first run twice, to time it"


def show_sweep(
    name: str, *, workers: int | None, dask: str | None, resume: bool, out: Path | None, dry: bool, quiet: bool,
    ensemble: str | None = None, members: int | None = None,
) -> int:  # fmt: skip
    """Run a sweep file, print progress and a table; return the exit code.

    ensemble, members: joint draws that the points take their uncertainties from, by name or file, and how many.
    """
    from model.experiments.sweep.file import read_sweep_file
    from model.experiments.sweep.plan import plan_sweep
    from model.experiments.sweep.sweeping import SweepStopped, default_folder, run_sweep

    check_engine(workers, dask)
    read = read_sweep_file(name)
    wishes = {key: one for key, one in (("ensemble", ensemble), ("members", members)) if one is not None}
    plan = plan_sweep(read.base, **{**read.wishes, **wishes})
    folder = default_folder(plan) if out is None else out
    if dry:
        return _dry(plan, workers=workers, folder=folder, quiet=quiet)
    check_writable(folder)
    if plan.runs >= LONG and not quiet:
        print(f"Planning {plan.runs:,} runs (each is checked before any is lived)...", file=sys.stderr, flush=True)
    with SweepProgress(quiet=quiet) as show:
        try:
            found, code = run_sweep(
                plan, store=folder, resume=resume, workers=workers, engine=dask, progress=show
            ), 0  # fmt: skip
        except SweepStopped as stop:
            found, code = stop.result, STOPPED
    if code:
        print(
            f"resonance: stopped; {found.done:,} of {found.planned:,} runs are kept. "
            "The same command goes on with the rest.",
            file=sys.stderr,
        )
    if not quiet:
        _print(found)
    if plan.joint is not None and found.done:
        _keep_bands(found)
    print(f"Kept: {found.folder} (sm.open_sweep reads it)")
    return code or (1 if len(found.failures) else 0)


def _keep_bands(found: SweepResult) -> None:
    """Write bands and fans over the members beside the sweep: two tables and a figure."""
    from model.experiments.sweep.bands import BANDS, FANS, PICTURE
    from model.foundation.files import write_text_whole, write_whole

    picture = png(found.plot.fans())
    write_text_whole(found.folder / BANDS, found.bands().to_csv(index=False))
    write_text_whole(found.folder / FANS, found.fans().to_csv(index=False))
    write_whole(found.folder / PICTURE, lambda file: (file.write(picture), None)[1])


def _dry(plan: SweepPlan, *, workers: int | None, folder: Path, quiet: bool) -> int:
    """Print how many runs there are and how long they take, from one that is lived twice."""
    from model.experiments.run import COMPILING
    from model.experiments.sweep.cases import cases_of, kept_cases
    from model.experiments.sweep.engines import Local
    from model.experiments.sweep.sweeping import engine_of
    from model.experiments.sweep.words import count
    from model.experiments.sweep.work import SweepWork

    cases, work = kept_cases(plan, folder) or cases_of(plan), SweepWork.of(plan)
    case = next(iter(cases))
    seconds = []
    with RunProgress(quiet=quiet) as show:
        show(COMPILING, 0, 1)
        work.prepare()
        show(COMPILING, 1, 1)
        for turn in range(2):
            show(TIMING, turn, 2)
            begun = perf_counter()
            work(case)
            seconds.append(perf_counter() - begun)
    settling = max(0.0, seconds[0] - seconds[1]) if plan.moves_start else 0.0
    engine = engine_of(None, workers=workers, runs=plan.runs)
    many = (engine.workers or os.cpu_count() or 1) if isinstance(engine, Local) else 1
    whole = plan.runs * seconds[1] + len(plan.points) * settling
    base = plan.base
    sizes = (count(len(plan.points), "point"), count(len(plan.policies), "policy", "policies"),
             count(plan.replicates, "replicate"))  # fmt: skip
    print(
        f"{count(plan.runs, 'run')}: {' x '.join(sizes)} of {base.name} ({count(len(base.markets), 'market')}, "
        f"{count(base.months, 'month')}, {base.users:,} users a market)."
    )
    print(f"Moved: {', '.join(one.column for one in plan.axes) or 'nothing but the policy'}.")
    if plan.moves_start:
        print("Every point settles a start of its own, since parameters of the settling are moved.")
    print(
        f"A run takes about {seconds[1]:.2g} s here; all about {_duration(whole / many)} on "
        f"{count(many, 'process', 'processes')}. Nothing was kept; they would go to {folder}."
    )
    return 0


def _print(found: SweepResult) -> None:
    """Print the sentences of the summary and a table of outcomes by policy."""
    from model.experiments.sweep.words import amount, summary_rows, summary_text

    lines = summary_text(found).splitlines()
    print("\n".join(line for line in lines if line.startswith(("Sweep of", "Under the", "The first failure"))))
    if not found.done:
        return
    if found.provenance.get("ensemble") is not None:
        _print_bands(found)
        return
    rows = summary_rows(found)
    table = Table(title="All markets together, over the horizon", title_justify="left")
    for heading in ("outcome", "policy", "mean of the points", "nine tenths of them", "unit"):
        right = heading in ("mean of the points", "nine tenths of them")
        table.add_column(heading, justify="right" if right else "left")
    for row in rows.head(MOST_ROWS).to_dict("records"):
        low, high = (amount(float(row[key])) for key in ("low", "high"))
        table.add_row(
            found.outcome(str(row["outcome"])).label, str(row["policy"]), amount(float(row["mean"])),
            f"{low} to {high}", str(row["unit"]),
        )  # fmt: skip
    output().print(table)
    if len(rows) > MOST_ROWS:
        print(f"{len(rows) - MOST_ROWS} more rows: sm.open_sweep(...).summary().")


def _print_bands(found: SweepResult) -> None:
    """Print medians and bands over the members, by policy and setting of the levers."""
    from model.experiments.sweep.bands import setting_words
    from model.experiments.sweep.words import amount
    from model.results.fans import QUANTILES

    rows = found.bands()
    levers = [name for name in rows.columns if name in set(found.points.columns)]
    several = len(found.policies) > 1
    table = Table(title="All markets together, over the horizon, over the members", title_justify="left")
    for heading in ("outcome", "policy and setting", "median", "50% band", "90% band",
                    *(("above",) if several else ()), "unit"):  # fmt: skip
        right = heading in ("median", "50% band", "90% band", "above")
        table.add_column(heading, justify="right" if right else "left")
    for row in rows.head(MOST_ROWS).to_dict("records"):
        low, inner_low, middle, inner_high, high = (amount(float(row[name])) for name in QUANTILES)
        words = setting_words(levers, (row["policy"], *(row[name] for name in levers)))
        share = row["share_above"]
        above = (("" if share != share else f"{share:.0%}"),) if several else ()
        table.add_row(
            found.outcome(str(row["outcome"])).label, words, middle, f"{inner_low} to {inner_high}",
            f"{low} to {high}", *above, str(row["unit"]),
        )  # fmt: skip
    output().print(table)
    if several:
        print(f"Above: share of points at which the outcome lies above that of {found.policies[0]}.")
    if len(rows) > MOST_ROWS:
        print(f"{len(rows) - MOST_ROWS} more rows: bands.csv in the folder.")


class SweepProgress:
    """A bar with runs, rate and time left on stderr; a line now and then where stderr is no terminal."""

    def __init__(self, *, quiet: bool) -> None:
        console = progress_output()
        self._bars = Progress(
            TextColumn("Living the points"), BarColumn(bar_width=24), MofNCompleteColumn(),
            TextColumn("{task.fields[words]}"), console=console, transient=True,
            disable=quiet or not console.is_terminal,
        )  # fmt: skip
        self._plain = not quiet and not console.is_terminal
        self._task = self._bars.add_task("", total=None, words="")
        self._told = -BETWEEN

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def __call__(self, told: Told) -> None:
        """Show how far the sweep is."""
        words = rate_words(told)
        self._bars.update(self._task, completed=told.done + told.failed, total=told.whole, words=words)
        now = perf_counter()
        whole = told.whole or 0
        if self._plain and (told.alone or now - self._told >= BETWEEN or told.done + told.failed >= whole):
            self._told = now
            print(f"{told.done:,} of {whole:,} runs{', ' if words else ''}{words}", file=sys.stderr, flush=True)


def rate_words(told: Told) -> str:
    """Return rate, time left and failures in words."""
    parts = ["no worker left: waiting for one (Ctrl-C stops and keeps what is finished)"] if told.alone else []
    if told.rate:
        parts.append(f"{told.rate:.3g} a second" if told.rate >= 0.5 else f"{1.0 / told.rate:.3g} s each")
    if told.seconds_left:
        parts.append(f"{_duration(told.seconds_left)} left")
    if told.failed:
        parts.append(f"{told.failed:,} failed")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    if seconds < 5400.0:
        return f"{seconds / 60.0:.0f} min"
    return f"{seconds / 3600.0:.1f} h"
