"""The pictures of a report: narrow enough to be read on a phone, one subject each, the project's colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import WORLD, Outcome, by_month
from model.experiments.report.arms import Arm
from model.experiments.report.gaps import ends
from model.results.canvas import canvas, date_axis, month_dates, unit_axis
from model.results.magnitude import magnitude
from model.results.palette import INK, SOFT
from model.results.picture_bytes import png

Floats = NDArray[np.float64]
WIDE = 6.2
SCENARIO, BASE, NEUTRAL = "#0072B2", "#D55E00", "#8a8a8a"
"""Colours of the two worlds, told apart by people with red-green blindness too; the base is dashed besides."""
SHADE = 0.2
DOTS = 150


def months_of(arm: Arm, outcome: Outcome) -> pd.DataFrame:
    """Return flow month x run of an outcome over all markets; months without a value are left out."""
    columns = {}
    for number, one in arm.singles.items():
        wide = by_month(one, outcome, arm.plan.markets)
        if WORLD in wide:
            columns[number] = wide[WORLD]
    return pd.DataFrame(columns).dropna(how="all")


def levels_chart(arms: Sequence[Arm], tables: Sequence[pd.DataFrame], *, title: str, unit: str, members: bool) -> bytes:
    """Return a line and a band for each arm by month, as PNG."""
    figure, axes = _one(title, unit, high=3.5)
    size, sign = magnitude(max(float(np.nanmax(np.abs(table.to_numpy()))) for table in tables))
    for arm, table, colour, dash in zip(arms, tables, (SCENARIO, BASE), ("-", "--"), strict=False):
        x = month_dates(table.index.to_numpy(), start_month=arm.plan.start_month)
        values = table.to_numpy(np.float64)
        _band(axes, x, values, colour, members=members)
        middle = np.median(values, axis=1) if members else values.mean(axis=1)
        axes.plot(x, middle, dash, color=colour, lw=2.2, label=arm.name)
        date_axis(axes, x, ticks=5)
    low, high = axes.get_ylim()
    low, high = min(0.0, low), max(0.0, high)
    axes.set_ylim(low, high + (0.16 if len(tables) > 1 else 0.04) * (high - low))
    axes.axhline(0.0, color=INK, lw=1.0)
    unit_axis(axes, scale=size, suffix=f" {sign}" if sign else "")
    if len(tables) > 1:
        axes.legend(loc="upper left", ncols=2, fontsize=10, frameon=False)
    return _png(figure)


def difference_chart(arm: Arm, gaps: pd.DataFrame, *, title: str, unit: str, members: bool) -> bytes:
    """Return the difference of two worlds by month with its band and a line at 0, as PNG. gaps: month x run."""
    figure, axes = _one(title, unit, high=3.5)
    x = month_dates(gaps.index.to_numpy(), start_month=arm.plan.start_month)
    values = gaps.to_numpy(np.float64)
    size, sign = magnitude(float(np.nanmax(np.abs(values), initial=0.0)))
    axes.plot(x, values, color=NEUTRAL, lw=0.5, alpha=0.6)
    _band(axes, x, values, SCENARIO, members=members)
    axes.plot(x, np.median(values, axis=1) if members else values.mean(axis=1), color=SCENARIO, lw=2.2)
    axes.axhline(0.0, color=INK, lw=1.0)
    date_axis(axes, x, ticks=5)
    unit_axis(axes, scale=size, suffix=f" {sign}" if sign else "")
    return _png(figure)


def dots_chart(
    names: Sequence[str], middles: Floats, lows: Floats, highs: Floats, *, title: str, unit: str, zero: bool = True
) -> bytes:  # fmt: skip
    """Return a dot and a bar for each name, the first on top, as PNG. zero: whether a line stands at 0."""
    figure, axes = _one(title, unit, high=1.35 + 0.32 * len(names), left=0.3)
    known = np.concatenate([middles, lows[np.isfinite(lows)], highs[np.isfinite(highs)]])
    size, sign = magnitude(float(np.nanmax(np.abs(known), initial=0.0)))
    y = np.arange(len(names))[::-1]
    axes.hlines(y, lows, highs, color=SCENARIO, lw=2.6, alpha=0.55)
    axes.plot(middles, y, "o", color=SCENARIO, ms=6)
    if zero:
        axes.axvline(0.0, color=INK, lw=1.0)
    axes.set_yticks(y, list(names), color=INK, fontsize=10.5)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.margins(x=0.08)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    axes.locator_params(axis="x", nbins=5)
    unit_axis(axes, scale=size, suffix=f" {sign}" if sign else "", axis="x")
    return _png(figure)


def zone_chart(walk: pd.DataFrame, *, title: str, label: str, service: str) -> bytes:
    """Return the least that a label accepts and the most that a service pays, draw by draw, as PNG. USD a month."""
    table = walk.sort_values("surplus").reset_index(drop=True)
    figure, axes = _one(title, "M USD a month, mean over the term; one row for each draw", high=2.0 + 0.14 * len(table))
    for row, (least, most, zone) in enumerate(zip(table["least"], table["most"], table["zone"], strict=True)):
        axes.plot([least / 1e6, most / 1e6], [row, row], color=SCENARIO if zone else NEUTRAL, lw=3.0,
                  ls="-" if zone else ":")  # fmt: skip
    rows = range(len(table))
    axes.plot(table["least"] / 1e6, rows, "o", color=BASE, ms=6, label=f"least {label} accepts")
    axes.plot(table["most"] / 1e6, rows, "s", color=INK, ms=5, label=f"most {service} pays")
    present = float(table["present"].mean())
    if present > 0.0:
        axes.axvline(present / 1e6, color=SOFT, ls="--", lw=1.2, label="present terms pay")
    axes.set_yticks([])
    axes.set_ylim(-0.8, len(table) + 0.8 + 0.28 * len(table))
    axes.legend(loc="upper left", fontsize=9.5, ncols=2, frameon=False)
    axes.grid(True, axis="x")
    return _png(figure)


def _band(axes: Axes, x: Floats, values: Floats, colour: str, *, members: bool) -> None:
    if values.shape[1] > 1:
        low, high = ends(values, members=members)
        axes.fill_between(x, low, high, color=colour, alpha=SHADE, linewidth=0)


def _one(title: str, unit: str, *, high: float, left: float = 0.13) -> tuple[Figure, Axes]:
    figure, (axes,) = canvas(
        size=(WIDE, high), title=title, subtitle=unit, left=left, right=0.97, title_left=0.02, bottom=0.42 / high,
        top=1.0 - 0.85 / high,
    )  # fmt: skip
    for text in figure.texts:
        text.set_fontsize(13.0 if text.get_text() == title else 10.5)
    axes.tick_params(labelsize=10.5)
    return figure, axes


def _png(figure: Figure) -> bytes:
    return png(figure, dots=DOTS)
