"""The summary of a result under an ensemble: medians with 90% bands in place of single numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from rich.table import Table

from model.facts.start import load_start
from model.results.palette import name_of
from model.results.summary import Summarised
from model.results.summary_text import SHOWN, Figures, millions, new, percent
from model.results.summary_tiktok import LINES
from model.theory.quantiles import quantiles

LEADERS = 2


def banded_tables(
    result: Summarised, rows: pd.DataFrame, *, heads: Sequence[str], earned: Sequence[str], months: Sequence[int]
) -> list[Table]:  # fmt: skip
    """Return who listens and pays, who earns, leaders by market, and ByteDance, each with bands.

    rows: of `summary_rows`. heads, earned: the dates of people and of money. months: of the moments.
    """
    found = Figures(rows, ["end", "end_low", "end_high"])
    opening = Figures(rows, ["opening"])
    tables = [
        _people(found, opening, first=heads[0], last=heads[-1]),
        _money(found, opening, first=earned[0], last=earned[-1]),
        _markets(found, result, heads[-1]),
    ]
    if len(result.tiktok):
        tables.append(_bytedance(result, [max(month, 1) for month in (months[0], months[-1])], earned))
    return tables


def _people(found: Figures, opening: Figures, *, first: str, last: str) -> Table:
    columns = ["service", f"users\n{first}", f"users\n{last} (90%)", f"payers\n{last} (90%)", "paying\n(90%)"]
    table = new("Who listens, who pays: millions of monthly users and payers", columns)
    users, payers, part = (found.all_of(name) for name in ("users", "payers", "conversion"))
    for who in list(users)[:SHOWN]:
        before = millions(opening.all_of("users")[who][0])
        table.add_row(name_of(who), before, _band(users[who]), _band(payers[who]), _shares(part.get(who)))
    table.add_section()
    before = millions(opening.total("streamers")[0])
    table.add_row("distinct people", before, _band(found.total("streamers")), _band(found.total("people_paying")), "")
    return table


def _money(found: Figures, opening: Figures, *, first: str, last: str) -> Table:
    columns = ["service or label", f"revenue\n{first}", f"revenue\n{last} (90%)", f"profit\n{last} (90%)"]
    table = new("Who earns what: USD million a month; profit is gross", columns)
    revenue, profit, income = (found.all_of(name) for name in ("revenue", "gross_profit", "label_income"))
    for who in list(revenue)[:SHOWN]:
        before = millions(opening.all_of("revenue")[who][0])
        table.add_row(name_of(who), before, _band(revenue[who]), _band(profit[who]))
    table.add_section()
    for label, band in income.items():
        before = millions(opening.all_of("label_income")[label][0])
        table.add_row(f"label {name_of(label)}", before, _band(band), "")
    total = millions(opening.total("label_income")[0])
    table.add_row("all labels", total, _band(found.total("label_income")), "")
    return table


def _markets(found: Figures, result: Summarised, end: str) -> Table:
    title = f"Leaders by market in {end}: million users; people who stream, how many pay; USD million to labels"
    columns = ["market", *("first", "second")[:LEADERS], "people (90%)", "pay", "labels (90%)"]
    table = new(title, columns)
    start = load_start(result.card.start)
    for market in result.card.markets:
        users = {who: band for who, band in found.all_of("users", market).items() if who != "other"}
        first = [f"{name_of(who)} {millions(band[0])}" for who, band in list(users.items())[:LEADERS]]
        people, paying, income = (found.total(name, market) for name in ("streamers", "people_paying", "label_income"))
        blanks = [""] * (LEADERS - len(first))
        table.add_row(
            start.markets[market].name, *first, *blanks, _band(people), percent(paying[0], people[0]), _band(income)
        )
    return table


def _bytedance(result: Summarised, months: Sequence[int], earned: Sequence[str]) -> Table:
    table = new("ByteDance: USD million a month", ["", earned[0], f"{earned[-1]} (90%)"])
    frames = {"tiktok": result.tiktok, "bytedance": result.bytedance}
    for words, frame, columns in LINES:
        rows = frames[frame]
        total = rows.assign(line=rows[columns.split()].sum(axis=1)).groupby(["replicate", "month"])["line"].sum()
        before, after = (_of_runs(total, month) for month in months)
        table.add_row(words, millions(before[0]), _band(after))
    return table


def _of_runs(total: pd.Series[float], month: int) -> list[float]:
    """Return (median, 5%, 95%) over the runs in one month, NaN where there is none."""
    own = total[total.index.get_level_values("month") == month]
    values = np.asarray(own, dtype=np.float64)
    found: list[float] = quantiles(values[None, :], (0.5, 0.05, 0.95))[0].tolist()
    return found


def _band(values: Sequence[float]) -> str:
    """Return a median in millions and its band."""
    middle, low, high = map(millions, values)
    return middle if middle == "-" else f"{middle} ({low} to {high})"


def _shares(values: Sequence[float] | None) -> str:
    if values is None or not np.isfinite(values[0]):
        return "-"
    middle, low, high = values
    return f"{middle:.1%} ({low:.1%} to {high:.1%})"
