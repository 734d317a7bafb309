"""Pictures of a licence: the zone of agreement, what each side gains, both futures, and how talks end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

import pandas as pd

from model.experiments.deals.outcomes import AGREED, ENDS, TalkOutcomes
from model.interfaces.app.charts.picture import Option, Picture, base, legend, line, rounded, scale_of, value_axis
from model.interfaces.app.controls import nice_step
from model.interfaces.app.words import amount
from model.results.palette import GRID, INK, SOFT

LABEL, PLATFORM, SHEET, NASH, NONE = "#D55E00", "#0072B2", "#882255", "#009E73", "#C4C4C4"
"""Colours of the label's side, the platform's, the sheet on the table, the Nash payment, and of nothing."""
ZONE = "#9CC9E2"
END_COLOURS = dict(zip(ENDS, ("#0072B2", "#56B4E9", "#009E73", "#D55E00", "#CC79A7", NONE), strict=True))
ROW, LEAST_HEIGHT = 22, 460
"""Pixels of a draw, and of the picture at least."""
NAME_ROW = 14
"""Pixels between the names of two upright lines."""
WORDS, BESIDE = 11, 124
"""Pixels of the letters beside a bar, and of the room that they have where it is longest."""
STEPS_PER_TICK = 20
"""Of the steps of a slider over the same span, which has about a hundred."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Names of both sides, as they stand in sentences."""

    platform: str
    label: str


def usd(value: float) -> str:
    """Return USD in three digits, with its sign in front."""
    return amount(value, unit="USD")


def zone(walk: pd.DataFrame, judged: pd.DataFrame, *, sides: Sides, present_name: str = "present terms") -> Picture:
    """Return a row for each draw: what both sides would just accept, and what the sheet pays.

    walk, judged: as of `DealRoom.walk_aways` and `DealRoom.judge`. present_name: of the terms that talks begin with.
    """
    walk = walk.assign(paid=judged["paid"]).sort_values("surplus", kind="stable")
    scale, word = scale_of(float(walk[["least", "most", "paid", "present"]].abs().max().max()))
    shown = walk[["least", "most", "nash", "paid", "present"]] / scale
    names = {"least": f"Least {sides.label} takes", "most": f"Most {sides.platform} pays", "paid": "This sheet pays",
             "nash": "Nash payment"}  # fmt: skip
    looks = {"least": (LABEL, "circle", 9), "most": (PLATFORM, "rect", 8), "nash": (NASH, "triangle", 8),
             "paid": (SHEET, "diamond", 11)}  # fmt: skip
    series: list[Option] = [_bars(shown, walk["zone"].tolist())]
    for name in ("least", "most", "nash", "paid"):
        colour, symbol, size = looks[name]
        points = [
            {"value": [value, row], "tooltip": {"formatter": _tip(walk.index[row], names[name], value * scale)}}
            for row, value in enumerate(rounded(shown[name].tolist(), digits=5)) if value is not None
        ]  # fmt: skip
        series.append({
            "id": name, "name": names[name], "type": "scatter", "data": points, "symbol": symbol, "symbolSize": size,
            "itemStyle": {"color": colour}, "z": 4 if name == "paid" else 3,
        })  # fmt: skip
    ends = float(shown.min().min()), float(shown.max().max())
    sheet, present = float(shown["paid"].mean()), float(shown["present"].mean())
    # Names in two rows: however close both lines stand, or however narrow the picture is, they do not meet.
    series[-1]["markLine"] = _lines([("this sheet", sheet, SHEET, "solid", -NAME_ROW),
                                     (present_name, present, SOFT, "dotted", 0)])  # fmt: skip
    low, high, step = _ends(*ends)
    option = base(
        grid={"left": 8, "right": 16, "top": 26 + NAME_ROW, "bottom": 64, "containLabel": True}, series=series,
        legend=legend(data=list(names.values())), tooltip={**base()["tooltip"], "trigger": "item"},
        xAxis=value_axis(
            min=low, max=high, interval=step, name=_unit(word),
            nameLocation="middle", nameGap=24, nameTextStyle={"color": SOFT, "fontSize": 11},
        ),
        yAxis={"type": "category", "data": [f"draw {one + 1}" for one in walk.index], "axisTick": {"show": False},
               "axisLine": {"show": False}, "axisLabel": {"color": SOFT, "fontSize": 10, "hideOverlap": True},
               "splitLine": {"show": False}},
        animationDuration=0, animationDurationUpdate=120,
    )  # fmt: skip
    table = walk.reset_index()[["draw", "least", "most", "nash", "present", "paid", "zone"]]
    there = int(walk["zone"].sum())
    return Picture(
        "deal-zone", "Zone of agreement", f"{_unit(word)}, a row for each draw; blue where both sides could agree",
        option, table, height=max(LEAST_HEIGHT, 110 + ROW * len(walk)),
        spoken=f"In {there} of {len(walk)} draws there is a payment that suits both; on average {sides.label} takes "
               f"at least {usd(float(walk['least'].mean()))} and {sides.platform} pays at most "
               f"{usd(float(walk['most'].mean()))} a month.",
    )  # fmt: skip


def gains(judged: pd.DataFrame, *, sides: Sides) -> Picture:
    """Return what the sheet brings each side against no licence: a dot for each draw, and the mean."""
    scale, word = scale_of(float(judged[["platform", "label"]].abs().max().max()))
    series: list[Option] = []
    for place, (side, name, colour) in enumerate((("platform", sides.platform, PLATFORM),
                                                  ("label", sides.label, LABEL))):  # fmt: skip
        values = rounded((judged[side] / scale).tolist(), digits=5)
        spread = max(1, len(values) - 1)
        points = [
            {"value": [value, place - 0.22 + 0.44 * row / spread],
             "tooltip": {"formatter": _tip(judged.index[row], f"{name} gains", (value or 0.0) * scale)}}
            for row, value in enumerate(values)
        ]  # fmt: skip
        mean = float(judged[side].mean())
        series.append({"id": side, "name": name, "type": "scatter", "data": points, "symbolSize": 8,
                       "itemStyle": {"color": colour, "opacity": 0.55}})  # fmt: skip
        series.append({"id": f"{side} mean", "name": f"{name}, mean", "type": "scatter", "symbol": "rect",
                       "symbolSize": [4, 46], "itemStyle": {"color": colour}, "z": 4, "data": [
                           {"value": [float(f"{mean / scale:.5g}"), place],
                            "tooltip": {"formatter": f"{name} gains {usd(mean)} a month on average"}}],
                       "label": {"show": True, "position": "top", "color": INK, "fontSize": 12, "fontWeight": 600,
                                 "formatter": usd(mean)}})  # fmt: skip
    series[0]["markLine"] = _lines([("", 0.0, INK, "solid", 0)])
    # Data rows lie between -0.5 and 1.5 on an axis of numbers, so that dots of a side can spread.
    option = base(
        grid={"left": 8, "right": 20, "top": 10, "bottom": 34, "containLabel": True}, series=series,
        tooltip={**base()["tooltip"], "trigger": "item"},
        xAxis=value_axis(name=f"{_unit(word)} against no licence", nameLocation="middle", nameGap=24,
                         nameTextStyle={"color": SOFT, "fontSize": 11}),
        yAxis=[{"type": "value", "min": -0.6, "max": 1.6, "show": False},
               {"type": "category", "data": [sides.platform, sides.label], "position": "left",
                "axisTick": {"show": False}, "axisLine": {"show": False},
                "axisLabel": {"color": INK, "fontSize": 12}}],
        animationDuration=0, animationDurationUpdate=120,
    )  # fmt: skip
    table = judged.reset_index()
    return Picture(
        "deal-gains", "What each side gains by this sheet", f"{_unit(word)} against no licence; a dot for each draw",
        option, table, height=240,
        spoken=f"{sides.platform} gains {usd(float(judged['platform'].mean()))} a month on average, "
               f"{sides.label} {usd(float(judged['label'].mean()))}.",
    )  # fmt: skip


def futures(fans: pd.DataFrame, measure: str, *, title: str, dates: Sequence[str]) -> Picture:
    """Return a measure with the licence and without it over its term: medians and 90% bands over the draws.

    fans: as `DealRoom.fans` gives them. dates: of the months of the term, in words.
    """
    rows = fans[(fans["measure"] == measure) & fans["arm"].isin(["deal", "no deal"])]
    scale, word = scale_of(float(rows["q95"].abs().max()))
    series: list[Option] = []
    for arm, name, colour in (("deal", "with the licence", PLATFORM), ("no deal", "without it", LABEL)):
        part = rows[rows["arm"] == arm].sort_values("month")
        low, high = part["q05"] / scale, part["q95"] / scale
        for piece, values, opacity in (("floor", low, 0.0), ("band", high - low, 0.16)):
            series.append({
                "id": f"{arm} {piece}", "name": f"{name} {piece}", "type": "line", "stack": arm, "symbol": "none",
                "data": rounded(values.tolist()), "lineStyle": {"width": 0}, "silent": True,
                "areaStyle": {"color": colour, "opacity": opacity}, "tooltip": {"show": False}, "stackStrategy": "all",
            })  # fmt: skip
        series.append(line(name, rounded((part["median"] / scale).tolist()), colour=colour))
    unit = str(rows["unit"].iloc[0]) if len(rows) else ""
    option = base(
        grid={"left": 22, "right": 28, "top": 12, "bottom": 30, "containLabel": True}, series=series,
        xAxis={"type": "category", "data": list(dates), "boundaryGap": False, "axisTick": {"show": False},
               "axisLine": {"lineStyle": {"color": GRID}},
               "axisLabel": {"color": SOFT, "fontSize": 11, "hideOverlap": True}},
        yAxis=value_axis(scale=True), legend=legend(data=["with the licence", "without it"]),
    )  # fmt: skip
    told = " ".join(part for part in (word, unit) if part)
    return Picture(
        f"deal-{measure}", title, f"{told}; median and 90% band", option, rows.reset_index(drop=True), height=230,
        spoken=f"{title}, with the licence and without.",
    )  # fmt: skip


def ends(outcomes: TalkOutcomes, *, mark: str = "") -> Picture:
    """Return how the talks ended: the share of each end, with weeks and payment. mark: the end of this run's talk."""
    table = outcomes.summary()
    names = [str(end) for end in table.index][::-1]
    rows = dict(zip(names[::-1], table[["share", "weeks", "payment"]].to_numpy(float).tolist(), strict=True))
    bars = []
    for end in names:
        share, median, payment = rows[end]
        paid = "" if payment != payment else f", {usd(payment)} a month"
        weeks = f"{median:.0f} weeks"
        bars.append({
            "value": float(f"{100 * share:.4g}"),
            "itemStyle": {"color": END_COLOURS[end], "borderColor": INK, "borderWidth": 2 if end == mark else 0},
            "label": {"formatter": f"{share:.0%}, {weeks}{paid.replace(', ', chr(10), 1)}"},  # two lines: phones
            "tooltip": {"formatter": f"{end.capitalize()}: {share:.0%} of talks, median {weeks}{paid}"},
        })  # fmt: skip
    option = base(
        grid={"left": 14, "right": BESIDE, "top": 6, "bottom": 4, "containLabel": True},
        tooltip={**base()["tooltip"], "trigger": "item"},
        xAxis=value_axis(show=False, max=100), yAxis={
            "type": "category", "data": [name.capitalize() for name in names], "axisTick": {"show": False},
            "axisLine": {"show": False}, "axisLabel": {"color": INK, "fontSize": 12},
        },
        series=[{"id": "ends", "type": "bar", "data": bars, "barMaxWidth": 22,
                 "label": {"show": True, "position": "right", "color": SOFT, "fontSize": WORDS, "lineHeight": 14}}],
    )  # fmt: skip
    return Picture(
        "deal-talks", "How the talks end", f"share of {len(outcomes.talks):,} talks, median weeks, mean payment",
        option, table.reset_index(), height=46 + 38 * len(names),
        spoken=f"{outcomes.agreement():.0%} of the talks end in a licence.",
    )  # fmt: skip


def payments(outcomes: TalkOutcomes) -> pd.DataFrame:
    """Return the agreed payments of the talks, USD a month, by draw."""
    return outcomes.talks.loc[outcomes.talks["end"].isin(AGREED), ["draw", "talk", "end", "payment"]]


def _bars(shown: pd.DataFrame, there: Sequence[bool]) -> Option:
    """Return the line between both walk-aways of each draw: a thick blue one where there is a zone, else a thin one."""
    rows: list[Mapping[str, object]] = []
    for row, (least, most) in enumerate(zip(shown["least"], shown["most"], strict=True)):
        look = {"color": NONE, "width": 2, "type": "dashed"}
        if there[row]:
            look = {"color": ZONE, "width": 9, "opacity": 1.0}
        rows.append({"coords": [[float(f"{least:.5g}"), row], [float(f"{most:.5g}"), row]], "lineStyle": look})
    return {"id": "zone", "name": "zone", "type": "lines", "coordinateSystem": "cartesian2d", "data": rows,
            "silent": True, "z": 2, "tooltip": {"show": False}}  # fmt: skip


def _lines(places: Sequence[tuple[str, float, str, str, int]]) -> Option:
    """Return upright lines, each (name, place, colour, kind, pixels that its name stands lower)."""
    return {
        "silent": True, "symbol": "none", "animation": False, "data": [
            {"xAxis": float(f"{at:.5g}"), "name": name, "lineStyle": {"color": colour, "type": kind, "width": 1.5},
             "label": {"show": bool(name), "formatter": name, "color": colour, "fontSize": 11, "position": "end",
                       "offset": [0, raised]}}
            for name, at, colour, kind, raised in places if at == at and (at != 0.0 or not name)
        ],
    }  # fmt: skip


def _tip(draw: object, what: str, value: float) -> str:
    return f"Draw {int(str(draw)) + 1}: {what} {usd(value)} a month"


def _unit(word: str) -> str:
    return f"USD {word} a month" if word else "USD a month"


def _ends(least: float, most: float) -> tuple[float, float, float]:
    """Return the ends and the step of an axis that holds both values with some room, all round numbers."""
    spare = 0.04 * max(most - least, 1e-9)
    step = STEPS_PER_TICK * nice_step(max(most - least, 1e-9))
    low, high = floor((least - spare) / step), ceil((most + spare) / step)
    return float(f"{low * step:.6g}"), float(f"{high * step:.6g}"), step
