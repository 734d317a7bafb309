"""A press that goes wrong is told on the page in a sentence and logged; the page goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import reacton
import solara

from model.foundation.errors import Fault, InputError
from model.interfaces.app import pressing, web
from model.interfaces.app.background import Worker
from model.interfaces.app.joined import provide, use_session
from model.interfaces.app.look import Box, Busy, Button, Words
from model.interfaces.app.pages import PAGES
from model.interfaces.app.session import Session
from model.interfaces.app.words import brief
from tests.interfaces.app.conftest import SMALL, WAIT

Opened = Callable[..., Session]
ASKED = ("ask", "begin", "jump", "open", "pause", "play", "put_licence", "reset", "set_frame", "set_lever", "show",
         "step", "take_back")  # fmt: skip
"""All that a page may ask of a session."""


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    pressing.WRONG.set(())


def parts(box: Any) -> list[Any]:
    """Every widget and text that is there."""
    found = [box]
    for one in found:
        found.extend(getattr(one, "children", ()))
    return found


def words(box: Any) -> str:
    """All text that can be seen."""
    return " ".join(one for one in parts(box) if isinstance(one, str))


class Press:
    """A handler that raises `error` while there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.worked = 0

    def __call__(self, _: object) -> None:
        if self.error is not None:
            raise self.error
        self.worked += 1


@pytest.fixture
def button() -> Iterator[tuple[Press, Any, Callable[[], None]]]:
    """What is pressed, the page, and how it is pressed."""
    press = Press()

    @solara.component  # type: ignore[untyped-decorator]
    def Frame() -> None:
        with Box():
            web._Pressed()
            Words("The page as it should be")
            Button(label="Go on", event_pressed=press)

    box, context = reacton.render(Frame(), handle_error=False)
    yield press, box, lambda: next(one for one in parts(box) if getattr(one, "label", "") == "Go on").vue_pressed({})
    context.close()  # type: ignore[no-untyped-call]


def test_a_press_that_goes_wrong_is_told_and_logged_until_the_next_that_works(
    button: tuple[Press, Any, Callable[[], None]], caplog: pytest.LogCaptureFixture
) -> None:
    press, box, go = button
    press.error = RuntimeError("broken")
    with caplog.at_level(logging.ERROR, logger=pressing.__name__):
        go()
    assert f"This could not be done: “Go on” (got RuntimeError: broken). {pressing.WAY_OUT}" in words(box)
    assert "as it should be" in words(box)
    (logged,) = [one for one in caplog.records if one.name == pressing.__name__]
    assert logged.exc_info is not None
    assert logged.exc_info[1] is press.error
    press.error = None
    go()
    assert press.worked == 1
    assert "could not be done" not in words(box)


def test_bad_input_is_told_as_its_own_sentences_and_is_no_fault_of_the_server(
    button: tuple[Press, Any, Callable[[], None]], caplog: pytest.LogCaptureFixture
) -> None:
    press, box, go = button
    press.error = InputError(Fault("link", "is short enough for a link", "60 kB", "Save the page as a file."))
    go()
    assert "Is short enough for a link (got 60 kB). Save the page as a file." in words(box)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileNotFoundError(2, "No such file", "/home/some one/starts/a.bin"), "FileNotFoundError: No such file"),
        (ImportError("no name 'x' (/srv/lab/model/world.py)"), "ImportError: no name 'x' (world.py)"),
        (ValueError(r"cannot read C:\Users\me\lab\a.toml"), r"ValueError: cannot read a.toml"),
        (ValueError("USD/month of 3/4, platforms.spotify/x"), "ValueError: USD/month of 3/4, platforms.spotify/x"),
        (ValueError("~/x/y and file:///home/ann/z and /home/ann"), "ValueError: y and z and ann"),
        (KeyError(r"C:\Users\ann\x.db"), "KeyError: 'x.db'"),
        (ValueError("https://example.org/a/b stays"), "ValueError: https://example.org/a/b stays"),
        (KeyError(), "KeyError"),
        (ValueError("two\nlines \x1b[31m"), "ValueError: two lines \\x1b[31m"),
    ],
)
def test_no_folder_of_the_server_is_told(error: Exception, told: str) -> None:
    assert brief(error) == told
    assert len(brief(ValueError("x" * 5000))) == 300


@pytest.mark.parametrize("page", [one.module for one in PAGES])
def test_whatever_is_pressed_on_a_page_raises_nothing(
    page: str, opened: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    session = opened(SMALL)
    session.step()
    assert session.worker.wait(WAIT)
    component = next(one.component for one in PAGES if one.module == page)

    @solara.component  # type: ignore[untyped-decorator]
    def Frame() -> None:
        provide(session, 0)
        component()  # type: ignore[operator]

    box, context = reacton.render(Frame(), handle_error=False)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    for name in ASKED:
        monkeypatch.setattr(Session, name, broken)
    monkeypatch.setattr(Worker, "start", broken)
    pressed = [(one, event) for one in parts(box) for event in getattr(one, "events", ()) if event[:6] != "event_"]
    assert pressed
    for one, event in pressed:
        getattr(one, f"vue_{event}")({})
    told = [one for one in caplog.records if one.name == pressing.__name__]
    assert any(isinstance(one.exc_info[1], RuntimeError) for one in told if one.exc_info), "nothing here was pressed"
    context.close()  # type: ignore[no-untyped-call]


def test_what_goes_wrong_in_a_job_is_told_by_its_worker_and_a_page_that_it_breaks_by_the_frame(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(SMALL)

    @solara.component  # type: ignore[untyped-decorator]
    def Page() -> None:
        told = use_session()
        if told.seen is not None and told.seen.month:
            raise ZeroDivisionError("nobody streams")
        with Box():
            Busy(told.worker)
            Words("The page as it should be")

    @solara.component  # type: ignore[untyped-decorator]
    def Frame() -> None:
        turn, set_turn = solara.use_state(0)
        solara.use_effect(lambda: session.watch(lambda: set_turn(lambda old: old + 1)), [])
        with web._Inside(session=session, turn=turn):
            Page()

    box, context = reacton.render(Frame(), handle_error=False)
    with monkeypatch.context() as breaking:
        breaking.setattr(Session, "_advance", lambda *_, **__: 1 // 0)
        session.step()
        assert session.worker.wait(WAIT)
        assert "Went wrong (got ZeroDivisionError" in words(box)
        assert "as it should be" in words(box)
    session.step()
    assert session.worker.wait(WAIT)
    assert session.worker.faults == ()
    assert "could not be drawn" in words(box)
    context.close()  # type: ignore[no-untyped-call]
