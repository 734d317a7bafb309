"""The command `chest`: a run's losses of ByteDance's music, cumulated, against its war chest."""

from __future__ import annotations

import sys

from rich import box
from rich.table import Table

from model.experiments.chest import CarriedLoss, carried_loss
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import STOPPED
from model.interfaces.cli.terminal import output
from model.results import RunResult
from model.spec.scenario import Scenario

EVERY = 3  # months between rows
COLUMNS = ("music", "music_cumulated", "loss_over_gross_profit", "tiktok", "tiktok_cumulated")


def show_chest(plan: Scenario) -> int:
    """Run a scenario and print ByteDance's music month by month, and for how long it could lose as much.

    Returns the exit code; a run stopped by the user shows the replicates that were finished.
    """
    from model.experiments.run import RunStopped, run

    result: RunResult | None
    with RunProgress(quiet=False) as show:
        try:
            result, code = run(plan, progress=show), 0
        except RunStopped as stop:
            result, code = stop.result, STOPPED
    if code:
        print("resonance: stopped.", file=sys.stderr)
    if result is not None:
        _print(carried_loss(result), plan)
    return code


def _print(found: CarriedLoss, plan: Scenario) -> None:
    if not found.services:
        print("ByteDance has no music service in this run.")
        return
    output().print(f"ByteDance in {plan.name}, USD M: {', '.join(found.services)}, and TikTok beside", markup=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("month", "music", "music in all", "part of a year's gross profit", "TikTok", "TikTok in all"):
        table.add_column(name, justify="left" if name == "month" else "right")
    last = len(found.months) - 1
    dates = found.months["date"].tolist()
    columns = (found.months[name].tolist() for name in COLUMNS)
    for number, (date, music, lost, part, tiktok, kept) in enumerate(zip(dates, *columns, strict=True)):
        if number % EVERY == 0 or number == last:
            table.add_row(
                str(date), _millions(music), _millions(lost), f"{part:.3%}", _millions(tiktok), _millions(kept)
            )
    output().print(table)
    chest = found.chest
    for words, money in (("gross profit", chest.gross_profit), ("selling and marketing", chest.marketing)):
        years = found.years(money)
        loss = "the loss of the last twelve months"
        told = "no loss to carry" if years is None else f"would carry {loss} for {years:,.0f} years"
        print(f"One year's {words} of ByteDance (2021, {money / 1e9:.1f} bn USD): {told}.")
    print("Nobody gives up in this run, however much is lost: patience is no part of it yet.")


def _millions(usd: float) -> str:
    return f"{usd / 1e6:,.1f}"
