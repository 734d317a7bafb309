"""What the page What-if shows of an answer: the sentence first, then figures, pictures and a table by market."""

from __future__ import annotations

from typing import Any

import solara

from model.experiments.comparing.outcomes import Outcome
from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.what_if import both_arms, by_market, difference, outcome_name
from model.interfaces.app.look import Box, Select, Table, Tiles, Words
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

COLUMNS = ["Market", "Without", "With", "Difference", "Relative", "90% of the futures"]


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

    with Box(kind="main"):
        with Box():
            _Answer(answer, outcome, market=market)
        Tiles(tiles=headline_tiles(found, market=market))
        with Box():
            _Look(session, answer, outcome, market)
        with Box(kind="grid"):
            with Box():
                Chart(both_arms(found, outcome, market=market, past=answer.lived(outcome, market=market)), of=of)
            with Box():
                Chart(difference(found, outcome, market=market), of=of)
        with Box():
            Chart(by_market(found, outcome), on_click=look, of=of)
        with Box():
            caption = f"{outcome_name(outcome)} by market, {when(found, outcome)}, {unit_words(outcome)}"
            Words(caption, kind="heading")
            Table(caption=caption, columns=COLUMNS, rows=market_rows(found, outcome),
                  numeric=[False, True, True, True, True, True])  # fmt: skip


def _Answer(answered: Answer, outcome: Outcome, *, market: str) -> None:
    found, wanted = answered.found, answered.asked.futures
    head, rest = verdict(found, outcome, market=market)
    with Box(kind="stack"):
        # A line always stands above the title: the pieces below it keep their places while the answer grows.
        Words(f"Answer of {wanted} futures" if answered.is_whole else f"So far, after {found.futures} of {wanted} futures",
              kind="small")  # fmt: skip
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
