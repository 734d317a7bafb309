"""What `backtest` prints: wins and losses, what chance would win, coverage, and where the rest is."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table

from model.experiments.answer_folder import check_folder
from model.experiments.backtest import Backtest, backtest, plan_backtest
from model.experiments.backtest.forecasting import JUDGED_BY
from model.experiments.backtest.living import BacktestStopped, clear
from model.experiments.backtest.naming import series_words
from model.experiments.backtest.result import BESIDE, KIND
from model.experiments.backtest.scoring import RULES, SERIES
from model.experiments.calibration.calibrating import check_packages
from model.experiments.calibration.waves import CalibrationStopped
from model.experiments.ensembles import open_ensemble
from model.experiments.history import SeriesKey
from model.interfaces.cli.running import STOPPED, check_writable
from model.interfaces.cli.terminal import output, progress_output


def show_backtest(
    *, train_until: str, test_until: str, outcomes: Path | None, ensemble: str | None, quick: bool, users: int | None,
    seed: int, lives_from: Path | None, workers: int | None, resume: bool, out: Path | None,
) -> int:  # fmt: skip
    """Run a backtest, print what it came to, and save it. Arguments as of the command. Returns the exit code."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    plan = plan_backtest(
        train_until=train_until, test_until=test_until, outcomes=outcomes,
        ensemble=None if ensemble is None else open_ensemble(ensemble), quick=quick, users=users, seed=seed,
    )  # fmt: skip
    folder = out
    if folder is None and not quick:
        folder = Path("results") / f"backtest-{plan.window.train_until}-{plan.window.test_until}"
    if plan.ensemble is None:
        check_packages()
    if folder is not None:
        check_writable(folder)
        check_folder(folder, kind=KIND, beside=BESIDE)
        if not resume:
            clear(folder)
    console = progress_output()
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task("backtest", total=None)
        try:
            found = backtest(
                plan, folder=folder, lives_from=lives_from, workers=workers,
                watch=lambda stage, done, whole: bars.update(task, description=stage, completed=done, total=whole),
            )  # fmt: skip
        except (BacktestStopped, CalibrationStopped):
            kept = f"; every finished life is kept in {folder}. The same command goes on with the rest." * bool(folder)
            print(f"resonance: stopped{kept}", file=sys.stderr)
            return STOPPED
    _print(found, quick=quick)
    if folder is not None:
        found.save(folder)
        print(f"Tables, figures and the page: {folder}")
    return 0


def _print(found: Backtest, *, quick: bool) -> None:
    if quick:
        print("Quick: draws of the prior, four markets and few users. It shows the machinery, not the model.")
    for words, won in (("Won", True), ("Lost", False)):
        output().print(_table(found.series[found.series["won"] == won], title=f"{words} against the naive rules"))
    chance = found.chance
    print(
        f"{chance.wins} of {chance.series} series won against every naive rule; {chance.expected:.1f} would be by "
        f"chance if all were alike, as many or more with probability {chance.as_many:.2f}\n"
        f"(as {chance.groups} groups of series that hang together: {chance.group_wins} won, "
        f"{chance.as_many_groups:.2f})."
    )
    output().print(_coverage(found.coverage))
    for one in found.notices:
        print(one)


def _table(series: pd.DataFrame, *, title: str) -> Table:
    """Return a table of series with their scores in the unit, the best first."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("series", "unit", "model", *RULES, "best rule", "skill"):
        table.add_column(name.replace("_", " "), justify="left" if name in ("series", "unit", "best rule") else "right",
                         overflow="fold")  # fmt: skip
    for row in series.sort_values("skill", ascending=False, kind="stable").to_dict("records"):
        table.add_row(
            series_words(SeriesKey(*(str(row[name]) for name in SERIES))), str(row["unit"]),
            *("" if np.isnan(row[name]) else f"{row[name]:,.3g}" for name in (JUDGED_BY, *RULES)),
            str(row["best_rule"]).replace("_", " "), f"{row['skill']:+.0%}",
        )  # fmt: skip
    return table


def _coverage(coverage: pd.DataFrame) -> Table:
    table = Table(title="Outcomes inside the intervals", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
                  show_edge=False)  # fmt: skip
    for name in ("forecast", "outcomes", "in 50%", "in 90%", "mean place"):
        table.add_column(name, justify="left" if name == "forecast" else "right")
    for row in coverage.to_dict("records"):
        table.add_row(str(row["method"]), str(row["outcomes"]), f"{row['in50']:.0%}", f"{row['in90']:.0%}",
                      f"{row['place']:.2f}")  # fmt: skip
    return table
