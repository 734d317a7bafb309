"""The picture of hits: lives on the chart, weeks at number one and climbs to it, against the Hot 100."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from model.facts.songs import ChartEra, chart_era
from model.foundation.errors import Fault, InputError
from model.results.canvas import canvas, panel_title, unit_axis
from model.results.palette import SOFT
from model.theory.charts import share_gone

if TYPE_CHECKING:
    from model.results.run_result import RunResult

Floats = NDArray[np.float64]
ERA = "2019-2022"
MODEL, RECORD = "#0072B2", "#D55E00"
SHORT = 156  # weeks of a run below which long climbs hardly fit into it
WEEKS = (1, 2, 5, 10, 20, 52, 100)


def hits_figure(result: RunResult) -> Figure:
    """Return shares of songs by weeks on the chart, at number one, and from entry to number one, all markets together.

    Songs that came before the run are left out; lives that the end of the run cuts are counted as not over (Kaplan and
    Meier's estimate), so that a short run does not look short-lived. Errors: InputError for a run of a month.
    """
    songs = result.songs[~result.songs["song_before"].astype(bool)]
    if songs.empty:
        raise InputError(Fault("plot, hits", "the run has songs that entered", result.card.months, "Run 2 months."))
    era, ones = chart_era(ERA), songs[songs["song_at_one"] > 0]
    where = ", ".join(result.card.markets) if len(result.card.markets) <= 4 else f"{len(result.card.markets)} markets"
    weeks = int(result.charts["chart_weeks"].max())
    size = (12.0, 4.6)
    figure, (left, middle, right) = canvas(
        1, 3, size=size, wspace=0.16, left=0.06, right=0.98, bottom=0.75 / size[1], top=1.0 - 1.15 / size[1],
        title="Hits of the run, and the Hot 100 of 2019 to 2022",
        subtitle=f"Share of songs with at most so many weeks; {len(songs):,} songs that entered and {len(ones)} number "
        f"ones, {where}, {weeks} weeks; scenario {result.card.name}"
        + ("; climbs of a run so short are short" if weeks < SHORT else ""),
    )  # fmt: skip
    lived = share_gone(songs["song_life"].to_numpy(), over=songs["song_over"].to_numpy(dtype=bool))
    _panel(left, lived, era.life, longest=100)
    panel_title(left, "Weeks on the chart")
    _panel(middle, _shares(ones["song_at_one"]), era.at_one, longest=20)
    panel_title(middle, "Weeks at number one")
    _climbs(right, ones["song_climb"], era)
    left.legend(loc="lower right", fontsize=8.5, frameon=False)
    return figure


def _shares(weeks: pd.Series[float]) -> Floats:
    """Return the share of songs with at most 0, 1, 2 ... weeks; empty without songs."""
    if weeks.empty:
        return np.zeros(0)
    counts = np.bincount(weeks.to_numpy().astype(np.int64))
    return np.cumsum(counts) / counts.sum()


def _panel(axes: Axes, found: Floats, record: dict[int, float], *, longest: int) -> None:
    """Draw the model's shares as a line and the record's points, over weeks on a logarithmic axis."""
    k = np.arange(1, max(2, min(len(found), longest + 1)))
    if len(found):
        axes.step(k, 100.0 * found[k], where="post", color=MODEL, lw=2.0, label="model")
    known = sorted(week for week in record if week <= longest)
    axes.plot(known, [100.0 * record[week] for week in known], "o", color=RECORD, ms=5, label="Hot 100")
    _weeks_axis(axes, longest)


def _climbs(axes: Axes, climbs: pd.Series[float], era: ChartEra) -> None:
    """Draw climbs to number one; of the record are known the debuts there, the mean and the longest."""
    found = _shares(climbs)
    if len(found):
        k = np.arange(len(found))
        axes.step(np.maximum(k, 0.5), 100.0 * found, where="post", color=MODEL, lw=2.0)
    axes.plot([0.5], [100.0 * era.debuts_at_one], "o", color=RECORD, ms=5)
    longest = max(60.0, era.climb_most, float(climbs.max()) if len(climbs) else 0.0)
    marks = [("mean", era.climb_mean, RECORD), ("longest", era.climb_most, RECORD)]
    marks += [("mean", float(climbs.mean()), MODEL), ("longest", float(climbs.max()), MODEL)] if len(climbs) else []
    for number, (what, week, colour) in enumerate(marks):
        at = 8.0 + 13.0 * (number % 2) + (6.0 if colour == MODEL else 0.0)
        axes.axvline(max(week, 0.5), color=colour, lw=1.0, ls=":" if what == "mean" else "--")
        axes.text(max(week, 0.5) * 0.94, at, f"{what} {week:.0f}", color=colour, fontsize=8.5, ha="right")
    _weeks_axis(axes, longest, least=0.5)
    axes.set_xlabel("weeks; 0: entered there", color=SOFT)
    panel_title(axes, "Weeks from entry to number one")


def _weeks_axis(axes: Axes, longest: float, *, least: float = 1.0) -> None:
    axes.set_xscale("log")
    axes.set_xlim(least, 1.1 * longest)
    ticks = [week for week in WEEKS if week <= longest]
    axes.xaxis.set_major_locator(FixedLocator([*([least] if least < 1.0 else []), *ticks]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([*(["0"] if least < 1.0 else []), *map(str, ticks)])
    axes.set_ylim(0, 100)
    axes.set_xlabel("weeks", color=SOFT)
    unit_axis(axes, suffix="%")
