"""Scenarios side by side: levels over time with their bands, and paired differences by month and by market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from model.experiments.comparing import Comparison
from model.experiments.comparing.figure import COLOURS
from model.experiments.comparing.outcomes import END, WORLD, Outcome
from model.foundation.months import show_month
from model.interfaces.app.charts.picture import (
    Option,
    Picture,
    base,
    empty,
    legend,
    line,
    over_months,
    rounded,
    scale_of,
    value_axis,
)
from model.interfaces.app.words import amount, market_name, month_name
from model.results.palette import INK

ROW = 30


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """Return the colour of each scenario: ink for the first, which the others are held against."""
    return {name: INK if at == 0 else COLOURS[(at - 1) % len(COLOURS)] for at, name in enumerate(names)}


def place_name(market: str) -> str:
    """Return the name of a market, or of all that were compared."""
    return "All compared markets" if market == WORLD else market_name(market)


def levels_over_time(found: Comparison, outcome: str, *, market: str) -> Picture:
    """Return a line for each scenario, the mean of its replicates, in the band of the mean's interval."""
    months = found.over_time(outcome, market=market)
    one = found.outcomes[outcome]
    months = months[np.isfinite(months["mean"])]
    title = one.label
    if months.empty:
        return empty("levels", title, f"{place_name(market)}. It has no value there.")
    scale, word = scale_of(float(months[["low", "high", "mean"]].abs().max().max()))
    series = _banded(months, found.names, ("mean", "low", "high"), scale=scale)
    unit = " ".join(part for part in (word, one.measure.unit) if part)
    dates = _dates(months)
    option = _with_legend(over_months(dates, series, scale=True), found.names)
    return Picture(
        "levels", title, f"{place_name(market)} · {unit} · means, {found.level:.0%} intervals", option,
        _table(months, one, market, ["mean", "low", "high"]), height=320,
        spoken=f"{one.label} of {', '.join(found.names)} month by month.",
    )  # fmt: skip


def gaps_over_time(found: Comparison, outcome: str, *, market: str) -> Picture:
    """Return the paired difference of each other scenario to the first, with its interval, month by month."""
    months = found.over_time(outcome, market=market)
    one = found.outcomes[outcome]
    months = months[(months["scenario"] != found.names[0]) & np.isfinite(months["difference"])]
    title = f"Difference to {found.names[0]}"
    if months.empty:
        return empty("differences-over-time", title, f"{place_name(market)}. It has no value there.")
    columns = ("difference", "difference_low", "difference_high")
    largest = float(months[list(columns)].abs().max().max())
    scale, word = scale_of(largest)
    series = _banded(months, found.names[1:], columns, scale=scale, colours=colours_of(found.names))
    unit = " ".join(part for part in (word, one.measure.unit) if part)
    option = _with_legend(over_months(_dates(months), series), found.names[1:])
    still = "no difference in any month" if largest == 0.0 else f"{found.level:.0%} intervals of paired differences"
    return Picture(
        "differences-over-time", title, f"{one.label} · {place_name(market)} · {unit} · {still}", option,
        _table(months, one, market, list(columns)), height=320,
        spoken=f"Difference of {', '.join(found.names[1:])} to {found.names[0]} in {one.label}, month by month.",
    )  # fmt: skip


def gaps_by_market(found: Comparison, outcome: str, *, over: str) -> Picture:
    """Return dots and intervals of the paired differences in total and by market; markets without any are left out."""
    one = found.outcomes[outcome]
    table = found.table(outcome=outcome, over=over)
    table = table[np.isfinite(table["difference"])]
    moved = set(table.loc[table[["difference", "low", "high"]].abs().max(axis=1) > 0.0, "market"])
    places = [*([WORLD] if WORLD in set(table["market"]) else []), *(m for m in found.plans[0].markets if m in moved)]
    last = found.plans[0].start_month + found.plans[0].months - 1
    when = f"in {month_name(show_month(last))}" if over == END else one.over
    title = f"{one.label}: difference by market"
    still = len(found.plans[0].markets) - len([place for place in places if place != WORLD])
    if not moved:
        return empty("differences", title, "Exactly no difference in any market.", height=160)
    scale, word = scale_of(float(table[["difference", "low", "high"]].abs().max().max()))
    shown = table[table["market"].isin(places)]
    option = _dots(shown, places, found.names[1:], colours_of(found.names), scale=scale)
    unit = " ".join(part for part in (word, one.unit(over)) if part)
    left = f" · {still} market{'s' if still > 1 else ''} without any difference" if still else ""
    height = 62 + max(2, len(places)) * (ROW + 8 * (len(found.names) - 2))
    columns = ["scenario", "base", "market", "over", "unit", "base_mean", "scenario_mean", "difference", "low", "high"]
    return Picture(
        "differences", title, f"{when} · {unit} · {found.level:.0%} intervals{left}", option,
        shown[["outcome", *columns]], height=height,
        spoken=f"Differences to {found.names[0]} in {one.label}, {when}, in total and in {len(places) - 1} markets.",
    )  # fmt: skip


def _banded(
    months: pd.DataFrame, names: Sequence[str], columns: tuple[str, str, str], *, scale: float,
    colours: Mapping[str, str] | None = None,
) -> list[Option]:  # fmt: skip
    """Return bands (an unseen floor and what stands on it) and lines; columns: middle, low, high."""
    colours = colours or colours_of(names)
    middle, low, high = columns
    bands: list[Option] = []
    lines: list[Option] = []
    for name in names:
        own = months[months["scenario"] == name]
        floor, top = own[low] / scale, own[high] / scale
        for part, values, opacity in (("floor", floor, 0.0), ("band", top - floor, 0.16)):
            bands.append({
                "id": f"{name} {part}", "name": f"{name} {part}", "type": "line", "stack": f"{name} band",
                "stackStrategy": "all", "data": rounded(values.tolist()), "showSymbol": False, "silent": True,
                "lineStyle": {"opacity": 0.0}, "itemStyle": {"opacity": 0.0}, "tooltip": {"show": False},
                "areaStyle": {"color": colours[name], "opacity": opacity}, "emphasis": {"disabled": True},
            })  # fmt: skip
        lines.append(line(name, rounded((own[middle] / scale).tolist()), colour=colours[name]))
    return [*bands, *lines]


def _with_legend(option: Option, names: Sequence[str]) -> Option:
    return {**option, "legend": legend(data=list(names))}


def _dots(
    table: pd.DataFrame, places: Sequence[str], names: Sequence[str], colours: Mapping[str, str], *, scale: float
) -> Option:
    """Return an option with a row for each place and, in it, a dot and an interval for each scenario."""
    series: list[Option] = []
    height = 0.56 / max(1, len(names))
    for at, name in enumerate(names):
        own = {str(row["market"]): row for row in table[table["scenario"] == name].to_dict("records")}
        dots, bars = [], []
        for row, place in enumerate(places):
            if place not in own:
                continue
            difference, low, high = (float(own[place][key]) for key in ("difference", "low", "high"))
            y = row + 0.5 + height * (at - (len(names) - 1) / 2.0)
            told = f"{place_name(place)}, {name}: {signed(difference)}"
            if low == low:
                told += f" ({signed(low)} to {signed(high)})"
                bars.append({"coords": [[*rounded([low / scale]), y], [*rounded([high / scale]), y]]})
            dots.append({"value": [*rounded([difference / scale]), y], "name": told})
        series.append({
            "id": f"{name} bars", "name": name, "type": "lines", "coordinateSystem": "cartesian2d", "yAxisIndex": 1,
            "data": bars, "silent": True, "lineStyle": {"color": colours[name], "width": 2, "opacity": 0.9},
        })  # fmt: skip
        series.append({
            "id": f"{name} dots", "name": name, "type": "scatter", "yAxisIndex": 1, "data": dots, "symbolSize": 9,
            "itemStyle": {"color": colours[name]},
        })  # fmt: skip
    names_axis: Option = {
        "type": "category", "inverse": True,
        "data": ["All together" if place == WORLD else place_name(place) for place in places],
        "axisTick": {"show": False}, "axisLine": {"show": False}, "splitArea": {"show": False},
        "axisLabel": {"fontSize": 12, "color": INK, "width": 130, "overflow": "break"},
    }  # fmt: skip
    rows_axis: Option = {"type": "value", "min": 0, "max": len(places), "inverse": True, "show": False}
    series[-1]["markLine"] = {
        "symbol": "none", "silent": True, "animation": False, "label": {"show": False}, "data": [{"xAxis": 0}],
        "lineStyle": {"color": INK, "width": 1, "type": "solid"},
    }  # fmt: skip
    ends = table[["difference", "low", "high"]].to_numpy(np.float64) / scale
    low, high = min(0.0, float(np.nanmin(ends))), max(0.0, float(np.nanmax(ends)))
    across = value_axis(min=low - 0.04 * (high - low), max=high + 0.04 * (high - low))
    across["axisLabel"] = {**across["axisLabel"], "hideOverlap": True, "showMinLabel": False, "showMaxLabel": False}
    return base(
        xAxis=across, yAxis=[names_axis, rows_axis], series=series,
        legend=legend(data=list(names)), grid={"left": 14, "right": 20, "top": 8, "bottom": 30, "containLabel": True},
        tooltip={"trigger": "item", "confine": True, "formatter": "{b}"},
    )  # fmt: skip


def signed(value: float) -> str:
    """Return a difference in three digits with its sign: "+1.2M", "−3.4k", "0"."""
    if value != value:
        return "–"
    return "0" if value == 0.0 else f"{'+' if value > 0.0 else '−'}{amount(abs(value))}"


def _dates(months: pd.DataFrame) -> list[str]:
    return [month_name(str(date)) for date in dict.fromkeys(months["date"])]


def _table(months: pd.DataFrame, outcome: Outcome, market: str, columns: list[str]) -> pd.DataFrame:
    shown = months[["scenario", "month", "date", *columns, "replicates"]].copy()
    shown.insert(0, "outcome", outcome.name)
    shown.insert(1, "market", market)
    shown["unit"] = outcome.measure.unit
    return shown
