"""The command `robust` and its options; it joins the others when the command line starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import NoFigure, app


@app.command("robust")
def robust_command(
    source: Annotated[str, typer.Argument(metavar="SWEEP", help="Folder of a sweep, or a sweep file (TOML) with two "
                                          "policies or more, or a name in scenarios/sweeps: that is run first.")], *,
    outcome: Annotated[str | None, typer.Option(metavar="OUTCOME", help="What counts, as bytedance_income; more is "
                                                "better.")] = None,
    less: Annotated[bool | None, typer.Option("--less/--more", help="Less of the outcome is better.")] = None,
    enough: Annotated[str | None, typer.Option(metavar="X", help="An outcome that will do: a number in its unit, or a "
                                               "policy: as much as that one leaves in the same future.")] = None,
    choice: Annotated[str | None, typer.Option(metavar="FILE", help="Sweep file whose table \\[choice] says what is "
                                               "asked, weights of futures too. Default: the file itself.")] = None,
    market: Annotated[str | None, typer.Option(metavar="CODE", help="A market, or total (the default).")] = None,
    over: Annotated[str | None, typer.Option(metavar="TIME", help="horizon (the default) or end.")] = None,
    only: Annotated[str | None, typer.Option(metavar="NAMES", help="Policies to choose from, with commas.")] = None,
    sure: Annotated[float | None, typer.Option(metavar="PART", help="Confidence from which on a winner is named. "
                                               "Default: 0.9.")] = None,
    x: Annotated[str | None, typer.Option(metavar="INPUT", help="First input of a printed winner map.")] = None,
    y: Annotated[str | None, typer.Option(metavar="INPUT", help="Second input of it.")] = None,
    store: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the runs of a sweep file. Default: "
                                               "results/sweep-<name>-<digest>.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes. Default: one per core.")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for tables and figures.")] = None,
    no_figure: NoFigure = False,
) -> int:  # fmt: skip
    r"""Say which policy to take when nobody knows the future: by every rule, how surely, where each loses, and what it
    would be worth to find out first.

    What is asked may stand in the sweep file, in its table \[choice]; options go before it. How it is read:
    docs/robust.md. Example: resonance robust enter_or_partner --outcome bytedance_income --enough
    stay_out
    """
    from model.interfaces.cli.robust import show_robust

    given = {"outcome": outcome, "enough": enough, "market": market, "over": over, "sure": sure, "less": less}
    wishes = {key: value for key, value in given.items() if value is not None}
    return show_robust(
        source, wishes=wishes, choice=choice, only=only, x=x, y=y, store=store, workers=workers, dask=dask, out=out,
        with_figures=not no_figure,
    )  # fmt: skip
