"""Opening another run: one that is stopped or refused changes nothing, and what is looked at meanwhile is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from time import sleep

import pytest

from model.foundation.errors import Fault, InputError
from model.interfaces.app import session as module
from model.interfaces.app.history import History
from model.interfaces.app.line import Line
from model.interfaces.app.restore import Change, Licence, PageState
from model.interfaces.app.session import Session
from model.market.streaming_market import StreamingMarket
from model.market.world import World
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
    begun.clear()
    on.clear()
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
    begun.clear()
    on.clear()
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


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """(a month has begun, it may go on) of the next month that is lived."""
    begun, on = threading.Event(), threading.Event()
    really = module.begin_changes

    def late(world: World, changes: tuple[Change | Licence, ...]) -> None:
        begun.set()
        assert on.wait(WAIT)
        really(world, changes)

    monkeypatch.setattr(module, "begin_changes", late)
    return begun, on


def test_a_month_that_is_lived_while_another_run_is_asked_for_is_told_where_that_one_is_refused(
    opened: Opened, request: pytest.FixtureRequest
) -> None:
    session = opened(CHANGED)
    market = session.market
    begun, on = request.getfixturevalue("lived")
    session.step()
    assert begun.wait(WAIT)
    session.open(replace(SMALL, changes=(Change(0, "users", 2.0),)))  # is refused
    on.set()
    assert session.worker.wait(WAIT)
    assert session.market is market
    assert session.state == replace(CHANGED, month=CHANGED.month + 1)


def test_a_month_that_waits_for_its_turn_is_not_lived_where_another_run_is_asked_for(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, turns, begun, on = opened(CHANGED), Line(lease=1000.0), threading.Event(), threading.Event()
    monkeypatch.setattr(module, "MONTHS", turns)

    def keep() -> None:
        with turns:
            begun.set()
            on.wait(WAIT)

    threading.Thread(target=keep, daemon=True).start()
    assert begun.wait(WAIT)
    session.step()
    while session.worker.progress.stage != "months":
        sleep(0.005)
    session.open(replace(SMALL, changes=(Change(2, PRICE, 5.0), Change(0, "users", 2.0))))  # is refused
    on.set()
    assert session.worker.wait(WAIT)
    assert session.state == CHANGED
    assert session.seen is not None
    assert session.seen.month == CHANGED.month


def test_an_opening_that_is_cancelled_before_it_begins_leaves_the_run_open(
    opened: Opened, request: pytest.FixtureRequest
) -> None:
    session = opened(CHANGED)
    begun, on = request.getfixturevalue("lived")
    session.step()
    assert begun.wait(WAIT)
    session.reset()  # waits for the month
    session.pause()
    on.set()
    assert session.worker.wait(WAIT)
    assert not session.opens
    assert session.state == replace(CHANGED, month=CHANGED.month + 1)
    session.step()
    assert session.worker.wait(WAIT)
    assert session.state.month == CHANGED.month + 2


@pytest.mark.parametrize(("asked", "month"), [("step", 1), ("jump", 3), ("play", 8)])
def test_what_is_pressed_while_a_run_opens_is_done_with_that_run(
    opened: Opened, held: tuple[threading.Event, threading.Event], monkeypatch: pytest.MonkeyPatch, asked: str,
    month: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "MONTHS_PER_SECOND", 1000.0)
    begun, on = held
    on.set()
    session = opened(CHANGED)
    before = session.market
    begun.clear()
    on.clear()
    session.reset()
    assert begun.wait(WAIT)
    {"step": session.step, "jump": lambda: session.jump(3), "play": session.play}[asked]()
    on.set()
    for _ in range(2):  # what is played is a job of its own
        assert session.worker.wait(WAIT)
    assert session.market is not before
    assert not session.opens
    assert session.seen is not None
    assert (session.seen.month, session.state.month) == (month, month)
    assert session.state.changes == ()


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
