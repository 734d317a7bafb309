"""The world with a bubble for every market of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D

from model.foundation.errors import Fault, InputError, nearest
from model.results.canvas import canvas
from model.results.magnitude import magnitude
from model.results.measures import MEASURES, frame_columns
from model.results.palette import INK, SOFT, colour_of, ink_on, name_of
from model.results.places import PLACES, outlines, standing
from model.results.shown import ShownAxes

if TYPE_CHECKING:
    from model.results.run_result import RunResult

EAST, WEST, NORTH, SOUTH = 168.0, -130.0, 72.0, -58.0
LAND = "#ECECE8"
LARGEST, SMALLEST = 46.0, 8.0
"""Diameters of bubbles, points: areas are in proportion to what they stand for, but for the smallest."""
STREAMERS = "streamers"


def map_axes(result: RunResult, column: str, *, platform: str | None, span: str) -> ShownAxes:
    """Return the map of the last month; see `Plots.map`."""
    table = _sizes(result, column, platform)
    most = float(table["size"].max())
    measure = MEASURES[column]
    whose = f"{name_of(platform)}: {measure.label.lower()}" if platform else measure.label
    _, (axes,) = canvas(
        size=(9.6, 5.3), title=whose, left=0.02, right=0.98, bottom=0.13,
        subtitle=f"Size: {measure.unit}, last month"
        + ("" if platform else "; colour: service with most users") + f"; {span}",
    )  # fmt: skip
    axes.add_collection(PolyCollection(outlines(), facecolors=LAND, edgecolors="white", linewidths=0.3))
    for row in table.sort_values("size", ascending=False).to_dict("records"):
        x, y = PLACES[str(row["market"])]
        part = max(float(row["size"]), 0.0) / most if most > 0.0 else 0.0
        points = max(SMALLEST, LARGEST * part**0.5)
        colour = colour_of(str(row["colour"]))
        axes.plot([x], [y], "o", ms=points, color=colour, mec="white", mew=0.8, alpha=0.88)
        inside = points > 17.0
        axes.annotate(
            str(row["market"]), (x, y), (0.0, 0.0 if inside else points / 2 + 1.0), textcoords="offset points",
            ha="center", va="center" if inside else "bottom", fontsize=8.0, color=ink_on(colour) if inside else INK,
        )  # fmt: skip
    scale, sign = magnitude(most)
    axes.set_xlim(WEST, EAST)
    axes.set_ylim(SOUTH, NORTH)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    first = table.sort_values("size")["market"].iloc[-1]
    axes.set_xlabel(f"largest: {first}, {most / scale:,.3g}{sign} {measure.unit}", loc="left", fontsize=8.5)
    _name_colours(axes, list(dict.fromkeys(table["colour"])))
    return axes


def _sizes(result: RunResult, column: str, platform: str | None) -> pd.DataFrame:
    """Return market, size and the service whose colour stands for it; means over the runs."""
    frame = "markets" if platform is None else "services"
    known = [name for name in frame_columns(frame) if name in MEASURES]
    if column not in known:
        way = nearest(column, known)
        raise InputError(Fault("plot: map", f"is a column of the table {frame}", column, way))
    rows = result.frame(frame)
    if platform is not None:
        services = list(dict.fromkeys(rows["platform"]))
        if platform not in services:
            raise InputError(Fault("plot: map", "is a service of the run", platform, nearest(platform, services)))
        rows = rows[rows["platform"] == platform]
    last = rows[(rows["month"] == rows["month"].max()) & rows["market"].isin(PLACES)]
    sizes = last.groupby("market", sort=False)[column].mean().rename("size").reset_index()
    if not sizes["size"].notna().any():
        raise InputError(Fault("plot: map", "is a number in the last month", column, "Choose another column."))
    leaders = standing(result).drop_duplicates("market").set_index("market")["leader"]
    sizes["colour"] = platform or sizes["market"].map(leaders)
    found: pd.DataFrame = sizes[sizes["size"].notna()].reset_index(drop=True)
    return found


def _name_colours(axes: ShownAxes, names: list[str]) -> None:
    handles = [
        Line2D([], [], ls="none", marker="o", ms=8, color=colour_of(name), label=name_of(name)) for name in names
    ]
    axes.figure.legend(handles=handles, loc="lower right", ncols=min(6, len(handles)), fontsize=9, frameon=False,
                       labelcolor=SOFT, handletextpad=0.3, columnspacing=1.2)  # fmt: skip
