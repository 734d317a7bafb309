"""Pictures of the page Evidence: bands and model, skill, intervals before and after, what matters most."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from model.experiments.assumptions.screening import Screened
from model.experiments.backtest.naming import series_words
from model.experiments.backtest.scoring import SERIES
from model.experiments.backtest.told import Told
from model.experiments.calibration.shipped import ToldCalibration, ToldParameter
from model.experiments.history import SeriesKey
from model.experiments.pattern import Pattern
from model.experiments.pattern_file import Measured
from model.experiments.pattern_page import band_text
from model.interfaces.app.charts.picture import FONT, SMALL, Option, Picture, base, legend, value_axis
from model.results.palette import GRID, INK, OTHER, SOFT

RIGHT, WRONG = "#0072B2", "#D55E00"
"""Hit, won and told; miss and lost: apart for eyes that mix red and green, and apart in shape too."""
FAR = 4.0
"""Half-widths of a band beyond which a miss is drawn at the edge."""
WORST = -1.0
"""Skill below which a bar ends at the edge."""
_LEAST = 0.5  # half-width given to a band that is one number: all of them, none of them


def patterns_picture(found: Measured, *, chosen: str = "") -> Picture:
    """Return each pattern's place in its band: inside between the two ends, else as far off as it is wide."""
    rows = [one for one in found.patterns if one.verdict in ("hit", "miss") and one.model is not None][::-1]
    names = [one.name for one in rows]
    dots: dict[str, list[Option]] = {"hit": [], "miss": []}
    for at, one in enumerate(rows):
        place = place_in_band(one)
        shown = max(-FAR, min(FAR, place))
        beyond = " (further than drawn)" if shown != place else ""
        told = (
            f"<b>{escape(one.name)}</b> {escape(one.text)}<br>band {escape(band_text(one))} {escape(one.unit)}<br>"
            f"model {one.model:.3g} {escape(one.unit)}: "
            f"{one.verdict}{beyond}"
        )
        dots[one.verdict].append({
            "name": one.name, "value": [round(shown, 4), at], "tooltip": {"formatter": told},
            "itemStyle": {"borderColor": INK if one.name == chosen else "#fff",
                          "borderWidth": 2.5 if one.name == chosen else 1},
        })  # fmt: skip
    series = [
        {"id": "band", "name": "Band", "type": "bar", "stack": "band", "silent": True, "data": [1.0] * len(rows),
         "barWidth": 9, "itemStyle": {"color": "#E4EAEE"}, "tooltip": {"show": False}},
        {"id": "band below", "name": "Band", "type": "bar", "stack": "band", "silent": True, "data": [-1.0] * len(rows),
         "barWidth": 9, "itemStyle": {"color": "#E4EAEE"}, "tooltip": {"show": False}},
        {"id": "hit", "name": "Hit", "type": "scatter", "symbol": "circle", "symbolSize": 11, "data": dots["hit"],
         "itemStyle": {"color": RIGHT}, "z": 5},
        {"id": "miss", "name": "Miss", "type": "scatter", "symbol": "diamond", "symbolSize": 13, "data": dots["miss"],
         "itemStyle": {"color": WRONG}, "z": 5},
    ]  # fmt: skip
    labels = {"formatter": "{value}", "customValues": [-1, 1]}
    axis = value_axis(min=-FAR - 0.3, max=FAR + 0.3, interval=1.0, axisLabel={"show": False, **labels})
    option = base(
        xAxis={**axis, "splitLine": {"show": False}}, yAxis=_names(names), series=series,
        legend=legend(data=["Band", "Hit", "Miss"]), tooltip=_tip(),
        grid={"left": 4, "right": 8, "top": 4, "bottom": 30, "containLabel": True},
    )  # fmt: skip
    counts = found.counts
    table = pd.DataFrame([{
        "pattern": one.name, "what": one.text, "target": one.target, "low": one.low, "high": one.high,
        "model": one.model, "unit": one.unit, "verdict": one.verdict, "run": one.run,
    } for one in found.patterns])  # fmt: skip
    return Picture(
        "patterns", "Inside the band or outside",
        "place of the model's number, in half-widths of the band from its middle · click one to read about it",
        option, table, height=90 + 17 * len(rows),
        spoken=f"{counts['hit']} patterns are hit, {counts['miss']} are missed.",
    )  # fmt: skip


def place_in_band(one: Pattern) -> float:
    """Return where a pattern's number lies: 0 in the middle of its band, -1 and 1 at its ends."""
    assert one.model is not None
    half = (one.high - one.low) / 2.0
    return (one.model - (one.high + one.low) / 2.0) / (half if half > 0.0 else _LEAST)


def backtest_picture(found: Told) -> Picture:
    """Return the skill of every series against the best naive rule, the best at the top."""
    ordered = found.series.sort_values("skill", kind="stable")
    names = [series_words(SeriesKey(*(str(row[name]) for name in SERIES))) for row in ordered.to_dict("records")]
    bars = [
        {
            "value": round(max(WORST, float(row["skill"])), 4),
            "itemStyle": {"color": RIGHT if row["won"] else WRONG},
            "tooltip": {"formatter": f"<b>{escape(name)}</b><br>{row['skill']:+.0%} against "
                                     f"“{escape(_rule(row['best_rule']))}”<br>"
                                     f"{row['outcomes']} outcome(s): the model is {_won(bool(row['won']))}"},
        }
        for name, row in zip(names, ordered.to_dict("records"), strict=True)
    ]  # fmt: skip
    axis = value_axis(unit="", min=WORST, max=max(0.5, float(ordered["skill"].max()) if len(ordered) else 0.5))
    axis["interval"] = 0.5
    option = base(
        xAxis=axis, yAxis=_names(names, wide=170), tooltip=_tip(),
        series=[{"id": "skill", "name": "Skill", "type": "bar", "data": bars, "barWidth": 11}],
        grid={"left": 14, "right": 20, "top": 4, "bottom": 4, "containLabel": True},
    )  # fmt: skip
    chance = found.chance
    return Picture(
        "backtest", "Skill of every series",
        f"1 − score / score of the best naive rule; above 0 the model is better ({chance.wins} of {chance.series}); "
        "worse than −1 is drawn at −1", option, ordered.iloc[::-1], height=40 + 24 * len(names),
        spoken=f"The model is better than every naive rule in {chance.wins} of {chance.series} series.",
    )  # fmt: skip


def calibration_picture(found: ToldCalibration) -> Picture:
    """Return the interval of every parameter before and after the record, as places in what was believed before."""
    order = {"told": 0, "not told": 1, "silent": 2}
    rows = sorted(found.parameters, key=lambda one: (order[one.verdict], -one.narrower))[::-1]
    names = [one.name for one in rows]
    colour = {"told": RIGHT, "not told": SOFT, "silent": OTHER}
    series = [
        *_spans("before", "Before", [(one.before_share[0], one.before_share[2], "#DDE3E8", "") for one in rows],
                wide=15),
        *_spans("after", "After", [(one.after_share[0], one.after_share[2], colour[one.verdict], _told(one))
                                   for one in rows], wide=7, axis=1),
        {"id": "median", "name": "Median after", "type": "scatter", "symbol": "circle", "symbolSize": 8, "silent": True,
         "data": [[round(one.after_share[1], 4), at] for at, one in enumerate(rows)],
         "itemStyle": {"color": "#fff", "borderColor": INK, "borderWidth": 1.5}, "z": 5},
    ]  # fmt: skip
    hidden = {**_names(names), "show": False}
    option = base(
        xAxis=value_axis(min=0, max=1, axisLabel={"show": False}), yAxis=[_names(names), hidden], series=series,
        tooltip=_tip(), grid={"left": 14, "right": 12, "top": 4, "bottom": 4, "containLabel": True},
    )  # fmt: skip
    table = pd.DataFrame([{
        "parameter": one.name, "unit": one.unit, "before_5": one.before[0], "before_50": one.before[1],
        "before_95": one.before[2], "after_5": one.after[0], "after_50": one.after[1], "after_95": one.after[2],
        "narrower": one.narrower, "verdict": one.verdict,
    } for one in rows[::-1]])  # fmt: skip
    told = sum(one.verdict == "told" for one in rows)
    return Picture(
        "calibration", "What the record tells of each parameter",
        "90% intervals: light, as believed before (0 to 1 across it); dark, after the record; blue where it tells the "
        "value; ring: median", option, table, height=40 + 23 * len(rows),
        spoken=f"The record tells {told} of {len(rows)} parameters.",
    )  # fmt: skip


def assumptions_picture(rows: Sequence[Screened], *, outcome: str, response: str, most: int = 20) -> Picture:
    """Return the parameters that move an outcome most, as parts of the strongest."""
    shown = list(rows[:most])[::-1]
    bars = []
    for one in shown:
        line = one.line
        assumed = line is None or line.source.strip() == "assumption"
        meaning = "no longer declared" if line is None else f"{escape(line.meaning)}<br>{escape(line.source)}"
        bars.append({
            "value": round(100.0 * one.share, 3),
            "itemStyle": {"color": WRONG if assumed else RIGHT, "decal": {"symbol": "none"}},
            "tooltip": {"formatter": f"<b>{escape(one.name)}</b>: {one.share:.0%} of the strongest, place {one.rank} "
                                     f"({one.rank_best} to {one.rank_worst})<br>{meaning}"},
        })  # fmt: skip
    option = base(
        xAxis=value_axis(unit="%", max=100), yAxis=_names([one.name for one in shown]), tooltip=_tip(),
        series=[{"id": "share", "name": "Part of the strongest", "type": "bar", "data": bars, "barWidth": 10}],
        grid={"left": 14, "right": 20, "top": 4, "bottom": 4, "containLabel": True},
    )  # fmt: skip
    table = pd.DataFrame([{"rank": one.rank, "rank_best": one.rank_best, "rank_worst": one.rank_worst,
                           "parameter": one.name, "strength": one.strength, "low": one.low, "high": one.high,
                           "unit": one.unit, "share": one.share} for one in rows])  # fmt: skip
    return Picture(
        "assumptions", "Which assumptions matter most",
        f"{outcome}, {response}: size of the effect over the likely range, as part of the strongest; orange rests on "
        "an assumption, blue on facts", option, table, height=40 + 19 * len(shown),
        spoken=f"{shown[-1].name} moves {outcome} most." if shown else "Nothing was screened.",
    )  # fmt: skip


def _spans(
    key: str, name: str, spans: Sequence[tuple[float, float, str, str]], *, wide: int, axis: int = 0
) -> list[Option]:
    """Return bars from low to high: an unseen one up to low, and the rest on top of it."""
    shared: Option = {"type": "bar", "stack": key, "barWidth": wide, "yAxisIndex": axis}
    unseen = {"color": "rgba(0,0,0,0)"}
    return [
        {**shared, "id": f"{key} low", "silent": True, "itemStyle": unseen, "tooltip": {"show": False},
         "data": [round(low, 4) for low, *_ in spans]},
        {**shared, "id": key, "name": name, "data": [
            {"value": round(high - low, 4), "itemStyle": {"color": colour},
             "tooltip": {"formatter": told} if told else {"show": False}}
            for low, high, colour, told in spans]},
    ]  # fmt: skip


def _told(one: ToldParameter) -> str:
    before, after = (f"{three[1]:.3g} ({three[0]:.3g} to {three[2]:.3g})" for three in (one.before, one.after))
    return (f"<b>{escape(one.name)}</b> {escape(one.meaning)}<br>before {before}<br>after {after}<br>"
            f"{one.verdict}, narrower by {one.narrower:.0%}")  # fmt: skip


def _names(names: Sequence[str], *, wide: int = 0) -> Option:
    label: Option = {"color": INK, "fontSize": SMALL, "interval": 0, "fontFamily": FONT}
    if wide:
        label |= {"width": wide, "overflow": "break", "lineHeight": 12}
    return {"type": "category", "data": list(names), "axisLine": {"show": False}, "axisTick": {"show": False},
            "axisLabel": label}  # fmt: skip


def _tip() -> Option:
    return {"trigger": "item", "confine": True, "borderColor": GRID,
            "extraCssText": "white-space: normal; max-width: 320px",
            "textStyle": {"color": INK, "fontSize": SMALL}}  # fmt: skip


def _rule(name: object) -> str:
    return str(name).replace("_", " and ")


def _won(won: bool) -> str:
    return "better than every naive rule" if won else "worse than it"
