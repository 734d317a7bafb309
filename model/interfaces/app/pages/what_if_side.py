"""The left of the page What-if: levers and parameters that the branch may change."""

from __future__ import annotations

import solara

from model.foundation.errors import Fault, InputError
from model.interfaces.app.controls import Control, market_controls, parameter_controls, service_controls, subjects
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Empty, Jump, Panel, Segments, Select, Words
from model.interfaces.app.pages.run_side import pending_of
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session
from model.interfaces.app.what_if import PARAMETER, Asked, asked_of, change_of, place_of, put
from model.interfaces.app.what_if_everywhere import EVERYWHERE, everywhere
from model.interfaces.app.words import market_name
from model.market.streaming_market import StreamingMarket
from model.results.palette import name_of
from model.spec.settings import Setting

QUESTION, ANSWER = "question", "answer"
"""Names of the boxes that are led to where the page is one column wide."""
TABS = (("levers", "Levers"), ("parameters", "Parameters"))


@solara.component
def Side() -> None:
    """Everything that a branch can change."""
    session = use_session()
    tab, set_tab = solara.use_state("levers")
    seen, market, asked = session.seen, session.market, asked_of(session.state)
    with Box(), Box(kind="stack"):
        if seen is None or market is None:
            Empty("Levers", "They stand here when the market is open.")
            return
        Segments(label="What to change", choices=TABS, value=tab, event_chosen=set_tab)
        if tab == "levers":
            _Levers(session=session, seen=seen, market=market, asked=asked)
        else:
            _Parameters(session=session, seen=seen, asked=asked)
        Jump(label="Back to the question ↑", to=QUESTION)


@solara.component
def _Levers(session: Session, seen: Seen, market: StreamingMarket, asked: Asked) -> None:
    who, set_who = solara.use_state("spotify")
    where, set_where = solara.use_state("")
    code = where if where == EVERYWHERE or where in market.countries else session.state.market or seen.plan.markets[0]
    countries = market.countries if code == EVERYWHERE else {code: market.countries[code]}
    there = list(dict.fromkeys(name for country in countries.values() for name in country.platforms))
    service = who if who in there or not who else ""
    pending = (*pending_of(session), *settings_asked(session, asked))
    controls = [
        service_controls(country, service, pending=pending) if service else market_controls(country, pending=pending)
        for country in countries.values()
        if not service or service in country.platforms
    ]
    shown = everywhere(controls, codes=list(countries)) if code == EVERYWHERE else controls[0]
    places = [(EVERYWHERE, "All markets"), *((one, market_name(one)) for one in seen.plan.markets)]
    services = [("", "The market, TikTok"), *((name, name_of(name)) for name in there)]
    with Box(kind="stack"):
        Select(label="Market", choices=places, value=code, event_chosen=set_where)
        Select(label="Who sets it", choices=services, value=service, event_chosen=set_who)
        Words("Set for the branch alone, from its first month on. The live run stays as it is.", kind="small")
        Panel(controls=shown, on_set=lambda one, value: _put(session, one, value), faults=faults_of(session, shown),
              changed=[key for key, _ in asked.changes])  # fmt: skip


@solara.component
def _Parameters(session: Session, seen: Seen, asked: Asked) -> None:
    subject, set_subject = solara.use_state("demand")
    values = {**seen.plan.parameters}
    values |= {key.removeprefix(PARAMETER): value for key, value in asked.changes if key.startswith(PARAMETER)}
    controls = parameter_controls(values, subject=subject)
    with Box(kind="stack"):
        Select(label="Uncertain parameters of", choices=[(name, name.capitalize()) for name in subjects()],
               value=subject, event_chosen=set_subject)  # fmt: skip
        Words("The world is another one from the branch on; what was lived, and what the opening found of people and "
              "offers, stays. Had it always been so: set it on the page Run, under World.", kind="small")  # fmt: skip
        Panel(controls=controls, on_set=lambda one, value: _put(session, one, value),
              faults=faults_of(session, controls), changed=[key for key, _ in asked.changes])  # fmt: skip


def settings_asked(session: Session, asked: Asked) -> tuple[Setting, ...]:
    """Return what the branch sets, to show the levers where they will stand; nothing while some of it is wrong."""
    if session.market is None:
        return ()
    try:
        return change_of(session.market.plan, asked.changes)[0]
    except InputError:
        return ()


def faults_of(session: Session, controls: list[Control]) -> dict[str, tuple[Fault, ...]]:
    """Return what is wrong with controls of the branch, by key."""
    return {one.key: session.faults[place_of(one.key)] for one in controls if place_of(one.key) in session.faults}


def _put(session: Session, one: Control, value: bool | float) -> None:
    put(session, one.key, bool(value) if one.kind == "switch" else float(value))
