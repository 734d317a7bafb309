"""The picture of a deal room: users and money with the licence and without it, and the zone of agreement."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.experiments.deals.room import BAND, DealRoom
from model.results.canvas import canvas, panel_title
from model.results.palette import INK, SOFT, name_of

ARMS = {"deal": ("#0072B2", "with the label"), "no deal": ("#D55E00", "without it")}


def deal_figure(room: DealRoom) -> Figure:
    """Return users, the label's income and the zone of possible agreement, bands over draws (90%)."""
    request = room.futures.request
    service, label = name_of(request.platform), name_of(request.label)
    figure, (users, income, zone) = canvas(
        1, 3, size=(14.0, 4.8), title=f"{service} and {label}: {', '.join(request.markets)}", left=0.06, wspace=0.28,
        subtitle=f"{request.draws} draws, {request.months} months, scenario {request.plan.name}; bands hold 90%",
    )  # fmt: skip
    sums = room.futures.months.groupby(["draw", "arm", "month"], observed=True).sum(numeric_only=True)
    sums["label_income"] = sums["paid"] + sums["elsewhere"]
    _paths(users, sums["users"] / 1e6)
    panel_title(users, f"Monthly users of {service}, millions")
    _paths(income, sums["label_income"] / 1e6)
    panel_title(income, f"{label}'s income, USD m a month (present terms)")
    _zone(zone, room, service=service, label=label)
    return figure


def _paths(axes: Axes, series: pd.Series[float]) -> None:
    """Draw the mean and the band of both arms by month; the arms are named at their ends."""
    for arm, (colour, name) in ARMS.items():
        wide = series.xs(arm, level="arm").unstack("draw")
        mean = wide.mean(axis=1)
        low, high = wide.quantile(BAND[0], axis=1), wide.quantile(BAND[1], axis=1)
        axes.fill_between(wide.index, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(wide.index, mean, color=colour, linewidth=2.0, label=name)
    top = axes.get_ylim()[1]
    axes.set_ylim(0.0, top * 1.18)
    axes.set_xlabel("months from the licence")
    axes.legend(loc="upper right", ncols=2, frameon=False)


def _zone(axes: Axes, room: DealRoom, *, service: str, label: str) -> None:
    """Draw each draw's walk-aways as a bar: blue where there is a zone, grey where there is none."""
    table = room.walk_aways().sort_values("surplus").reset_index(drop=True)
    for row, (least, most, zone) in enumerate(zip(table["least"], table["most"], table["zone"], strict=True)):
        axes.plot([least / 1e6, most / 1e6], [row, row], color=ARMS["deal"][0] if zone else "#C4C4C4", linewidth=3.0)
    rows = np.arange(len(table))
    axes.plot(table["least"] / 1e6, rows, "o", color="#D55E00", markersize=4, label=f"least {label} accepts")
    axes.plot(table["most"] / 1e6, rows, "s", color=INK, markersize=4, label=f"most {service} pays")
    axes.axvline(float(table["present"].mean()) / 1e6, color=SOFT, linestyle=":", label="present terms pay")
    axes.set_yticks([])
    axes.set_xlabel("USD m a month, mean over the term")
    axes.set_ylim(-0.8, len(table) * 1.32)
    axes.legend(loc="upper left", fontsize=8, frameon=False)
    panel_title(axes, f"Zone of agreement: in {room.agreement():.0%} of draws")
