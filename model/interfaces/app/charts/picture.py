"""A picture: what the browser draws, its words, and the table behind it. The style that all pictures share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from model.results.palette import GRID, INK, SOFT

Option = dict[str, Any]
"""An option of ECharts in plain values."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SMALL = 11


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of the page.

    name: short, for files. title, subtitle: what is seen, and its unit. option: as ECharts takes it. table: the numbers
    seen, for CSV. height: pixels. outline: name of a map that the option needs ("land"), "" for none. spoken: the
    picture in a sentence, for those who do not see it. measure: column of the results that it shows, whose source the
    page Evidence tells; "" for none.
    """

    name: str
    title: str
    subtitle: str
    option: Option
    table: pd.DataFrame
    height: int = 260
    outline: str = ""
    spoken: str = ""
    measure: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.table.empty


def base(**parts: Any) -> Option:
    """Return an option with the shared style: font, inks, quiet axes, a tooltip that stays inside; `parts` on top."""
    found: Option = {
        "textStyle": {"fontFamily": FONT, "color": INK, "fontSize": SMALL},
        "animationDuration": 250, "animationDurationUpdate": 250,
        "grid": {"left": 4, "right": 12, "top": 12, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True, "transitionDuration": 0.1, "borderColor": GRID,
                    "textStyle": {"color": INK, "fontSize": SMALL, "fontFamily": FONT},
                    "axisPointer": {"lineStyle": {"color": SOFT, "type": "dotted"}}},
        "aria": {"enabled": True},
    }  # fmt: skip
    return {**found, **parts}


def category_axis(values: Sequence[str], *, dates: bool = False) -> Option:
    """Return an axis of names; of dates it labels the years and a few months between."""
    axis: Option = {
        "type": "category", "data": list(values), "boundaryGap": not dates,
        "axisLine": {"lineStyle": {"color": GRID}}, "axisTick": {"show": False},
        "axisLabel": {"color": SOFT, "fontSize": SMALL, "hideOverlap": True},
    }  # fmt: skip
    return axis


def value_axis(*, unit: str = "", **parts: Any) -> Option:
    """Return an axis of numbers with light lines; unit: a sign after each label."""
    return {
        "type": "value", "splitNumber": 4, "axisLine": {"show": False}, "axisTick": {"show": False},
        "splitLine": {"lineStyle": {"color": GRID}},
        "axisLabel": {"color": SOFT, "fontSize": SMALL, **({"formatter": f"{{value}}{unit}"} if unit else {})}, **parts,
    }  # fmt: skip


def over_months(dates: Sequence[str], series: Sequence[Option], *, unit: str = "", scale: bool = False) -> Option:
    """Return an option of lines over dates, with a legend below. scale: whether the axis may leave zero out."""
    axis = value_axis(unit=unit, **({"scale": True} if scale else {}))
    grid = {"left": 20, "right": 28, "top": 12, "bottom": 30, "containLabel": True}
    return base(xAxis=category_axis(dates, dates=True), yAxis=axis, series=list(series), legend=legend(), grid=grid)


def legend(**parts: Any) -> Option:
    """Return a legend that scrolls where there is little room."""
    return {
        "type": "scroll", "bottom": 0, "left": 0, "icon": "roundRect", "itemWidth": 10, "itemHeight": 10, "itemGap": 12,
        "textStyle": {"color": INK, "fontSize": SMALL}, "pageIconSize": 10, "pageTextStyle": {"color": SOFT}, **parts,
    }  # fmt: skip


def line(name: str, values: Sequence[float | None], *, colour: str, dashed: bool = False, **parts: Any) -> Option:
    """Return a line through values; None leaves a gap."""
    return {
        "id": name, "name": name, "type": "line", "data": list(values), "showSymbol": len(values) < 2, "symbolSize": 5,
        "lineStyle": {"color": colour, "width": 2, "type": "dashed" if dashed else "solid"},
        "itemStyle": {"color": colour}, "emphasis": {"focus": "series"}, **parts,
    }  # fmt: skip


def rounded(values: Sequence[float], *, digits: int = 4) -> list[float | None]:
    """Return numbers with so many significant digits, None for those that are none: short to send, nothing lost."""
    return [None if value != value else float(f"{value:.{digits}g}") for value in map(float, values)]


def scale_of(largest: float) -> tuple[float, str]:
    """Return a divisor and its word: one, thousand, million or billion."""
    steps = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))
    return next(((scale, word) for scale, word in steps if abs(largest) >= 2 * scale), (1.0, ""))


def empty(name: str, title: str, why: str, *, height: int = 260) -> Picture:
    """Return a picture that has nothing to show yet, and says why."""
    return Picture(name, title, why, {}, pd.DataFrame(), height=height)
