"""What docking came to, as a table, a figure per case, and the page docs/docking.md."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from model.experiments.docking.case import Case, Check, Docked, Panel
from model.results.canvas import canvas, panel_title
from model.results.palette import INK

Found = Sequence[tuple[Case, Docked]]
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
HEAD = """# Docking

Closed forms and independent solutions that the code is held against. `./resonance docking` runs all of it (some
minutes), prints these tables and with `--out FOLDER` saves one figure a case and this page; `--quick` runs a small
version, which the tests do at every landing. The slow tests run all of it too, and leave the figures in the folder that
the environment variable RESONANCE_DOCKING_OUT names. Of each comparison the tables show the two numbers where they lie
furthest apart. A tolerance without a unit is a part of the reference, one with a unit is a difference.

This page is made by that command; a test holds that no case, comparison, tolerance or explanation is missing here.
"""


def docking_table(found: Found) -> pd.DataFrame:
    """Return a row per comparison: case, what, ours, reference, difference, tolerance, relative, unit, why, holds."""
    return pd.DataFrame([
        {"case": case.name, "what": check.what, "ours": check.ours, "reference": check.reference,
         "difference": check.gap, "tolerance": check.tolerance, "relative": check.relative, "unit": check.unit,
         "why": check.why, "holds": check.holds}
        for case, docked in found for check in docked.checks
    ])  # fmt: skip


def difference_in_words(check: Check) -> str:
    """Return the largest difference, as "3e-07" of the reference or "0.012 share"."""
    return _size(check.gap, check)


def tolerance_in_words(check: Check) -> str:
    """Return the tolerance likewise."""
    return _size(check.tolerance, check)


def _size(value: float, check: Check) -> str:
    if check.relative:
        return f"{value:.2%}" if value >= 1e-3 else f"{value:.1g}"
    return f"{value:.2g} {check.unit}".rstrip()


def docking_page(found: Found) -> str:
    """Return the page: per case what it is held against, the comparisons, and why they differ."""
    parts = [HEAD]
    for case, docked in found:
        rows = [
            f"| {one.what} | {one.ours:.6g} | {one.reference:.6g} | {difference_in_words(one)} | "
            f"{tolerance_in_words(one)} | {one.why} |"
            for one in docked.checks
        ]
        parts.append("\n".join([
            f"## {case.title}\n", f"{_lines(f'`{case.name}`. Held against: {case.reference}')}\n",
            "| what | ours | reference | difference | tolerance | because of |", "|---|---|---|---|---|---|", *rows,
            f"\n{_lines(case.explained)}\n",
        ]))  # fmt: skip
    return "\n".join(parts)


def _lines(text: str) -> str:
    return fill(text, 120, break_long_words=False, break_on_hyphens=False)


def docking_figure(case: Case, docked: Docked) -> Figure:
    """Return the figure of a case: references as lines, ours as dots."""
    count = len(docked.panels)
    worst = max(docked.checks, key=lambda one: one.gap / one.tolerance)
    figure, axes = canvas(
        1, count, size=(6.4 * count if count > 1 else 8.0, 4.6), left=0.11 / count ** 0.5, right=0.97, wspace=0.24,
        bottom=0.14, top=0.78, title=case.title,
        subtitle="Lines: closed form or independent solution; dots: the project's code. "
        f"{sum(one.holds for one in docked.checks)} of {len(docked.checks)} comparisons hold"
        + (f", nearest to its tolerance: {_size(worst.gap, worst)} of {_size(worst.tolerance, worst)}" * (count > 1)),
        title_left=0.06 if count > 1 else 0.11,
    )  # fmt: skip
    for one, panel in zip(axes, docked.panels, strict=True):
        _draw(one, panel)
    return figure


def _draw(axes: Axes, panel: Panel) -> None:
    for number, curve in enumerate(panel.curves):
        colour = COLOURS[number % len(COLOURS)]
        if curve.ours.size:
            axes.plot(curve.xs, curve.reference, color=colour, lw=1.6, label=curve.name, marker="", zorder=2)
            axes.plot(curve.at, curve.ours, color=colour, lw=0.0, marker="o", ms=4.5, mec="white", mew=0.6, zorder=3)
        else:
            axes.plot(curve.xs, curve.reference, color=INK, lw=1.0, ls=(0, (4 - number % 3, 2)), label=curve.name,
                      zorder=1)  # fmt: skip
    if panel.log_x:
        axes.set_xscale("log")
        _log_ticks(axes.xaxis, axes.get_xlim())
    if panel.log_y:
        axes.set_yscale("log")
        _log_ticks(axes.yaxis, axes.get_ylim())
    axes.set_xlabel(panel.x)
    axes.set_ylabel(panel.y)
    axes.legend(loc="best", fontsize=8.0, frameon=True, framealpha=0.85, edgecolor="none")
    panel_title(axes, panel.title)


def _log_ticks(axis: Axis, ends: tuple[float, float]) -> None:
    """Label a logarithmic axis by plain numbers, at 1, 2 and 5 where it is short; by powers of ten where it is long."""
    decades = float(np.log10(ends[1] / ends[0]))
    if decades > 5.0:
        return
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if decades < 2.0 else (1.0,)))
    axis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_minor_formatter(NullFormatter())
