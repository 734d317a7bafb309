"""The command `equilibrium`: live every profile of a game file, and say what nobody would leave alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from model.experiments.answer_folder import check_folder
from model.interfaces.cli.running import STOPPED, check_engine, check_writable
from model.interfaces.cli.terminal import output

if TYPE_CHECKING:
    from model.experiments.equilibrium.plan import GamePlan
    from model.experiments.equilibrium.result import Equilibrium

MOST_ROWS = 36


def show_equilibrium(
    name: str, *, workers: int | None, dask: str | None, resume: bool, out: Path | None, dry: bool, with_figures: bool,
    quiet: bool,
) -> int:  # fmt: skip
    """Play a game file, print payoffs and the summary, save the answer; return the exit code."""
    from model.experiments.equilibrium.file import read_game_file
    from model.experiments.equilibrium.finding import default_folder, solve_game
    from model.experiments.equilibrium.plan import plan_game
    from model.experiments.equilibrium.result import KIND, RUNS
    from model.experiments.sweep.sweeping import SweepStopped
    from model.interfaces.cli.sweep import SweepProgress

    check_engine(workers, dask)
    read = read_game_file(name)
    plan = plan_game(read.base, **read.wishes)
    folder = default_folder(plan) if out is None else out
    if dry:
        _dry(plan, folder)
        return 0
    check_writable(folder)
    check_folder(folder, kind=KIND, beside=frozenset({RUNS}))
    with SweepProgress(quiet=quiet) as show:
        try:
            found = solve_game(plan, folder=folder, resume=resume, workers=workers, engine=dask, progress=show)
        except SweepStopped as stop:
            print(
                f"resonance: stopped; {stop.result.done:,} of {stop.result.planned:,} runs are kept. "
                "The same command goes on with the rest.",
                file=sys.stderr,
            )
            return STOPPED
    if not quiet:
        _print(found)
    found.save(with_figures=with_figures)
    print(f"Saved: {folder}")
    return 1 if len(found.sweep.failures) else 0


def _dry(plan: GamePlan, folder: Path) -> None:
    """Print how many runs there are."""
    from model.experiments.sweep.words import count

    profiles, points = len(plan.sweep.policies), len(plan.sweep.points)
    for player, payoff in zip(plan.players, plan.payoffs, strict=True):
        print(f"{player.title} earns {payoff.name} and plays one of: {', '.join(player.names)}.")
    print(
        f"{count(plan.runs, 'run')}: {count(profiles, 'profile')} x {count(points, 'point')} x "
        f"{count(plan.sweep.replicates, 'replicate')}. Nothing was kept; they would go to {folder}."
    )


def _print(found: Equilibrium) -> None:
    """Print the payoffs of the first point, and the summary."""
    from model.experiments.sweep.words import amount

    console = output()
    if not found.mapped:
        shown = Table(title="Payoffs, USD over the horizon, mean and standard error", title_justify="left")
        shown.add_column("profile")
        for player in found.plan.players:
            shown.add_column(player.title, justify="right")
        rows = found.payoffs
        for profile in list(dict.fromkeys(rows["profile"]))[:MOST_ROWS]:
            own = rows[rows["profile"] == profile].set_index("player")
            cells = (
                f"{amount(float(own.loc[one.name, 'mean']))} ± {amount(float(own.loc[one.name, 'standard_error']))}"
                for one in found.plan.players
            )
            shown.add_row(str(profile), *cells)
        console.print(shown)
        if rows["profile"].nunique() > MOST_ROWS:
            print(f"{rows['profile'].nunique() - MOST_ROWS} more profiles: payoffs.csv.")
    print(found.summary())
