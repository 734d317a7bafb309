"""Opening another run: one that is stopped or refused changes nothing, and what is looked at meanwhile is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from model.foundation.errors import Fault, InputError
from model.interfaces.app import session as module
from model.interfaces.app.history import History
from model.interfaces.app.restore import Change, PageState
from model.interfaces.app.session import Session
from model.market.streaming_market import StreamingMarket
from tests.interfaces.app.conftest import SMALL, WAIT

PRICE = "platforms.spotify.price.ID.individual"
Opened = Callable[..., Session]
CHANGED = replace(SMALL, month=2, changes=(Change(0, PRICE, 30_000.0),))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """(begun, go on): a market that is opened tells that it has begun, and waits."""
    begun, on = threading.Event(), threading.Event()

    def wait(*given: object, **named: object) -> StreamingMarket:
        begun.set()
        assert on.wait(WAIT)
        return StreamingMarket(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "StreamingMarket", wait)
    return begun, on


def test_an_opening_that_is_cancelled_leaves_run_and_state_as_they_were(
    opened: Opened, held: tuple[threading.Event, threading.Event]
) -> None:
    begun, on = held
    on.set()
    session = opened(CHANGED)
    market = session.market
    begun.clear(), on.clear()
    session.reset()
    assert session.opens
    assert begun.wait(WAIT)
    session.worker.cancel()
    on.set()
    assert session.worker.wait(WAIT)
    assert (session.market, session.opens) == (market, False)
    assert session.state == CHANGED
    session.step()
    assert session.worker.wait(WAIT)
    assert session.state == replace(CHANGED, month=3)


def test_a_run_that_is_refused_room_leaves_the_one_before(opened: Opened) -> None:
    session = opened(CHANGED)

    def refuse(users: int) -> None:
        raise InputError(Fault("users", "have room", users, "Close another page."))

    session.admit = refuse
    session.open(PageState(scenario="baseline"))
    assert session.worker.wait(WAIT)
    assert [one.rule for one in session.worker.faults] == ["have room"]
    assert session.state == CHANGED


def test_of_two_openings_the_first_one_that_ends_takes_nothing_back(
    opened: Opened, held: tuple[threading.Event, threading.Event]
) -> None:
    begun, on = held
    on.set()
    session = opened(CHANGED)
    begun.clear(), on.clear()
    session.reset()
    assert begun.wait(WAIT)
    session.open(replace(SMALL, sets={"users": 500, "months": 8}, month=1))
    on.set()
    assert session.worker.wait(WAIT)
    assert session.state.sets["users"] == 500
    assert (session.state.month, session.state.changes) == (1, ())


def test_a_run_that_is_asked_for_at_the_last_moment_of_an_opening_is_the_one_that_opens(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(CHANGED)
    wanted = replace(SMALL, sets={"users": 500, "months": 8}, month=1)
    given: list[PageState] = []

    def late(market: StreamingMarket) -> History:
        if not given:  # after the last report, before the run is put
            given.append(session.state)
            session.open(wanted)
            assert session.state is wanted
        else:
            assert session.opens, "the first run was put in place of the one that was asked for after it"
        return History(market)

    monkeypatch.setattr(module, "History", late)
    session.reset()
    assert session.worker.wait(WAIT)
    assert given
    assert session.worker.wait(WAIT)
    assert session.worker.faults == ()
    assert session.state == wanted
    assert session.seen is not None
    assert (session.seen.plan.users, session.seen.month) == (500, 1)


def test_what_is_looked_at_while_a_run_opens_is_kept_and_levers_wait(
    opened: Opened, held: tuple[threading.Event, threading.Event]
) -> None:
    begun, on = held
    session = Session()
    session.open(SMALL)
    assert begun.wait(WAIT)
    session.show(view="money", market="ID")
    session.ask("deal_room", label="sony")
    assert not session.set_lever(PRICE, 30_000.0)
    assert session.faults[PRICE][0].way_out == "Wait until it is open."
    on.set()
    assert session.worker.wait(WAIT)
    assert session.worker.faults == ()
    assert (session.state.view, session.state.market) == ("money", "ID")
    assert session.state.page("deal_room") == {"label": "sony"}
    assert session.set_lever(PRICE, 30_000.0)
    session.close()


@pytest.mark.parametrize("key", ["parameters.theta", "users"])
def test_what_is_no_lever_is_refused_by_hand_and_in_a_link(opened: Opened, key: str) -> None:
    session = opened()
    assert not session.set_lever(key, 2.0)
    assert session.faults[key][0].rule == "sets a lever"
    assert session.state.changes == ()
    session.open(replace(SMALL, changes=(Change(0, key, 2.0),)))
    assert session.worker.wait(WAIT)
    assert [one.rule for one in session.worker.faults] == ["sets a lever"]
    assert session.state == SMALL
