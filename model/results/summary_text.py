"""The summary of a result as tables to read."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from model.facts.start import load_start
from model.foundation.months import parse_month, show_month
from model.results.action_table import action_lines, idle_lines
from model.results.palette import name_of
from model.results.summary import EVERYBODY, WORLD, Summarised, moments, summary_rows
from model.results.summary_tiktok import chart_line, tiktok_lines
from model.results.talk_lines import talk_lines

SHOWN = 12  # services listed one by one; the rest in one line
WIDE = 106  # signs in a line from which the third service of a market is shown
Values = list[float]


class Figures:
    """Rows of a summary by place, measure and who, each a list of values, one per moment."""

    def __init__(self, rows: pd.DataFrame, names: Sequence[str]) -> None:
        keys = zip(rows["place"].tolist(), rows["measure"].tolist(), rows["who"].tolist(), strict=True)
        values: list[Values] = rows[list(names)].to_numpy(np.float64).tolist()
        self._found: dict[tuple[str, str], dict[str, Values]] = {}
        for (place, measure, who), row in zip(keys, values, strict=True):
            self._found.setdefault((place, measure), {})[who] = row

    def all_of(self, measure: str, place: str = WORLD) -> dict[str, Values]:
        """Return the values of services or labels, the largest at the end first."""
        return {who: row for who, row in self._found[place, measure].items() if who != EVERYBODY}

    def total(self, measure: str, place: str = WORLD) -> Values:
        """Return the values of a market's total."""
        return self._found[place, measure][EVERYBODY]


def summary_text(result: Summarised, *, width: int = WIDE) -> str:
    """Return the summary as tables to read, with at most `width` signs in a line."""
    last = int(result.services["month"].max())
    when = moments(last)
    rows = summary_rows(result)
    figures = Figures(rows, list(when))
    first = parse_month(result.card.start)
    heads = ["opening" if month == 0 else show_month(first + month - 1) for month in when.values()]
    earned = [show_month(first + max(month, 1) - 1) for month in when.values()]  # there is no money before month 1
    stream = StringIO()
    console = Console(
        file=stream,
        width=width,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,
        highlight=False,
        emoji=False,
        markup=False,
    )
    card = result.card
    replicates = len(result.provenance.run_ids)
    carried = result.provenance.carried
    middle = "means" if carried is None else "medians and 90% bands"
    runs = f"{replicates} {'replicates' if carried is None else 'runs'}"
    mean = f", {middle} of {runs}" if replicates > 1 else ""
    console.print(
        f"{card.name}: {_counted(len(card.markets), 'market')}, {_counted(last, 'month')} from {card.start}, "
        f"{card.users:,} simulated users a market{mean}\n"
    )
    if carried is not None:
        from model.results.summary_bands import banded_tables

        console.print("\n".join(carried.words()), "\n")
        for table in banded_tables(result, rows, heads=heads, earned=earned, months=list(when.values())):
            console.print(table)
    else:
        console.print(_people_table(figures, heads))
        if replicates > 1:
            spread = Figures(rows, ["end_low", "end_high"])
            shown = list(figures.all_of("users"))[:SHOWN]
            console.print(_spread_table(spread, shown, heads[-1], replicates=replicates))
        console.print(_money_table(figures, earned))
        console.print(_market_table(figures, result, heads[-1], leaders=3 if width >= WIDE else 2))
        lines = tiktok_lines(result, [max(month, 1) for month in when.values()])
        if lines:
            console.print(_bytedance_table(lines, earned))
    charted = chart_line(result)
    if charted:
        console.print(f"{charted}\n")
    talked = talk_lines(result.talks, replicates=replicates)
    if talked:
        console.print("Talks about licences\n")
        console.print("\n".join(talked), "\n")
    acted = action_lines(result.actions, replicates=replicates)
    acted += idle_lines(result.actions, played=result.card.played)
    if acted:
        console.print("Strategies\n")
        console.print("\n".join(acted), "\n")
    ids = ", ".join(result.provenance.run_ids.values()) if carried is None else "ids: table members"
    console.print(f"Run {ids}. Money is nominal USD, of the month named above it.")
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def new(title: str, columns: Sequence[str]) -> Table:
    """Return an empty table in the style of summaries."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", no_wrap=True)
    return table


def _people_table(figures: Figures, heads: Sequence[str]) -> Table:
    """Return users, payers and their ratio at the end by service over all markets."""
    users, payers = figures.all_of("users"), figures.all_of("payers")
    columns = [f"{what}\n{head}" for what in ("users", "payers") for head in heads]
    table = new("Who listens, who pays: millions of monthly users and payers", ["service", *columns, "paying"])
    for name, members in _listed(list(users)):
        listen, pay = _sum(users, members), _sum(payers, members)
        table.add_row(name, *map(millions, listen), *map(millions, pay), percent(pay[-1], listen[-1]))
    table.add_section()
    listen, pay = figures.total("streamers"), figures.total("people_paying")
    table.add_row("distinct people", *map(millions, listen), *map(millions, pay), percent(pay[-1], listen[-1]))
    return table


def _spread_table(spread: Figures, services: Sequence[str], end: str, *, replicates: int) -> Table:
    """Return the lowest and highest replicate at the end: users and payers of the listed services, and people."""
    title = f"{replicates} replicates in {end}: lowest to highest"
    table = new(title, ["service", "users", "payers"])
    users, payers = spread.all_of("users"), spread.all_of("payers")
    for who in services:
        table.add_row(name_of(who), _range(users[who]), _range(payers[who]))
    table.add_section()
    table.add_row("distinct people", _range(spread.total("streamers")), _range(spread.total("people_paying")))
    return table


def _range(values: Values) -> str:
    low, high = map(millions, values)
    return f"{low} to {high}"


def _money_table(figures: Figures, heads: Sequence[str]) -> Table:
    """Return revenue, gross profit and gross margin by service, and income by label, over all markets."""
    revenue, profit, income = (figures.all_of(name) for name in ("revenue", "gross_profit", "label_income"))
    columns = [*(f"revenue\n{head}" for head in heads), *(f"{what}\n{heads[-1]}" for what in ("profit", "margin"))]
    title = "Who earns what: USD million a month; profit and margin are gross"
    table = new(title, ["service or label", *columns])
    for name, members in _listed(list(revenue)):
        earned, kept = _sum(revenue, members), _sum(profit, members)[-1]
        table.add_row(name, *map(millions, earned), millions(kept), percent(kept, earned[-1]))
    table.add_section()
    for label, values in income.items():
        table.add_row(f"label {name_of(label)}", *map(millions, values), "", "")
    table.add_row("all labels", *map(millions, figures.total("label_income")), "", "")
    return table


def _market_table(figures: Figures, result: Summarised, end: str, *, leaders: int) -> Table:
    """Return the leading services of each market at the end, its streamers, who pays, and what labels earn there."""
    start = load_start(result.card.start)
    title = f"Leaders by market in {end}: million users; people who stream, how many pay; USD million to labels"
    ranks = ("first", "second", "third")[:leaders]
    table = new(title, ["market", *ranks, "people", "pay", "labels"])
    for market in result.card.markets:
        users = {who: row for who, row in figures.all_of("users", market).items() if who != "other"}
        first = [f"{name_of(who)} {millions(row[-1])}" for who, row in list(users.items())[:leaders]]
        streamers, paying, income = (
            figures.total(name, market)[-1] for name in ("streamers", "people_paying", "label_income")
        )
        blanks = [""] * (leaders - len(first))
        table.add_row(
            start.markets[market].name, *first, *blanks, millions(streamers), percent(paying, streamers),
            millions(income),
        )  # fmt: skip
    return table


def _bytedance_table(lines: Sequence[tuple[str, Values]], heads: Sequence[str]) -> Table:
    """Return TikTok's accounts and those of ByteDance's music services over all markets."""
    table = new("ByteDance: USD million a month", ["", *heads])
    for words, values in lines:
        table.add_row(words, *map(millions, values))
    return table


def _listed(names: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    """Return the lines of a table: the first names one by one, the rest together."""
    lines: list[tuple[str, Sequence[str]]] = [(name_of(name), [name]) for name in names[:SHOWN]]
    rest = names[SHOWN:]
    return [*lines, (f"{len(rest)} smaller", rest)] if rest else lines


def _sum(values: dict[str, Values], members: Sequence[str]) -> Values:
    return [sum(column) for column in zip(*(values[member] for member in members), strict=True)]


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def millions(value: float) -> str:
    """Return millions with as many decimals as the size needs."""
    millions = value / 1e6
    if not np.isfinite(millions):
        return "-"
    size = abs(millions)
    return f"{millions:,.0f}" if size >= 99.95 else f"{millions:.1f}" if size >= 0.995 else f"{millions:.2f}"


def percent(part: float, whole: float) -> str:
    """Return a part of a whole as a percentage."""
    return f"{part / whole:.1%}" if whole > 0 else "-"
