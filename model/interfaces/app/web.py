"""What the server opens: the frame of every page, and the pages inside it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import ipyvue as vue
import solara

from model.interfaces.app.joined import Tab, kept_text, provide, use_joining
from model.interfaces.app.look import STYLE, Box, Button, Empty, Faults
from model.interfaces.app.pages import PAGES
from model.interfaces.app.pages import routes as routes_of_pages
from model.interfaces.app.pressing import WRONG
from model.interfaces.app.restore import PageState, to_link
from model.interfaces.app.session import Session
from model.interfaces.app.words import brief

_COPIES = count()


@solara.component
def Layout(children: Sequence[solara.Element] = ()) -> None:
    """The frame of every page, or a sentence where even that could not be drawn."""
    error, clear = _use_boundary("the frame of the page could not be drawn")
    if error is None:  # nothing stands around either: a box would keep the exception
        _Frame(children=list(children))
    else:
        _Frameless(error=error, clear=clear)


@solara.component
def _Frame(children: Sequence[solara.Element]) -> None:
    """Draw the bar at the top, what went wrong, and the page once its tab has said who it is."""
    session, turn, faults, joined = use_joining()
    copy, set_copy = solara.use_state("")

    def key(name: str) -> None:
        if session is None:
            return
        if name == "step":
            session.step()
        elif session.worker.progress.job == "play":
            session.pause()
        else:
            session.play()

    def share() -> None:
        assert session is not None
        set_copy(f"{next(_COPIES)} {to_link(session.state)}")

    solara.Style(STYLE)
    with vue.Html.element(tag="div", class_="rs-page"):
        Tab(page=kept_text(session), copy=copy, event_joined=joined, event_key=key)
        _Bar(share if session is not None else None)
        with vue.Html.element(tag="main", class_="rs-body", attributes={"id": "page"}):
            Faults(faults)
            _Pressed()
            if session is None:
                Empty("Opening the page", "The market is being prepared.")
            else:
                _Inside(session=session, turn=turn, children=list(children))


@solara.component
def _Inside(session: Session, turn: int, children: Sequence[solara.Element]) -> None:
    """The page of the address, or a sentence in its place where it could not be drawn."""
    provide(session, turn)
    here = solara.use_router().path
    error, clear = _use_boundary(f"the page /{here.strip('/')} could not be drawn")
    solara.use_effect(clear, [here, id(session.market)])  # another page or another run is tried by itself
    if error is None:
        Box(children=list(children), kind="stack")
    else:
        _Failed(error=error, session=session, clear=clear)


@solara.component
def _Frameless(error: BaseException, clear: Callable[[], None]) -> None:
    """Stand in for a frame that could not be drawn; drawn again it meets its session as after a reload."""
    solara.Style(STYLE)
    with vue.Html.element(tag="div", class_="rs-page"), vue.Html.element(tag="main", class_="rs-body"):
        _Failed(error=error, session=None, clear=clear)


def _use_boundary(what: str) -> tuple[BaseException | None, Callable[[], None]]:
    """Return (what was raised while drawing what is below, how to try it again), and log it once as `what`."""
    error, clear = solara.use_exception()

    def log() -> None:
        if error is not None:
            logging.getLogger(__name__).error(what, exc_info=error)

    solara.use_effect(log, [id(error)])
    return error, clear


@solara.component
def _Failed(error: BaseException, session: Session | None, clear: Callable[[], None]) -> None:
    """Say that a page could not be drawn, and offer the ways on.

    A component of its own: a box in place of the page's box would keep that one's exception.
    """

    def reset() -> None:
        assert session is not None
        session.kept.clear()
        session.open(replace(session.state, month=0, changes=(), market="", view=PageState().view, pages={}))
        clear()

    with Box(), Box(kind="stack"):
        Empty("This page could not be drawn", f"The run goes on as it was ({brief(error)}).")
        with Box(kind="row"):
            Button(label="Draw again", event_pressed=lambda _: clear(), kind="main")
            if session is not None:
                Button(label="Reset the run", event_pressed=lambda _: reset(),
                       title="Go back to the opening; what was set and asked for on the way is forgotten")  # fmt: skip


@solara.component
def _Pressed() -> None:
    """Say what went wrong with the last press, in sight wherever on the page that was."""
    solara.use_effect(lambda: WRONG.set(()), [solara.use_router().path])  # a walk to another page is one that works
    with vue.Html.element(tag="div", class_="rs-pressed"):
        Faults(WRONG.value)


@solara.component
def _Bar(share: Callable[[], None] | None) -> None:
    router = solara.use_router()
    here = "/" + router.path.strip("/")
    with vue.Html.element(tag="header", class_="rs-top"):
        vue.Html.element(tag="span", children=["Resonance"], class_="rs-brand")
        with vue.Html.element(tag="nav", class_="rs-nav", attributes={"aria-label": "Pages"}):
            for one in PAGES:
                solara.Link(one.address, children=[one.title], classes=["rs-here"] if one.address == here else [])
        with vue.Html.element(tag="div", class_="rs-top-end"):
            Button(label="Copy link", event_pressed=lambda _: share() if share else None, kind="quiet",
                   disabled=share is None, title="Copy a link that brings this page back as it is")  # fmt: skip


routes = routes_of_pages(Layout)
