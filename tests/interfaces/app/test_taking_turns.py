"""Sessions take turns: a month and what it draws are one, which no error and no page that stopped reading keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import pytest

from model.interfaces.app import background, turns
from model.interfaces.app import session as module
from model.interfaces.app.background import Report, Worker
from model.interfaces.app.line import Line
from model.interfaces.app.session import Session
from tests.interfaces.app.conftest import WAIT

LONG = 1000.0
Opened = Callable[..., Session]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """The line of all sessions, with nobody in it and leases that do not end."""
    made = Line(lease=LONG)
    for one in (background, module):
        monkeypatch.setattr(one, "MONTHS", made)
    return made


def has_turn(line: Line) -> bool:
    return line._holder == threading.get_ident()


def is_free(line: Line) -> bool:
    return line._holder is None and not line._waiting


@pytest.mark.parametrize("begin", [Session.step, Session.reset], ids=["a month", "an opening"])
def test_what_is_lived_is_drawn_in_the_same_turn(opened: Opened, line: Line, begin: Callable[[Session], None]) -> None:
    session, drawn = opened(), []
    session.worker._grace = LONG
    session.watch(lambda: drawn.append((session.seen is not None and session.seen.month, has_turn(line))))
    begin(session)
    assert session.worker.wait(WAIT)
    assert drawn == [(1 if begin is Session.step else 0, True)]
    assert is_free(line)


def test_between_two_months_of_a_play_others_have_their_turn(
    opened: Opened, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, drawn, between = opened(), [], []
    session.watch(lambda: drawn.append(has_turn(line)))

    def sleep(_: float) -> None:
        between.append(has_turn(line))

    monkeypatch.setattr(module, "sleep", sleep)
    session.play()
    assert session.worker.wait(WAIT)
    assert between == [False] * 8
    assert drawn == [True] * 8 + [False], "the end alone is drawn outside, and changes no picture"
    assert is_free(line)


def test_between_two_months_of_a_long_step_others_have_their_turn(
    opened: Opened, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, months = opened(), []
    began, stands = threading.Event(), threading.Event()

    def other() -> None:
        assert began.wait(WAIT)
        with line:
            market = session.market
            months.append(market.month if market is not None else -1)

    thread = threading.Thread(target=other)
    thread.start()

    def begin(*_: object) -> None:
        began.set()  # in the first month's turn
        while not line._waiting and not stands.is_set():
            stands.wait(0.001)
        stands.set()

    monkeypatch.setattr(module, "begin_changes", begin)
    session.step(3)
    thread.join(WAIT)
    assert months == [1]
    assert session.worker.wait(WAIT)
    assert session.state.month == 3


def test_a_page_that_stopped_reading_keeps_the_others_for_its_lease_alone(
    opened: Opened, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line._lease = 0.2
    stuck, other, on = opened(), opened(), threading.Event()

    def hang() -> None:
        on.wait(WAIT)

    stuck.watch(hang)
    stuck.step()
    while not line._holder or stuck.state.month == 0:
        threading.Event().wait(0.001)
    for month in (1, 2):
        other.step()
        assert other.worker.wait(WAIT / 4)
        assert other.state.month == month
    assert not stuck.worker.wait(0.0)
    on.set()
    assert stuck.worker.wait(WAIT)


def test_a_job_that_goes_wrong_or_is_stopped_gives_its_turn_up(line: Line) -> None:
    worker = Worker()

    def breaks(_: Report) -> None:
        line.acquire()
        raise ValueError("broken")

    def is_stopped(report: Report) -> None:
        line.acquire()
        worker.cancel()
        report("on", 0, 1)

    for work in (breaks, is_stopped):
        worker.start("job", work)
        assert worker.wait(WAIT)
        assert is_free(line)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_turn_is_given_up_where_drawing_goes_wrong(line: Line) -> None:
    def tell() -> None:
        raise RuntimeError("this page cannot be drawn")

    def take(_: Report) -> None:
        line.acquire()

    worker = Worker(tell)
    worker.start("job", take)
    assert worker.wait(WAIT)
    assert is_free(line)


def test_who_pauses_while_it_stands_in_line_lives_no_further_month(opened: Opened, line: Line) -> None:
    session, on = opened(), threading.Event()
    begun = threading.Event()

    def keep() -> None:
        with line:
            begun.set()
            assert on.wait(WAIT)

    other = threading.Thread(target=keep, daemon=True)
    other.start()
    assert begun.wait(WAIT)
    session.play()
    while not line._waiting:
        threading.Event().wait(0.001)
    session.pause()
    on.set()
    assert session.worker.wait(WAIT)
    other.join(WAIT)
    assert session.state.month == 0
    assert is_free(line)


def test_long_work_of_a_page_has_its_turns_while_others_play(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MONTHS", line)
    ends, lived = threading.Event(), 0

    def play() -> None:
        while not ends.is_set():
            with line:
                threading.Event().wait(0.06)

    players = [threading.Thread(target=play, daemon=True) for _ in range(8)]
    for one in players:
        one.start()
    begun = monotonic()
    with turns.Turns(lambda *_: None, words={}) as taking:
        while lived < 3 and monotonic() - begun < WAIT:
            taking("months", lived, 3)
            lived += 1
        assert has_turn(line)
    ends.set()
    for one in players:
        one.join(WAIT)
    assert lived == 3
    assert monotonic() - begun < 10.0, "three rounds of half a second"
