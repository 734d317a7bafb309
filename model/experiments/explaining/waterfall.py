"""The waterfall: from one number to another, a step per cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.results.canvas import canvas, panel_title, unit_axis
from model.results.magnitude import magnitude
from model.results.palette import INK, SOFT

UP, DOWN, LEVEL = "#0072B2", "#D55E00", "#8C8C8C"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. low, high: ends of the interval of its size, NaN where there is none."""

    name: str
    size: float
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True, slots=True)
class Fall:
    """One waterfall: from a named number by steps to another; `start` and `end` name the levels at both ends."""

    title: str
    begin: float
    steps: tuple[Step, ...]
    start: str
    end: str


def waterfall(falls: Sequence[Fall], *, title: str, subtitle: str, unit: str, across: int = 2) -> Figure:
    """Return waterfalls side by side, a row per step from top to bottom, sizes beside the bars. unit: of the axis."""
    columns = min(across, len(falls))
    rows = -(-len(falls) // columns)
    lines = max(len(fall.steps) for fall in falls) + 2
    names = [step.name for fall in falls for step in fall.steps] + [fall.start for fall in falls]
    margin = 0.35 + 0.072 * max(len(name) for name in (*names, *(fall.end for fall in falls)))
    wide, high = columns * (margin + 4.6) + 0.3, rows * (0.3 * lines + 1.0) + 0.9
    figure, axes = canvas(
        rows, columns, size=(wide, high), title=title, subtitle=subtitle, left=margin / wide, title_left=0.25 / wide,
        right=1.0 - 0.3 / wide, top=1.0 - 1.15 / high, bottom=0.62 / high, wspace=(margin + 0.2) / 4.4,
        hspace=1.0 / (0.3 * lines),
    )  # fmt: skip
    for spot, fall in zip(axes, falls, strict=False):
        _draw(spot, fall, lines=lines, unit=unit)
    for spot in axes[len(falls) :]:
        spot.set_visible(False)
    return figure


def _draw(axes: Axes, fall: Fall, *, lines: int, unit: str) -> None:
    reached = fall.begin + np.concatenate([[0.0], np.cumsum([step.size for step in fall.steps])])
    left, right = float(reached.min()), float(reached.max())
    for at, step in enumerate(fall.steps):
        if np.isfinite(step.low):
            left = min(left, reached[at] + step.low)
            right = max(right, reached[at] + step.high)
    span = (right - left) or abs(right) or 1.0
    low, high = left - 0.08 * span, right + 0.3 * span
    scale, sign = magnitude(max(abs(low), abs(high)))
    places = np.arange(lines)[::-1]
    for place, value in ((places[0], fall.begin), (places[len(fall.steps) + 1], float(reached[-1]))):
        axes.plot([value, value], [place - 0.3, place + 0.3], color=LEVEL, lw=4.0, solid_capstyle="butt")
        _figure(axes, value, place, f"{value / scale:,.4g}{sign}", span)
    for at, step in enumerate(fall.steps):
        place, from_, to = places[at + 1], float(reached[at]), float(reached[at + 1])
        axes.barh(place, to - from_, left=from_, height=0.6, color=UP if step.size >= 0.0 else DOWN)
        axes.plot([from_, from_], [place + 0.3, place + 0.7], color=SOFT, lw=0.8)
        end = max(from_, to)
        if np.isfinite(step.low):
            axes.hlines(place, from_ + step.low, from_ + step.high, color=INK, lw=1.2)
            end = max(end, from_ + step.high)
        size = "0" if step.size == 0.0 else f"{step.size / scale:+,.3g}{sign}"
        _figure(axes, end, place, size, span)
    axes.plot([reached[-1]] * 2, [places[len(fall.steps)] - 0.3, places[len(fall.steps)] - 0.7], color=SOFT, lw=0.8)
    axes.set_yticks(places[: len(fall.steps) + 2], [fall.start, *(step.name for step in fall.steps), fall.end],
                    color=INK)  # fmt: skip
    axes.set_ylim(-0.6, lines - 0.4)
    axes.set_xlim(low, high)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    axes.locator_params(axis="x", nbins=5)
    unit_axis(axes, scale=scale, suffix=sign, axis="x")
    axes.set_xlabel(unit, fontsize=8.5)
    if fall.title:
        panel_title(axes, fall.title)


def _figure(axes: Axes, at: float, place: float, text: str, span: float) -> None:
    axes.text(at + 0.015 * span, place, text, va="center", ha="left", fontsize=8.5, color=INK)
