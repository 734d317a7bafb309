"""The command `calibrate`: live the record at many points, say what it tells of the parameters, save the ensemble."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from model.interfaces.cli.running import STOPPED, check_writable
from model.interfaces.cli.sweep import SweepProgress
from model.interfaces.cli.terminal import output

if TYPE_CHECKING:
    from model.experiments.calibration.plan import CalibrationPlan
    from model.experiments.calibration.result import CalibrationResult
    from model.experiments.sweep.engines import Progress as Told

SECONDS_A_LIFE = "about six seconds a life and processor, at 2,000 users in 20 markets"


def show_calibration(
    plan: CalibrationPlan, *, out: Path | None, lives_from: Path | None, workers: int | None, resume: bool, dry: bool,
    quiet: bool,
) -> int:  # fmt: skip
    """Calibrate, with progress on stderr; print what was found, save it; return the exit code."""
    from model.experiments.answer_folder import check_folder
    from model.experiments.calibration.calibrating import calibrate, check_packages
    from model.experiments.calibration.result import BESIDE, KIND
    from model.experiments.calibration.waves import CalibrationStopped, clear
    from model.experiments.calibration.words import summary_lines

    check_packages()
    folder = Path("results") / f"calibration-{plan.until}-{plan.digest}" if out is None else out
    if dry:
        return _dry(plan, folder)
    check_writable(folder)
    check_folder(folder, kind=KIND, beside=BESIDE)
    if not resume:
        clear(folder)
    begun = perf_counter()
    with _Bars(quiet=quiet) as bars:
        try:
            found = calibrate(
                plan, folder=folder, lives_from=lives_from, workers=workers, progress=bars.show, tell=bars.tell
            )  # fmt: skip
        except CalibrationStopped as stop:
            print(f"resonance: stopped in {stop.stage}; every finished life is kept in {folder}. The same command goes "
                  "on with the rest.", file=sys.stderr)  # fmt: skip
            return STOPPED
    found.save(folder)
    if not quiet:
        output().print(_parameters(found))
        output().print(_moments(found))
        print("\n".join(summary_lines(found)))
        print(f"Took {perf_counter() - begun:,.0f} s.")
    print(f"Tables, figures, ensemble.json and results.md: {folder}")
    return 0


def _dry(plan: CalibrationPlan, folder: Path) -> int:
    sizes, targets = plan.sizes, plan.targets
    print(
        f"{sizes.lives} lives: {sizes.first} points and {sizes.again} of them again, then {sizes.second} and "
        f"{sizes.again_second} again, {sizes.truths} known truths, {sizes.lived} draws; "
        f"{SECONDS_A_LIFE}."
    )
    print(f"{len(plan.names)} parameters: {', '.join(plan.names)}.")
    print(f"{len(targets.names)} moments to {plan.until}: {', '.join(targets.names)}.")
    print(f"Nothing was kept; all would go to {folder}.")
    return 0


def _parameters(found: CalibrationResult) -> Table:
    table = Table(title="Parameters: median and 90% interval before and after the record", title_justify="left",
                  box=box.SIMPLE_HEAD)  # fmt: skip
    for name in ("parameter", "before", "after", "narrower by", "verdict"):
        table.add_column(name, justify="left" if name in ("parameter", "verdict") else "right")
    colours = {"told": "green", "not told": "yellow", "silent": "dim"}
    for row in found.posterior.to_dict("records"):
        before, after = (
            f"{row[f'{when}_50']:.3g} ({row[f'{when}_5']:.3g} to {row[f'{when}_95']:.3g})"
            for when in ("before", "after")
        )
        verdict = str(row["verdict"])
        table.add_row(str(row["parameter"]), before, after, f"{row['contraction']:.0%}",
                      Text(verdict, style=colours[verdict]))  # fmt: skip
    return table


def _moments(found: CalibrationResult) -> Table:
    title = "Moments: recorded (deviation of record and discrepancy), 90% of lives before and of draws after"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("moment", "recorded", "before", "after", ""):
        table.add_column(name, justify="left" if name == "moment" else "right", overflow="fold")
    for row in found.moments.to_dict("records"):
        table.add_row(
            str(row["words"]), f"{row['recorded']:.3g} ({row['tolerance']:.2g})",
            f"{row['before_5']:.3g} to {row['before_95']:.3g}", f"{row['after_5']:.3g} to {row['after_95']:.3g}",
            Text("met", style="green") if row["met"] else Text("missed", style="red"),
        )  # fmt: skip
    return table


class _Bars:
    """A bar for each wave, and a line for what is thought about between."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._stage = ""
        self._bar: SweepProgress | None = None

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def show(self, stage: str, told: Told) -> None:
        """Show how far a wave is."""
        if stage != self._stage:
            self.tell(f"living the {stage}")
            self._stage = stage
            self._bar = SweepProgress(quiet=self._quiet)
            self._bar.__enter__()
        assert self._bar is not None
        self._bar(told)

    def tell(self, words: str) -> None:
        """Print what goes on now."""
        self._end()
        if not self._quiet:
            print(f"{words[0].upper()}{words[1:]}...", file=sys.stderr, flush=True)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
        self._bar, self._stage = None, ""
