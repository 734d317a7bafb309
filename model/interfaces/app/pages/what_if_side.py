"""The left of the page What-if: levers and parameters that the branch may change."""

from __future__ import annotations

import solara

from model.foundation.errors import Fault
from model.interfaces.app.controls import Control, parameter_controls, subjects
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Empty, Jump, Panel, Segments, Select, Words
from model.interfaces.app.pages.run_side import place_of_levers, service_of, subject_of
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session
from model.interfaces.app.what_if import PARAMETER, asked_of, place_of, put
from model.interfaces.app.what_if_everywhere import EVERYWHERE, controls_of, shown_in
from model.interfaces.app.words import market_name
from model.results.palette import name_of

SIDE = "what_if_side"
"""Name under which the page keeps what is chosen here; what is asked of the branch stands under the page's own."""
QUESTION, ANSWER = "question", "answer"
"""Names of the boxes that are led to where the page is one column wide."""
TABS = (("levers", "Levers"), ("parameters", "Parameters"))


@solara.component
def Side() -> None:
    """Everything that a branch can change; what is chosen here is kept with the page."""
    session = use_session()
    tab = str(session.state.page(SIDE).get("tab", ""))
    seen = session.seen
    with Box(), Box(kind="stack"):
        if seen is None:
            Empty("Levers", "They stand here when the market is open.")
            return
        tab = tab if tab in dict(TABS) else "levers"
        Segments(label="What to change", choices=TABS, value=tab, event_chosen=lambda one: session.ask(SIDE, tab=one))
        if tab == "levers":
            _Levers(seen=seen)
        else:
            _Parameters(seen=seen)
        Jump(label="Back to the question ↑", to=QUESTION)


@solara.component
def _Levers(seen: Seen) -> None:
    session = use_session()
    state, standing = session.state, seen.standing
    chosen, asked = state.page(SIDE), asked_of(state)
    where = str(chosen.get("where", ""))
    code = EVERYWHERE if where == EVERYWHERE else place_of_levers(where, state, seen)
    there = list(dict.fromkeys(name for country in shown_in(standing, code).values() for name in country.platforms))
    service = service_of(str(chosen.get("who", "spotify")), there)

    def make() -> list[Control]:
        return controls_of(standing, code, service, changes=state.changes, asked=asked)

    controls = solara.use_memo(make, [standing, code, service, state.changes, asked.changes])
    places = [(EVERYWHERE, "All markets"), *((one, market_name(one)) for one in seen.plan.markets)]
    services = [("", "The market, TikTok"), *((name, name_of(name)) for name in there)]
    with Box(kind="stack"):
        Select(label="Market", choices=places, value=code, event_chosen=lambda one: session.ask(SIDE, where=one))
        Select(label="Who sets it", choices=services, value=service,
               event_chosen=lambda one: session.ask(SIDE, who=one))  # fmt: skip
        Words("Set for the branch alone, from its first month on. The live run stays as it is.", kind="small")
        Panel(controls=controls, on_set=lambda one, value: _put(session, one, value),
              faults=faults_of(session, controls), changed=[key for key, _ in asked.changes])  # fmt: skip


@solara.component
def _Parameters(seen: Seen) -> None:
    session = use_session()
    asked, subject = asked_of(session.state), subject_of(session.state.page(SIDE))
    values = {**seen.plan.parameters}
    values |= {key.removeprefix(PARAMETER): value for key, value in asked.changes if key.startswith(PARAMETER)}
    controls = parameter_controls(values, subject=subject)
    with Box(kind="stack"):
        Select(label="Uncertain parameters of", choices=[(name, name.capitalize()) for name in subjects()],
               value=subject, event_chosen=lambda one: session.ask(SIDE, subject=one))  # fmt: skip
        Words("The world is another one from the branch on; what was lived, and what the opening found of people and "
              "offers, stays. Had it always been so: set it on the page Run, under World.", kind="small")  # fmt: skip
        Panel(controls=controls, on_set=lambda one, value: _put(session, one, value),
              faults=faults_of(session, controls), changed=[key for key, _ in asked.changes])  # fmt: skip


def faults_of(session: Session, controls: list[Control]) -> dict[str, tuple[Fault, ...]]:
    """Return what is wrong with controls of the branch, by key."""
    return {one.key: session.faults[place_of(one.key)] for one in controls if place_of(one.key) in session.faults}


def _put(session: Session, one: Control, value: bool | float) -> None:
    put(session, one.key, bool(value) if one.kind == "switch" else float(value))
