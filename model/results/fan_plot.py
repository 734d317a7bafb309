"""The picture of an ensemble: fans of who listens, who pays and who earns, over the months of the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from model.facts.owners import BYTEDANCE
from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month
from model.results.canvas import STYLE, canvas, date_axis, month_dates, panel_title, unit_axis
from model.results.fans import QUANTILES, by_run, fan_of
from model.results.magnitude import count_of, magnitude
from model.results.measures import MEASURES
from model.results.palette import INK, SOFT, colour_of, name_of
from model.results.shown import ShownAxes

if TYPE_CHECKING:
    from model.results.run_result import RunResult

SHOWN = 4  # services with a picture of their own
BILLIONS = 2e9  # below, an axis in millions has finer marks
WIDE, NARROW = 0.18, 0.34  # strength of the 90% and of the 50% band
Panel = tuple[str, str, str, str]
"""(column, service or "", colour, title)."""


def fans_figure(result: RunResult) -> Figure:
    """Return fans of the users of the leading services and of ByteDance's, of people who pay, and of label income."""
    panels = _panels(result)
    down = -(-len(panels) // 3)
    high = 2.7 * down + 1.75
    figure, axes = canvas(
        down, 3, size=(13.0, high), left=0.055, right=0.985, wspace=0.22, hspace=0.42, bottom=0.95 / high,
        top=1.0 - 1.15 / high, title=f"What may come: {_place(result)}", subtitle=_subtitle(result),
    )  # fmt: skip
    first = parse_month(result.card.start)
    for spot, (column, who, colour, title) in zip(axes, panels, strict=False):
        table = fan_of(result, column, platform=who or None, label=None, market=None)
        draw_fan(spot, table, colour=colour, start_month=first)
        scale, sign = scale_of(table)
        unit_axis(spot, scale=scale, suffix=sign)
        panel_title(spot, title)
        spot.set_ylabel(MEASURES[column].unit, fontsize=8.5)
    for spot in axes[len(panels) :]:
        spot.set_visible(False)
    fan_legend(figure, runs=len(result.provenance.run_ids))
    return figure


def one_fan(
    result: RunResult, column: str, *, platform: str | None = None, label: str | None = None, market: str | None = None
) -> ShownAxes:  # fmt: skip
    """Return the fan of one column, with the runs as thin lines behind. Errors: InputError for unknown names."""
    table = fan_of(result, column, platform=platform, label=label, market=market)
    if not len(table):
        raise InputError(Fault("plot: fan", "is known in some month", column, "Choose another column."))
    who = platform or label
    figure, (axes,) = canvas(
        size=(9.0, 5.2), left=0.1, right=0.97, bottom=0.16, title_left=0.03,
        title=f"{name_of(who)}: {MEASURES[column].label.lower()}" if who else MEASURES[column].label,
        subtitle=f"{_subtitle(result)}; {market or _place(result)}",
    )  # fmt: skip
    runs = by_run(result, column, platform=platform, label=label, market=market).loc[table["month"]]
    first = parse_month(result.card.start)
    colour = colour_of(who) if who else INK
    x = month_dates(table["month"].to_numpy(), start_month=first)
    axes.plot(x, runs.to_numpy(np.float64), color=colour, lw=0.4, alpha=0.35)
    draw_fan(axes, table, colour=colour, start_month=first)
    scale, sign = scale_of(table)
    unit_axis(axes, scale=scale, suffix=sign)
    axes.set_ylabel(MEASURES[column].unit)
    fan_legend(figure, runs=len(result.provenance.run_ids))
    return axes


def draw_fan(axes: Axes, table: pd.DataFrame, *, colour: str, start_month: int, name: str = "") -> None:
    """Draw the bands and the median of a fan. table: month and `QUANTILES`. name: for a legend."""
    x = month_dates(table["month"].to_numpy(), start_month=start_month)
    low, inner_low, middle, inner_high, high = (table[name].to_numpy(np.float64) for name in QUANTILES)
    axes.fill_between(x, low, high, color=colour, alpha=WIDE, linewidth=0)
    axes.fill_between(x, inner_low, inner_high, color=colour, alpha=NARROW, linewidth=0)
    axes.plot(x, middle, color=colour, lw=2.0, solid_capstyle="round", label=name or None)
    date_axis(axes, x, ticks=5)
    least, most = float(np.nanmin(low)), float(np.nanmax(high))
    room = 0.06 * (most - least) or 0.06 * abs(most) or 1.0
    # From 0 where the numbers are amounts; a gain or loss shows where 0 lies.
    axes.set_ylim(0.0 if least >= 0.0 else least - room, most + room if most > 0.0 else room)
    if least < 0.0:
        axes.axhline(0.0, color=SOFT, lw=0.8)


def scale_of(table: pd.DataFrame) -> tuple[float, str]:
    """Return a divisor and its sign (k, M, B) for the numbers of a fan."""
    largest = float(np.nanmax(np.abs(table[list(QUANTILES)].to_numpy(np.float64)), initial=0.0))
    return magnitude(largest, billions=BILLIONS)


def fan_legend(figure: Figure, *, runs: int, colours: Sequence[tuple[str, str]] = ()) -> None:
    """Say at the foot of a figure what bands and line are. colours: (colour, name) of fans that share pictures."""
    with mpl.rc_context(STYLE):
        named = [Line2D([], [], color=colour, lw=2.0, label=name) for colour, name in colours]
        handles = [
            *named, Line2D([], [], color=INK, lw=2.0, label="median"),
            Patch(color=INK, alpha=1.0 - (1.0 - WIDE) * (1.0 - NARROW), label=f"50% of {runs} runs"),
            Patch(color=INK, alpha=WIDE, label="90% of them"),
        ]  # fmt: skip
        figure.legend(handles=handles, loc="lower center", ncols=len(handles), fontsize=9, handlelength=1.6,
                      columnspacing=1.6)  # fmt: skip


def _panels(result: RunResult) -> list[Panel]:
    last = int(result.services["month"].max())
    world = result.world("services")
    users = world[world["month"] == last].groupby("platform")["users"].median()
    order = [str(who) for who in users.drop(index="other", errors="ignore").sort_values(ascending=False).index]
    ours = [who for who in order if who in BYTEDANCE]
    shown = [*[who for who in order if who not in ours][: max(1, SHOWN - len(ours))], *ours][:SHOWN]
    panels: list[Panel] = [("users", who, colour_of(who), f"{name_of(who)}: monthly users") for who in shown]
    panels += [
        ("people_paying", "", INK, "People who pay for streaming"),
        ("label_income", "", "#0072B2", "What services pay labels, a month"),
    ]
    if ours:
        panels += [
            ("operating_income", who, colour_of(who), f"{name_of(who)}: operating income, a month") for who in ours[:1]
        ]
    if len(result.bytedance):
        panels.append(("bytedance_income", "", "#882255", "ByteDance: music and TikTok, a month"))
    panels.append(("consumer_surplus", "", "#009E73", "Consumer surplus, a month"))
    return panels[:9]


def _subtitle(result: RunResult) -> str:
    card, carried = result.card, result.provenance.carried
    runs = len(result.provenance.run_ids)
    whose = f"{runs} replicates" if carried is None else f"{runs} runs under the ensemble {carried.name}"
    return f"Scenario {card.name}, {count_of(card.months, 'month')} from {card.start}, {whose}"


def _place(result: RunResult) -> str:
    count = len(result.card.markets)
    return f"{count} markets" if count > 1 else result.card.markets[0]
