"""The world with a bubble for every market of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from model.foundation.errors import Fault, InputError, nearest
from model.results.canvas import canvas
from model.results.magnitude import magnitude
from model.results.measures import MEASURES, frame_columns
from model.results.palette import INK, SOFT, colour_of, ink_on, name_of
from model.results.places import PLACES, outlines, standing
from model.results.shown import ShownAxes

if TYPE_CHECKING:
    from model.results.run_result import RunResult

Floats = NDArray[np.float64]
EAST, WEST, NORTH, SOUTH = 168.0, -130.0, 72.0, -58.0
LAND = "#ECECE8"
LARGEST, SMALLEST = 46.0, 8.0
"""Diameters of bubbles, points: areas are in proportion to what they stand for, but for the smallest."""
INSIDE = 17.0
"""Diameter from which on a bubble holds its name, points."""
NAME = (12.0, 8.0)
"""Width and height of a market's code, points."""
STREAMERS = "streamers"
_Bubbles = Sequence[tuple[tuple[float, ...], float]]
"""Centre and radius of each, points."""


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
    axes.set_xlim(WEST, EAST)
    axes.set_ylim(SOUTH, NORTH)
    _bubbles(axes, table.sort_values("size", ascending=False), most)
    scale, sign = magnitude(most)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    first = table.sort_values("size")["market"].iloc[-1]
    axes.set_xlabel(f"largest: {first}, {most / scale:,.3g}{sign} {measure.unit}", loc="left", fontsize=8.5)
    _name_colours(axes, table)
    return axes


def _bubbles(axes: ShownAxes, table: pd.DataFrame, most: float) -> None:
    """Draw the bubbles, the largest first, and then their names where none lies on another bubble or name."""
    sizes, codes = table["size"].to_numpy(np.float64), [str(code) for code in table["market"]]
    parts = np.clip(sizes / most, 0.0, None) if most > 0.0 else np.zeros_like(sizes)
    across = np.maximum(SMALLEST, LARGEST * np.sqrt(parts))
    colours = [colour_of(str(one)) for one in table["colour"]]
    for code, points, colour in zip(codes, across.tolist(), colours, strict=True):
        axes.plot(*PLACES[code], "o", ms=points, color=colour, mec="white", mew=0.8, alpha=0.88)
    pixels = axes.transData.transform([PLACES[code] for code in codes])
    spots = name_spots(pixels * 72.0 / axes.figure.dpi, across)
    for code, (right, up), points, colour in zip(codes, spots, across.tolist(), colours, strict=True):
        inside = abs(right) + abs(up) == 0.0 and points > INSIDE
        axes.annotate(code, PLACES[code], (right, up), textcoords="offset points", ha="center", va="center",
                      fontsize=8.0, color=ink_on(colour) if inside else INK)  # fmt: skip


def name_spots(centres: Floats, across: Floats) -> list[tuple[float, float]]:
    """Return how far right and up of each bubble's centre its name stands, points: inside where it fits and shows.

    centres: (n, 2) points. across: (n,) diameters, points. Where every spot is taken the name stands above.
    """
    taken: list[tuple[float, float]] = []
    found: list[tuple[float, float]] = []
    for at, (centre, wide) in enumerate(zip(centres, across.tolist(), strict=True)):
        reach = (wide + NAME[1]) / 2.0 + 1.0, (wide + NAME[0]) / 2.0 + 1.0
        spots = [(0.0, 0.0)] if wide > INSIDE else []
        spots += [(0.0, reach[0]), (0.0, -reach[0]), (reach[1], 0.0), (-reach[1], 0.0)]
        others = [(tuple(centres[other]), across[other] / 2.0) for other in range(len(across)) if other != at]

        def free(spot: tuple[float, float], own: Floats = centre, others: _Bubbles = others) -> bool:
            x, y = own[0] + spot[0], own[1] + spot[1]
            apart = all(abs(x - left) > NAME[0] or abs(y - low) > NAME[1] for left, low in taken)
            return apart and all(
                np.hypot(max(abs(x - far[0]) - NAME[0] / 2.0, 0.0), max(abs(y - far[1]) - NAME[1] / 2.0, 0.0)) > radius
                for far, radius in others
            )

        spot = next((one for one in spots if free(one)), spots[1] if wide > INSIDE else spots[0])
        taken.append((centre[0] + spot[0], centre[1] + spot[1]))
        found.append(spot)
    return found


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


def _name_colours(axes: ShownAxes, table: pd.DataFrame) -> None:
    """Write what the colours stand for; services that share one stand together, with their markets."""
    of: dict[str, list[str]] = {}
    for who in dict.fromkeys(str(one) for one in table["colour"]):
        of.setdefault(colour_of(who), []).append(who)
    places = table.groupby("colour")["market"].agg(" ".join)
    told = {
        colour: name_of(names[0]) if len(names) == 1 else ", ".join(f"{name_of(who)} ({places[who]})" for who in names)
        for colour, names in of.items()
    }
    handles = [Line2D([], [], ls="none", marker="o", ms=8, color=colour, label=words) for colour, words in told.items()]
    axes.figure.legend(handles=handles, loc="lower right", ncols=min(6, len(handles)), fontsize=9, frameon=False,
                       labelcolor=SOFT, handletextpad=0.3, columnspacing=1.2)  # fmt: skip
