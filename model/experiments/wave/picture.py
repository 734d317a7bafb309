"""The picture of a renewal wave: what is paid over present terms, and what licences are worth, by service and label."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LogNorm, Normalize, TwoSlopeNorm
from matplotlib.figure import Figure

from model.experiments.wave.result import RenewalWave
from model.results.canvas import canvas, panel_title
from model.results.palette import GRID, INK, SOFT, ink_on, name_of

WORDS = {"nash_in_nash": "all contracts answer each other", "nash": "the others' contracts stand"}
MOST_FACTOR = 2.0


def wave_figure(wave: RenewalWave) -> Figure:
    """Return two maps of platforms by labels: payment over present payment, and joint gain (USD m a month)."""
    request = wave.request
    pairs = wave.pairs().reset_index()
    rows = [label for label in wave.by_label().index if (pairs["label"] == label).any()]
    columns = list(wave.by_platform().index)
    height = 2.4 + 0.42 * len(rows)
    figure, (factor, surplus) = canvas(
        1, 2, size=(15.5, height), left=0.115, right=0.99, wspace=0.03, bottom=1.15 / height, top=1.0 - 1.05 / height,
        title=f"Renewal of all licences: {len(columns)} services, {len(rows)} labels, {_places(wave)}",
        subtitle=f"scenario {request.plan.name}, {request.months} months, mean of {request.draws} "
        f"draw{'' if request.draws == 1 else 's'}; {WORDS[wave.solution]}; a dot: no licence; a dash: no price",
        title_left=0.012,
    )  # fmt: skip
    centre = TwoSlopeNorm(vmin=0.0, vcenter=1.0, vmax=MOST_FACTOR)
    held = _table(pairs, "licences", rows, columns)
    _map(factor, _table(pairs, "factor", rows, columns), norm=centre, colours="RdBu_r", digits="{:.2f}", held=held)
    panel_title(factor, "Payment over the present one (1 = as now)")
    gains = _table(pairs, "surplus", rows, columns) / 1e6
    top = float(np.nanmax(gains.to_numpy())) if gains.size else 1.0
    amounts = LogNorm(vmin=max(top, 1e-2) / 1e3, vmax=max(top, 1e-2))
    _map(surplus, gains, norm=amounts, colours="Greens", digits="", held=held)
    panel_title(surplus, "Joint gain from the licence, USD m a month (red: a loss)")
    factor.set_yticks(range(len(rows)), [name_of(label) for label in rows])
    surplus.set_yticks([])
    return figure


def _places(wave: RenewalWave) -> str:
    codes = wave.request.markets
    return ", ".join(codes) if len(codes) <= 6 else f"{len(codes)} markets"


def _table(pairs: pd.DataFrame, what: str, rows: list[str], columns: list[str]) -> pd.DataFrame:
    return pairs.pivot(index="label", columns="platform", values=what).reindex(index=rows, columns=columns)


def _map(axes: Axes, table: pd.DataFrame, *, norm: Normalize, colours: str, digits: str, held: pd.DataFrame) -> None:
    """Draw a cell per pair with its number on its colour; losses red, pairs without a licence a dot."""
    palette: Colormap = mpl.colormaps[colours]
    axes.set_xlim(-0.5, len(table.columns) - 0.5)
    axes.set_ylim(len(table.index) - 0.5, -0.5)
    for row, label in enumerate(table.index):
        for column, platform in enumerate(table.columns):
            value, licences = float(table.loc[label, platform]), float(held.loc[label, platform])
            if not licences > 0.0:
                axes.text(column, row, "·", ha="center", va="center", color=SOFT)
                continue
            fill = _fill(value, norm=norm, palette=palette, signed=not digits)
            axes.add_patch(_cell(column, row, fill))
            text = "–" if np.isnan(value) else digits.format(value) if digits else _short(value)
            axes.text(column, row, text, ha="center", va="center", fontsize=8, color=ink_on(fill))
    names = [name_of(platform) for platform in table.columns]
    axes.set_xticks(range(len(names)), names, rotation=35, ha="right", rotation_mode="anchor")
    axes.grid(False)
    axes.tick_params(length=0, colors=INK)


def _fill(value: float, *, norm: Normalize, palette: Colormap, signed: bool) -> str:
    if np.isnan(value):
        return GRID
    if signed and value < 0.0:
        return "#D55E00"
    at = float(norm(np.clip(value, norm.vmin, norm.vmax)))
    return mpl.colors.to_hex(palette(0.12 + 0.76 * at))


def _cell(column: int, row: int, fill: str) -> mpl.patches.Rectangle:
    return mpl.patches.Rectangle((column - 0.48, row - 0.47), 0.96, 0.94, facecolor=fill, linewidth=0.0)


def _short(value: float) -> str:
    """Return an amount in millions with as many decimals as its size needs."""
    size = abs(value)
    if size < 0.005:
        return "0"
    return f"{value:,.0f}" if size >= 10 else f"{value:.1f}" if size >= 1 else f"{value:.2f}"
