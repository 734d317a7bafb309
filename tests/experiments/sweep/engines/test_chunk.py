"""Runs on a worker: what they raise becomes rows about failures."""

from __future__ import annotations

import time

import cloudpickle
import pytest

from model.experiments.sweep.case import Case, Failure, Rows
from model.experiments.sweep.engines import InProcess
from model.experiments.sweep.engines.chunk import (
    LONGEST_MESSAGE,
    OtherVersion,
    UnreadableWork,
    attempt,
    do_chunk,
    do_sent_chunk,
)
from model.foundation.version import model_version

CASE = Case("0a", 0, 0)


class StartMisfit(Exception):
    stage = "start"


def raising(error: BaseException):
    def work(case: Case):
        raise error

    return work


def test_what_a_run_raises_is_its_failure() -> None:
    failure = attempt(raising(ValueError("unlucky")), CASE)
    assert isinstance(failure, Failure)
    assert failure.stage == "run"
    assert failure.message.startswith("ValueError: unlucky (in work, test_chunk.py, line ")
    named = attempt(raising(StartMisfit("no start")), CASE)
    assert isinstance(named, Failure)
    assert named.stage == "start"
    left = attempt(raising(SystemExit(3)), CASE)
    assert isinstance(left, Failure)
    assert "SystemExit: 3" in left.message


def test_a_long_message_is_cut() -> None:
    failure = attempt(raising(ValueError("x" * 10_000)), CASE)
    assert isinstance(failure, Failure)
    assert len(failure.message) == LONGEST_MESSAGE


def test_ctrl_c_is_no_failure_of_the_run() -> None:
    with pytest.raises(KeyboardInterrupt):
        attempt(raising(KeyboardInterrupt()), CASE)


def test_work_of_another_version_or_without_its_modules_is_refused() -> None:
    payload = cloudpickle.dumps(lambda case: {"outcomes": {"x": [1]}})
    with pytest.raises(OtherVersion):
        do_sent_chunk("one", payload, "0.0.1+abc", [CASE])
    with pytest.raises(UnreadableWork, match="nowhere_to_be_found"):
        do_sent_chunk("two", b"cnowhere_to_be_found\nwork\n.", model_version(), [CASE])
    packed, seconds = do_sent_chunk("three", payload, model_version(), [CASE])
    assert packed.runs == (("0a", 0, 0),)
    assert seconds >= 0


class Slow:
    """Work that takes long to prepare, once, and no time to do."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.prepared = error, 0

    def prepare(self) -> None:
        self.prepared += 1
        time.sleep(0.0 if self.prepared > 1 else 0.3)
        if self.error is not None:
            raise self.error

    def __call__(self, case: Case) -> Rows:
        if self.error is not None:
            raise self.error
        return {"outcomes": {"x": [case.point]}}


def test_preparing_is_no_part_of_the_time_of_runs() -> None:
    """So that the time left does not take the compiling of the first chunk for the pace of all."""
    work = Slow()
    packed, seconds = do_chunk(work, [Case("0a", 0, 0), Case("0b", 1, 0)])
    assert (len(packed.runs), work.prepared) == (2, 1)
    assert seconds < 0.25
    with InProcess().crew(Slow()) as crew:
        crew.submit([Case("0a", 0, 0)])
        assert crew.next_returned().seconds < 0.25
    failed, _ = do_chunk(Slow(ValueError("no start")), [Case("0a", 0, 0)])
    ((_, failure),) = failed.failures
    assert "no start" in failure.message
