"""Pictures of a calibration: what was believed before and after, what goes together, what is met and missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import gaussian_kde

from model.results.canvas import STYLE, canvas
from model.results.palette import INK, SOFT
from model.results.picture_bytes import png

if TYPE_CHECKING:
    from model.experiments.calibration.result import CalibrationResult

BEFORE, AFTER, RECORD = "#BBBBBB", "#0072B2", "#D55E00"
COLUMNS = 4
_KDE_DRAWS = 4000


def figures_of(found: CalibrationResult) -> dict[str, bytes]:
    """Return the figures as PNG by name: densities, correlations, moments."""
    drawn = {"densities": densities(found), "correlations": correlations(found), "moments": moments(found)}
    return {name: png(figure) for name, figure in drawn.items()}


def densities(found: CalibrationResult) -> Figure:
    """Return a panel per parameter: what was believed before (grey) and after (blue), the members as ticks."""
    plan, table = found.plan, found.posterior
    rows = -(-len(plan.priors) // COLUMNS)
    high = 1.5 + 1.75 * rows
    told = ", ".join(found.by_verdict("told")) or "none"
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.6, high), facecolor="white")
        title = "What the record tells of each parameter"
        figure.text(0.03, 1 - 0.32 / high, title, fontsize=13, weight="bold", color=INK, va="center")
        words = f"grey: believed before; blue: after outcomes to {plan.until}; ticks: members. Told: {told}"
        figure.text(0.03, 1 - 0.66 / high, words, fontsize=8.5, color=SOFT, va="center", wrap=True)
        grid = figure.add_gridspec(rows, COLUMNS, left=0.04, right=0.98, top=1 - 1.15 / high, bottom=0.5 / high,
                                   hspace=0.85, wspace=0.18)  # fmt: skip
        draw_of = iter(found.chain.draws.T)
        for at, (prior, active) in enumerate(zip(plan.priors, found.active, strict=True)):
            axes = figure.add_subplot(grid[at // COLUMNS, at % COLUMNS])
            _density(axes, next(draw_of) if active else None)
            axes.plot(found.members[:, at], np.full(len(found.members), -0.09), "|", ms=4, color=INK, alpha=0.45)
            ends = prior.at([0.0, 0.5, 1.0])
            axes.set_xticks([0.0, 0.5, 1.0], [f"{one:.3g}" for one in ends], fontsize=7.5)
            verdict = str(table["verdict"].iloc[at])
            weight = "bold" if verdict == "told" else "normal"
            axes.set_title(f"{prior.name} ({verdict})", fontsize=8.5, weight=weight, color=INK, loc="left")
    return figure


def _density(axes: Axes, draws: np.ndarray[tuple[int], np.dtype[np.float64]] | None) -> None:
    """Draw both densities over the prior's quantiles, in which the prior is flat."""
    axes.fill_between([0.0, 1.0], [1.0, 1.0], color=BEFORE, alpha=0.55, lw=0)
    top = 1.6
    if draws is not None:
        own = draws[:: max(1, len(draws) // _KDE_DRAWS)]
        mirrored = np.concatenate([-own, own, 2.0 - own])  # so that density does not leak over the ends of the prior
        at = np.linspace(0.0, 1.0, 161)
        spread = max(float(own.std()), 1e-3)
        width = spread * len(own) ** -0.2 / float(mirrored.std())
        density = 3.0 * gaussian_kde(mirrored, bw_method=width)(at)
        axes.fill_between(at, density, color=AFTER, alpha=0.45, lw=0)
        axes.plot(at, density, color=AFTER, lw=1.3)
        top = max(top, 1.08 * float(density.max()))
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(-0.13 * top, top)
    axes.set_yticks([])
    axes.grid(False)


def correlations(found: CalibrationResult) -> Figure:
    """Return a heat map of the correlations of the active parameters after the record."""
    table = found.correlations
    names, size = list(table.columns), 0.36 * len(table) + 2.6
    cells = table.to_numpy(np.float64)
    with mpl.rc_context(STYLE):
        figure, (axes,) = canvas(
            size=(size + 1.2, size), title="Which parameters the record tells together", title_left=0.03,
            left=0.26, right=0.9, bottom=1.25 / size, top=1 - 0.95 / size,
            subtitle="correlations of draws of the posterior, in quantiles of the prior",
        )  # fmt: skip
        image = axes.imshow(cells, cmap="RdBu_r", vmin=-1.0, vmax=1.0)
        axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8)
        axes.set_yticks(range(len(names)), names, fontsize=8)
        axes.grid(False)
        for row in range(len(names)):
            for column in range(row):
                value = cells[row, column]
                if abs(value) >= 0.3:
                    ink = "white" if abs(value) > 0.65 else INK
                    axes.text(column, row, f"{value:.1f}", ha="center", va="center", fontsize=7, color=ink)
        figure.colorbar(image, ax=axes, shrink=0.7, pad=0.02)
    return figure


def moments(found: CalibrationResult) -> Figure:
    """Return a row per moment: lives before (grey) and after (blue) about the recorded value, in its tolerances."""
    table = found.moments
    high = 2.1 + 0.26 * len(table)
    y = np.arange(len(table))
    with mpl.rc_context(STYLE):
        figure, (axes,) = canvas(
            size=(9.6, high), title="What the calibrated model meets and misses", title_left=0.02, left=0.46,
            right=0.97, bottom=0.75 / high, top=1 - 1.0 / high,
            subtitle="90% of lives before (grey) and of draws after (blue); shaded: 1.64 tolerances about the record",
        )  # fmt: skip
        axes.axvspan(-1.645, 1.645, color=RECORD, alpha=0.13, lw=0)
        axes.axvline(0.0, color=RECORD, lw=1.2)
        for prefix, colour, shift, wide in (("before", BEFORE, 0.18, 3.0), ("after", AFTER, -0.12, 4.5)):
            low, middle, top = (
                (table[f"{prefix}_{name}"] - table["recorded"]) / table["tolerance"] for name in ("5", "50", "95")
            )
            axes.hlines(y + shift, low, top, color=colour, lw=wide)
            axes.plot(middle, y + shift, "o", ms=3.6, color="white", mec=colour, mew=1.2, ls="none")
        axes.set_yticks(y, table["words"].tolist(), fontsize=7.5)
        for label, met in zip(axes.get_yticklabels(), table["met"], strict=True):
            label.set_color(INK if met else RECORD)
        axes.set_ylim(len(table) - 0.4, -0.6)
        ends = table[["before_5", "before_95"]].sub(table["recorded"], axis=0).div(table["tolerance"], axis=0)
        reach = float(np.clip(np.nanmax(np.abs(ends.to_numpy())), 3.0, 12.0))
        axes.set_xlim(-reach, reach)
        axes.grid(False, axis="y")
        axes.set_xlabel("standard deviations of record and discrepancy; names in red are missed")
    return figure
