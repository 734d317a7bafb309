"""The race of songs: the places of a week's first ten on the weekly chart, and how they came there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D

from model.foundation.errors import Fault, InputError
from model.market.record import MarketMonth
from model.results.canvas import canvas, names_beside
from model.results.palette import SOFT, colour_of, name_of
from model.results.shown import ShownAxes
from model.results.weekly_charts import TOP, chart_now, weekly_charts

if TYPE_CHECKING:
    from model.results.run_result import RunResult

DEEPEST = 4 * TOP
"""Last place that is drawn."""


def race_axes(
    result: RunResult, market: str, *, until: int | None, weeks: int, replicate: int, place: str
) -> ShownAxes:  # fmt: skip
    """Return the race up to a week; see `Plots.race`. place: the market's name."""
    records = _records(result, replicate)
    songs, _ = weekly_charts(records, market=market)
    last = len(songs) if until is None else until
    if not 1 <= last <= len(songs):
        rule = f"is a week of the run, 1 to {len(songs)}" if len(songs) else "songs live in the run's months"
        raise InputError(Fault("plot: race, until", rule, until, "Choose an earlier week, or run more months."))
    if weeks < 2:
        raise InputError(Fault("plot: race, weeks", "two weeks or more are shown", weeks, "Example: weeks=26."))
    first = max(1, last - weeks + 1)
    now, seen = chart_now(records, market=market, week=last), songs[first - 1 : last]
    run = f", replicate {replicate}" if len(result.provenance.run_ids) > 1 else ""
    _, (axes,) = canvas(
        size=(9.0, 5.0), title=f"The race to the top: {place}", right=0.71, left=0.08, bottom=0.16, title_left=0.03,
        subtitle=f"Places of the first {TOP} songs of week {last} on the weekly chart; colour: label; "
        f"scenario {result.card.name}{run}",
    )  # fmt: skip
    x, deepest = np.arange(first, last + 1), float(TOP + 1)
    for song, label in zip(now["song"], now["label"], strict=True):
        at = np.where((seen == song).any(axis=1), (seen == song).argmax(axis=1) + 1.0, np.nan)
        drawn = np.where(at <= DEEPEST, at, np.nan)
        deepest = max(deepest, float(np.nanmax(drawn)))
        axes.plot(x, -drawn, color=colour_of(label), lw=2.0, marker="o", ms=2.5, solid_capstyle="round")
    ticks = [1, *range(5 if deepest < 20 else 10, int(deepest) + 1, 5 if deepest < 20 else 10)]
    axes.set_ylim(-deepest - 0.5, -0.5)  # places are drawn below zero, so that the first stands on top
    axes.set_yticks([-one for one in ticks], [str(one) for one in ticks])
    axes.set_xlim(first, max(last, first + 1))
    axes.set_xlabel("week of the run")
    axes.set_ylabel("place on the chart")
    _names(axes, now["place"].tolist(), now["label"].tolist(), now["weeks"].tolist())
    shown = list(dict.fromkeys(now["label"]))
    handles = [Line2D([], [], color=colour_of(one), lw=3.0, label=name_of(one)) for one in shown]
    axes.figure.legend(handles=handles, loc="lower right", ncols=5, fontsize=8.5, frameon=False, labelcolor=SOFT)
    return axes


def _names(axes: ShownAxes, places: list[int], labels: list[str], weeks: list[int]) -> None:
    names = [f"{at}. {name_of(label)}, {f'{count} weeks' if count > 1 else 'new'}"
             for at, label, count in zip(places, labels, weeks, strict=True)]  # fmt: skip
    names_beside(axes, [-float(at) for at in places], names, [colour_of(one) for one in labels], size=8.0)


def _records(result: RunResult, replicate: int) -> Sequence[MarketMonth]:
    """Return the records of a replicate. Errors: InputError where they are gone or there is no such replicate."""
    if not result.runs:
        way = "Run the scenario again: a saved result keeps what songs did (its table songs), not every week."
        raise InputError(Fault("plot: race", "the weekly charts are at hand after a run", "a loaded result", way))
    known = [run.replicate for run in result.runs]
    if replicate not in known:
        raise InputError(Fault("plot: race, replicate", f"is one of {known}", replicate, f"Example: {known[0]}."))
    return result.runs[known.index(replicate)].records
