"""Who was clicked in the crowd: copied once a month, and drawing waits for no month that is lived."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from model.interfaces.app.crowd_user import user_of
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session

Opened = Callable[..., Session]


@contextmanager
def a_month_is_lived(session: Session) -> Iterator[None]:
    """Hold the run's lock in another thread."""
    held, done = threading.Event(), threading.Event()

    def live() -> None:
        with session.lock:
            held.set()
            done.wait(30)

    thread = threading.Thread(target=live)
    thread.start()
    assert held.wait(30)
    yield
    done.set()
    thread.join()


def seen_of(session: Session) -> Seen:
    assert session.seen is not None
    return session.seen


def test_a_user_is_copied_once_a_month(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened()
    seen = seen_of(session)
    uid = int(seen.crowds["ID"].uid[3])
    first, is_known = user_of(session, seen.standing, "ID", uid)
    assert is_known
    assert first is not None
    assert first.uid == uid
    assert user_of(session, seen.standing, "ID", uid)[0] is first
    session.step()
    assert session.worker.wait(60)
    second, _ = user_of(session, seen_of(session).standing, "ID", uid)
    assert second is not None
    assert second is not first
    assert second.country is not first.country
    assert user_of(session, seen_of(session).standing, "ID", 10**8) == (None, True)


def test_the_same_number_in_another_market_is_another_user(opened: Opened) -> None:
    session = opened()
    seen = seen_of(session)
    uid = next(int(one) for one in seen.crowds["ID"].uid if one in seen.crowds["BR"].uid)
    for market in ("ID", "BR", "ID"):
        found, is_known = user_of(session, seen.standing, market, uid)
        assert is_known
        assert found is not None
        assert (found.country.market, found.uid) == (market, uid)


def test_drawing_waits_for_no_month(opened: Opened) -> None:
    session = opened()
    seen = seen_of(session)
    one, other = (int(uid) for uid in seen.crowds["ID"].uid[:2])
    before = user_of(session, seen.standing, "ID", one)[0]
    session.step()
    assert session.worker.wait(60)
    standing = seen_of(session).standing
    with a_month_is_lived(session):
        begun = time.monotonic()
        assert user_of(session, standing, "ID", other) == (None, False)
        assert user_of(session, standing, "ID", one) == (before, True)
        assert time.monotonic() - begun < 5
    assert user_of(session, standing, "ID", other)[0] is not None
