"""Parallel coordinates: a line per design or point through its inputs to what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.results.canvas import canvas
from model.results.labels import input_label
from model.results.magnitude import told_apart
from model.results.palette import INK, SOFT
from model.results.shown import ShownAxes

Floats = NDArray[np.float64]
FAINT, CLEAR = 0.25, 0.85
"""Strength of a line where there are many, and where there are few."""
MANY = 400
WIDEST = 17
"""Characters of a line of an upright's label."""


@dataclass(frozen=True, slots=True, eq=False)
class Upright:
    """One upright: its label and unit, and a value per line; numbers are scaled, words stand at even distances."""

    label: str
    unit: str
    values: pd.Series

    def places(self) -> tuple[Floats, list[tuple[float, str]]]:
        """Return where each line crosses, 0 to 1, and the ticks: (place, text). A single value stands in the middle."""
        if not pd.api.types.is_numeric_dtype(self.values.dtype) or pd.api.types.is_bool_dtype(self.values.dtype):
            words = self.values.astype(str)
            known = list(dict.fromkeys(words))
            at = {word: _part(number, len(known)) for number, word in enumerate(known)}
            return np.array([at[word] for word in words]), [(place, word) for word, place in at.items()]
        numbers = np.asarray(self.values, dtype=np.float64)
        low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
        if low == high:
            return np.full(numbers.shape, 0.5), [(0.5, told_apart([low])[0])]
        parts = (0.0, 0.5, 1.0)
        texts = told_apart([low + part * (high - low) for part in parts])
        return (numbers - low) / (high - low), list(zip(parts, texts, strict=True))

    def words(self) -> str:
        """Return label and unit on short lines; of a unit that names steps its ends: "0 none to 1 inside TikTok"."""
        steps = self.unit.split(", ")
        ends = f"{steps[0]} to {steps[-1]}" if len(steps) > 1 and all(one[:1].isdigit() for one in steps) else self.unit
        return input_label(self.label, ends, width=WIDEST)


def parallel_axes(uprights: Sequence[Upright], *, title: str, subtitle: str, each: str) -> ShownAxes:
    """Return a line per row of all uprights, coloured by the last of them, whose lines are drawn from low to high.

    uprights: two or more with values of one length; rows with a missing number are left out. each: what a line is.
    """
    places, ticks = zip(*(one.places() for one in uprights), strict=True)
    crossed = np.stack(places, axis=1)
    crossed = crossed[np.isfinite(crossed).all(axis=1)]
    wide, high = max(7.4, 1.2 + 1.55 * len(uprights)), 4.8
    _, (axes,) = canvas(
        size=(wide, high), title=title, subtitle=subtitle, left=0.75 / wide, right=1.0 - 0.95 / wide,
        bottom=1.15 / high, top=1.0 - 0.95 / high, title_left=0.2 / wide,
    )  # fmt: skip
    x = np.arange(len(uprights))
    colours = mpl.colormaps["viridis"](0.92 * crossed[:, -1])
    strength = CLEAR if len(crossed) <= 40 else max(FAINT, CLEAR * (1.0 - len(crossed) / MANY))
    for row, colour in sorted(zip(crossed, colours, strict=True), key=lambda pair: float(pair[0][-1])):
        axes.plot(x, row, color=colour, lw=1.3, alpha=strength, solid_capstyle="round")
    for at, marks in enumerate(ticks):
        axes.plot([at, at], [0.0, 1.0], color=SOFT, lw=1.0, zorder=3)
        for place, text in marks:
            box = {"fc": "white", "ec": "none", "alpha": 0.85, "pad": 0.8}
            axes.annotate(text, (at, place), (5.0, 0.0), textcoords="offset points", va="center", fontsize=8.0,
                          color=INK, bbox=box, zorder=4)  # fmt: skip
    axes.set_xlim(-0.08, len(uprights) - 1 + 0.08)
    axes.set_ylim(-0.04, 1.04)
    axes.set_yticks([])
    axes.set_xticks(x, [one.words() for one in uprights], fontsize=8.5, color=INK)
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel(f"a line is {each}; its colour tells {uprights[-1].label}, dark is low", fontsize=8.5, loc="left")
    return axes


def _part(number: int, count: int) -> float:
    return number / (count - 1) if count > 1 else 0.5
