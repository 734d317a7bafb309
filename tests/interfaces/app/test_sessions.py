"""All sessions of a server: isolated, bounded, freed when their tab does not come back."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Callable

import pytest

from model.foundation.errors import InputError
from model.interfaces.app.restore import PageState
from model.interfaces.app.session import Session
from model.interfaces.app.sessions import KEPT_SECONDS, Sessions
from model.market.start_store import StartStore

STARTS = StartStore(None)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(make=lambda: Session(starts=STARTS), clock=clock, most=3)


def token(number: int) -> str:
    return f"token{number:08d}"


def test_a_reload_finds_the_same_session_and_another_tab_its_own(sessions: Sessions) -> None:
    first, new = sessions.join(token(1))
    assert new
    sessions.leave(token(1))
    assert sessions.join(token(1)) == (first, False)
    assert sessions.join(token(2))[0] is not first


def test_a_session_is_freed_when_nobody_came_back(sessions: Sessions, clock: Clock) -> None:
    first, _ = sessions.join(token(1))
    sessions.leave(token(1))
    clock.now = KEPT_SECONDS - 1
    sessions.tidy()
    assert len(sessions) == 1
    clock.now = KEPT_SECONDS + 1
    sessions.tidy()
    assert len(sessions) == 0
    assert sessions.join(token(1))[0] is not first


def test_a_watched_session_outlives_any_time(sessions: Sessions, clock: Clock) -> None:
    sessions.join(token(1))
    sessions.join(token(1))
    sessions.leave(token(1))
    clock.now = 1e9
    sessions.tidy()
    assert len(sessions) == 1


def test_an_unwatched_session_makes_room_and_watched_ones_do_not(sessions: Sessions) -> None:
    for number in range(3):
        sessions.join(token(number))
    with pytest.raises(InputError, match="at most 3 open pages"):
        sessions.join(token(9))
    sessions.leave(token(1))
    assert sessions.join(token(9))[1]
    assert len(sessions) == 3
    assert not sessions.join(token(0))[1]


@pytest.mark.parametrize("wrong", ["", "short", "a" * 65, "../../../etc", "x" * 20 + "\n"])
def test_a_token_that_no_page_makes_is_refused(sessions: Sessions, wrong: str) -> None:
    with pytest.raises(InputError, match="token"):
        sessions.join(wrong)


def small(sessions: Sessions, number: int, *, users: int = 100, months: int = 0) -> Session:
    session, _ = sessions.join(token(number))
    session.open(PageState(scenario="tiny", sets={"users": users, "months": 30, "markets": ("ID",)}, month=months))
    assert session.worker.wait(60)
    return session


def test_runs_together_are_bounded_and_unwatched_ones_give_way(sessions: Sessions) -> None:
    sessions.most_together = 250
    first, second = small(sessions, 1), small(sessions, 2)
    third = small(sessions, 3)
    assert third.worker.faults[0].place == "users"
    assert "at most 250 simulated users together" in third.worker.faults[0].rule
    assert third.market is None
    first.open()
    assert first.worker.wait(60)
    assert first.worker.faults == ()
    sessions.leave(token(2))
    third.open()
    assert third.worker.wait(60)
    assert third.worker.faults == ()
    assert second.market is None
    assert len(sessions) == 2


def test_a_closed_session_leaves_nothing_behind(sessions: Sessions, clock: Clock) -> None:
    kept = small(sessions, 1, months=2)
    gone = small(sessions, 2, months=2)
    assert gone.market is not None
    assert gone.seen is not None
    left = [weakref.ref(one) for one in (gone.market, gone.market.world.money, gone.seen.result)]
    sessions.leave(token(2))
    clock.now = KEPT_SECONDS + 1
    sessions.tidy()
    gc.collect()  # the session itself may be held by a page that is still drawn; what it held is gone
    assert [one() for one in left] == [None, None, None]
    assert kept.market is not None
    assert kept.seen is not None


def test_a_page_that_cannot_be_closed_keeps_no_other_open(
    sessions: Sessions, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = small(sessions, 1), small(sessions, 2)
    sessions.leave(token(1))
    sessions.leave(token(2))
    clock.now = KEPT_SECONDS + 1
    monkeypatch.setattr(Session, "close", _failing_for(first, Session.close))
    with pytest.raises(RuntimeError, match="first"):
        sessions.tidy()
    assert second.market is None
    assert len(sessions) == 0


def _failing_for(session: Session, close: Callable[[Session], None]) -> Callable[[Session], None]:
    def closed(one: Session) -> None:
        close(one)
        if one is session:
            raise RuntimeError("first")

    return closed


def test_a_month_lived_adds_little_to_a_session(sessions: Sessions) -> None:
    """What a run keeps of a month does not hang on its users, and the tables are not kept twice."""
    sizes = {}
    for number, users in ((1, 200), (2, 800)):
        session = small(sessions, number, users=users, months=6)
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        session.step(12)
        assert session.worker.wait(120)
        gc.collect()
        sizes[users] = (tracemalloc.get_traced_memory()[0] - before) / 12
        tracemalloc.stop()
        assert session.seen is not None
        assert session.seen.month == 18
    assert sizes[800] < 300_000, sizes  # bytes a month and market, of which 80,000 were measured
    assert sizes[800] < 2.0 * sizes[200] + 50_000, sizes
