"""How a page meets its session: the browser's tab tells who it is, and the page is drawn again after every change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara
from solara.server.kernel_context import get_current_context

from model.foundation.errors import Fault, InputError
from model.interfaces.app.pressing import part
from model.interfaces.app.restore import PageState, from_link, from_text, to_text
from model.interfaces.app.session import Session
from model.interfaces.app.sessions import Sessions

SESSIONS = Sessions()
"""Every session of this server."""
_session_context = solara.create_context(None)


@part("parts/tab.vue")
def Tab(
    *, page: str, copy: str, event_joined: Callable[[dict[str, Any]], None], event_key: Callable[[str], None]
) -> None:
    """Tell which tab this is, keep the page's state in it, and hear the keys: space plays and pauses, a dot steps."""


def use_session() -> Session:
    """Return the session of this page; the component that calls this is drawn again after every change."""
    found = solara.use_context(_session_context)
    assert found is not None, "a page is drawn inside the frame of the page"
    session: Session = found[0]
    return session


def provide(session: Session, turn: int) -> None:
    """Give a session to everything below. turn: counts its changes, so that a change reaches what is below."""
    _session_context.provide((session, turn))


def use_joining() -> tuple[Session | None, int, tuple[Fault, ...], Callable[[dict[str, Any]], None]]:
    """Return (session, count of its changes, faults, what Tab calls)."""
    token, set_token = solara.use_state("")
    session, set_session = solara.use_state(None)
    faults, set_faults = solara.use_state(())
    turn, set_turn = solara.use_state(0)

    def joined(told: dict[str, Any]) -> None:
        try:
            found, new = SESSIONS.join(str(told.get("token", "")))
        except InputError as error:
            set_faults(error.faults)
            return
        state, wrong = state_of(str(told.get("link", "")), str(told.get("kept", "")) if new else "")
        set_faults(wrong)
        if state is not None or new:
            found.open(state or PageState())
        set_token(str(told["token"]))
        set_session(found)

    def watch() -> Callable[[], None] | None:
        if session is None:
            return None
        context = get_current_context()

        def told() -> None:
            with context:
                set_turn(lambda turn: turn + 1)

        stop = session.watch(told)

        def leave() -> None:
            stop()
            SESSIONS.leave(token)

        told()  # what happened between joining and watching
        return leave

    solara.use_effect(watch, [id(session)])
    return session, turn, faults, joined


def state_of(link: str, kept: str) -> tuple[PageState | None, tuple[Fault, ...]]:
    """Return the state that a page opens with and what was wrong: a link's, else what the tab kept, else none."""
    try:
        if link:
            return from_link(link), ()
        return (from_text(kept), ()) if kept else (None, ())
    except InputError as error:
        return None, error.faults if link else ()  # what a tab kept may be of an older version


def kept_text(session: Session | None) -> str:
    """Return what the tab keeps of a session."""
    return "" if session is None else to_text(session.state)
