"""The command `charts`: simulated charts beside the Hot 100, and how often a sleeper climbs to number one."""

from __future__ import annotations

from rich import box
from rich.table import Table

from model.experiments.charts import ChartCheck, Sleepers, check_era, count_sleepers
from model.facts.songs import FITS
from model.interfaces.cli.terminal import output

SEEDS = (701, 702, 703, 704)


def show_charts(*, weeks: int, years: int) -> None:
    """Print charts of two eras beside the model's, and counts of sleepers by fit, with TikTok and without it.

    weeks: a sleeper's climb from entry to number one, at least. years: of each of four charts.
    """
    console = output()
    for era, is_open, words in (
        ("2019-2022", True, "the declared fit"),
        ("2012-2017", False, "the same parameters with TikTok closed, a contrast"),
    ):
        check = check_era(era, tiktok_open=is_open, years=max(3, min(years, 20)))
        console.print(f"Hot 100 of {era} and the model: {words}")
        console.print(_check(check))
        console.print(
            f"KS distances: weeks on the chart {check.ks_life:.3f}, weeks at number one {check.ks_at_one:.3f}\n"
        )
    counted = [count_sleepers(fit, tiktok_open=is_open, weeks=weeks, years=years, seeds=SEEDS)
               for fit in FITS for is_open in (True, False)]  # fmt: skip
    console.print(f"Songs that climb for {weeks} weeks or more to number one")
    console.print(_sleepers(counted))
    print(
        "One market alone. Heat Waves needed 59 weeks (vir-0001): the record of the Hot 100, Christmas songs apart.\n"
        "The fits do not tell how far TikTok makes hits: see scenarios/hit_machine.toml."
    )


def _check(check: ChartCheck) -> Table:
    table = _table("what", "data", "model")
    for what, data, found in check.rows():
        table.add_row(what, f"{data:.3g}", f"{found:.3g}")
    return table


def _sleepers(counted: list[Sleepers]) -> Table:
    table = _table("fit", "TikTok", "years", "number ones", "sleepers", "in a century", "longest climb, weeks")
    for one in counted:
        table.add_row(one.fit, "open" if one.tiktok_open else "closed", f"{one.years:,.0f}", f"{one.ones:,}",
                      str(one.counted), f"{one.per_century:.1f}", str(one.longest))  # fmt: skip
    return table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in columns:
        table.add_column(name, justify="left" if name in ("what", "fit", "TikTok") else "right")
    return table
