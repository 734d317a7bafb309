"""The picture of TikTok: what it earns and pays, what ByteDance keeps with music, and prices of advertising."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month
from model.results.canvas import canvas, date_axis, month_dates, names_beside, panel_title, unit_axis
from model.results.magnitude import count_of
from model.results.palette import INK

if TYPE_CHECKING:
    from model.results.run_result import RunResult

INCOME = {
    "tiktok_infeed": ("In-feed ads", "#0072B2"), "tiktok_topview": ("TopView", "#56B4E9"),
    "tiktok_shop": ("Shop", "#E69F00"), "tiktok_games": ("Games", "#F0E442"),
    "own_distribution": ("Own distribution", "#009E73"),
}  # fmt: skip
PAID = {
    "tiktok_costs": ("Cost of sales", "#882255"), "creators_paid": ("Creators", "#CC79A7"),
    "clip_fees": ("Clip fees", "#D55E00"), "clip_credit": ("Promotion", "#999933"),
}  # fmt: skip
KEPT = {
    "bytedance_income": ("Both together", "#222222"), "tiktok_profit": ("TikTok", "#0072B2"),
    "music_income": ("Music services", "#D55E00"),
}  # fmt: skip
CHANNELS = {
    "tiktok_infeed": ("TikTok in-feed", "#0072B2"), "tiktok_topview": ("TikTok TopView", "#56B4E9"),
    "music_audio": ("Music, audio", "#009E73"), "rewarded_video": ("Rewarded video", "#882255"),
    "google": ("Google", "#E69F00"), "facebook": ("Facebook", "#CC79A7"),
}  # fmt: skip
"""Name and colour of each line."""


def tiktok_figure(result: RunResult) -> Figure:
    """Return TikTok's income and payments, ByteDance's profit and the prices of channels over time, all markets.

    Means over replicates. Prices are means over markets, weighted by the channel's income. Errors: InputError for a run
    without a month.
    """
    if result.tiktok.empty:
        raise InputError(Fault("plot, TikTok", "the run has a month", result.card.months, "Run 1 month or more."))
    count, hours = len(result.card.markets), _monthly(result.tiktok, ["tiktok_hours"])["tiktok_hours"] / 1e9
    where = ", ".join(result.card.markets) if count <= 4 else f"{count} markets"
    replicates = len(result.provenance.run_ids)
    mean = f", mean of {replicates} replicates" if replicates > 1 else ""
    size = (12.0, 8.4)
    figure, (income, paid, kept, prices) = canvas(
        2, 2, size=size, left=0.06, right=0.86, wspace=0.55, hspace=0.3, bottom=0.55 / size[1],
        top=1.0 - 1.15 / size[1],
        title="TikTok's accounts and the market for advertising",
        subtitle=f"{where}, scenario {result.card.name}, {count_of(result.card.months, 'month')} from "
        f"{result.card.start}{mean}; "
        f"people spend {hours.iloc[0]:.1f} bn hours on TikTok in the first month, {hours.iloc[-1]:.1f} bn in the last",
    )  # fmt: skip
    start = parse_month(result.card.start)
    _stack(income, _monthly(result.tiktok, list(INCOME)), INCOME, start)
    panel_title(income, "What TikTok earns, USD million a month")
    _stack(paid, _monthly(result.tiktok, list(PAID)), PAID, start)
    panel_title(paid, "What TikTok pays, USD million a month")
    _lines(kept, _monthly(result.bytedance, list(KEPT)) / 1e6, KEPT, start)
    panel_title(kept, "What ByteDance keeps, USD million a month")
    _lines(prices, _prices(result.advertising), CHANNELS, start)
    panel_title(prices, "Price of advertising, 1 at the opening")
    return figure


def _monthly(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return month x column: sums over markets, means over replicates."""
    return rows.groupby(["replicate", "month"])[columns].sum().groupby("month").mean()


def _prices(rows: pd.DataFrame) -> pd.DataFrame:
    """Return month x channel: prices over the opening's, weighted by what each market spends there."""
    known = rows[rows["ad_price"].notna()]
    keys = ["month", "channel"]
    paid = (known["ad_price"] * known["ad_income"]).groupby([known[key] for key in keys]).sum()
    found: pd.DataFrame = (paid / known.groupby(keys)["ad_income"].sum()).unstack("channel")
    return found[[name for name in CHANNELS if name in found]]


def _stack(axes: Axes, wide: pd.DataFrame, lines: dict[str, tuple[str, str]], start: int) -> None:
    """Draw columns stacked over the months, those that are never anything left out, with names and last values."""
    shown = wide[[name for name in wide if wide[name].abs().max() > 0.0]] / 1e6
    x = month_dates(shown.index.to_numpy(), start_month=start)
    axes.stackplot(x, shown.to_numpy(np.float64).T, colors=[lines[str(name)][1] for name in shown], linewidth=0.6,
                   edgecolor="white")  # fmt: skip
    date_axis(axes, x, ticks=5)
    axes.set_ylim(0, float(shown.sum(axis=1).max()) * 1.06 or 1.0)
    unit_axis(axes)
    last = shown.iloc[-1]
    middles = (last.cumsum() - last / 2.0).tolist()
    _names(axes, middles, [(lines[str(name)], _number(value)) for name, value in last.items()])


def _lines(axes: Axes, wide: pd.DataFrame, lines: dict[str, tuple[str, str]], start: int) -> None:
    """Draw columns as lines with names and last values beside."""
    x = month_dates(wide.index.to_numpy(), start_month=start)
    for name in wide:
        axes.plot(x, wide[name].to_numpy(np.float64), color=lines[str(name)][1], lw=2.0, solid_capstyle="round")
    values: NDArray[np.float64] = wide.to_numpy(np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    axes.set_ylim(low - room, high + room)
    if low < 0.0 < high:
        axes.axhline(0.0, color=INK, lw=0.8)
    date_axis(axes, x, ticks=5)
    unit_axis(axes)
    last = wide.ffill().iloc[-1]
    _names(axes, last.tolist(), [(lines[str(name)], _number(value)) for name, value in last.items()])


def _names(axes: Axes, places: list[float], named: list[tuple[tuple[str, str], str]]) -> None:
    names_beside(axes, places, [f"{name}  {value}" for (name, _), value in named], [line[1] for line, _ in named])


def _number(value: float) -> str:
    """Return a number with about three digits."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 99.5 else f"{value:.1f}" if size >= 9.95 else f"{value:.2f}"
