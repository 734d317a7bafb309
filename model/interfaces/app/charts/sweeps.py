"""Pictures of a stored sweep: scatter, map, best policy by cell; thinned where there is much."""

from __future__ import annotations

from math import ceil, log10

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.figure import COLOURS
from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.sweep.plots import map_cells
from model.interfaces.app.charts.picture import Option, Picture, base, empty, legend, rounded, scale_of, value_axis
from model.interfaces.app.sweep_seen import SweepSeen, is_number, word_of
from model.interfaces.app.words import market_name
from model.results.labels import input_label
from model.results.palette import GRID, SOFT

DOTS = 2400
"""Dots of a scatter that are drawn at most, over all policies."""
BINS, FEWEST = 12, 60
"""Parts of an axis whose means are joined by a line; points from which on it is drawn."""
NAMED = {"color": SOFT, "lineHeight": 14}
UNCLEAR = "#E0E0E0"
WRITTEN = 60
"""Cells of a map up to which the number stands in each."""
LOW_HIGH = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
BOTH = ("#b2182b", "#f4a582", "#f7f7f7", "#92c5de", "#2166ac")


def policy_colours(seen: SweepSeen) -> dict[str, str]:
    """Return the colour of each policy, the same in every picture."""
    return {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(seen.policies)}


def where_when(seen: SweepSeen) -> str:
    """Return the place and the time that outcomes are of."""
    where = "all markets" if seen.wanted.market == WORLD else market_name(seen.wanted.market)
    when = seen.outcome.over if seen.wanted.over == HORIZON else "in the last month"
    return f"{where}, {when}"


def thinned(points: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return at most so many of some points, spread over the design without a pattern, the same ones each time."""
    each = np.unique(points)
    if len(each) <= most:
        return each
    mixed = (each.astype(np.uint64) * np.uint64(2654435761)) % np.uint64(2**32)  # neighbours of a grid fall apart
    return np.sort(each[np.argsort(mixed, kind="stable")[:most]])


def scatter(seen: SweepSeen, *, x: str) -> Picture:
    """Return the outcome against an input: a dot per point and policy, and the means of all points along the way."""
    one, rows, name = seen.input(x), seen.rows, seen.outcome.name
    title = f"{seen.outcome.label} against {input_label(x, width=200)}"
    if one is None or rows.empty:
        return empty("scatter", title, "No finished run lies here.")
    number = is_number(rows[x])
    kept = thinned(rows["point"].to_numpy(np.int64), max(1, DOTS // len(seen.policies)))
    drawn = rows[rows["point"].isin(kept)]
    scale, word = scale_of(float(rows[name].abs().max()))
    words = [] if number else list(dict.fromkeys(word_of(value) for value in rows[x]))
    colours = policy_colours(seen)
    size = 7 if len(drawn) <= 600 else 5 if len(drawn) <= 1500 else 4
    series: list[Option] = []
    many = rows["point"].nunique() >= FEWEST
    for policy in seen.policies:
        own = drawn[drawn["policy"] == policy]
        across = rounded(own[x].tolist(), digits=5) if number else [words.index(word_of(value)) for value in own[x]]
        up = rounded((own[name] / scale).tolist())
        places = zip(across, up, own["point"], strict=True)
        data = [{"value": [a, b], "name": f"point {point}"} for a, b, point in places]
        faint = 0.35 if number and many else 0.7
        series.append({
            "id": f"{policy} dots", "name": policy, "type": "scatter", "data": data, "symbolSize": size,
            "itemStyle": {"color": colours[policy], "opacity": faint}, "emphasis": {"focus": "series"},
        })  # fmt: skip
        if number and many:
            series.append(_means(rows[rows["policy"] == policy], x, name, policy, scale=scale, colour=colours[policy]))
    unit = " ".join(part for part in (word, seen.unit) if part)
    points = rows["point"].nunique()
    told = f"{points:,} points" if len(kept) == points else f"{len(kept):,} of {points:,} points drawn"
    lines = ", lines are means of all" if number and many else ""
    axis = value_axis(scale=True) if number else {
        "type": "category", "data": words, "axisLine": {"lineStyle": {"color": GRID}}, "axisTick": {"show": False},
        "axisLabel": {"color": SOFT, "fontSize": 11}}  # fmt: skip
    option = base(
        xAxis=_named(axis, input_label(x, one.unit, width=38)), yAxis=value_axis(scale=True), series=series,
        legend=legend(data=list(seen.policies), itemStyle={"opacity": 1}),
        grid={"left": 6, "right": 22, "top": 12, "bottom": 66, "containLabel": True},
        tooltip={"trigger": "item", "confine": True, "formatter": "{b}, {a}: {c}"},
    )  # fmt: skip
    table = drawn[["point", "policy", x, name, "runs"]]
    return Picture("scatter", title, f"{where_when(seen)} · {unit} · {told}{lines}", option, table, height=420,
                   spoken=f"{title}, {told}, by policy.")  # fmt: skip


def _means(own: pd.DataFrame, x: str, name: str, policy: str, *, scale: float, colour: str) -> Option:
    """Return a line through the means of an input's parts of equal count."""
    values = own[x].to_numpy(np.float64)
    cuts = np.unique(np.quantile(values, np.linspace(0.0, 1.0, BINS + 1))) if len(values) else np.zeros(0)
    part = np.clip(np.searchsorted(cuts, values, side="right") - 1, 0, max(0, len(cuts) - 2))
    each = own.assign(part=part).groupby("part", sort=True)[[x, name]].mean()
    data = [[*rounded([a], digits=5), *rounded([b / scale])] for a, b in each.to_numpy(np.float64).tolist()]
    return {
        "id": f"{policy} means", "name": policy, "type": "line", "data": data, "showSymbol": False, "silent": True,
        "lineStyle": {"color": colour, "width": 2.5}, "itemStyle": {"color": colour}, "z": 4,
    }  # fmt: skip


def heat_map(seen: SweepSeen, *, x: str, y: str, policy: str) -> Picture:
    """Return the mean of the outcome in each cell of two inputs under a policy, over all points of the cell."""
    name = seen.outcome.name
    title = f"{seen.outcome.label} under {policy}"
    rows = seen.rows[seen.rows["policy"] == policy]
    if rows.empty or x == y:
        return empty("map", title, "No finished run lies here." if x != y else "A map takes two different inputs.")
    cells = map_cells(rows, x, y, name)
    values = cells.to_numpy(np.float64)
    scale, word = scale_of(float(np.nanmax(np.abs(values))))
    low, high = float(np.nanmin(values)) / scale, float(np.nanmax(values)) / scale
    colours = LOW_HIGH
    if low < 0.0 < high:
        colours, low, high = BOTH, -max(-low, high), max(-low, high)
    digits = _digits(values)
    data = [[column, row, *rounded([values[row, column] / scale], digits=7),
             *rounded([values[row, column] / scale], digits=digits)]
            for row in range(values.shape[0]) for column in range(values.shape[1])
            if np.isfinite(values[row, column])]  # fmt: skip
    option = _cells_option(seen, x, y, [tick(one) for one in cells.columns], [tick(one) for one in cells.index])
    option["visualMap"] = {
        "type": "continuous", "min": low, "max": high if high > low else low + 1.0, "calculable": False, "precision": 3,
        "orient": "horizontal", "left": 0, "bottom": 0, "itemWidth": 12, "itemHeight": 120, "dimension": 2,
        "inRange": {"color": list(colours)}, "textStyle": {"color": SOFT, "fontSize": 11},
        "text": [tick(float(f"{end:.{digits}g}")) for end in (high, low)],
    }  # fmt: skip
    option["series"] = [{
        "id": "cells", "name": seen.outcome.label, "type": "heatmap", "data": data,
        "label": {"show": len(data) <= WRITTEN, "formatter": "{@[3]}", "fontSize": 11},
        "itemStyle": {"borderColor": "#fff", "borderWidth": 1},
    }]  # fmt: skip
    option["tooltip"] = {**option["tooltip"], "formatter": "{@[3]}"}
    unit = " ".join(part for part in (word, seen.unit) if part)
    table = cells.rename_axis(index=y, columns=x).reset_index().melt(id_vars=y, var_name=x, value_name=name)
    return Picture(
        "map", title, f"{where_when(seen)} · mean of each cell, {unit} · {rows['point'].nunique():,} points", option,
        table[[x, y, name]].dropna(), height=440, spoken=f"{title} over {x} and {y}: from {low:.3g} to {high:.3g}.",
    )  # fmt: skip


def winner_map(seen: SweepSeen, *, x: str, y: str) -> Picture:
    """Return which policy is best in each cell of two inputs, grey where none is clearly so, as `robust` tells it."""
    title = f"Which policy is best in {seen.outcome.label}"
    if seen.choice is None or x == y:
        return empty("winners", title, seen.why if x != y else "A map takes two different inputs.")
    unknowns = [one.column for one in seen.choice.futures.unknowns]
    if x not in unknowns or y not in unknowns:
        return empty("winners", title, "These inputs do not differ here.")
    table = seen.choice.winner_map(x, y)
    across, up = list(dict.fromkeys(table["x"])), list(dict.fromkeys(table["y"]))
    data = []
    for row in table.to_dict("records"):
        if not row["futures"]:
            continue
        place = seen.policies.index(str(row["winner"])) if row["clear"] else -1
        sure = f"{float(row['confidence']):.0%} sure" if row["confidence"] == row["confidence"] else "too few futures"
        told = f"{row['winner']}, {sure}, {row['futures']} futures"
        data.append({"value": [across.index(row["x"]), up.index(row["y"]), place], "name": told})
    option = _cells_option(seen, x, y, across, up)
    colours = policy_colours(seen)
    unclear = "no clear winner"
    shades = {**colours, unclear: UNCLEAR}
    pieces = [{"value": -1 if name == unclear else at, "color": shade}
              for at, (name, shade) in enumerate(shades.items())]  # fmt: skip
    option["visualMap"] = {"type": "piecewise", "pieces": pieces, "dimension": 2, "show": False}
    option["legend"] = legend(data=list(shades), selectedMode=False)
    option["series"] = [{
        "id": "cells", "name": "best policy", "type": "heatmap", "data": data, "label": {"show": False},
        "itemStyle": {"borderColor": "#fff", "borderWidth": 2},
    }]  # fmt: skip
    # A map has no names of its own in the legend: these series have no data, and give it theirs.
    option["series"] += [{"id": name, "name": name, "type": "scatter", "data": [], "itemStyle": {"color": shade}}
                         for name, shade in shades.items()]  # fmt: skip
    option["tooltip"] = {**option["tooltip"], "formatter": "{b}"}
    return Picture(
        "winners", title, f"{where_when(seen)} · colour where one is at least {seen.choice.question.sure:.0%} sure to "
        "be ahead", option, table, height=440, spoken=f"{title} over {x} and {y}.",
    )  # fmt: skip


def _digits(values: NDArray[np.float64]) -> int:
    """Return how many digits tell the cells of a map apart: three, more where they lie close together."""
    known = values[np.isfinite(values)]
    span, largest = float(np.ptp(known)), float(np.abs(known).max())
    return min(7, max(3, 2 + ceil(log10(largest / span)))) if span > 0.0 else 3


def _cells_option(seen: SweepSeen, x: str, y: str, across: list[str], up: list[str]) -> Option:
    first, second = seen.input(x), seen.input(y)
    quiet: Option = {
        "type": "category", "splitArea": {"show": False}, "axisTick": {"show": False}, "axisLine": {"show": False},
        "axisLabel": {"color": SOFT, "fontSize": 11, "hideOverlap": True},
    }  # fmt: skip
    return base(
        xAxis=_named({**quiet, "data": across}, input_label(x, first.unit if first else "", width=38)),
        yAxis={**quiet, "data": up, "name": input_label(y, second.unit if second else "", width=60),
               "nameLocation": "end", "nameTextStyle": {**NAMED, "align": "left", "padding": [0, 0, 0, -40]}},
        grid={"left": 18, "right": 16, "top": 30, "bottom": 78, "containLabel": True},
        tooltip={"trigger": "item", "confine": True},
    )  # fmt: skip


def _named(axis: Option, name: str) -> Option:
    return {**axis, "name": name, "nameLocation": "middle", "nameGap": 28, "nameTextStyle": NAMED}


def tick(value: object) -> str:
    """Return a value of an axis as it is written there."""
    return f"{value:,g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
