"""The command `backtest`: forecasts of what is known by now, made as if it were not, and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import app


@app.command("backtest")
def backtest_command(
    *,
    train_until: Annotated[str, typer.Option(metavar="YYYY-MM", help="Last month that may be known.")] = "2021-12",
    test_until: Annotated[str, typer.Option(metavar="YYYY-MM", help="Last month forecast.")] = "2022-12",
    outcomes: Annotated[Path | None, typer.Option(metavar="FILE", help="CSV of outcomes beside the project's record: "
                                                  "entity,market,metric,date,value,unit.")] = None,
    ensemble: Annotated[str | None, typer.Option(metavar="NAME", help="Ensemble whose members forecast, by name or "
                                                 "file. Default: one calibrated to the training window.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Eight draws of the prior, four markets, few users: the "
                                        "machinery in seconds, no result.")] = False,
    users: Annotated[int | None, typer.Option(metavar="N", min=50, help="Simulated users per market. Default: 2000; "
                                              "quick: 400.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Root of all random numbers.")] = 1,
    lives_from: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of a calibration of a longer window, "
                                                    "whose first lives serve this one too.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes. Default: one per core.")] = None,
    resume: Annotated[bool, typer.Option("--resume/--fresh", help="Go on with the lives that the folder holds, or "
                                         "begin anew.")] = True,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for lives, tables, figures and the page. "
                                             "Default: results/backtest-<train>-<test>; quick: none.")] = None,
    ship: Annotated[Path | None, typer.Option(metavar="DIR", help="Run nothing: take the answer of a folder into the "
                                              "package and docs/backtest.md, for all to read.")] = None,
) -> int:  # fmt: skip
    """Forecast what is known by now as if it were not, and score it against naive rules: wins, losses, coverage.

    How it is read, and the format of outcomes: docs/backtest.md. Example: resonance backtest --quick
    """
    if ship is not None:
        from model.experiments.backtest.shipping import ship_backtest

        told, written = ship_backtest(ship)
        print(f"{told.chance.wins} of {told.chance.series} series won; {told.standing}.")
        for path in written:
            print(f"Written: {path}")
        return 0
    from model.interfaces.cli.backtest_shown import show_backtest

    return show_backtest(
        train_until=train_until, test_until=test_until, outcomes=outcomes, ensemble=ensemble, quick=quick, users=users,
        seed=seed, lives_from=lives_from, workers=workers, resume=resume, out=out,
    )  # fmt: skip
