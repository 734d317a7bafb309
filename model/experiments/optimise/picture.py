"""Pictures of a search: the Pareto front with its noise and with fresh draws, and the hypervolume by generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.experiments.comparing.paired import t_half_width
from model.results.canvas import STYLE, canvas, panel_title, unit_axis
from model.results.magnitude import magnitude
from model.results.palette import INK, OTHER, SOFT

if TYPE_CHECKING:
    from model.experiments.optimise.answer import Optimised

TRIED, SEARCH, FRESH = OTHER, "#56B4E9", "#D55E00"
LEVEL = 0.9
MOST_PICTURES = 3


def pareto_figure(found: Optimised) -> Figure:
    """Return the first objective against each other one, up to three."""
    aims = found.plan.objectives
    pairs = [(0, other) for other in range(1, len(aims))][:MOST_PICTURES] or [(0, 0)]
    wide = 1.6 + 5.2 * len(pairs)
    with mpl.rc_context(STYLE):
        figure, axes = canvas(
            1, len(pairs), size=(wide, 5.4), left=1.0 / wide, right=1.0 - 0.35 / wide, bottom=1.15 / 5.4,
            top=1.0 - 1.05 / 5.4, wspace=0.24, title_left=0.3 / wide,
            title=f"{found.plan.base.name}: what can be had together",
            subtitle=f"{len(found.tried)} designs, {found.plan.replicates} replicates each; front of "
            f"{len(found.front)} tried again with {found.plan.fresh} fresh ones; crosses: {LEVEL:.0%} intervals",
        )  # fmt: skip
        for spot, (x, y) in zip(axes, pairs, strict=True):
            _panel(spot, found, x, y)
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="lower left", bbox_to_anchor=(0.6 / wide, 0.005), fontsize=8.5,
                      frameon=False, ncols=3 if len(pairs) == 1 else 5)  # fmt: skip
    return figure


def _panel(axes: Axes, found: Optimised, x: int, y: int) -> None:
    means = np.array([one.scores.mean(axis=1) for one in found.tried])
    shown = list(found.fresh)
    fresh = np.array([scores.mean(axis=1) for scores in found.fresh.values()])
    axes.plot(means[:, x], means[:, y], "o", color=TRIED, ms=4, mew=0, label="tried")
    for number, place in zip(shown, fresh, strict=True):
        axes.plot([means[number, x], place[x]], [means[number, y], place[y]], color=SOFT, lw=0.7, zorder=2)
    axes.plot(means[shown, x], means[shown, y], "o", color=SEARCH, ms=6, mew=0, label="front in the search")
    halves = np.array([t_half_width(scores.T, level=LEVEL) for scores in found.fresh.values()])
    axes.errorbar(fresh[:, x], fresh[:, y], xerr=halves[:, x], yerr=halves[:, y] if y != x else None, fmt="o",
                  color=FRESH, ms=5, elinewidth=0.8, alpha=0.9, label="the same, fresh draws")  # fmt: skip
    base = found.fresh_base.mean(axis=2)[:, 0]
    axes.plot(base[x], base[y], "*", color=INK, ms=12, label="as it is, fresh draws")
    if len(found.plan.objectives) > 2:
        panel_title(axes, f"{found.plan.objectives[x].name} and {found.plan.objectives[y].name}")
    for at, axis in ((x, "x"), (y, "y")):
        values = np.concatenate([means[:, at], fresh[:, at], base[[at]]])
        scale, sign = magnitude(float(np.abs(values).max()))
        axes.locator_params(axis="x" if axis == "x" else "y", nbins=6)
        unit_axis(axes, scale=scale, suffix=sign, axis=axis)
        better = "up" if found.signs[at] > 0 else "down"
        text = f"{found.plan.objectives[at].label(found.outcomes[at])}\n({found.unit(at)}; {better} is better)"
        (axes.set_xlabel if axis == "x" else axes.set_ylabel)(text, color=SOFT)
    axes.grid(True, axis="both")


def progress_figure(found: Optimised) -> Figure:
    """Return the hypervolume by generation."""
    rows = found.progress()
    with mpl.rc_context(STYLE):
        figure, (axes,) = canvas(
            size=(6.4, 3.8), title="How the front grew", left=0.13, right=0.96, bottom=0.16, top=0.76, title_left=0.03,
            subtitle="Hypervolume of the front, in parts of the first generation's ranges;\nnumbers: designs tried",
        )  # fmt: skip
        axes.plot(rows["generation"], rows["hypervolume"], "o-", color=SEARCH, lw=1.6, ms=5)
        for row in rows.itertuples():
            axes.annotate(f"{row.tried}", (float(row.generation), float(row.hypervolume)), xytext=(0, 6),  # type: ignore[arg-type]
                          textcoords="offset points", ha="center", fontsize=7.5, color=SOFT)  # fmt: skip
        axes.set_xticks(rows["generation"])
        axes.margins(y=0.15)
        axes.set_xlabel("generation")
        axes.set_ylabel("hypervolume")
    return figure
