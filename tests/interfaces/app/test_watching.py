"""Who watches is told of every change, outside of what changes, whatever becomes of another one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from model.interfaces.app.restore import PageState
from model.interfaces.app.session import Session
from model.interfaces.app.watching import Watchers
from tests.interfaces.app.conftest import WAIT

Opened = Callable[..., Session]


@pytest.fixture
def lock() -> threading.RLock:
    return threading.RLock()


def test_one_that_cannot_take_it_is_logged_and_the_others_are_told(
    lock: threading.RLock, caplog: pytest.LogCaptureFixture
) -> None:
    watchers, told = Watchers(lock), list[str]()

    def breaks() -> None:
        raise RuntimeError("this page cannot be drawn")

    watchers.watch(breaks)
    stop = watchers.watch(lambda: told.append("second"))
    with caplog.at_level(logging.ERROR):
        watchers.tell()
    assert told == ["second"]
    assert [one.getMessage() for one in caplog.records] == ["a page could not be told of a change"]
    stop()
    stop()
    watchers.tell()
    assert told == ["second"]


@pytest.mark.parametrize("ends", [None, ValueError("no")], ids=["well", "with an error"])
def test_a_change_is_told_once_after_the_lock_is_let_go_of(lock: threading.RLock, ends: ValueError | None) -> None:
    watchers, free = Watchers(lock), list[bool]()

    def look() -> None:
        other = threading.Thread(target=lambda: free.append(lock.acquire(timeout=1.0) and (lock.release() or True)))
        other.start()
        other.join(WAIT)

    watchers.watch(look)

    def change() -> None:
        with watchers.changing():
            watchers.tell()
            with watchers.changing():
                watchers.tell()
            assert free == []
            if ends is not None:
                raise ends

    if ends is None:
        change()
    else:
        with pytest.raises(ValueError, match="no"):
            change()
    assert free == [True]
    watchers.tell()
    assert free == [True, True], "nothing is owed any more, and nobody is inside"


def test_a_step_after_one_that_went_wrong_is_one_month(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened()
    with monkeypatch.context() as broken:
        broken.setattr(Session, "_look", lambda _: 1 / 0)
        session.step()
        assert session.worker.wait(WAIT)
    assert [one.rule for one in session.worker.faults] == ["went wrong"]
    reached = session.state.month
    session.step()
    assert session.worker.wait(WAIT)
    assert session.worker.faults == ()
    assert session.state.month == reached + 1


def test_steps_pressed_one_after_the_other_are_all_lived(opened: Opened) -> None:
    session = opened(PageState(scenario="tiny", sets={"users": 300, "months": 8}))
    for _ in range(5):
        session.step()
    assert session.worker.wait(WAIT)
    assert session.state.month == 5
