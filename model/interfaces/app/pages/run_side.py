"""The left of the page Run: scenario, levers, what was changed, parameters, files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import solara

from model.foundation.errors import InputError
from model.foundation.months import show_month
from model.interfaces.app.controls import Control, market_controls, parameter_controls, service_controls, subjects
from model.interfaces.app.joined import use_session
from model.interfaces.app.library import about, scenarios
from model.interfaces.app.loading import faults_of_file, load
from model.interfaces.app.look import Box, Busy, Button, Droppable, Faults, Load, Panel, Save, Segments, Select, Words
from model.interfaces.app.on_the_way import pending_of
from model.interfaces.app.reporting import KEPT as REPORT
from model.interfaces.app.reporting import REPLICATES, made_report, start_report
from model.interfaces.app.restore import (
    DEFAULT_USERS,
    LARGEST_TEXT,
    MOST_MONTHS,
    MOST_USERS,
    Change,
    Licence,
    PageState,
    Values,
    to_text,
)
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session
from model.interfaces.app.words import market_name, month_name, tier_name
from model.results.palette import name_of

OWN = "(file)"
SIDE = "side"
"""Name under which the page keeps what is chosen here."""
TABS = (("levers", "Levers"), ("world", "World"), ("file", "File"))


@solara.component
def Side() -> None:
    """Everything that can be set."""
    session = use_session()
    asked = str(session.state.page(SIDE).get("tab", ""))
    tab = asked if asked in dict(TABS) else "levers"
    with Box(kind="stack"):
        with Box():
            _Scenario()
        seen = session.seen
        if seen is not None and session.state.changes:
            with Box():
                _Changes(session, seen)
        if seen is not None:
            _Setting(tab, lambda one: session.ask(SIDE, tab=one))


def _Setting(tab: str, set_tab: Callable[[str], None]) -> None:
    """Place what is set: levers, the world, or all by a file."""
    with Box(), Box(kind="stack"):
        Segments(label="What to set", choices=TABS, value=tab, event_chosen=set_tab)
        if tab == "levers":
            _Levers()
        elif tab == "world":
            _World()
        else:
            _File()


@solara.component
def _Scenario() -> None:
    session = use_session()
    state = session.state
    choices = [(name, title) for name, title, _ in scenarios()]
    if state.text:
        choices = [(OWN, "From a file"), *choices]

    def choose(name: str) -> None:
        if name != OWN:
            users = state.sets.get("users", DEFAULT_USERS)
            session.begin(replace(state, scenario=name, text="", sets={"users": users}, changes=(), month=0),
                          place="scenario")  # fmt: skip

    plan = None if session.seen is None else session.seen.plan
    with Box(kind="stack"):
        Select(label="Scenario", choices=choices, value=OWN if state.text else state.scenario, event_chosen=choose)
        Words(about(state.scenario) if not state.text else (plan.about if plan else ""), kind="small")
        Faults(session.faults.get("scenario", ()))


def _Changes(session: Session, seen: Seen) -> None:
    Words("Changed on the way", kind="heading")
    items = [{"key": repr(change), "words": words_of(change, seen)} for change in session.state.changes]
    Droppable(items=items, event_dropped=lambda key: take_back(session, key))


def take_back(session: Session, key: str) -> None:
    """Take back the change whose line was pressed; nothing where it is gone, as after the first of two quick presses.

    key: the change as `repr` writes it, since its place in the list moves when another one goes.
    """
    found = [change for change in session.state.changes if repr(change) == key]
    if found:
        session.take_back(found[0])


@solara.component
def _Levers() -> None:
    session = use_session()
    state, seen = session.state, session.seen
    assert seen is not None
    asked, standing = state.page(SIDE), seen.standing  # kept with the page: a walk to another and back changes nothing
    code = place_of_levers(str(asked.get("where", "")), state, seen)
    country = standing.countries[code]
    service = service_of(str(asked.get("who", "spotify")), country.platforms)
    services = [("", "The market, TikTok"), *((name, name_of(name)) for name in country.platforms)]
    places = [(one, market_name(one)) for one in seen.plan.markets]

    def make() -> list[Control]:
        pending = pending_of(standing, state.changes)
        return service_controls(country, service, pending=pending, standing=standing) if service else \
            market_controls(country, pending=pending, standing=standing)  # fmt: skip

    controls = solara.use_memo(make, [standing, code, service, state.changes])

    def put(one: Control, value: bool | float) -> None:
        session.set_lever(one.key, bool(value) if one.kind == "switch" else float(value))

    changed = [change.key for change in state.levers]
    with Box(kind="stack"):
        Select(label="Market", choices=places, value=code, event_chosen=lambda one: session.ask(SIDE, where=one))
        Select(label="Who sets it", choices=services, value=service,
               event_chosen=lambda one: session.ask(SIDE, who=one))  # fmt: skip
        Words("What is set acts from the next month on.", kind="small")
        Panel(controls=controls, on_set=put, faults=session.faults, changed=changed)


def place_of_levers(asked: str, state: PageState, seen: Seen) -> str:
    """Return the market whose levers are set: the one asked for, else the one shown, else the first."""
    markets = seen.plan.markets
    return next((one for one in (asked, state.market) if one in markets), markets[0])


def service_of(asked: str, there: Sequence[str]) -> str:
    """Return whose levers are set, "" for the market's own; a service that is not there falls back to these."""
    return asked if asked in there else ""


@solara.component
def _World() -> None:
    session = use_session()
    seen = session.seen
    assert seen is not None
    plan, subject = seen.plan, subject_of(session.state.page(SIDE))
    frame = [
        Control("users", "Users per market", "simulated users", "more users, less noise, slower months", 50, MOST_USERS,
                500, 20_000, 500, plan.users),
        Control("months", "Months", "months", "length of the run", 1, MOST_MONTHS, 1, 60, 1, plan.months),
        Control("seed", "Seed", "whole number", "root of all random numbers", 0, 2**31 - 1, 0, 100, 1, plan.seed),
    ]  # fmt: skip
    controls = parameter_controls(dict(plan.parameters), subject=subject)

    def put(one: Control, value: bool | float) -> None:
        whole = one.key in ("users", "months", "seed")
        session.set_frame(one.key, int(value) if whole else float(value))

    choices = [(name, name.capitalize()) for name in subjects()]
    changed = [key for key in session.state.sets if key != "users" or plan.users != DEFAULT_USERS]
    with Box(kind="stack"):
        Words("What is set here opens the run anew.", kind="small")
        Panel(controls=frame, on_set=put, faults=session.faults, changed=changed)
        Select(label="Uncertain parameters of", choices=choices, value=subject,
               event_chosen=lambda one: session.ask(SIDE, subject=one))  # fmt: skip
        Panel(controls=controls, on_set=put, faults=session.faults, changed=changed)


def subject_of(asked: Values) -> str:
    """Return the subject whose parameters are shown, "demand" where none of them was asked for."""
    subject = asked.get("subject")
    return subject if isinstance(subject, str) and subject in subjects() else "demand"


@solara.component
def _File() -> None:
    session = use_session()
    with Box(kind="stack"):
        Words("Load a scenario (TOML), or a page that was saved:", kind="small")
        Load(label="A scenario or a saved page", most=LARGEST_TEXT, accept=".toml,text/plain",
             event_loaded=lambda told: load(session, told))  # fmt: skip
        Faults(faults_of_file(session))
        with Box(kind="row"):
            Save("Save this page", lambda: to_text(session.state), "resonance-page.toml", media="application/toml")
        _Report(session)


def _Report(session: Session) -> None:
    """Offer the report of the run as it stands, and save the one that was made."""
    worker = session.aside(REPORT)
    made, current = made_report(session)
    against = ", held against the scenario as it opened" if session.state.changes else ""
    Words("Report", kind="heading")
    Words(f"The run as it stands, to its horizon, {REPLICATES} times with the same people and other luck{against}: the "
          "answer first, then evidence, doubts, and the source of every number; one HTML file.",
          kind="small")  # fmt: skip
    with Box(kind="row"):
        Button(label="Make the report", event_pressed=lambda _: start_report(session), disabled=worker.progress.runs,
               title="Runs beside the page; it may take a minute")  # fmt: skip
        if made is not None:
            Save("Save the report", lambda: made.html, made.file, media="text/html")
    if made is not None and not current:
        Words("The run has changed since that report was made.", kind="small")
    Busy(worker)


def words_of(change: Change | Licence, seen: Seen) -> str:
    """Return a change in words: "Oct 2022: Spotify, price, individual, India → 99"."""
    if isinstance(change, Licence):
        return licence_words(change, start=seen.plan.start_month)
    parts = change.key.split(".")
    if parts[0] == "platforms" and len(parts) >= 4:
        _, service, lever, market, *item = parts
        what = [name_of(service), lever.replace("_", " "), *map(_item, item), market_name(market)]
    elif parts[0] == "markets" and len(parts) >= 3:
        _, market, lever, *item = parts
        what = [market_name(market), lever.replace("_", " "), *map(_item, item)]
    else:
        what = [change.key]
    value = ("on" if change.value else "off") if isinstance(change.value, bool) else f"{change.value:,.6g}"
    return f"{month_name(show_month(seen.plan.start_month + change.month))}: {', '.join(what)} → {value}"


def licence_words(licence: Licence, *, start: int) -> str:
    """Return how talks ended in words: "Oct 2022: Sony signs with Resso in 3 markets, Nov 2022 to Oct 2024".

    start: month number of the run's first month.
    """
    where = market_name(licence.markets[0]) if len(licence.markets) == 1 else f"{len(licence.markets)} markets"
    label, service = name_of(licence.label), "TikTok" if licence.platform == "tiktok" else name_of(licence.platform)
    what = f"{label} and {service}{', clips' if licence.kind == 'clips' else ''}, {where}"
    told = []
    if licence.away >= 0:
        told.append(f"the music goes away from {month_name(show_month(start + licence.month + licence.away))}")
    if licence.deals:
        first, last = (_date(licence.deals[0].get(name)) for name in ("start", "end"))
        told.append(f"licence from {first} to {last}")
    when = month_name(show_month(start + licence.month))
    return f"{when}: {what}: {', '.join(told) or 'no licence, nothing changes'}"


def _date(written: object) -> str:
    """Return a month in words; as it is where it is none, which the run refuses."""
    try:
        return month_name(str(written))
    except InputError:
        return str(written)[:20]


def _item(name: str) -> str:
    return tier_name(name) if tier_name(name) != name.replace("_", " ").capitalize() else name_of(name)
