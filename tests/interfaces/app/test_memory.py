"""What closed pages leave goes back to the machine, without anybody coming by."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest

from model.interfaces.app import memory, server
from model.interfaces.app.session import Session
from model.interfaces.app.sessions import Sessions
from tests.interfaces.app.conftest import SMALL, WAIT


@pytest.mark.skipif(sys.platform != "linux", reason="asks the GNU library of Linux")
def test_the_library_of_linux_takes_both_requests() -> None:
    library = memory._library()
    assert library is not None
    assert library.mallopt(memory._ARENA_MAX, memory.ARENAS) == 1, "it knows the request"
    memory.give_back()


def test_without_that_library_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_library", lambda: None)
    memory.keep_few_pools()
    memory.give_back()


@pytest.mark.page
def test_the_server_closes_what_was_left_and_gives_its_memory_back(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("solara")
    from model.interfaces.app import joined

    sessions, given, turns = Sessions(kept_seconds=0.0), threading.Event(), [0]

    class Enough(BaseException):
        """The server's loop has no end of its own."""

    def pass_time(seconds: float) -> None:
        assert seconds == server.TIDIED
        turns[0] += 1
        if turns[0] == 1:
            sessions.join("token000")
        elif turns[0] == 2:
            assert len(sessions) == 1
            assert not given.is_set(), "a page that is looked at stays"
            sessions._places["token000"].watchers = 0
        elif turns[0] == 4:
            raise Enough

    def give_back() -> None:
        assert not given.is_set(), "given back once, not at every look"
        given.set()

    monkeypatch.setattr(joined, "SESSIONS", sessions)
    monkeypatch.setattr(server, "sleep", pass_time)
    monkeypatch.setattr(server, "give_back", give_back)
    with pytest.raises(Enough):
        server._tidy()
    assert len(sessions) == 0
    assert given.is_set()


@pytest.mark.page
def test_the_server_searches_for_lost_circles_now_and_then_in_a_turn_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("solara")
    from model.interfaces.app import joined
    from model.interfaces.app.background import MONTHS

    looks, searched = [0], list[int]()

    class Enough(BaseException):
        """The server's loop has no end of its own."""

    def pass_time(_: float) -> None:
        looks[0] += 1
        if looks[0] > 3 * server.COLLECTED:
            raise Enough

    def give_back() -> None:
        assert MONTHS._holder == threading.get_ident(), "nobody lives a month meanwhile"
        searched.append(looks[0])

    monkeypatch.setattr(joined, "SESSIONS", Sessions())
    monkeypatch.setattr(server, "sleep", pass_time)
    monkeypatch.setattr(server, "give_back", give_back)
    with pytest.raises(Enough):
        server._tidy()
    assert searched == [server.COLLECTED * number for number in (1, 2, 3)]
    assert MONTHS._holder is None


@pytest.mark.page
def test_large_runs_that_were_left_are_searched_for_at_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("solara")
    from model.interfaces.app import joined

    looks, real, searched = [0], memory.give_back, list[int]()

    class Enough(BaseException):
        """The server's loop has no end of its own."""

    def pass_time(_: float) -> None:
        looks[0] += 1
        memory.LEFT.users += memory.MOST_LEFT // 2
        if looks[0] > 5:
            raise Enough

    def give_back() -> None:
        searched.append(looks[0])
        real()

    monkeypatch.setattr(memory.LEFT, "users", 0)
    monkeypatch.setattr(joined, "SESSIONS", Sessions())
    monkeypatch.setattr(server, "sleep", pass_time)
    monkeypatch.setattr(server, "give_back", give_back)
    with pytest.raises(Enough):
        server._tidy()
    assert searched == [2, 4]


def test_python_does_not_search_all_objects_by_itself() -> None:
    before = gc.get_threshold()
    try:
        memory.collect_seldom()
        assert gc.isenabled(), "young circles go as they came"
        assert gc.get_threshold() == (*before[:2], memory.SELDOM)
    finally:
        gc.set_threshold(*before)


@pytest.mark.parametrize("leave", [Session.reset, Session.close], ids=["another run", "closed"])
def test_a_run_that_is_left_keeps_nothing_of_its_months(
    opened: Callable[..., Session], leave: Callable[[Session], None]
) -> None:
    session = opened(replace(SMALL, month=3))
    market, seen = session.market, session.seen
    assert market is not None
    assert seen is not None
    kept = weakref.ref(market.records[-1].payers)
    shown, before = seen.result.services, memory.LEFT.users
    leave(session)
    assert session.worker.wait(WAIT)
    assert market.records == []
    assert memory.LEFT.users - before == 600 * len(market.countries)
    assert seen.result.services.equals(shown), "what still shows it has its own"
    gc.disable()  # a circle would wait for a search
    try:
        del seen
        assert kept() is None
    finally:
        gc.enable()


def test_a_months_tables_go_with_the_next_month(opened: Callable[..., Session]) -> None:
    session = opened(replace(SMALL, month=1))
    assert session.seen is not None
    assert len(session.seen.result.services)
    before = weakref.ref(session.seen.result)
    gc.disable()
    try:
        session.step()
        assert session.worker.wait(WAIT)
        assert before() is None
    finally:
        gc.enable()
