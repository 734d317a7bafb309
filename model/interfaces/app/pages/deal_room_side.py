"""The left of the deal room: who talks about what and where, and the sheet with its sliders."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import solara

from model.foundation.errors import Fault
from model.interfaces.app.controls import Control
from model.interfaces.app.dealing import DRAWS, PAGE, TERMS_OF_MONTHS, Choice, Held, Offered, sheet_of
from model.interfaces.app.dealing_words import brief, sides_of, term_controls
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Busy, Button, Chips, Faults, Jump, Panel, Segments, Select, Words
from model.interfaces.app.session import Session
from model.interfaces.app.words import market_name
from model.mechanisms.clips import SERVICE
from model.results.palette import name_of

ANSWER, SHEET = "answer", "sheet"
"""Names of the boxes that lead to one another where the page is one column wide."""
KINDS = {"streaming": "Streaming", "clips": "Clips on TikTok"}


@solara.component
def Side(
    offered: Offered, choice: Choice, held: Held | None, fresh: bool, sheet: Mapping[str, float],
    on_look: Callable[[], None],
) -> None:  # fmt: skip
    """Place the choice and, once there are futures, the sheet."""
    session = use_session()
    with Box(kind="stack"):
        with Box(), Box(kind="stack"):
            _Choice(session, offered, choice)
            _Look(session, choice, held, fresh=fresh, on_look=on_look)
        if held is not None:
            with Box(name=SHEET), Box(kind="stack"):
                _Sheet(session, held, sheet)


def _Choice(session: Session, offered: Offered, choice: Choice) -> None:
    """Place the menus; another pair begins with its own sheet."""

    def put(**values: str | int | tuple[str, ...]) -> None:
        other = {"terms": (), "values": ()} if {"kind", "platform", "label"} & set(values) else {}
        session.ask(PAGE, **values, **other)

    kinds = [(kind, KINDS[kind]) for kind in KINDS if kind in offered.kinds]
    Segments(label="Kind of licence", choices=kinds, value=choice.kind, event_chosen=lambda one: put(kind=one))
    services = [(one, "TikTok" if one == SERVICE else name_of(one)) for one in offered.platforms(choice.kind)]
    labels = [(one, name_of(one)) for one in offered.labels(choice.kind, choice.platform)]
    with Box(kind="pair"):
        Select(label="Service", choices=_sorted(services), value=choice.platform,
               event_chosen=lambda one: put(platform=one))  # fmt: skip
        Select(label="Label", choices=labels, value=choice.label, event_chosen=lambda one: put(label=one))
    there = offered.markets_of[choice.kind, choice.platform, choice.label]
    Chips(label="Markets", choices=[(one, market_name(one)) for one in there], values=list(choice.markets),
          event_chosen=lambda chosen: put(markets=tuple(map(str, chosen))))  # fmt: skip
    if not choice.markets:
        Faults((Fault("markets", "a licence holds in at least one market", "none", "Choose a market."),))
    with Box(kind="pair"):
        Select(label="Term", choices=[(str(one), f"{one} months") for one in TERMS_OF_MONTHS],
               value=str(choice.months), event_chosen=lambda one: put(months=int(one)))  # fmt: skip
        Select(label="Futures", choices=[(str(one), f"{one}, {_told(one)}") for one in DRAWS],
               value=str(choice.draws), event_chosen=lambda one: put(draws=int(one)))  # fmt: skip


def _Look(session: Session, choice: Choice, held: Held | None, *, fresh: bool, on_look: Callable[[], None]) -> None:
    """Place the button that lives the futures, how far they are, and why they are needed."""
    worker = session.aside("deal room")
    runs = worker.progress.job == "look ahead"
    whole = held is not None and held.room.futures.request.draws == choice.draws
    moving = session.worker.progress.runs  # futures of a month that passes meanwhile would be old when they come
    if not runs:
        label = "Look ahead" if held is None else "Look ahead again"
        Button(label=label, kind="plain" if fresh and whole else "main",
               disabled=moving or not choice.markets,
               event_pressed=lambda _: on_look(),
               title="Live the market on with the licence and without it")  # fmt: skip
    if moving and not runs:
        Words("The live run moves; look ahead when it stands.", kind="small")
    elif held is not None and not fresh and not runs:
        Words(why_anew(held, choice), kind="small")
    if runs or worker.faults:
        Busy(worker)


def why_anew(held: Held, choice: Choice) -> str:
    """Return why other futures are needed than those held."""
    was = held.choice
    parts = {"another kind": (was.kind, choice.kind), "another service": (was.platform, choice.platform),
             "another label": (was.label, choice.label), "other markets": (was.markets, choice.markets),
             "another term": (was.months, choice.months),
             "another number of futures": (was.draws, choice.draws)}  # fmt: skip
    found = [name for name, (one, other) in parts.items() if one != other]
    if not found:
        return "The live run went on or was changed since: it needs new futures."
    sides = sides_of(was)
    return f"You chose {', '.join(found)}: that needs new futures. Shown is {sides.platform} with {sides.label}."


def _Sheet(session: Session, held: Held, sheet: Mapping[str, float]) -> None:
    """Place the sliders; a term acts on the picture at once."""

    def put(one: Control, value: bool | float) -> None:
        wanted = {**sheet_of(session.state.page(PAGE), held), one.key: float(value)}  # as it is now, drawn or not
        moved = {name: now for name, now in wanted.items() if now != held.present[name]}
        session.ask(PAGE, terms=tuple(moved), values=tuple(moved.values()))

    changed = [name for name, value in sheet.items() if value != held.present[name]]
    odd = {name: (fault,) for name, fault in unusual(held, sheet).items()}
    with Box(kind="follow"):  # on a phone it stays in sight while terms are moved
        Words(brief(held, held.judge(sheet)), kind="small")
        Jump(label="All that it comes to ↓", to=ANSWER)
    Panel(controls=term_controls(held, sheet), on_set=put, faults=odd, changed=changed, live=True)
    Button(label="Present terms" if held.room.futures.licensed else "Usual terms", disabled=not changed,
           event_pressed=lambda _: session.ask(PAGE, terms=(), values=()),
           title="Put every slider back to the terms in force, or the usual ones")  # fmt: skip
    Words("Terms act on the picture at once; the licence's term, markets and futures need a new look ahead.",
          kind="small")  # fmt: skip


def unusual(held: Held, sheet: Mapping[str, float]) -> dict[str, Fault]:
    """Return by term what is far above the record and was set so."""
    from model.spec.usual_terms import unusual_terms

    request = held.room.futures.request
    found = unusual_terms(sheet, service=request.platform, markets=request.markets, names=request.plan.names)
    return {
        one.name: Fault(one.name, one.rule, f"{one.value:g}", "Lower it unless it is meant.")
        for one in found if sheet[one.name] != held.present[one.name]
    }  # fmt: skip


def _told(draws: int) -> str:
    return {6: "rough", 12: "usual", 24: "fine"}.get(draws, "")


def _sorted(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(choices, key=lambda one: (one[0] == "other", one[1]))
