"""What the page What-if shows of an answer: the sentence first, then figures, pictures and a table by market."""

from __future__ import annotations

from typing import Any

import solara

from model.experiments.comparing.outcomes import Outcome
from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.picture import Picture
from model.interfaces.app.charts.what_if import both_arms, by_market, difference, outcome_name
from model.interfaces.app.look import Box, Select, Table, Tiles, Words
from model.interfaces.app.pages.what_if_side import ANSWER
from model.interfaces.app.session import Session
from model.interfaces.app.what_if import PAGE, Answer, Asked
from model.interfaces.app.what_if_words import (
    choices,
    chosen,
    circumstances,
    headline_tiles,
    market_rows,
    unit_words,
    verdict,
    when,
)
from model.interfaces.app.words import market_name

COLUMNS = ["Market", "Difference", "Relative", "90% of the futures", "Without", "With"]


@solara.component
def Shown(session: Session, answer: Answer, asked: Asked) -> None:
    """Show an answer. asked: what is looked at."""
    found = answer.found
    outcome = chosen(found, asked.who, asked.what)
    market = asked.market if asked.market in found.plan.markets else ""
    of = f"{found.plan.name} what if {found.date(found.month + 1)}"

    def look(told: dict[str, Any]) -> None:
        code = str(told.get("name", ""))
        if code in found.plan.markets:
            session.ask(PAGE, market="" if code == market else code)

    key = [id(answer), outcome.name, market]
    first, second, third = solara.use_memo(lambda: _pictures(answer, outcome, market), key)
    tiles = solara.use_memo(lambda: headline_tiles(found, market=market), [id(answer), market])
    rows = solara.use_memo(lambda: market_rows(found, outcome), key[:2])
    with Box(kind="main"):
        with Box(name=ANSWER):
            _Answer(answer, outcome, market=market)
        Tiles(tiles=tiles)
        with Box():
            _Look(session, answer, outcome, market)
        with Box(kind="grid"):
            with Box():
                Chart(first, of=of)
            with Box():
                Chart(second, of=of)
        with Box():
            Chart(third, on_click=look, of=of)
        with Box():
            caption = f"{outcome_name(outcome)} by market, {when(found, outcome)}, {unit_words(outcome)}"
            Words(caption, kind="heading")
            Table(caption=caption, columns=COLUMNS, rows=rows,
                  numeric=[False, True, True, True, True, True])  # fmt: skip


def _pictures(answer: Answer, outcome: Outcome, market: str) -> tuple[Picture, Picture, Picture]:
    """Return the pictures of an answer; made once for each, however often the page is drawn."""
    found = answer.found
    past = answer.lived(outcome, market=market)
    return (both_arms(found, outcome, market=market, past=past), difference(found, outcome, market=market),
            by_market(found, outcome))  # fmt: skip


def _Answer(answered: Answer, outcome: Outcome, *, market: str) -> None:
    found, wanted = answered.found, answered.asked.futures
    head, rest = verdict(found, outcome, market=market)
    with Box(kind="stack"):
        # A line always stands above the title: the pieces below it keep their places while the answer grows.
        so_far = f"So far, after {found.futures} of {wanted} futures"
        Words(f"Answer of {wanted} futures" if answered.is_whole else so_far, kind="small")
        Words(head, kind="title")
        for sentence in rest:
            Words(sentence)
        Words(circumstances(found, scenario=found.plan.name.replace("_", " ").capitalize()), kind="small")


def _Look(session: Session, answered: Answer, outcome: Outcome, market: str) -> None:
    """Place what is looked at: whose outcome, which, and where."""
    found = answered.found
    whose, columns = choices(found.outcomes)
    places = [("", "All markets"), *((code, market_name(code)) for code in found.plan.markets)]
    with Box(kind="fields"):
        Select(label="Whose", choices=whose, value=outcome.who,
               event_chosen=lambda one: session.ask(PAGE, who=one, what=""))  # fmt: skip
        Select(label="What", choices=columns[outcome.who], value=outcome.column,
               event_chosen=lambda one: session.ask(PAGE, who=outcome.who, what=one))  # fmt: skip
        Select(label="Where", choices=places, value=market,
               event_chosen=lambda one: session.ask(PAGE, market=one))  # fmt: skip
