"""The picture of a threshold: the paired difference along the input with its interval, and where it crosses zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from model.experiments.comparing.figure import COLOURS
from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.results.canvas import STYLE, canvas, unit_axis
from model.results.magnitude import magnitude
from model.results.palette import INK, SOFT

if TYPE_CHECKING:
    from model.experiments.sensitivity.threshold import Threshold

CROSSING = "#D55E00"


def threshold_figure(found: Threshold) -> Figure:
    """Return the picture."""
    points = found.points
    where = "all markets" if found.market == WORLD else found.market
    when = found.outcome.over if found.over == HORIZON else "at the end"
    with mpl.rc_context(STYLE):
        figure, (axes,) = canvas(
            size=(7.6, 4.7), title=f"{found.outcome.label}, and where the better policy changes", left=0.12, right=0.96,
            title_left=0.03, bottom=1.05 / 4.7, top=1.0 - 1.0 / 4.7,
            subtitle=f"{found.response.name}; {where}, {when}\nPaired differences, {found.replicates} replicates; "
            f"band: {found.level:.0%} interval of the mean",
        )  # fmt: skip
        x = points["at"].to_numpy(np.float64)
        if points["low"].notna().all():
            axes.fill_between(x, points["low"], points["high"], color=COLOURS[0], alpha=0.2, lw=0,
                              label=f"{found.level:.0%} interval")  # fmt: skip
        axes.plot(x, points["value"], "o-", color=COLOURS[0], lw=1.6, ms=4, label=f"mean of {found.response.name}")
        axes.axhline(0.0, color=INK, lw=0.9)
        for number, one in enumerate(found.standing_out):
            label = "crossing, and where it may lie" if number == 0 else None
            axes.plot([one.at], [0.0], "D", color=CROSSING, ms=6, zorder=5, label=label)
            if np.isfinite(one.low):
                axes.hlines(0.0, one.low, one.high, color=CROSSING, lw=3.5, alpha=0.75, zorder=4)
            axes.annotate(
                f"{one.at:.3g}", (one.at, 0.0), xytext=(5, -16 if one.rising else 7), textcoords="offset points",
                fontsize=9, color=CROSSING, fontweight="bold",
            )  # fmt: skip
        largest = float(np.nanmax(np.abs(points[["value", "low", "high"]].to_numpy(np.float64)), initial=0.0))
        scale, sign = magnitude(largest)
        unit_axis(axes, scale=scale, suffix=sign)
        axes.set_ylabel(found.outcome.unit(found.over))
        axes.set_xlabel(f"{found.axis.column} ({found.unit})", color=SOFT)
        figure.legend(loc="lower left", bbox_to_anchor=(0.1, 0.005), ncols=3, fontsize=8.5, frameon=False)
    return figure
