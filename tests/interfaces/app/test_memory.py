"""What closed pages leave goes back to the machine, without anybody coming by."""

from __future__ import annotations

import sys
import threading

import pytest

from model.interfaces.app import memory, server
from model.interfaces.app.sessions import Sessions


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
