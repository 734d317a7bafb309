"""Backtest, calibration and assumptions on the page Evidence, as the package ships them or the results hold them."""

from __future__ import annotations

import pandas as pd
import solara

from model.experiments.backtest.forecasting import JUDGED_BY
from model.experiments.backtest.naming import series_words
from model.experiments.backtest.page import standing_words, wins_words
from model.experiments.backtest.scoring import SERIES
from model.experiments.backtest.told import Told
from model.experiments.calibration.shipped import ToldCalibration
from model.experiments.history import SeriesKey
from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.evidence import (
    RIGHT,
    WRONG,
    assumptions_picture,
    backtest_picture,
    calibration_picture,
)
from model.interfaces.app.evidence import own_backtests, shipped
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Empty, Segments, Select, Table, Words
from model.interfaces.app.sourcing import PAGE
from model.interfaces.app.words import written
from model.results.palette import OTHER

STALE = ("The model or its facts have changed since: the numbers are those of the version named here, and the present "
         "one may do better or worse.")  # fmt: skip


@solara.component
def BacktestTold() -> None:
    """Show the shipped backtest, or one of the results."""
    session = use_session()
    own = solara.use_memo(own_backtests, [])
    given = shipped().backtest
    asked = str(session.state.page(PAGE).get("backtest", ""))
    found = own.get(asked, given)
    choices = [("", "Shipped with the package"), *((name, f"results/{name}") for name in own)]
    if found is None:
        Empty("No backtest", "The package ships none, and the folder of results holds none: resonance backtest")
        return
    with Box(kind="main"):
        with Box(), Box(kind="stack"):
            if own:
                Select(label="Backtest", choices=choices, value=asked if asked in own else "",
                       event_chosen=lambda one: session.ask(PAGE, backtest=one))  # fmt: skip
            Words(f"Known to {found.window.train_until}, forecast to {found.window.test_until}", kind="heading")
            for line in standing_words(found), "" if found.current else STALE:
                if line:
                    Words(line.replace("`", "“", 1).replace("`", "”"), kind="warning")
            Words(wins_words(found))
            Words(members_words(found), kind="small")
        with Box():
            Chart(backtest_picture(found), of=f"backtest, {found.window.train_until} to {found.window.test_until}")
        with Box(kind="grid"):
            with Box(), Box(kind="stack"):
                Words("By months ahead", kind="heading")
                Words("Ratio: score of the model over the rule's, median of the series; below 1 the model is better.",
                      kind="small")  # fmt: skip
                _Horizons(found)
            with Box(), Box(kind="stack"):
                Words("Coverage", kind="heading")
                Words("Part of the outcomes inside the central intervals: 50% and 90% where a forecast is as sure as "
                      "it says. Place: part of the forecast below what came, 0.5 on average where it is right.",
                      kind="small")  # fmt: skip
                _Coverage(found)
        with Box():
            _Series(found)
            for line in found.notices:
                Words(line, kind="small")


def members_words(found: Told) -> str:
    """Return who forecast, by which model."""
    return (
        f"{found.members} members of “{found.made.get('name', '?')}”, worth {found.worth:.0f} of equal weight; "
        f"{found.made.get('method', 'of unknown making')}. {found.users:,} simulated users in each of {found.markets} "
        f"markets, model {found.model_version}, scenario hash {found.scenario_digest}."
    )


def _Horizons(found: Told) -> None:
    rows = [[str(row["horizon"]), _rule(row["against"]), f"{row['wins']} of {row['series']}", f"{row['ratio']:.2f}"]
            for row in found.horizons.to_dict("records")]  # fmt: skip
    Table(caption="By months ahead", columns=["Months ahead", "Against", "Better in", "Ratio"], rows=rows,
          numeric=[False, False, True, True])  # fmt: skip


def _Coverage(found: Told) -> None:
    rows = [[_rule(row["method"]), str(row["outcomes"]), f"{row['in50']:.0%}", f"{row['in90']:.0%}",
             f"{row['place']:.2f}"] for row in found.coverage.to_dict("records")]  # fmt: skip
    Table(caption="Coverage", columns=["Forecast", "Outcomes", "In 50%", "In 90%", "Place"], rows=rows,
          numeric=[False, True, True, True, True])  # fmt: skip


def _Series(found: Told) -> None:
    ordered = pd.concat([found.won, found.lost])
    rows = [[series_words(SeriesKey(*(str(row[name]) for name in SERIES))), str(row["unit"]), str(row["outcomes"]),
             _short(row[JUDGED_BY]), _short(row[str(row["best_rule"])]), _rule(row["best_rule"]),
             written(row["skill"], "+.0%")] for row in ordered.to_dict("records")]  # fmt: skip
    Table(caption="Score of every series in its unit",
          columns=["Series", "Unit", "Outcomes", "Model's score", "Rule's score", "Best rule", "Skill"], rows=rows,
          numeric=[False, False, True, True, True, False, True],
          colours=[RIGHT if won else WRONG for won in ordered["won"]])  # fmt: skip


@solara.component
def Calibration() -> None:
    """Show what the shipped calibration tells and what not."""
    found = shipped().calibration
    if found is None:
        Empty("No calibration", "The package ships no ensemble that a calibration made: resonance calibrate")
        return
    with Box(kind="main"):
        with Box(), Box(kind="stack"):
            Words(f"The record from {found.window[0]} to {found.window[1]}: {told_words(found)}", kind="heading")
            if not found.current:
                Words(STALE, kind="warning")
            for line in calibration_words(found):
                Words(line)
            Words(f"Ensemble “{found.ensemble.name}”: {found.members} members, worth {found.worth:.0f} of equal "
                  f"weight, from {found.lives:,} lives; model {found.ensemble.made.get('lived_version', '?')}, hash "
                  f"{found.ensemble.digest}. Quantiles here are those of the members.", kind="small")  # fmt: skip
        with Box():
            Chart(calibration_picture(found), of=f"calibration, {found.ensemble.name}")
        with Box():
            rows = [[one.name, one.meaning, one.unit, _interval(one.before), _interval(one.after),
                     written(one.narrower, ".0%"), one.verdict] for one in found.parameters]  # fmt: skip
            Table(caption="Parameters before and after the record", rows=rows,
                  columns=["Parameter", "Meaning", "Unit", "Before: median (90%)", "After: median (90%)", "Narrower by",
                           ""], numeric=[False, False, False, False, False, True, False],
                  flowing=[False, True, True, False, False, False, False],
                  colours=[RIGHT if one.verdict == "told" else OTHER for one in found.parameters])  # fmt: skip


def told_words(found: ToldCalibration) -> str:
    """Return how many parameters were told."""
    told = sum(one.verdict == "told" for one in found.parameters)
    return f"{told} of {len(found.parameters)} parameters are told"


def calibration_words(found: ToldCalibration) -> list[str]:
    """Return what a calibration tells, does not tell and misses, in sentences."""
    told, silent = ([one.name for one in found.parameters if one.verdict == word] for word in ("told", "silent"))
    untold = len(found.parameters) - len(told) - len(silent)
    lines = [
        f"Told: {', '.join(told) or 'none'}. Of {untold} others the record says little, though they move what is "
        "looked at: forecasts that hang on them are as unsure as before."
        + (f" Silent, they move nothing looked at: {', '.join(silent)}." if silent else ""),
    ]
    if found.coverage == found.coverage:
        wider = "" if found.widened == 1.0 else f", once variances were widened by {found.widened:g}"
        lines.append(f"Checked on known truths: {found.coverage:.0%} of the 90% intervals held them{wider}.")
    met = found.moments - len(found.missed)
    missed = f" Missed: {'; '.join(found.missed)}." if found.missed else ""
    lines.append(f"{met} of {found.moments} numbers of the record are met by the members.{missed}")
    return lines


@solara.component
def Assumptions() -> None:
    """Show the shipped screening: which parameters move an outcome most."""
    session = use_session()
    held = shipped()
    found = held.screening
    if found is None:
        Empty("No screening", "The package's file is missing or harmed: resonance facts --assumptions --measure")
        return
    asked = str(session.state.page(PAGE).get("outcome", ""))
    outcome, rows = found.of(asked if asked in found.outcomes else None)
    made = found.made
    with Box(kind="main"):
        with Box(), Box(kind="stack"):
            with Box(kind="row"):
                Segments(label="Outcome", choices=[(name, _outcome(name)) for name in found.outcomes], value=outcome,
                         event_chosen=lambda one: session.ask(PAGE, outcome=one))  # fmt: skip
            Words(f"{made['method'].capitalize()} screening of {len(found.inputs)} uncertain parameters over their "
                  f"likely ranges, {made['runs']:,} runs of {', '.join(made['markets'])} with {made['users']:,} users "
                  f"and {made['months']} months: what moves “{found.response}”. Model {made['model_version']}, sweep "
                  f"{made['sweep']}.", kind="small")  # fmt: skip
            if not held.screening_current:
                Words("The package has changed since the screening was made: order and size may have too.",
                      kind="small")  # fmt: skip
            if held.unscreened:
                Words(f"Declared since and not screened: {', '.join(held.unscreened)}.", kind="warning")
        with Box():
            Chart(assumptions_picture(rows, outcome=outcome, response=found.response), of=f"screening, {outcome}")
        with Box():
            Table(caption="Parameters by the size of their effect", flowing=[False, False, False, False, True, True],
                  columns=["Parameter", "Place", "Default", "Likely range", "Meaning", "Rests on"],
                  numeric=[False, True, True, False, False, False],
                  rows=[[one.name, f"{one.rank} ({one.rank_best}–{one.rank_worst})",
                         *_declared(one.line)] for one in rows])  # fmt: skip


def _declared(line: object) -> list[str]:
    from model.spec.parameters import Parameter

    if not isinstance(line, Parameter):
        return ["–", "–", "no longer declared", "–"]
    low, high = (written(end, "g") for end in line.likely)
    return [written(line.default, "g"), f"{low} to {high} {line.unit}", line.meaning, line.source]


def _outcome(name: str) -> str:
    return name.replace("_", " ").replace(".", ", ").capitalize().replace("Bytedance", "ByteDance")


def _interval(three: tuple[float, float, float]) -> str:
    return f"{written(three[1])} ({written(three[0])} to {written(three[2])})"


def _rule(name: object) -> str:
    return str(name).replace("_", " and ")


def _short(value: object) -> str:
    if not isinstance(value, float) or value != value:
        return ""
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
