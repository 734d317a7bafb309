"""Pictures of a what if: both arms, their difference in its band, the difference by market."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.experiments.comparing.outcomes import Outcome
from model.experiments.what_if import WhatIf
from model.foundation.months import show_month
from model.interfaces.app.charts.picture import (
    Option,
    Picture,
    base,
    category_axis,
    legend,
    line,
    over_months,
    rounded,
    scale_of,
    value_axis,
)
from model.interfaces.app.words import market_name, month_name, signed
from model.results.palette import INK, SOFT, colour_of, name_of

WITHOUT, CHANGED, PAST = "Without", "With the change", "So far"
DIFFERENCE, BANDED = "Difference, mean", "90% of the futures"
ACCENT = "#0B6E6E"
ROW = 26
PAST_SHOWN = 24
"""Months of the past that are drawn at most."""


def outcome_name(outcome: Outcome) -> str:
    """Return an outcome in words: "Spotify: monthly users", "Income of ByteDance"."""
    named = {"streamers": "People who stream", "people_paying": "People who pay", "revenue": "Revenue of all services",
             "label_income": "Income of all labels", "bytedance_income": "Income of ByteDance",
             "music_income": "ByteDance: income from music",
             "tiktok_profit": "ByteDance: profit of TikTok"}  # fmt: skip
    if not outcome.who and outcome.column in named:
        return named[outcome.column]
    label = outcome.measure.label
    return f"{name_of(outcome.who)}: {label[:1].lower()}{label[1:]}" if outcome.who else label


def both_arms(
    found: WhatIf, outcome: Outcome, *, market: str = "", past: pd.Series[float] | None = None
) -> Picture:  # fmt: skip
    """Return both arms month by month, means over futures, after what the run lived before.

    past: the outcome by run month, up to the branch; of flows from month 1 on.
    """
    rows = found.by_month(outcome, market=market)
    before = pd.Series(dtype=np.float64) if past is None else past[past.index <= found.month].iloc[-PAST_SHOWN:]
    joint = before.index[-1:].tolist()  # lines begin where the past ends
    scale, word = scale_of(float(np.nanmax(np.abs([*before, *rows["without"], *rows["changed"]]))))
    lead = [None] * (len(before) - len(joint))
    ends = [float(one) / scale for one in before.iloc[-1:]]
    first = found.plan.start_month - 1
    dates = [_date(first + int(month), opening=month == 0) for month in before.index] + _dates(rows)
    colour = colour_of(outcome.who) if outcome.who else ACCENT
    series = [
        line(WITHOUT, [*lead, *rounded([*ends, *(rows["without"] / scale)])], colour=SOFT, dashed=True, z=3),
        line(CHANGED, [*lead, *rounded([*ends, *(rows["changed"] / scale)])], colour=_apart(colour), z=4),
    ]  # fmt: skip
    if len(before) > 1:
        series.insert(0, line(PAST, rounded((before / scale).tolist()), colour=INK))
    option = over_months(dates, _steady(series), scale=True)
    if len(before) > 1:
        option["series"][0]["markLine"] = _branch_mark(len(before) - 1)
    table = rows[["month", "date", "without", "changed"]].copy()
    if len(before):
        lived = pd.DataFrame({"month": before.index, "date": [show_month(first + int(m)) for m in before.index],
                              "lived": before.to_numpy()})  # fmt: skip
        lived.loc[lived["month"] == 0, "date"] = "opening"
        table = pd.concat([lived, table], ignore_index=True)
    return Picture(
        "what-if-both-arms", f"{outcome_name(outcome)}, with and without", f"{_place(outcome, market, word)} · "
        f"means of {_futures(found)}", option, _named(table, outcome, market), height=300, measure=outcome.column,
        spoken=f"{outcome_name(outcome)} in {market_name(market)} month by month with the change and without it: "
               f"{_told(rows)}.",
    )  # fmt: skip


def difference(found: WhatIf, outcome: Outcome, *, market: str = "") -> Picture:
    """Return the difference that the change makes month by month, in the band that holds 90% of the futures."""
    rows = found.by_month(outcome, market=market)
    largest = float(rows[["difference", "low", "high"]].abs().to_numpy().max())
    scale, word = scale_of(largest)
    low, high = rows["low"] / scale, rows["high"] / scale
    colour = _apart(colour_of(outcome.who) if outcome.who else ACCENT)
    series = [
        _hidden("floor", low, colour, 0.0), _hidden("band", high - low, colour, 0.18),
        line(BANDED, [None] * len(rows), colour=colour, areaStyle={"color": colour, "opacity": 0.18},
             tooltip={"show": False}),
        line(DIFFERENCE, rounded((rows["difference"] / scale).tolist()), colour=colour, z=4),
        # Drawn as nothing, told on hover.
        *(line(name, rounded(values.tolist()), colour=colour, symbol="none") | {"lineStyle": {"opacity": 0.0}}
          for name, values in (("95% of futures lie below", high), ("5% of futures lie below", low))),
    ]  # fmt: skip
    series[3]["markLine"] = {
        "symbol": "none", "silent": True, "animation": False, "label": {"show": False}, "data": [{"yAxis": 0}],
        "lineStyle": {"color": INK, "width": 1, "type": "solid"},
    }  # fmt: skip
    option = over_months(_dates(rows), _steady(series))
    option["legend"] = legend(data=[DIFFERENCE, {"name": BANDED, "itemStyle": {"color": colour, "opacity": 0.3}}])
    if largest == 0.0:
        option["yAxis"] = {**option["yAxis"], "min": -1, "max": 1}
    still = "exactly 0 in every month of every future" if largest == 0.0 else f"{_futures(found)}, paired"
    return Picture(
        "what-if-difference", f"{outcome_name(outcome)}, difference", f"{_place(outcome, market, word)} · {still}",
        option, _named(rows[["month", "date", "difference", "low", "high"]], outcome, market), height=300,
        spoken=f"Difference in {outcome_name(outcome)}, {market_name(market)}, month by month: "
               + (still if largest == 0.0 else f"{signed(float(rows['difference'].iloc[-1]))} in the last month") + ".",
    )  # fmt: skip


def by_market(found: WhatIf, outcome: Outcome) -> Picture:
    """Return the difference in every market: the band of the futures, its middle half in a box, and the median."""
    rows = found.by_market(outcome)
    largest = float(rows[["low", "high"]].abs().to_numpy().max())
    scale, word = scale_of(largest)
    colour = _apart(colour_of(outcome.who) if outcome.who else ACCENT)
    quantiles = (rows[["low", "quarter", "median", "three_quarters", "high"]] / scale).to_numpy()
    names = [market_name(str(code)) for code in rows.index]
    boxes = [{"name": str(code), "value": rounded(row.tolist())}
             for code, row in zip(rows.index, quantiles, strict=True)]  # fmt: skip
    axis = {**category_axis(names), "inverse": True}
    axis["axisLabel"] = {"fontSize": 12, "color": INK, "interval": 0}
    option: Option = base(
        grid={"left": 12, "right": 20, "top": 4, "bottom": 6, "containLabel": True}, yAxis=axis,
        xAxis={**value_axis(), **({"min": -1, "max": 1} if largest == 0.0 else {})},
        series=[{
            "id": "gaps", "type": "boxplot", "name": DIFFERENCE, "data": boxes, "boxWidth": [5, 13],
            "itemStyle": {"color": f"{colour}33", "borderColor": colour, "borderWidth": 1.5},
            "markLine": {"symbol": "none", "silent": True, "animation": False, "label": {"show": False},
                         "data": [{"xAxis": 0}], "lineStyle": {"color": INK, "width": 1, "type": "solid"}},
        }],
        tooltip={"trigger": "item", "confine": True, "show": False},
    )  # fmt: skip
    still = int((rows["equal"] == 1.0).sum())
    note = f" · {_markets(still)} exactly 0" if still else ""
    unit = outcome.measure.unit.removesuffix(" per month")  # people of a month, or money of all months together
    what = f"{_when(found, outcome)} · {' '.join(part for part in (word, unit) if part)}"
    return Picture(
        "what-if-markets", f"{outcome_name(outcome)}, difference by market",
        f"{what} · line: 90% of {_futures(found)}, box: the middle half{note}", option,
        _named(rows.reset_index(), outcome).assign(unit=unit), height=44 + ROW * max(2, len(rows)),
        spoken=f"Difference in {outcome_name(outcome)} by market, {_when(found, outcome)}.",
    )  # fmt: skip


def _hidden(name: str, values: pd.Series[float], colour: str, opacity: float) -> Option:
    """Return half of a band: what stands under it, or the band itself on top of that."""
    return {
        "id": name, "name": name, "type": "line", "stack": "band", "stackStrategy": "all", "symbol": "none",
        "data": rounded(values.tolist(), digits=6), "silent": True, "lineStyle": {"opacity": 0.0},
        "areaStyle": {"color": colour, "opacity": opacity}, "itemStyle": {"opacity": 0.0}, "tooltip": {"show": False},
        "emphasis": {"disabled": True},
    }  # fmt: skip


def _steady(series: list[Option]) -> list[Option]:
    """Return lines that do not fade when another one is pointed at: what is compared stays in sight."""
    return [{**one, "emphasis": {"disabled": True}} for one in series]


def _branch_mark(place: int) -> Option:
    return {
        "symbol": "none", "silent": True, "animation": False, "data": [{"xAxis": place}],
        "label": {"show": True, "formatter": "branch", "color": SOFT, "fontSize": 11, "position": "insideEndTop",
                  "rotate": 0, "distance": 2},
        "lineStyle": {"color": SOFT, "width": 1, "type": "dotted"},
    }  # fmt: skip


def _apart(colour: str) -> str:
    """Return a colour that can be told from the past and the arm without the change, which are ink and grey."""
    return ACCENT if colour.upper() in ("#222222", "#C4C4C4") else colour


def _named(rows: pd.DataFrame, outcome: Outcome, market: str | None = None) -> pd.DataFrame:
    told = rows.copy()
    told.insert(0, "outcome", outcome.name)
    if market is not None:
        told.insert(1, "market", market or "all")
    told["unit"] = outcome.measure.unit
    return told


def _place(outcome: Outcome, market: str, word: str) -> str:
    return f"{market_name(market)} · {_unit(outcome, word)}"


def _unit(outcome: Outcome, word: str) -> str:
    unit = outcome.measure.unit.replace(" per month", " a month")
    return " ".join(part for part in (word, unit) if part)


def _when(found: WhatIf, outcome: Outcome) -> str:
    last = month_name(found.date(found.month + found.months))
    return f"sum of {found.months} months to {last}" if outcome.measure.summary == "sum" else last


def _futures(found: WhatIf) -> str:
    return f"{found.futures} future{'s' if found.futures > 1 else ''}"


def _markets(count: int) -> str:
    return f"{count} market{'s' if count > 1 else ''}"


def _told(rows: pd.DataFrame) -> str:
    last = rows.iloc[-1]
    return f"{float(last['changed']):,.0f} and {float(last['without']):,.0f} in {month_name(str(last['date']))}"


def _dates(rows: pd.DataFrame) -> list[str]:
    return [month_name(str(date)) for date in rows["date"]]


def _date(number: int, *, opening: bool) -> str:
    return "Opening" if opening else month_name(show_month(number))
