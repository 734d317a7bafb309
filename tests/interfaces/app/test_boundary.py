"""A page that cannot be drawn is told in a sentence inside the frame, with ways on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import reacton
import solara

from model.interfaces.app import web
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Words
from model.interfaces.app.session import Session
from tests.interfaces.app.conftest import SMALL, WAIT

Opened = Callable[..., Session]
TOLD = "This page could not be drawn"


@dataclass
class Drawn:
    """A page inside `web._Inside`. breaks: whether drawing it raises. turn: draws it anew, as a change would."""

    session: Session
    breaks: bool = False
    box: Any = None
    turn: Callable[[int], None] = field(default=lambda _: None)

    def words(self) -> str:
        """All text that is on the page."""
        return " ".join(one for one in self.parts() if isinstance(one, str))

    def press(self, label: str) -> None:
        button = next(one for one in self.parts() if getattr(one, "label", None) == label)
        button.vue_pressed({})

    def parts(self) -> list[Any]:
        """Every widget and text that is on the page."""
        found = [self.box]
        for one in found:
            found.extend(getattr(one, "children", ()))
        return found


@pytest.fixture
def drawn(opened: Opened) -> Iterator[Drawn]:
    made = Drawn(opened(SMALL))

    @solara.component  # type: ignore[untyped-decorator]
    def Page() -> None:
        use_session()  # draws it again after every change
        if made.breaks:
            raise ZeroDivisionError("nobody streams")
        Words("The page as it should be")

    @solara.component  # type: ignore[untyped-decorator]
    def Frame() -> None:
        turn, made.turn = solara.use_state(0)
        with web._Inside(session=made.session, turn=turn):
            Page()

    made.box, context = reacton.render(Frame(), handle_error=False)
    yield made
    context.close()  # type: ignore[no-untyped-call]


def test_what_is_raised_while_drawing_is_told_logged_and_can_be_drawn_again(
    drawn: Drawn, caplog: pytest.LogCaptureFixture
) -> None:
    assert "as it should be" in drawn.words()
    drawn.breaks = True
    with caplog.at_level(logging.ERROR, logger=web.__name__):
        drawn.turn(1)
    assert TOLD in drawn.words()
    assert "ZeroDivisionError: nobody streams" in drawn.words()
    assert "as it should be" not in drawn.words()
    (logged,) = [one for one in caplog.records if one.name == web.__name__]
    assert logged.exc_info is not None
    assert isinstance(logged.exc_info[1], ZeroDivisionError)
    drawn.press("Draw again")
    assert TOLD in drawn.words()
    drawn.breaks = False
    drawn.press("Draw again")
    assert "as it should be" in drawn.words()
    assert TOLD not in drawn.words()


def test_the_run_can_be_reset_from_there_and_all_that_was_asked_for_is_forgotten(drawn: Drawn) -> None:
    session = drawn.session
    session.step(2)
    assert session.worker.wait(WAIT)
    session.show(market="ID", view="crowd")
    session.ask("crowd", market="ID", user=3)
    drawn.breaks = True
    drawn.turn(1)
    drawn.breaks = False
    drawn.press("Reset the run")
    assert session.worker.wait(WAIT)
    assert session.state == SMALL
    assert "as it should be" in drawn.words()


def test_another_run_is_tried_by_itself(drawn: Drawn) -> None:
    drawn.breaks = True
    drawn.turn(1)
    drawn.breaks = False
    drawn.turn(2)
    assert TOLD in drawn.words()
    drawn.session.reset()
    assert drawn.session.worker.wait(WAIT)
    drawn.turn(3)
    assert "as it should be" in drawn.words()


def test_a_frame_that_cannot_be_drawn_is_told_too_and_can_be_drawn_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = Drawn(Session())

    @solara.component  # type: ignore[untyped-decorator]
    def Frame(children: Any) -> None:
        turn, made.turn = solara.use_state(0)
        if turn and made.breaks:
            raise ZeroDivisionError("nobody streams in /srv/lab/market.py")
        Words("The frame as it should be")

    monkeypatch.setattr(web, "_Frame", Frame)
    made.box, context = reacton.render(web.Layout(), handle_error=False)
    assert "as it should be" in made.words()
    made.breaks = True
    with caplog.at_level(logging.ERROR, logger=web.__name__):
        made.turn(1)
    assert TOLD in made.words()
    assert "(ZeroDivisionError: nobody streams in market.py)" in made.words()
    assert len([one for one in caplog.records if one.name == web.__name__]) == 1
    made.breaks = False
    made.press("Draw again")
    assert "as it should be" in made.words()
    assert TOLD not in made.words()
    context.close()  # type: ignore[no-untyped-call]
