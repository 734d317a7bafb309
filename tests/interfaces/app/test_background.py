"""Work beside the page: one job at a time, told on the way, ended on request, errors kept as sentences."""

from __future__ import annotations

import threading
from time import sleep

import pytest

from model.foundation.errors import Fault, InputError
from model.interfaces.app.background import Cancelled, Progress, Report, Worker


class Told:
    """What a page was told of a worker that gives it no grace to speak of."""

    def __init__(self, *, pace: float = 0.0, grace: float = 0.01) -> None:
        self.seen: list[Progress] = []
        self.first = threading.Event()
        self.worker = Worker(self._tell, pace=pace, grace=grace)

    def _tell(self) -> None:
        self.seen.append(self.worker.progress)
        self.first.set()

    def wait_told(self) -> None:
        assert self.first.wait(20), "a job that is silent is told after its grace"

    @property
    def steps(self) -> list[tuple[str, str, int]]:
        return [(one.job, one.stage, one.done) for one in self.seen]


def test_a_job_is_told_from_beginning_to_end() -> None:
    told = Told()

    def work(report: Report) -> None:
        told.wait_told()
        for done in range(1, 4):
            report("counting", done, 3)

    told.worker.start("count", work)
    assert told.worker.wait(20)
    counting = [("count", "counting", done) for done in (1, 2, 3)]
    assert told.steps == [("count", "", 0), *counting, ("", "", 0)]
    assert told.seen[2].part == pytest.approx(2 / 3)
    assert not told.worker.progress.runs
    assert told.worker.faults == ()


def test_a_job_that_is_over_soon_is_told_by_its_end_alone() -> None:
    told = Told(grace=60.0)

    def work(report: Report) -> None:
        for done in range(1, 200):
            report(f"stage {done}", done, 200)
            assert told.worker.progress.done == done, "who looks in between sees the last report"

    told.worker.start("count", work)
    assert told.worker.wait(20)
    assert told.steps == [("", "", 0)]
    assert told.worker.faults == ()


def test_a_page_is_told_a_few_times_a_second_at_every_new_stage_and_at_the_end() -> None:
    told = Told(pace=60.0)

    def work(report: Report) -> None:
        told.wait_told()
        for stage in ("counting", "adding"):
            for done in range(1, 200):
                report(stage, done, 200)
                assert told.worker.progress.done == done, "who looks in between sees the last report"

    told.worker.start("count", work)
    assert told.worker.wait(20)
    assert told.worker.faults == ()
    assert told.steps == [("count", "", 0), ("count", "counting", 1), ("count", "adding", 1), ("", "", 0)]


def test_reports_are_told_again_when_the_pace_has_passed() -> None:
    told = Told(pace=0.02)

    def work(report: Report) -> None:
        told.wait_told()
        for done in range(1, 4):
            sleep(0.05)
            report("", done, 3)

    told.worker.start("count", work)
    assert told.worker.wait(20)
    assert [done for _, _, done in told.steps] == [0, 1, 2, 3, 0]


def test_a_cancelled_job_ends_at_its_next_report_and_leaves_no_fault() -> None:
    worker, begun, go = Worker(), threading.Event(), threading.Event()
    reached: list[int] = []

    def work(report: Report) -> None:
        for number in range(1000):
            reached.append(number)
            begun.set()
            go.wait(5)
            report("waiting", number, 1000)

    worker.start("long", work)
    assert begun.wait(5)
    worker.cancel()
    go.set()
    assert worker.wait(5)
    assert reached == [0]
    assert worker.faults == ()


def test_a_new_job_waits_for_the_one_before_and_stops_it() -> None:
    worker, begun = Worker(), threading.Event()
    order: list[str] = []
    together = threading.Lock()

    def first(report: Report) -> None:
        with together:
            begun.set()
            try:
                while True:
                    report("first", 0, 0)
            except Cancelled:
                order.append("first ended")
                raise

    def second(report: Report) -> None:
        assert together.acquire(blocking=False), "two jobs of one worker ran at once"
        order.append("second ran")
        together.release()

    worker.start("first", first)
    assert begun.wait(5)
    worker.start("second", second)
    assert worker.wait(5)
    assert order == ["first ended", "second ran"]
    assert worker.faults == ()


def test_what_goes_wrong_in_a_job_that_was_stopped_is_not_told_of_the_next() -> None:
    worker, begun, go = Worker(), threading.Event(), threading.Event()

    def first(report: Report) -> None:
        begun.set()
        go.wait(5)
        raise InputError(Fault("a", "is b", 1, "c"))

    worker.start("first", first)
    assert begun.wait(5)
    worker.start("second", lambda report: report("", 1, 1))
    go.set()
    assert worker.wait(5)
    assert worker.faults == ()


def test_bad_input_is_kept_as_its_faults() -> None:
    worker = Worker()

    def work(report: Report) -> None:
        raise InputError([Fault("a", "is b", 1, "c"), Fault("d", "is e", 2, "f")])

    worker.start("read", work)
    assert worker.wait(5)
    assert [fault.place for fault in worker.faults] == ["a", "d"]


def test_an_unforeseen_error_is_told_and_the_worker_lives_on() -> None:
    worker = Worker()

    def work(report: Report) -> None:
        raise ZeroDivisionError("by nought")

    worker.start("divide", work)
    assert worker.wait(5)
    assert "ZeroDivisionError: by nought" in str(worker.faults[0])
    worker.start("count", lambda report: report("", 1, 1))
    assert worker.wait(5)
    assert worker.faults == ()
