"""Sources on the page Evidence: any column of the run, what it is, the run behind it, its parameters and facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import solara

from model.experiments.tracing import Traced
from model.foundation.errors import InputError
from model.interfaces.app.evidence import as_steered, columns_offered, dates_of, items_of, places_of, traced
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Button, Empty, Faults, Save, Select, Table, Tiles, Words
from model.interfaces.app.pages.run_side import words_of
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session
from model.interfaces.app.sourcing import PAGE
from model.interfaces.app.words import amount, market_name, month_name, tier_name, written
from model.results import RunResult
from model.results.palette import name_of

FEW = 12
"""Rows of a table that are shown before all are asked for."""
SECTIONS = {"people": "people", "platforms": "services", "offers": "offers", "repertoire": "repertoire",
            "deals": "licences", "advertising": "advertising", "tiktok": "TikTok", "world": "the world"}  # fmt: skip
NAMES = {"market": "Market", "platform": "Service", "tier": "Tier", "label": "Label"}


@solara.component
def Sources() -> None:
    """Show the choice of a number and all that stands behind it."""
    session = use_session()
    seen = session.seen
    if seen is None:
        Empty("The market opens", "Its numbers can be traced as soon as there are some.")
        return
    asked = session.state.page(PAGE)
    known = dict(columns_offered())
    metric = str(asked.get("metric", "")) if str(asked.get("metric", "")) in known else "revenue"
    result, whole = as_steered(seen, session.state)
    where, choices = chosen_places(result, metric, asked)
    dates = dates_of(seen)
    date = str(asked.get("date", "")) if str(asked.get("date", "")) in dates else ""
    with Box(kind="main"):
        with Box(), Box(kind="fields"):
            Select(label="Number", choices=list(known.items()), value=metric,
                   event_chosen=lambda one: session.ask(PAGE, metric=one))  # fmt: skip
            for place, names in choices.items():
                _Place(session, place, names, where[place])
            months = [("", "The last, or all summed up"), *((one, month_name(one)) for one in dates)]
            Select(label="Month", choices=months, value=date,
                   event_chosen=lambda one: session.ask(PAGE, date=one))  # fmt: skip
        try:
            found = traced(result, metric, where, date)
        except InputError as error:
            Faults(error.faults)
            return
        _Found(found, changes_words(session, seen, whole=whole))


def _Place(session: Session, place: str, names: Sequence[str], value: str) -> None:
    words = market_name if place == "market" else tier_name if place == "tier" else name_of
    every = "All markets" if place == "market" else "All"
    Select(label=NAMES[place], choices=[("", every), *((one, words(one)) for one in names)], value=value,
           event_chosen=lambda one: session.ask(PAGE, **{place: one}))  # fmt: skip


def chosen_places(
    result: RunResult, metric: str, asked: Mapping[str, object]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the place that was asked for, as far as the column has it, and what each part of it may be."""
    where: dict[str, str] = {}
    choices: dict[str, list[str]] = {}
    for place in places_of(metric):
        choices[place] = items_of(result, metric, place, given=where)
        value = str(asked.get(place, ""))
        where[place] = value if value in choices[place] else ""
    return where, choices


def _Found(found: Traced, changes: Sequence[str]) -> None:
    plain = found.plain
    metric = plain["metric"]
    with Box(kind="grid"):
        with Box(), Box(kind="stack"):
            Words(f"{metric['label']}, {metric['unit']}", kind="heading")
            Words(sentence_of(metric["meaning"]))
            if plain.get("number"):
                Tiles(tiles=[number_tile(plain)])
            else:
                Words("It cannot be added up here: narrow it to a market, a service or a month.", kind="small")
            direct = [one for one in metric["columns"] if one["direct"]]
            if direct:
                Table(caption="Worked out from", columns=["Worked out from", "Unit", "Meaning"],
                      rows=[[one["name"], one["unit"], one["meaning"]] for one in direct],
                      flowing=[False, False, True])  # fmt: skip
        with Box(), Box(kind="stack"):
            Words("The run behind it", kind="heading")
            Table(caption="Identity of the run", columns=["", ""], rows=run_rows(plain["run"]), flowing=[False, True])
            for line in changes:
                Words(line, kind="small")
            for line in plain["notices"]:
                Words(line, kind="warning")
    _Listed("Parameters", parameter_words(plain["parameters"]), ["Parameter", "In the run", "Unit", "Default", "Likely",
            "Meaning", "Rests on"], parameter_rows(plain["parameters"]),
            flowing=[False, False, False, False, False, True, True])  # fmt: skip
    _Listed("Rows of the start", start_words(plain["start"]), ["Of", "What", "Value", "Known", "On what", "Facts"],
            start_rows(plain["start"]), flowing=[False, True, True, False, True, True])  # fmt: skip
    _Listed("Facts", facts_words(plain["facts"]), ["Fact", "What", "Value", "Date", "Known", "Source", "Where"],
            fact_rows(plain["facts"]), flowing=[False, True, True, False, False, True, True])  # fmt: skip
    if plain["events"]:
        _Listed("Dated events before it", "", ["Date", "What", "Source"],
                [[one["date"], one["words"], one["source"] or "none told"] for one in plain["events"]],
                flowing=[False, True, True])  # fmt: skip
    with Box(kind="row"):
        Save("Save all of it", lambda: f"{found.text}\n", f"source-{metric['name']}.txt")


@solara.component
def _Listed(
    title: str, words: str, columns: Sequence[str], rows: Sequence[Sequence[str]], flowing: Sequence[bool]
) -> None:  # fmt: skip
    every, set_every = solara.use_state(False)
    if not rows:
        Box(kind="nothing")
        return
    with Box(), Box(kind="stack"):
        Words(title, kind="heading")
        if words:
            Words(words, kind="small")
        Table(caption=title, columns=columns, rows=rows if every else rows[:FEW], flowing=flowing)
        if len(rows) > FEW:
            with Box(kind="row"):
                Button(label="Show the first" if every else f"Show all {len(rows):,}", kind="quiet",
                       event_pressed=lambda _: set_every(not every))  # fmt: skip


def number_tile(plain: Mapping[str, Any]) -> dict[str, str]:
    """Return the number itself, as a tile."""
    number, unit = plain["number"], plain["metric"]["unit"]
    value = number["mean"]
    shown = f"{value:.2%}" if unit == "share" else amount(value, unit="USD" if unit.startswith("USD") else "")
    where = ", ".join(name_of(one) if key in ("platform", "label") else one
                      for key, one in plain["where"].items() if one) or "all markets"  # fmt: skip
    return {"label": where, "value": shown, "note": f"{number['when']} · {written(value, ',.6g')} {unit}",
            "hint": f"of the table “{number['frame']}”, {number['rows']} row(s)"}  # fmt: skip


def run_rows(run: Mapping[str, Any]) -> list[list[str]]:
    """Return the identity of a run as rows."""
    return [
        ["Scenario", str(run["scenario"])], ["Run id", ", ".join(run["run_ids"].values())],
        ["Scenario hash", run["scenario_digest"]], ["Seed", str(run["seed"])], ["Model", run["model_version"]],
        ["Start", f"{run['start']}, hash {run['start_digest']}"],
        ["Size", f"{run['users']:,} simulated users in each of {len(run['markets'])} market(s), "
                 f"{run['months']} months"],
        ["Libraries", ", ".join(f"{name} {number}" for name, number in run["versions"].items())],
    ]  # fmt: skip


def changes_words(session: Session, seen: Seen, *, whole: bool) -> list[str]:
    """Return what was changed on the way. whole: whether it is part of the scenario hash."""
    acted = [change for change in session.state.changes if change.month < seen.month]
    if not acted:
        return ["Nothing was changed on the way: the command line gives the same numbers for the same scenario."]
    part = "and part of the scenario hash:" if whole else "and not part of the hash, which is the opening's:"
    return [f"Changed on the way, {part}", *(words_of(one, seen) for one in acted)]


def sentence_of(words: str) -> str:
    """Return words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}".rstrip(".") + "."


def parameter_words(found: Sequence[Mapping[str, Any]]) -> str:
    """Return how many parameters stand behind a number, and how many of them are assumptions."""
    assumed = sum(one["assumption"] for one in found)
    return (f"{len(found)} stand behind it, {assumed} of them assumptions. First those that the run sets, then those "
            "that the number is worked out from directly.")  # fmt: skip


def parameter_rows(found: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return parameters as rows: those that the run sets, then those that the column names, then the others."""
    ordered = sorted(found, key=lambda one: (one["value"] == one["default"], not one["direct"]))
    return [
        [one["name"], written(one["value"], ".6g"), one["unit"], written(one["default"], ".6g"),
         f"{written(one['likely'][0], '.4g')} to {written(one['likely'][1], '.4g')}", one["meaning"], one["source"]]
        for one in ordered
    ]  # fmt: skip


def start_words(found: Sequence[Mapping[str, Any]]) -> str:
    """Return how many rows of the start stand behind a number, and how many of them are assumed."""
    assumed = sum(one["confidence"] == "assumption" for one in found)
    return f"{len(found)} rows of the observed start, {assumed} of them assumed."


def start_rows(found: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return rows of the start."""
    return [[SECTIONS.get(one["section"], one["section"]), one["what"], str(one["value"]), one["confidence"],
             one["basis"], ", ".join(one["facts"]) if len(one["facts"]) <= FEW else f"{len(one['facts'])} facts"]
            for one in found]  # fmt: skip


def facts_words(found: Sequence[Mapping[str, Any]]) -> str:
    """Return how many facts stand behind a number, by how they are known."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one["confidence"]] = counts.get(one["confidence"], 0) + 1
    return f"{len(found)} stand behind it: {', '.join(f'{count} {name}' for name, count in counts.items())}."


def fact_rows(found: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return facts as rows: id, what about, value with unit, date, confidence, source and address."""
    return [
        [one["id"], f"{one['entity'] if one['entity'] == one['market'] else one['entity'] + ' ' + one['market']}, "
         f"{one['field']}", f"{one['value']} {one['unit']}", one["date"], one["confidence"],
         one["source"] or "none told", one["url"]]
        for one in found
    ]  # fmt: skip
