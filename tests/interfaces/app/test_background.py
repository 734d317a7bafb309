"""Work beside the page: one job at a time, told on the way, ended on request, errors kept as sentences."""

from __future__ import annotations

import threading
from time import sleep

import pytest

from model.foundation.errors import Fault, InputError
from model.interfaces.app.background import Cancelled, Progress, Report, Worker


def test_a_job_is_told_from_beginning_to_end() -> None:
    seen: list[Progress] = []
    worker = Worker(lambda: seen.append(worker.progress), pace=0.0)

    def work(report: Report) -> None:
        for done in range(1, 4):
            report("counting", done, 3)

    worker.start("count", work)
    assert worker.wait(5)
    assert [(one.job, one.done) for one in seen] == [("count", 0), ("count", 1), ("count", 2), ("count", 3), ("", 0)]
    assert seen[2].part == pytest.approx(2 / 3)
    assert not worker.progress.runs
    assert worker.faults == ()


def test_a_page_is_told_a_few_times_a_second_at_every_new_stage_and_at_the_end() -> None:
    seen: list[Progress] = []
    worker = Worker(lambda: seen.append(worker.progress), pace=60.0)

    def work(report: Report) -> None:
        for stage in ("counting", "adding"):
            for done in range(1, 200):
                report(stage, done, 200)
                assert worker.progress.done == done, "who looks in between sees the last report"

    worker.start("count", work)
    assert worker.wait(20)
    assert worker.faults == ()
    assert [(one.job, one.stage, one.done) for one in seen] == [
        ("count", "", 0), ("count", "counting", 1), ("count", "adding", 1), ("", "", 0),
    ]  # fmt: skip


def test_reports_are_told_again_when_the_pace_has_passed() -> None:
    seen: list[int] = []
    worker = Worker(lambda: seen.append(worker.progress.done), pace=0.02)

    def work(report: Report) -> None:
        for done in range(1, 4):
            sleep(0.05)
            report("counting", done, 3)

    worker.start("count", work)
    assert worker.wait(20)
    assert seen == [0, 1, 2, 3, 0]


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
