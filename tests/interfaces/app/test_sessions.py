"""All sessions of a server: isolated, bounded, freed when their tab does not come back."""

from __future__ import annotations

import pytest

from model.foundation.errors import InputError
from model.interfaces.app.session import Session
from model.interfaces.app.sessions import KEPT_SECONDS, Sessions
from model.market.start_store import StartStore


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(make=lambda: Session(starts=StartStore(None)), clock=clock, most=3)


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
