"""Runs on a worker: what they raise becomes rows about failures."""

from __future__ import annotations

import cloudpickle
import pytest

from model.experiments.sweep.case import Case, Failure
from model.experiments.sweep.engines.chunk import LONGEST_MESSAGE, OtherVersion, UnreadableWork, attempt, do_sent_chunk
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
