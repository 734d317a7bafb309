"""Patterns on the page Evidence: target, band, model, hit or miss, what a miss means; measured anew on request."""

from __future__ import annotations

from typing import Any

import solara

from model.experiments.pattern import Pattern
from model.experiments.pattern_file import Measured
from model.experiments.pattern_notes import NOTES
from model.experiments.pattern_page import band_text
from model.facts.book import FactBook
from model.foundation.version import model_version
from model.interfaces.app.background import Report
from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.evidence import RIGHT, WRONG, patterns_picture
from model.interfaces.app.evidence import MEASURE_USERS, measure_patterns, shipped
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Busy, Button, Empty, Segments, Select, Table, Words
from model.interfaces.app.session import Session
from model.interfaces.app.sourcing import PAGE
from model.interfaces.app.words import written
from model.results.palette import OTHER

KEPT = "evidence patterns"
"""Name of the worker that measures, and of what it measured."""
COLOURS = {"hit": RIGHT, "miss": WRONG, "input": OTHER, "later": OTHER}


@solara.component
def Patterns() -> None:
    """Show the patterns as shipped, or as this page has measured them."""
    session = use_session()
    given, own = shipped().patterns, session.kept.get(KEPT)
    mine = own if isinstance(own, Measured) else None
    shows_own = mine is not None and session.state.page(PAGE).get("measured") == "own"
    found = mine if shows_own else given
    with Box(kind="main"):
        with Box():
            _Made(session, found, mine)
        if found is None:
            Empty("No patterns", "The package's file of measured patterns is missing or harmed. Measure them here.")
        else:
            _Shown(session, found)


def _Made(session: Session, found: Measured | None, mine: Measured | None) -> None:
    """Say who measured and when that is out of date, and offer to measure anew."""
    worker = session.aside(KEPT)
    with Box(kind="stack"):
        if found is not None:
            Words(made_words(found), kind="small")
            if not found.current:
                Words("These numbers are stale: the code or the facts behind them have changed since. The command "
                      "“resonance patterns --write docs/patterns.md” makes them anew, and so does the button below, "
                      "with fewer users.", kind="warning")  # fmt: skip
        with Box(kind="row"):
            Button(label="Measure anew", event_pressed=lambda _: measure(session), disabled=worker.progress.runs,
                   title=f"Runs what the patterns need, {MEASURE_USERS:,} users a market, beside the page")  # fmt: skip
            if mine is not None:
                Segments(label="Which are shown", choices=[("shipped", "Shipped"), ("own", "Measured here")],
                         value="own" if found is mine else "shipped",
                         event_chosen=lambda one: session.ask(PAGE, measured=one))  # fmt: skip
        Busy(worker)


def made_words(found: Measured) -> str:
    """Return who measured patterns, and what came of it."""
    who = "this version of the model" if found.model_version == model_version() else f"model {found.model_version}"
    counts = found.counts
    return (
        f"Measured by {who} with {found.users:,} simulated users a market: {counts['hit']} hit, {counts['miss']} "
        f"missed, {counts['input']} set by the start, so that they prove nothing."
    )


def measure(session: Session) -> None:
    """Measure the patterns anew beside the page, and show them."""

    def work(report: Report) -> None:
        found = measure_patterns(report, starts=session.starts)
        session.kept[KEPT] = found
        session.ask(PAGE, measured="own")

    session.aside(KEPT).start("patterns", work)


def _Shown(session: Session, found: Measured) -> None:
    names = [one.name for one in found.patterns]
    asked = str(session.state.page(PAGE).get("pattern", ""))
    missed = [one.name for one in found.patterns if one.verdict == "miss"]
    chosen = asked if asked in names else (missed or names)[0]

    def choose(told: dict[str, Any]) -> None:
        if str(told.get("name")) in names:
            session.ask(PAGE, pattern=str(told["name"]))

    with Box(kind="grid"):
        with Box():
            Chart(patterns_picture(found, chosen=chosen), on_click=choose, of=f"patterns, {found.model_version}")
        with Box():
            _About(session, found, chosen)
    with Box():
        Table(caption="Every pattern", columns=["Pattern", "What", "Observed", "Band", "Model", "", "Runs"],
              rows=[row_of(one) for one in found.patterns], flowing=[False, True, False, False, False, False, False],
              colours=[COLOURS[one.verdict] for one in found.patterns])  # fmt: skip
    if missed:
        with Box():
            Words("What the misses mean", kind="heading")
            Table(caption="What the misses mean", columns=["Pattern", "What a miss means"], flowing=[False, True],
                  rows=[[name, NOTES[name].miss] for name in missed if name in NOTES],
                  colours=[WRONG] * len(missed))  # fmt: skip


def _About(session: Session, found: Measured, chosen: str) -> None:
    """Tell of one pattern: the numbers, what a miss means, what a hit does not prove, the facts of the target."""
    one = next(each for each in found.patterns if each.name == chosen)
    note = NOTES.get(chosen)
    with Box(kind="stack"):
        Select(label="About", choices=[(each.name, f"{each.name} · {each.text}") for each in found.patterns],
               value=chosen, event_chosen=lambda name: session.ask(PAGE, pattern=name))  # fmt: skip
        Words(one.text[:1].upper() + one.text[1:], kind="heading")
        Words(numbers_words(one))
        if note is not None:
            Words(f"What a miss means: {note.miss}")
            if note.weak:
                Words(f"Why a hit proves less than it seems: {note.weak}.", kind="small")
            rows = fact_rows(note.facts)
            if rows:
                Table(caption=f"Facts behind {chosen}", columns=["Fact", "Value", "Date", "Known", "Source"], rows=rows,
                      flowing=[False, True, False, False, True])  # fmt: skip
            else:
                Words("No fact: it is a requirement on the model itself.", kind="small")


def numbers_words(one: Pattern) -> str:
    """Return observed value, band, model and verdict in a sentence."""
    if one.model is None:
        return f"Observed {one.target}; the model has no such part yet."
    told = {"hit": "inside: a hit", "miss": "outside: a miss", "input": "set by the start: proves nothing"}
    band = "" if band_text(one) == "none" else f", band {band_text(one)}"
    model = f"{written(one.model)} {one.unit}"
    return f"Observed {one.target} {one.unit}{band}; the model gives {model}, {told[one.verdict]}."


def row_of(one: Pattern) -> list[str]:
    """Return a pattern as a row of the table."""
    value = "–" if one.model is None else f"{written(one.model)} {one.unit}".strip()
    band = band_text(one)
    return [one.name, one.text, one.target, "–" if band == "none" else band, value, one.verdict, one.run]


def fact_rows(ids: tuple[str, ...]) -> list[list[str]]:
    """Return facts as rows: id, what it says, date, confidence, source."""
    book = FactBook.load()
    found = [book.get(name) for name in ids if name in book]
    return [[one.id, f"{one.entity} {one.market if one.market != one.entity else ''} {one.field}: {one.value} "
             f"{one.unit}".replace("  ", " "), one.date, one.confidence, one.source or "none told"]
            for one in found]  # fmt: skip
