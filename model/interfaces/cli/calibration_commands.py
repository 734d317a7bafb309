"""The command `calibrate` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import Quiet, app


@app.command("calibrate")
def calibrate_command(
    *,
    until: Annotated[str | None, typer.Option("--train-until", metavar="YYYY-MM", help="Last month whose outcomes are "
                                              "looked at, from 2020-12 to 2022-12.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A small version, in a few minutes: five markets, four "
                                        "parameters, one year. It tries the machinery; its numbers mean little.")]
    = False,
    parameters: Annotated[str | None, typer.Option(metavar="NAMES", help="Parameters, as rho_paid,alpha.")] = None,
    lives_from: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of a calibration of a longer window, "
                                                    "whose first wave and known truths are used again.")] = None,
    users: Annotated[int | None, typer.Option(metavar="N", min=50, help="Simulated users per market in each life.")]
    = None,
    seed: Annotated[int | None, typer.Option(metavar="N", min=0, help="Of the design and of every life.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes. Default: one per core; 1: this one.")]
    = None,
    resume: Annotated[bool, typer.Option("--resume/--fresh", help="Go on with what the folder holds, or begin anew.")]
    = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of lives, tables, figures and ensemble. "
                                             "Default: results/calibration-<window>-<digest>.")] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Say how many lives it takes; live none.")] = False,
    quiet: Quiet = False,
) -> int:  # fmt: skip
    """Say what the record of 2019 to 2022 tells of the uncertain parameters, and save draws of them for forecasts.

    How, and what came of it: docs/calibration.md. Example: resonance calibrate --quick --out calibration
    """
    from model.experiments.calibration.plan import plan_calibration
    from model.interfaces.cli.calibrate import show_calibration

    names = None if parameters is None else tuple(one.strip() for one in parameters.split(",") if one.strip())
    plan = plan_calibration(quick=quick, until=until, parameters=names, users=users, seed=seed)
    return show_calibration(
        plan, out=out, lives_from=lives_from, workers=workers, resume=resume, dry=dry, quiet=quiet
    )  # fmt: skip
