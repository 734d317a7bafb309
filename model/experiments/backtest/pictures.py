"""Pictures of a backtest: a fan per series with the record and the naive rules, and the skill of every series."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, NullLocator

from model.experiments.backtest.forecasting import ANCHORED, DRESSED, JUDGED_BY, RAW
from model.experiments.backtest.naming import series_words
from model.experiments.backtest.result import Backtest
from model.experiments.backtest.scoring import RULES, SERIES
from model.experiments.backtest.series import Series
from model.experiments.history import METRICS, WORLD, SeriesKey
from model.foundation.months import parse_month
from model.results.canvas import canvas, month_dates, panel_title
from model.results.palette import INK, OTHER, SOFT
from model.results.picture_bytes import png

MODEL_COLOUR = "#0072B2"
RULE_COLOURS = {"last": "#E69F00", "drift": "#D55E00", "seasonal": "#009E73", "seasonal_drift": "#CC79A7"}
RULE_WORDS = {"last": "last value", "drift": "drift", "seasonal": "season", "seasonal_drift": "season and drift"}
COLUMNS = 4
DOTS = 130.0


def figures_of(found: Backtest) -> dict[str, bytes]:
    """Return the figures as PNG, by name."""
    figures = {"skill": skill_figure(found)}
    for name, keys in _panels(found).items():
        if keys:
            figures[f"fans_{name}"] = fan_figure(found, keys)
    return {name: png(figure, dots=DOTS) for name, figure in figures.items()}


def _panels(found: Backtest) -> dict[str, list[SeriesKey]]:
    """Return the series that were forecast: those of the world, and all others."""
    keys = sorted({one.target.key for one in found.forecasts})
    world = [key for key in keys if key.market == WORLD]
    return {"world": world, "places": [key for key in keys if key.market != WORLD]}


def fan_figure(found: Backtest, keys: list[SeriesKey]) -> Figure:
    """Return a panel per series: what was known, the model's bands, the naive rules, and what came."""
    rows = -(-len(keys) // COLUMNS)
    columns = min(COLUMNS, len(keys))
    high = 1.5 + 2.35 * rows
    figure, axes = canvas(
        rows, columns, size=(3.9 * max(columns, 2) + 0.5, high), left=0.045, right=0.985,
        bottom=0.8 / high, top=1.0 - 1.0 / high, wspace=0.26, hspace=0.55,
        title=f"What was forecast at the end of {found.window.train_until}, and what came to {found.window.test_until}",
        subtitle=f"members of {found.made.get('name', 'an ensemble')}; bands hold 50% and 90%; the model starts at the "
        "last known figure and is spread by its own errors inside the training window",
    )  # fmt: skip
    for key, axis in zip(keys, axes, strict=False):
        _fan(axis, found, key)
    for axis in axes[len(keys) :]:
        axis.set_visible(False)
    figure.legend(handles=_fan_legend(), loc="lower left", bbox_to_anchor=(0.04, 0.0), ncols=8, fontsize=8.5,
                  frameon=False)  # fmt: skip
    return figure


def _fan(axes: Axes, found: Backtest, key: SeriesKey) -> None:
    rows = found.forecast_rows
    own = rows[(rows["entity"] == key.entity) & (rows["market"] == key.market) & (rows["metric"] == key.metric)]
    series = found.known.get(key)
    end = float(_places(found.window.train + np.arange(2)).mean())  # between the last known month and the first after
    axes.axvline(end, color=SOFT, lw=0.8, ls=":")
    for name, colour in RULE_COLOURS.items():
        _rule(axes, own[own["method"] == name], series, colour)
    raw = own[own["method"] == RAW]
    axes.plot(_days(raw), raw["median"], color=MODEL_COLOUR, lw=1.0, ls="--", marker="_", ms=6)
    band = next((own[own["method"] == name] for name in (DRESSED, ANCHORED, RAW) if (own["method"] == name).any()), raw)
    _band(axes, band, series)
    if series is not None:
        axes.plot(_places(series.months), series.values, color=INK, lw=1.0, marker="o", ms=2.6, zorder=5)
    came = {target.month: value for target, value in found.outcomes.items() if target.key == key}
    months = np.array(sorted(came), dtype=np.int64)
    axes.plot(_places(months), [came[month] for month in months.tolist()], "D", color="white", mec=INK, mew=1.2, ms=5,
              zorder=6)  # fmt: skip
    first = series.months[0] if series is not None and len(series) else months[0] - 12
    _years(axes, max(int(first), found.window.train - 36) - 1, found.window.test + 2)
    metric = METRICS[key.metric]
    panel_title(axes, f"{series_words(key)}, {metric.unit}", size=8.5)
    axes.margins(y=0.12)
    if metric.low >= 0.0 and axes.get_ylim()[0] < 0.0:
        axes.set_ylim(bottom=0.0)


def _years(axes: Axes, first: int, last: int) -> None:
    """Let an axis run over months, with a mark at each January."""
    turns = [month for month in range(first, last + 1) if month % 12 == 0]
    axes.xaxis.set_major_locator(FixedLocator(_places(np.array(turns, dtype=np.int64)).tolist()))
    axes.xaxis.set_major_formatter(FixedFormatter([str(month // 12) for month in turns]))
    axes.set_xlim(*_places(np.array([first, last], dtype=np.int64)).tolist())
    axes.grid(False, axis="x")


def _rule(axes: Axes, rows: pd.DataFrame, series: Series | None, colour: str) -> None:
    """Draw what a naive rule says, from the last known figure on."""
    if len(rows) and series is not None:
        days = np.concatenate([_places(series.months[-1:]), _days(rows)])
        axes.plot(days, np.concatenate([series.values[-1:], rows["median"]]), color=colour, lw=1.0, marker=".", ms=4)


def _band(axes: Axes, rows: pd.DataFrame, series: Series | None) -> None:
    """Draw the bands of a forecast, opening at the last known figure where it starts there."""
    if not len(rows):
        return
    days = _days(rows)
    if series is None or rows["method"].iloc[0] == RAW:
        axes.errorbar(days, rows["median"], yerr=[rows["median"] - rows["q05"], rows["q95"] - rows["median"]],
                      color=MODEL_COLOUR, lw=1.2, fmt="o", ms=3)  # fmt: skip
        return
    last = series.values[-1]
    days = np.concatenate([_places(series.months[-1:]), days])
    for low, high, alpha in (("q05", "q95", 0.16), ("q25", "q75", 0.28)):
        axes.fill_between(days, np.concatenate([[last], rows[low]]), np.concatenate([[last], rows[high]]),
                          color=MODEL_COLOUR, alpha=alpha, lw=0)  # fmt: skip
    axes.plot(days, np.concatenate([[last], rows["median"]]), color=MODEL_COLOUR, lw=1.6)


def _fan_legend() -> list[Line2D | Patch]:
    rules = [Line2D([], [], color=colour, lw=1.0, marker=".", ms=4, label=RULE_WORDS[name])
             for name, colour in RULE_COLOURS.items()]  # fmt: skip
    return [
        Line2D([], [], color=INK, lw=1.0, marker="o", ms=2.6, label="known"),
        Line2D([], [], color="white", mec=INK, marker="D", mew=1.2, ms=5, label="came"),
        Patch(color=MODEL_COLOUR, alpha=0.4, label="model"),
        Line2D([], [], color=MODEL_COLOUR, lw=1.0, ls="--", label="model, raw level"),
        *rules,
    ]


def skill_figure(found: Backtest) -> Figure:
    """Return the score of the model over that of every naive rule, a row per series: left of 1 the model is better."""
    table = found.series.copy()
    table["order"] = table["skill"]
    table = table.sort_values("order", kind="stable", ignore_index=True)
    high = 1.9 + 0.27 * max(len(table), 1)
    chance = found.chance
    figure, (axes,) = canvas(
        size=(9.4, high), left=0.36, right=0.97, bottom=0.95 / high, top=1.0 - 0.85 / high, title_left=0.02,
        title="Skill against naive rules: score of the model over the rule's",
        subtitle=f"CRPS, mean of the dates after {found.window.train_until} to {found.window.test_until}; "
        f"{chance.wins} of {chance.series} series won against every rule, {chance.expected:.1f} expected if all were "
        "alike",
    )  # fmt: skip
    axes.axvline(1.0, color=INK, lw=1.0)
    names = []
    for at, row in enumerate(table.to_dict("records")):
        names.append(series_words(SeriesKey(*(str(row[name]) for name in SERIES))))
        worst = row[JUDGED_BY] / row[str(row["best_rule"])]
        axes.plot([1.0, worst], [at, at], color=MODEL_COLOUR if row["won"] else OTHER, lw=3.0, alpha=0.5, zorder=1,
                  solid_capstyle="butt")  # fmt: skip
        for name in RULES:
            if np.isfinite(row[name]):
                axes.plot(row[JUDGED_BY] / row[name], at, "o", color=RULE_COLOURS[name], ms=6, mec="white", mew=0.5)
    axes.set_xscale("log")
    axes.set_yticks(range(len(names)), names, color=INK)
    axes.set_ylim(-0.7, max(len(names), 1) - 0.3)
    low, top = axes.get_xlim()
    low, top = min(low, 0.4), max(top, 2.5)
    axes.set_xlim(low, top)
    ticks = [one for one in (0.03, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0) if low <= one <= top]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(True, axis="x")
    axes.set_xlabel(
        "model better  <  1  <  rule better; the bar reaches to the best rule, blue where the model beats all"
    )
    handles = [Line2D([], [], color=colour, marker="o", lw=0, ms=6, label=f"against {RULE_WORDS[name]}")
               for name, colour in RULE_COLOURS.items()]  # fmt: skip
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.2, 0.0), ncols=4, fontsize=8.5,
                  frameon=False)  # fmt: skip
    return figure


def _days(rows: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return _places(np.array([parse_month(date) for date in rows["date"]], dtype=np.int64))


def _places(
    months: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the matplotlib dates under which calendar months stand."""
    return np.asarray(month_dates(months, start_month=1), dtype=np.float64)


__all__ = ["fan_figure", "figures_of", "skill_figure"]
