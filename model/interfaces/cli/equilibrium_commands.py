"""The command `equilibrium` and its options; what it does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import NoFigure, Quiet, app


@app.command("equilibrium")
def equilibrium_command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Game file (TOML), or a name in scenarios/games.")], *,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes. Default: one per core; 1: this one.")]
    = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster, as "
                                             "tcp://10.0.0.5:8786.")] = None,
    resume: Annotated[bool, typer.Option("--resume/--fresh", help="Go on with what the folder holds, or delete its "
                                         "runs and begin anew.")] = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of tables, figure and runs. Default: "
                                             "results/equilibrium-<name>-<digest>.")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Say how many runs there are; keep nothing.")] = False,
    no_figure: NoFigure = False, quiet: Quiet = False,
) -> int:  # fmt: skip
    """Live every combination of firms' strategies, and say which ones nobody would leave alone, and how sure that is.

    How files are written: docs/equilibrium.md. Example: resonance equilibrium prices --dry
    """
    from model.interfaces.cli.equilibrium import show_equilibrium

    return show_equilibrium(
        file, workers=workers, dask=dask, resume=resume, out=out, dry=dry, with_figures=not no_figure, quiet=quiet
    )  # fmt: skip
