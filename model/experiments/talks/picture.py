"""The picture of talks over replicates: how often each course is taken, and how long talks and outages last."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.experiments.talks.outcomes import EVERY, LICENCE, TalkOutcomes
from model.results.canvas import canvas, panel_title, unit_axis
from model.results.palette import INK, SOFT, ink_on, name_of
from model.results.talk_table import AWAY, EXTENDED, IN_TIME, NONE, RETURNED, STAYS, TALKING

COLOURS = {
    IN_TIME: "#009E73", EXTENDED: "#56B4E9", RETURNED: "#F0E442", STAYS: "#882255", NONE: "#CC79A7",
    AWAY: "#D55E00", TALKING: "#C4C4C4",
}  # fmt: skip
"""Colour of each course: deals green to yellow, failures red, the unknown grey."""
MOST_ROWS = 16
NARROW = 0.06  # a part of a bar that is too small for its number


def talks_figure(outcomes: TalkOutcomes) -> Figure:
    """Return two pictures by licence: shares of courses, and weeks of talks and of outages, a dot per talk."""
    shares = outcomes.courses()
    shares = shares[shares["platform"] != EVERY]
    rows = list(shares[LICENCE].drop_duplicates().itertuples(index=False, name=None))
    left_out = len(rows) - MOST_ROWS
    rows = rows[:MOST_ROWS]
    height = 2.5 + 0.42 * max(len(rows), 3)
    plan = outcomes.plan
    more = f"; {left_out} licences more in the tables" if left_out > 0 else ""
    figure, (bars, weeks) = canvas(
        1, 2, size=(13.5, height), left=0.275, right=0.975, wspace=0.06, bottom=1.05 / height, top=1.0 - 1.0 / height,
        title=f"How talks about licences go: {plan.name}",
        subtitle=f"{outcomes.replicates} replicates, {plan.months} months from {plan.start}; number of talks in "
        f"brackets{more}",
        title_left=0.012,
    )  # fmt: skip
    _bars(bars, shares, rows)
    _weeks(weeks, outcomes.talks, rows)
    return figure


def _bars(axes: Axes, shares: pd.DataFrame, rows: list[tuple[object, ...]]) -> None:
    """Draw a bar per licence, its parts the shares of the courses in their order."""
    keys = list(shares[LICENCE].itertuples(index=False, name=None))
    table = dict(zip(zip(keys, shares["course"], strict=True), shares["share"].tolist(), strict=True))
    talks = dict(zip(keys, shares["talks"].tolist(), strict=True))
    order = list(dict.fromkeys(shares["course"]))
    begins = np.zeros(len(rows))
    for course in order:
        widths = np.array([table[row, course] for row in rows])
        colour = COLOURS[course]
        axes.barh(range(len(rows)), widths, left=begins, height=0.72, color=colour, label=course)
        for place, (width, begin) in enumerate(zip(widths, begins, strict=True)):
            if width >= NARROW:
                axes.text(begin + width / 2, place, f"{width:.0%}", ha="center", va="center", fontsize=8,
                          color=ink_on(colour))  # fmt: skip
        begins += widths
    axes.set_yticks(range(len(rows)), [f"{licence_name(row)} ({talks[row]})" for row in rows], color=INK)
    _rows(axes, len(rows))
    axes.set_xlim(0.0, 1.0)
    axes.grid(False)
    unit_axis(axes, scale=0.01, suffix="%", axis="x")
    axes.legend(loc="upper left", bbox_to_anchor=(-0.76, -0.42 / axes_inches(axes)), ncols=4, fontsize=8.5,
                frameon=False, handlelength=1.0, handleheight=1.0, columnspacing=1.4, borderaxespad=0.0)  # fmt: skip
    panel_title(axes, "Share of each course")


def _weeks(axes: Axes, talks: pd.DataFrame, rows: list[tuple[object, ...]]) -> None:
    """Draw a dot per talk: weeks of talks (hollow: not over), and weeks without the music, with their medians."""
    groups = dict(list(talks.groupby(LICENCE, sort=False)))
    lines = (("weeks", "#0072B2", -0.17, "weeks of talks"), ("weeks_out", "#D55E00", 0.17, "weeks without the music"))
    for place, row in enumerate(rows):
        for column, colour, shift, _ in lines:
            shown = groups[row]
            shown = shown if column == "weeks" else shown[shown["walked"] != ""]
            if shown.empty:
                continue
            open_ = (shown["ended"] == "").to_numpy()
            x = shown[column].to_numpy(np.float64)
            y = place + shift + 0.12 * _fanned(len(x))
            axes.scatter(x[~open_], y[~open_], s=14, color=colour, linewidths=0.0, alpha=0.6)
            axes.scatter(x[open_], y[open_], s=14, facecolors="none", edgecolors=colour, linewidths=0.8, alpha=0.7)
            if not open_.all():  # as in the table: of talks that are over
                middle = float(np.median(x[~open_]))
                axes.plot([middle, middle], [place + shift - 0.15, place + shift + 0.15], color=INK, lw=1.6)
    for _, colour, _, name in lines:
        axes.scatter([], [], s=22, color=colour, label=name)
    axes.scatter([], [], s=22, facecolors="none", edgecolors=SOFT, label="not over at the end of the run")
    axes.plot([], [], color=INK, lw=1.6, label="median of those over")
    axes.set_yticks([])
    _rows(axes, len(rows))
    axes.set_xlim(left=min(-1.0, axes.get_xlim()[0]))
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.legend(loc="upper left", bbox_to_anchor=(0.0, -0.42 / axes_inches(axes)), ncols=2, fontsize=8.5,
                frameon=False, handletextpad=0.3, columnspacing=1.2, borderaxespad=0.0)  # fmt: skip
    panel_title(axes, "How long, in weeks: a dot per talk")


def licence_name(row: tuple[object, ...]) -> str:
    """Return platform, label and place of a licence, and its number from the second talks on."""
    platform, label, kind, markets, number = row
    codes = str(markets).split(",")
    where = " ".join(codes) if len(codes) <= 3 else f"{len(codes)} markets"
    who = f"{name_of(str(label))}, clips" if kind == "clips" else f"{name_of(str(platform))}, {name_of(str(label))}"
    return f"{who}, {where}{f', talks {number}' if int(str(number)) > 1 else ''}"


def axes_inches(axes: Axes) -> float:
    """Return the height of axes in inches."""
    figure = axes.get_figure()
    height = figure.get_figheight() if isinstance(figure, Figure) else 1.0
    return axes.get_position().height * height


def _rows(axes: Axes, count: int) -> None:
    axes.set_ylim(count - 0.5, -0.5)
    axes.tick_params(length=0)


def _fanned(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return places between -1 and 1 that spread neighbours apart, the same at every call."""
    golden = 0.5 * (np.sqrt(5.0) - 1.0)
    places: np.ndarray[tuple[int], np.dtype[np.float64]] = 2.0 * np.modf(golden * np.arange(1, count + 1))[0] - 1.0
    return places
