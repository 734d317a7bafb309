"""A small market that is open, shared by the tests of the page, and fresh sessions over the same settled start."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from model.interfaces.app.restore import PageState
from model.interfaces.app.session import Session
from model.market.start_store import StartStore

SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 8})
WAIT = 60.0


@pytest.fixture(scope="session")
def kept_starts() -> StartStore:
    return StartStore(None)


@pytest.fixture
def opened(kept_starts: StartStore) -> Iterator[Callable[..., Session]]:
    """`opened(state)`: a session whose run is open and has lived to the state's month."""
    made: list[Session] = []

    def give(state: PageState = SMALL) -> Session:
        session = Session(starts=kept_starts)
        made.append(session)
        session.open(state)
        assert session.worker.wait(WAIT)
        assert session.worker.faults == ()
        return session

    yield give
    for session in made:
        session.close()
