"""The page Deal room: a licence between a service and a label, judged and negotiated in the live run."""

from __future__ import annotations

import solara

from model.interfaces.app.dealing import (
    PAGE,
    Choice,
    Held,
    Offered,
    choice_of,
    look_ahead,
    offered_by,
    sheet_of,
    stamp_of,
)
from model.interfaces.app.dealing_words import places, sides_of
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Empty
from model.interfaces.app.pages.deal_room_shown import Shown
from model.interfaces.app.pages.deal_room_side import Side
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session

ASIDE = "deal room"
"""Name of the worker of this page."""


@solara.component
def Page() -> None:
    """Show what is on the table at the left and what it comes to at the right."""
    session = use_session()
    seen = session.seen
    if seen is None:
        Empty("The market opens", "Every user finds a service first; this takes a few seconds, once.")
    else:
        _Room(seen=seen)


@solara.component
def _Room(seen: Seen) -> None:
    offered = solara.use_memo(lambda: offered_by(seen.standing.countries), [seen.standing])
    if offered.markets_of:
        _Table(seen=seen, offered=offered)
    else:
        Empty("Nobody can be licensed", "No service is offered in these markets, and TikTok is not allowed there: "
              "there is nobody to talk to. Open an offer on the page Run, or go on to a month with one.")  # fmt: skip


@solara.component
def _Table(seen: Seen, offered: Offered) -> None:
    session = use_session()  # which draws this again when futures come; what it is given stays the same
    asked = session.state.page(PAGE)
    choice = choice_of(asked, offered)
    held = held_of(session)
    fresh = held is not None and (held.choice, held.stamp) == (choice, stamp_of(session.state, choice))
    worker = session.aside(ASIDE)

    def look() -> None:
        session.ask(PAGE, looked=session.state.month, **wishes_of(choice))
        worker.start("look ahead", lambda report: look_ahead(session, choice, report))

    def restore() -> None:
        # A link, a file or a reload on a new server brings the question back; its futures are lived again.
        there = not session.worker.progress.runs and asked.get("looked") == session.state.month
        if held is None and there and not worker.progress.runs and choice.markets:
            worker.start("look ahead", lambda report: look_ahead(session, choice, report))

    solara.use_effect(restore, [seen.standing, asked.get("looked"), session.worker.progress.runs])
    sheet = sheet_of(asked, held) if held is not None else {}
    with Box(kind="columns"):
        with Box(kind="side rs-early"):
            Side(offered=offered, choice=choice, held=held, fresh=fresh, sheet=sheet, on_look=look)
        with Box(kind="main"):
            if held is None:
                _Nothing(choice, busy=worker.progress.runs)
            else:
                Shown(held=held, fresh=fresh, sheet=sheet)


def held_of(session: Session) -> Held | None:
    """Return the room that the page holds, None before the first look."""
    found = session.kept.get(PAGE)
    return found if isinstance(found, Held) else None


def wishes_of(choice: Choice) -> dict[str, str | int | tuple[str, ...]]:
    """Return a choice as what the page keeps."""
    return {"kind": choice.kind, "platform": choice.platform, "label": choice.label, "markets": choice.markets,
            "months": choice.months, "draws": choice.draws}  # fmt: skip


def _Nothing(choice: Choice, *, busy: bool) -> None:
    sides = sides_of(choice)
    if busy:
        Empty("The first future is on its way", "Each is lived twice from the live run, with the licence and without; "
              "the picture stands after the first and grows with each.")  # fmt: skip
        return
    where = places(choice.markets) if choice.markets else "no market yet"
    Empty(f"What is a licence worth to {sides.platform} and {sides.label}?",
          f"Choose who talks, about what and where ({where}), then press “Look ahead”: the market is lived on with the "
          "licence and without it. After that every move of a term is judged at once.")  # fmt: skip
