"""The picture of a ranking: a bar per input with its interval, coloured by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from model.experiments.comparing.outcomes import WORLD
from model.experiments.sensitivity.answer import LEVER
from model.experiments.sensitivity.responses import response_named
from model.experiments.sensitivity.words import NAMES
from model.results.canvas import STYLE, canvas, unit_axis
from model.results.magnitude import magnitude
from model.results.palette import INK, SOFT
from model.spec.parameters import SUBJECTS

if TYPE_CHECKING:
    from model.experiments.sensitivity.answer import Sensitivity

_OF_SUBJECTS = (
    "#56B4E9", "#0072B2", "#332288", "#E69F00", "#882255", "#009E73", "#CC79A7", "#999933", "#44AA99", "#AA4499",
)  # fmt: skip
COLOURS = {
    **{subject: _OF_SUBJECTS[at % len(_OF_SUBJECTS)] for at, subject in enumerate(SUBJECTS)}, LEVER: "#D55E00",
}  # fmt: skip
"""Colour of each subject of parameters, and of levers."""
MOST = 25


def ranking_figure(
    found: Sensitivity, *, outcome: str | None, response: str | None, market: str, over: str
) -> Figure:  # fmt: skip
    """Return bars of strength, the strongest on top."""
    kept, told = found.outcome(outcome), response_named(response, found.policies)
    rows = found.table(kept.name, response=told.name, market=market, over=over)
    rows = rows[rows["strength"] > 0.0]
    shown = rows.head(MOST)
    high = 2.1 + 0.27 * max(len(shown), 4)
    place = "all markets" if market == WORLD else market
    left_out = len(found.plan.axes) - len(shown)
    title = f"{kept.label}, and what moves it"
    how = NAMES[found.plan.method][1].rstrip(",")
    with mpl.rc_context(STYLE):
        figure, (axes,) = canvas(
            size=(8.6, high), title=title, title_left=0.02, left=0.3, right=0.97,
            bottom=1.15 / high, top=1.0 - 0.95 / high,
            subtitle=f"{told.name}; {place}, {kept.over if over == 'horizon' else 'at the end'}\n{how}: "
            f"{len(found.plan.axes)} inputs, {found.found.done:,} runs; lines: {found.level:.0%} intervals"
            + (f"; {left_out} weaker input{'s' * (left_out > 1)} not shown" if left_out else ""),
        )  # fmt: skip
        _bars(axes, shown, method=found.plan.method)
        scale, sign = magnitude(float(shown["high"].max()) if len(shown) else 0.0)
        if found.plan.method == "morris":
            unit_axis(axes, scale=scale, suffix=sign, axis="x")
            axes.set_xlabel(f"mean size of the change from one end of the range to the other ({kept.unit(over)})")
        else:
            unit_axis(axes, scale=0.01, suffix="%", axis="x")
            axes.set_xlabel("share of the variance: pale with interactions, full alone")
    _legend(figure, shown, method=found.plan.method, high=high)
    return figure


def _bars(axes: Axes, rows: pd.DataFrame, *, method: str) -> None:
    y = np.arange(len(rows))
    colours = [COLOURS[subject] for subject in rows["subject"]]
    pale = 1.0 if method == "morris" else 0.4
    axes.barh(y, rows["strength"], height=0.68, color=colours, alpha=pale)
    if method != "morris":
        axes.barh(y, rows["first"].clip(lower=0.0), height=0.68, color=colours)
    axes.hlines(y, rows["low"], rows["high"], color=INK, lw=1.2)
    if method == "morris":
        axes.plot(rows["mean"].abs(), y, "o", ms=4.0, mfc="white", mec=INK, mew=0.9, ls="none")
        if rows["noise"].notna().all() and len(rows):
            axes.plot(rows["noise"], y, "|", ms=11.0, mew=1.6, color="#AA0000", ls="none")
    axes.set_yticks(y, rows["input"].tolist(), color=INK)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0.0)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")


def _legend(figure: Figure, rows: pd.DataFrame, *, method: str, high: float) -> None:
    handles: list[Patch | Line2D] = [
        Patch(color=COLOURS[subject], label=subject) for subject in dict.fromkeys(rows["subject"])
    ]
    if method == "morris":
        handles.append(Line2D([], [], marker="o", ls="none", mfc="white", mec=INK, ms=4.0, label="size of the mean"))
        if len(rows) and rows["noise"].notna().all():
            handles.append(Line2D([], [], marker="|", ls="none", color="#AA0000", ms=10.0, mew=1.6,
                                  label="draws alone"))  # fmt: skip
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.02, 0.12 / high), ncols=5, fontsize=8.5,
                  frameon=False, labelcolor=SOFT, handletextpad=0.5, columnspacing=1.4)  # fmt: skip
