"""Who listens and who pays: services over time, and all markets at a glance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.foundation.months import parse_month, show_month
from model.interfaces.app.charts.picture import (
    Option,
    Picture,
    base,
    category_axis,
    empty,
    legend,
    line,
    over_months,
    rounded,
    scale_of,
)
from model.interfaces.app.words import market_name, month_name
from model.results import RunResult
from model.results.palette import OTHER, SERVICES, colour_of, name_of

MOST_LINES = 9
REST = "rest"


def users_by_service(result: RunResult, *, market: str = "") -> Picture:
    """Return people who use each service over the months, in a market or in all ("")."""
    return over_time(result, "users", market=market, name="users", title="Who listens where",
                     what="people who use the service in the month")  # fmt: skip


def payers_by_service(result: RunResult, *, market: str = "") -> Picture:
    """Return people on paid tiers of each service over the months."""
    return over_time(result, "payers", market=market, name="payers", title="Who pays",
                     what="people on paid tiers, trials included")  # fmt: skip


def by_service(result: RunResult, column: str, *, market: str = "") -> pd.DataFrame:
    """Return a column of services as months x services, in a market or summed over all; largest at the end first."""
    rows = result.services
    rows = rows[rows["market"] == market] if market else rows
    sums = rows.groupby(["month", "platform"], sort=True)[column].sum(min_count=1).unstack("platform")
    order = sums.iloc[-1].sort_values(ascending=False, kind="stable").index
    return sums[order]


def over_time(
    result: RunResult, column: str, *, market: str, name: str, title: str, what: str, unit: str = ""
) -> Picture:
    """Return a line for each service; those beyond the largest are drawn as one."""
    sums = by_service(result, column, market=market)
    first = sums.index[0] == 0 and sums.iloc[0].isna().all()  # flows begin with month 1
    sums = gathered(sums.iloc[1:] if first else sums)
    where = market_name(market)
    if sums.empty:
        return empty(name, title, f"{where}. Money flows from the first month on: take a step.")
    scale, word = scale_of(float(sums.max().max()))
    dates = dates_of(result, sums)
    series = [line(shown_name(str(who)), rounded((sums[who] / scale).tolist()), colour=shown_colour(str(who)))
              for who in sums]  # fmt: skip
    option = over_months(dates, series)
    order_tip(option)
    largest = str(sums.columns[0])
    return Picture(
        name, title, f"{where} · {' '.join(one for one in (word, unit or what) if one)}", option,
        table_of(sums, dates, value=column), height=280,
        spoken=f"{title}, {where}: {shown_name(largest)} leads in {dates[-1]}.", measure=column,
    )  # fmt: skip


def gathered(sums: pd.DataFrame, *, most: int = MOST_LINES) -> pd.DataFrame:
    """Return the largest columns and the sum of the others as "rest"."""
    if sums.shape[1] <= most:
        return sums
    kept = sums.iloc[:, : most - 1].copy()
    kept[REST] = sums.iloc[:, most - 1 :].sum(axis=1)
    return kept


def shown_name(who: str) -> str:
    """Return a service's name to show."""
    return "All others" if who == REST else name_of(who)


def shown_colour(who: str) -> str:
    """Return a service's colour, the same in every picture."""
    return OTHER if who == REST else colour_of(who)


def dates_of(result: RunResult, sums: pd.DataFrame) -> list[str]:
    """Return the months of an index of run months as words; month 0 is the opening."""
    first = parse_month(result.card.start)
    return ["Opening" if month == 0 else month_name(show_month(first + int(month) - 1)) for month in sums.index]


def table_of(sums: pd.DataFrame, dates: list[str], *, value: str) -> pd.DataFrame:
    """Return months x things as a long table: month, date, platform, value."""
    months, things = sums.shape  # built by hand: a step waits for it, and `melt` takes five times as long
    return pd.DataFrame({
        "month": np.tile(sums.index.to_numpy(), things), "date": np.tile(np.array(dates, dtype=object), things),
        "platform": np.repeat(np.array([shown_name(str(who)) for who in sums], dtype=object), months),
        value: sums.to_numpy().ravel(order="F"),
    })  # fmt: skip


def order_tip(option: Option) -> None:
    """Let the tooltip list the largest first."""
    option["tooltip"] = {**option["tooltip"], "order": "valueDesc"}


def markets_at_a_glance(result: RunResult, *, column: str = "users") -> Picture:
    """Return a small picture of each market, all on one option: shares of services over time, stacked."""
    rows = result.services
    markets = list(result.card.markets)
    across = 5 if len(markets) > 4 else max(1, len(markets))
    down = -(-len(markets) // across)
    grids: list[Option] = []
    titles: list[Option] = []
    x_axes: list[Option] = []
    y_axes: list[Option] = []
    series: list[Option] = []
    for place, market in enumerate(markets):
        part = rows[rows["market"] == market]
        sums = part.pivot_table(index="month", columns="platform", values=column, aggfunc="sum", sort=True)
        total = sums.sum(axis=1)
        share = sums.div(total.where(total > 0), axis=0) * 100.0
        share = share[share.iloc[-1].sort_values(ascending=False, kind="stable").index]
        left, top = 100.0 * (place % across) / across, place // across
        grids.append({"id": market, "left": f"{left + 0.6}%", "width": f"{100 / across - 1.6}%",
                      "top": 26 + top * 118, "height": 84})  # fmt: skip
        titles.append({"text": market_name(market), "left": f"{left + 0.5}%", "top": 4 + top * 118,
                       "textStyle": {"fontSize": 12, "fontWeight": 600, "color": "#222222"}})  # fmt: skip
        dates = dates_of(result, share)
        x_axes.append({**category_axis(dates, dates=True), "gridIndex": place, "axisLabel": {"show": False}})
        y_axes.append({"type": "value", "gridIndex": place, "max": 100, "show": False})
        series += [
            line(f"{market} {who}", rounded(share[who].fillna(0.0).tolist()), colour=shown_colour(str(who)),
                 xAxisIndex=place, yAxisIndex=place, stack=market, symbol="none",
                 areaStyle={"color": shown_colour(str(who)), "opacity": 1.0}) | {"name": shown_name(str(who)),
                 "lineStyle": {"width": 0}, "showSymbol": False}
            for who in share
        ]  # fmt: skip
    present = {str(who) for who in rows["platform"].unique()}
    shown = [name_of(who) for who in (*(one for one in SERVICES if one in present), *sorted(present - SERVICES.keys()))]
    option = base(grid=grids, title=titles, xAxis=x_axes, yAxis=y_axes, series=series, legend=legend(data=shown))
    order_tip(option)
    option["animation"] = False
    table = rows[["month", "date", "market", "platform", column]]
    return Picture("markets", "All markets", "share of people's use by service, percent, over the months", option,
                   table, height=down * 118 + 34, measure=column,
                   spoken="Shares of services in every market over the months.")  # fmt: skip
