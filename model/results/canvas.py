"""The one style of all figures, and what every figure needs: titles, date axes, names beside lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num, num2date
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, Formatter
from numpy.typing import NDArray

from model.results.palette import GRID, INK, SOFT
from model.results.shown import ShownAxes, ShownFigure

Floats = NDArray[np.float64]

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 9.0, "text.color": INK, "axes.labelcolor": SOFT, "axes.edgecolor": GRID,
    "xtick.color": SOFT, "ytick.color": SOFT, "xtick.labelsize": 9.0, "ytick.labelsize": 9.0,
    "xtick.major.size": 3.0, "ytick.major.size": 0.0, "figure.facecolor": "white", "axes.facecolor": "white",
    "savefig.facecolor": "white", "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.grid": True, "axes.grid.axis": "y", "grid.color": GRID, "grid.linewidth": 0.8, "axes.axisbelow": True,
    "figure.dpi": 110.0, "savefig.dpi": 160.0, "legend.frameon": False,
}  # fmt: skip
"""Settings of matplotlib for every figure of results."""


LETTER, MARGIN = 0.0685, 0.1
"""Width of a letter of nine points on average, and what stays free at the right, inches."""
YEAR = 12
SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
"""Months between two that an axis names."""


def canvas(
    rows: int = 1,
    columns: int = 1,
    *,
    size: tuple[float, float],
    title: str,
    subtitle: str,
    title_left: float | None = None,
    **spacing: float,
) -> tuple[Figure, list[ShownAxes]]:
    """Return a figure with title and subtitle and its axes, row by row.

    size: inches. title_left: where the title begins, by default at the axes' left edge. spacing: of matplotlib's
    grid (left, right, bottom, top, wspace, hspace), parts of the figure.
    """
    with mpl.rc_context(STYLE):
        figure = ShownFigure(figsize=size)
        head = 0.62 / size[1]
        edges: dict[str, Any] = {
            "left": 0.07,
            "right": 0.97,
            "bottom": 0.5 / size[1],
            "top": 1.0 - head - 0.28 / size[1],
            **spacing,
        }
        axes = figure.subplots(rows, columns, squeeze=False, gridspec_kw=edges, subplot_kw={"axes_class": ShownAxes})
        left = edges["left"] if title_left is None else title_left
        figure.text(left, 1.0 - 0.18 / size[1], title, fontsize=13, fontweight="bold", va="top", color=INK)
        below = _within(subtitle, (1.0 - left) * size[0])
        figure.text(left, 1.0 - 0.45 / size[1], below, fontsize=9, va="top", color=SOFT)
    return figure, [axis for row in axes for axis in row]


def _within(text: str, inches: float) -> str:
    """Return a text of nine points on lines that end inside the figure; lines that do stay as they are."""
    longest = max(20, int((inches - MARGIN) / LETTER))
    return "\n".join(fill(line, longest) for line in text.split("\n"))


def panel_title(axes: Axes, text: str, *, size: float = 10.0) -> None:
    """Write the title of one picture of several, at its left."""
    axes.set_title(text, loc="left", fontsize=size, fontweight="bold", color=INK, pad=6)


def month_dates(months: NDArray[Any], *, start_month: int) -> Floats:
    """Return matplotlib dates under which run months stand in a picture: the first day of each calendar month.

    months: of the run, 1 for the month in which it starts, 0 for the opening, which stands under the month before, as
    it does in the tables. start_month: `model.foundation.months` number of month 1. So what a table or a sentence
    gives for 2022-12 stands over the mark "Dec".
    """
    numbers = start_month - 1 + np.asarray(months, dtype=np.int64)
    return np.array([_first_day(int(number)) for number in numbers])


def _first_day(number: int) -> float:
    return float(date2num(dt.datetime(number // YEAR, number % YEAR + 1, 1)))  # type: ignore[no-untyped-call]


def date_axis(axes: Axes, x: Floats, *, ticks: int = 7) -> None:
    """Let an axis run over months, with the names of some: every one, or of Januaries as the year, and evenly between.

    x: of `month_dates`. ticks: how many names at most, 2 or more.
    """
    shown = months_named(*(_number(float(end)) for end in (x[0], x[-1])), most=ticks)
    axes.xaxis.set_major_locator(FixedLocator([_first_day(number) for number in shown]))
    axes.xaxis.set_major_formatter(FixedFormatter(month_names(shown)))
    # One month alone stands in the middle.
    aside = 0.0 if x[-1] > x[0] else 15.0
    axes.set_xlim(float(x[0]) - aside, float(x[-1]) + aside)
    axes.grid(False, axis="x")


def months_named(first: int, last: int, *, most: int) -> list[int]:
    """Return the month numbers from first to last that an axis names: as many as there may be, counted from January."""
    steps = (*STEPS, *(STEPS[-1] * more for more in range(2, 100)))
    found = ([number for number in range(first, last + 1) if number % step == 0] for step in steps)
    return next(numbers for numbers in found if len(numbers) <= most)


def month_names(numbers: Sequence[int]) -> list[str]:
    """Return short names of month numbers: a January is its year; where none is among them the first tells the year."""
    has_january = any(number % YEAR == 0 for number in numbers)
    names = [str(number // YEAR) if number % YEAR == 0 else SHORT[number % YEAR] for number in numbers]
    return names if has_january or not names else [f"{names[0]} {numbers[0] // YEAR}", *names[1:]]


def _number(day: float) -> int:
    """Return the month number of a matplotlib date."""
    date = num2date(day)  # type: ignore[no-untyped-call]
    return int(date.year) * YEAR + int(date.month) - 1


class UnitFormatter(Formatter):
    """Tick labels as value / scale and a suffix, all with as many decimals as the ticks need, three at most."""

    def __init__(self, *, scale: float, suffix: str) -> None:
        self._scale = scale
        self._suffix = suffix

    def __call__(self, value: float, pos: int | None = None) -> str:  # noqa: ARG002 (matplotlib passes it)
        """Return the label of a tick; nothing but the sign of percent stands beside a zero."""
        shown = value / self._scale
        if abs(shown) < 1e-9:
            return f"0{self._suffix}" if self._suffix == "%" else "0"
        return f"{shown:,.{self._decimals()}f}{self._suffix}"

    def _decimals(self) -> int:
        ticks = [float(tick) / self._scale for tick in self.axis.get_majorticklocs()]  # type: ignore[union-attr]
        fitting = (n for n in range(3) if all(abs(tick - round(tick, n)) < 1e-6 for tick in ticks))
        return next(fitting, 3)


def unit_axis(axes: Axes, *, scale: float = 1.0, suffix: str = "", axis: str = "y") -> None:
    """Label an axis by value / scale and a suffix such as "M" or "%"."""
    (axes.yaxis if axis == "y" else axes.xaxis).set_major_formatter(UnitFormatter(scale=scale, suffix=suffix))


def spread(wanted: Sequence[float], *, gap: float, low: float, high: float) -> Floats:
    """Return places near the wanted ones, at least `gap` apart and between low and high where there is room.

    wanted: (n,) in any order; the order along the axis is kept. Equal places are put in the order given.
    """
    if not len(wanted):
        return np.zeros(0)
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    order = np.argsort(np.asarray(wanted, dtype=np.float64), kind="stable")
    steps = gap * np.arange(len(wanted))
    lifted = np.asarray(wanted, dtype=np.float64)[order] - steps
    # Isotonic means keep the places sorted after the steps are given back: pools of neighbours that would overlap.
    pools: list[tuple[float, int]] = []
    for value in lifted.tolist():
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            last, size = pools.pop()
            mean, count = (last * size + mean * count) / (size + count), size + count
        pools.append((mean, count))
    means = np.repeat([mean for mean, _ in pools], [count for _, count in pools])
    placed = np.clip(means, low, high - gap * (len(wanted) - 1)) + steps
    found = np.empty(len(wanted))
    found[order] = placed
    return found


def names_beside(
    axes: Axes, places: Sequence[float], names: Sequence[str], colours: Sequence[str], *, size: float = 9.0
) -> None:
    """Write names at the right edge of axes at heights, moved apart where they would overlap, with leader lines."""
    low, high = axes.get_ylim()
    figure = axes.get_figure()
    height = axes.get_position().height * (figure.get_figheight() if isinstance(figure, Figure) else 1.0)
    gap = (high - low) * (size * 1.35 / 72.0) / height
    placed = spread(list(places), gap=gap, low=low + gap / 3, high=high - gap / 3)
    to_axes = axes.get_yaxis_transform()
    for place, at, name, colour in zip(places, placed.tolist(), names, colours, strict=True):
        axes.plot([1.0, 1.02], [place, at], color=colour, lw=1.0, transform=to_axes, clip_on=False)
        axes.plot(
            [1.02, 1.035], [at, at], color=colour, lw=3.5, transform=to_axes, clip_on=False, solid_capstyle="butt"
        )
        axes.text(1.045, at, name, transform=to_axes, va="center", ha="left", fontsize=size, color=INK)
    axes.set_ylim(low, high)
