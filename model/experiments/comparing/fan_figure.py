"""The picture of a comparison under an ensemble: fans of the differences to the first scenario over the months."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.experiments.comparing.figure import ACROSS, COLOURS
from model.experiments.comparing.outcomes import Outcome
from model.foundation.errors import Fault, InputError
from model.results.canvas import canvas, panel_title, unit_axis
from model.results.fan_plot import draw_fan, fan_legend, scale_of
from model.results.fans import QUANTILES
from model.results.palette import INK

if TYPE_CHECKING:
    from model.experiments.comparing.comparison import Comparison

ROOM = 32  # letters of shares below a picture
MOST = 4  # scenarios whose bands can be told apart in one picture


def differences_fan(found: Comparison) -> Figure:
    """Return a picture for each outcome: by scenario the bands of its difference to the first, all markets together.

    Errors: InputError for a comparison without an ensemble.
    """
    table = found.fans()
    table = table[table["kind"] == "difference"]
    shown = [found.outcomes[name] for name in dict.fromkeys(table["outcome"])]
    if not shown:
        way = "Name one that has, such as resso.users."
        raise InputError(Fault("figure: fans", "an outcome has a total over markets", list(found.outcomes), way))
    others = list(found.names[1:])[:MOST]
    across = min(ACROSS, len(shown))
    down = -(-len(shown) // across)
    wide, high = 4.3 * across + 0.6, 2.75 * down + 1.75
    left_out = len(found.names) - 1 - len(others)
    more = f"; {left_out} more scenarios: table fans" if left_out else ""
    plan = found.plans[0]
    figure, axes = canvas(
        down, across, size=(wide, high), left=0.8 / wide, right=1.0 - 0.3 / wide, wspace=0.3, hspace=0.55,
        bottom=0.95 / high, top=1.0 - 1.15 / high, title=f"Differences to {found.names[0]}, month by month",
        subtitle=f"{found.replicates} members of the ensemble {found.ensemble_name}, each with itself;\n"
        f"{len(plan.markets)} market{'' if len(plan.markets) == 1 else 's'}, {plan.months} months from "
        f"{plan.start}{more}",
    )  # fmt: skip
    for spot, outcome in zip(axes, shown, strict=False):
        _panel(spot, table[table["outcome"] == outcome.name], outcome, others, start_month=plan.start_month)
    for spot in axes[len(shown) :]:
        spot.set_visible(False)
    colours = [(COLOURS[at % len(COLOURS)], name) for at, name in enumerate(others)]
    fan_legend(figure, runs=found.replicates, colours=colours)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, outcome: Outcome, others: list[str], *, start_month: int) -> None:
    rows = rows[rows["scenario"].isin(others)]
    ends = []
    for at, name in enumerate(others):
        own = rows[rows["scenario"] == name]
        if len(own):
            draw_fan(axes, own, colour=COLOURS[at % len(COLOURS)], start_month=start_month)
            ends.append((float(own["q05"].min()), float(own["q95"].max())))
    low, high = min(0.0, *(end[0] for end in ends)), max(0.0, *(end[1] for end in ends))
    room = 0.08 * (high - low) or 1.0
    axes.set_ylim(low - room, high + room)
    axes.axhline(0.0, color=INK, lw=0.9)
    scale, sign = scale_of(rows[list(QUANTILES)])
    unit_axis(axes, scale=scale, suffix=sign)
    axes.set_ylabel(outcome.measure.unit, fontsize=8.5)
    last = rows[rows["month"] == rows["month"].max()]
    shares = {str(row["scenario"]): f"{row['share_above']:.0%}" for row in last.to_dict("records")
              if np.isfinite(row["share_above"])}  # fmt: skip
    if shares:
        axes.set_xlabel(f"above 0 at the end in {_shares(shares)} of members", fontsize=8.5)
    panel_title(axes, outcome.label, size=9.5)


def _shares(shares: dict[str, str]) -> str:
    """Return shares by scenario, with names where there are several and room for them; else in the legend's order."""
    named = ", ".join(f"{share} ({name})" for name, share in shares.items())
    return named if len(shares) > 1 and len(named) <= ROOM else ", ".join(shares.values())
