"""The picture of a comparison: a dot and an interval per outcome, market and scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import show_month
from model.results.canvas import LETTER, canvas, panel_title, unit_axis
from model.results.magnitude import magnitude
from model.results.palette import INK, SOFT

if TYPE_CHECKING:
    from model.experiments.comparing.comparison import Comparison

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#332288", "#882255")
ACROSS = 3


def comparison_figure(found: Comparison, *, over: str, outcomes: Sequence[str] | None) -> Figure:
    """Return differences to the first scenario: a picture per outcome, a row per market, the total on top.

    Markets in which nothing differs are left out and counted in the subtitle.
    """
    if over not in (END, HORIZON):
        raise InputError(Fault("figure: over", "is end or horizon", over, nearest(over, [END, HORIZON])))
    for name in outcomes or ():
        if name not in found.outcomes:
            way = nearest(name, list(found.outcomes))
            raise InputError(Fault("figure: outcomes", "is one that was compared", name, way))
    shown = [found.outcomes[name] for name in outcomes] if outcomes else list(found.outcomes.values())
    table = found.table(over=over)
    others = [name for name in found.names if name != found.names[0]]
    drawn = table[table["outcome"].isin([outcome.name for outcome in shown])]
    moved = set(drawn.loc[drawn["difference"].abs() > 0.0, "market"])
    places = [WORLD, *(market for market in found.plans[0].markets if market in moved)]
    still = len(found.plans[0].markets) - len(places) + 1
    across = min(ACROSS, len(shown))
    down = -(-len(shown) // across)
    row = 0.2 + 0.11 * len(others)
    wide = max(6.4, 4.1 * across + 0.5)
    beside = max(1, int((wide - 0.6) / (0.65 + LETTER * max(map(len, others), default=0))))
    foot = 0.5 + 0.35 + 0.19 * (-(-len(others) // beside) - 1)
    high = down * (row * len(places) + 0.95) + 0.6 + foot
    figure, axes = canvas(
        down, across, size=(wide, high), left=0.75 / wide, right=1.0 - 0.25 / wide, wspace=0.3,
        bottom=foot / high, top=1.0 - 1.2 / high, hspace=0.95 / (row * len(places)),
        title=f"Differences to {found.names[0]}", subtitle=_subtitle(found, over, still=still),
    )  # fmt: skip
    for number, (spot, outcome) in enumerate(zip(axes, shown, strict=False)):
        rows = table[table["outcome"] == outcome.name]
        _panel(spot, rows, outcome, places=places, others=others, named=number % across == 0, over=over)
    for spot in axes[len(shown) :]:
        spot.set_visible(False)
    handles = [
        Line2D([], [], color=COLOURS[at % len(COLOURS)], marker="o", lw=2.0, ms=5, label=name)
        for at, name in enumerate(others)
    ]
    figure.legend(handles=handles, loc="lower left", ncols=beside, bbox_to_anchor=(0.5 / wide, 0.0),
                  frameon=False, fontsize=9)  # fmt: skip
    return figure


def _subtitle(found: Comparison, over: str, *, still: int) -> str:
    plan = found.plans[0]
    last = show_month(plan.start_month + plan.months - 1)
    when = f"in {last}" if over == END else f"{plan.start} to {last}"
    bars = f"{found.level:.0%} intervals, {found.replicates} replicates"
    if found.under is not None:
        bars = f"hold {found.level:.0%} of {found.replicates} members of the ensemble {found.ensemble_name}"
    return f"Paired differences under common random numbers, {when}; bars: {bars}" + (
        f"; no difference at all in {_markets(still)}" if still else ""
    )


def _markets(count: int) -> str:
    return f"{count} market{'' if count == 1 else 's'} not shown"


def _panel(
    axes: Axes, rows: pd.DataFrame, outcome: Outcome, *, places: Sequence[str], others: Sequence[str], named: bool,
    over: str,
) -> None:  # fmt: skip
    """Draw one outcome. rows: of the table, all scenarios and markets."""
    largest = float(np.nanmax(np.abs(rows[["difference", "low", "high"]].to_numpy(np.float64)), initial=0.0))
    scale, sign = magnitude(largest)
    height = 0.62 / max(1, len(others))
    for at, name in enumerate(others):
        own = rows[rows["scenario"] == name].set_index("market").reindex(pd.Index(places))
        y = np.arange(len(places))[::-1] + height * ((len(others) - 1) / 2.0 - at)
        colour = COLOURS[at % len(COLOURS)]
        axes.hlines(y, own["low"], own["high"], color=colour, lw=2.0)
        axes.plot(own["difference"], y, "o", color=colour, ms=4.5)
    axes.axvline(0.0, color=INK, lw=0.9)
    axes.axhline(len(places) - 1.5, color=SOFT, lw=0.6, ls=":")
    axes.set_yticks(np.arange(len(places))[::-1], places if named else [""] * len(places), color=INK)
    axes.set_ylim(-0.6, len(places) - 0.4)
    low, high = axes.get_xlim()
    if largest == 0.0:
        low, high = -1.0, 1.0
    axes.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    axes.locator_params(axis="x", nbins=5)
    unit_axis(axes, scale=scale, suffix=sign, axis="x")
    axes.set_xlabel(_unit(outcome, over), fontsize=8.5)
    panel_title(axes, outcome.label, size=9.5)


def _unit(outcome: Outcome, over: str) -> str:
    """Return the unit, and how the horizon is summed up."""
    unit = outcome.unit(over)
    return unit if over == END else f"{unit}, {outcome.over}"
