"""A line gives turns in order, one at a time, and no longer waits for who never gives a turn up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from time import monotonic, sleep

import pytest

from model.interfaces.app.background import Cancelled
from model.interfaces.app.line import Line
from tests.interfaces.app.conftest import WAIT

LONG = 1000.0


class Others:
    """Threads that stand in line. order: of their turns."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.order: list[str] = []
        self._threads: list[threading.Thread] = []

    def stand(self, name: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Let a thread stand at the end of the line, and do something while it has its turn."""

        def wait() -> None:
            with self._line:
                self.order.append(name)
                meanwhile()

        before = len(self._line._waiting)
        one = threading.Thread(target=wait, daemon=True)
        one.start()
        self._threads.append(one)
        while one.is_alive() and len(self._line._waiting) == before and name not in self.order:
            sleep(0.001)

    def wait(self) -> None:
        """Wait until all had their turns."""
        for one in self._threads:
            one.join(WAIT)
            assert not one.is_alive()


def is_free(line: Line) -> bool:
    return line._holder is None and not line._waiting


@pytest.fixture
def line() -> Line:
    return Line(lease=LONG)


@contextmanager
def kept(line: Line) -> Iterator[None]:
    """Let another thread have the turn and not give it up."""
    begun, on = threading.Event(), threading.Event()

    def keep() -> None:
        with line:
            begun.set()
            assert on.wait(WAIT)

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    assert begun.wait(WAIT)
    yield
    on.set()
    thread.join(WAIT)


def test_turns_are_given_in_the_order_of_coming(line: Line) -> None:
    others, names = Others(line), [str(number) for number in range(12)]
    with line:
        for name in names:
            others.stand(name)
        assert others.order == []
    others.wait()
    assert others.order == names


def test_of_many_threads_one_has_its_turn(line: Line) -> None:
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(50):
            with line:
                inside += 1
                most = max(most, inside)
                sleep(0.0001)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(WAIT)
        assert not one.is_alive()
    assert (inside, most) == (0, 1)


def test_who_wants_another_turn_stands_at_the_end(line: Line) -> None:
    others = Others(line)
    line.acquire()
    others.stand("other")
    line.acquire()
    assert others.order == ["other"]
    line.release()
    others.wait()


def test_who_shall_wait_no_longer_leaves_the_line(line: Line) -> None:
    others, looks = Others(line), list[int]()

    def look() -> None:
        looks.append(len(line._waiting))
        if len(looks) == 3:
            raise Cancelled

    with kept(line):
        with pytest.raises(Cancelled):
            line.acquire(look)
        assert looks == [1, 1, 1]
        others.stand("behind")
    others.wait()
    assert others.order == ["behind"]
    assert is_free(line)


def test_who_shall_live_no_month_when_its_turn_has_come_gives_it_up(line: Line) -> None:
    def look() -> None:
        assert line._holder == threading.get_ident()
        raise Cancelled

    with pytest.raises(Cancelled):
        line.acquire(look)
    assert is_free(line)


def test_who_looks_keeps_its_place_where_others_come_all_the_time(line: Line) -> None:
    looks, ends = list[float](), threading.Event()

    def come() -> None:
        while not ends.is_set():
            with line:
                sleep(0.05)

    busy = [threading.Thread(target=come, daemon=True) for _ in range(10)]
    for one in busy:
        one.start()
    while len(line._waiting) < 9:
        sleep(0.001)
    for _ in range(3):
        begun = monotonic()
        line.acquire(lambda: looks.append(monotonic()))
        assert monotonic() - begun < 5.0, "some 10 turns of 0.05 s"
        line.release()
    ends.set()
    for one in busy:
        one.join(WAIT)
    assert len(looks) >= 6, "it has looked on the way and at the end"
    assert max(after - before for before, after in pairwise(looks)) < 1.0


def test_who_looks_keeps_nobody_from_moving(line: Line) -> None:
    """What looks may draw a page, and that may take long."""
    looking, on = threading.Event(), threading.Event()

    def look() -> None:
        looking.set()
        assert on.wait(WAIT)

    with kept(line):
        waits = threading.Thread(target=lambda: (line.acquire(look), line.release()), daemon=True)
        waits.start()
        assert looking.wait(WAIT)
        line.release()  # comes back at once, though this thread has no turn
        assert len(line._waiting) == 1
        on.set()
    waits.join(WAIT)
    assert not waits.is_alive()


def test_a_turn_that_is_never_given_up_holds_the_next_one_for_its_lease_alone() -> None:
    line = Line(lease=0.1)
    with kept(line):
        begun = monotonic()
        line.acquire()
        assert 0.05 < monotonic() - begun < WAIT / 2
        line.release()
        begun = monotonic()
        line.acquire()
        assert monotonic() - begun < 0.09, "the lease went to the next one, so nobody waits for it again"
        line.release()


def test_who_comes_back_after_its_lease_takes_nobodys_turn() -> None:
    line = Line(lease=0.05)
    begun, on = threading.Event(), threading.Event()

    def keep() -> None:
        with line:
            begun.set()
            assert on.wait(WAIT)

    late = threading.Thread(target=keep, daemon=True)
    late.start()
    assert begun.wait(WAIT)
    line.acquire()
    line._until = monotonic() + LONG  # this turn lasts
    on.set()
    late.join(WAIT)
    others = Others(line)
    others.stand("other")
    assert others.order == [], "the late one gave up what it no longer had"
    line.release()
    others.wait()


def test_a_turn_is_given_up_after_an_error(line: Line) -> None:
    with pytest.raises(ValueError, match="broken"), line:
        raise ValueError("broken")
    with kept(line):
        pass


def test_giving_up_what_one_does_not_have_is_nothing(line: Line) -> None:
    line.release()
    with kept(line):
        line.release()
        assert not is_free(line)
