"""Worker processes that are stopped or die before there is anything to do, and a scheduler that is lost in a call."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import distributed
import pytest
from distributed import Client
from distributed.client import ClosedClientError
from distributed.comm.core import CommClosedError

from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.engines import Cluster, Local, dask_crew, run_cases
from model.experiments.sweep.store import SweepStore
from model.foundation.errors import InputError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped as Unix does")
ROOT = Path(__file__).resolve().parents[4]
STOPPED_AT = """
import asyncio, os, signal, sys, time
from distributed import Nanny, Scheduler
from model.experiments.sweep.engines import Local, dask_crew

dask_crew.model_version = lambda: ""
real, told = Nanny.instantiate, []

async def slow(self):
    if not told:
        told.append("once")
        if sys.argv[1] == "while they start":
            os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(1.0)
    return await real(self)

Nanny.instantiate = slow
begun = time.monotonic()
try:
    with Local(2).crew(lambda case: {}):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60.0)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.mark.parametrize("moment", ["while they start", "when they are there"])
def test_ctrl_c_before_the_first_run_ends_without_noise(moment: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STOPPED_AT, moment], capture_output=True, text=True, timeout=300, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (ended.stdout, ended.stderr) == ("stopped\n", "")
    assert ended.returncode == 0


def count(case: Case) -> Rows:
    return {"outcomes": {"x": [case.point]}}


def test_a_worker_that_dies_while_it_gets_the_work_is_not_taken_for_a_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_crew, "model_version", lambda: "")
    given = Client.register_plugin
    killed: list[int] = []

    def given_to_one_that_dies(self: Client, work: dask_crew.SentWork) -> object:
        if not killed:  # it holds still until the work is under way to it, and is gone then
            killed.append(next(iter(self.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGSTOP)
            threading.Timer(0.5, os.kill, (killed[0], signal.SIGKILL)).start()
        return given(self, work)

    monkeypatch.setattr(Client, "register_plugin", given_to_one_that_dies)
    with SweepStore.create(tmp_path / "sweep", plan={}) as store:
        cases = [Case(f"{number:032x}", number, 0) for number in range(9)]
        summary = run_cases(cases, work=count, store=store, engine=Local(2))
    assert killed
    assert (summary.finished, summary.failed) == (9, 0)


class LostClient:
    """A client whose scheduler is lost in the midst of one of its calls."""

    status = "running"
    lost: tuple[str, type[Exception]] = ("", Exception)

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def _call(self, name: str) -> None:
        if self.lost[0] == name:
            raise self.lost[1]("gone")

    def nthreads(self) -> dict[str, int]:
        self._call("nthreads")
        return {"tcp://127.0.0.1:1": 1}

    def submit(self, *_: object, **__: object) -> LostClient:
        self._call("submit")
        return self

    def add_done_callback(self, told: Any) -> None:
        told(self)

    def result(self) -> object:
        self._call("result")
        raise AssertionError("nothing was done")

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: self._call(name)


@pytest.mark.parametrize(
    ("call", "error"),
    [("nthreads", TimeoutError), ("submit", ClosedClientError), ("result", CommClosedError), ("result", TimeoutError)],
)
def test_a_scheduler_that_is_lost_in_the_midst_of_a_call_is_told(
    call: str, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_crew, "model_version", lambda: "")
    monkeypatch.setattr(distributed, "Client", LostClient)
    monkeypatch.setattr(LostClient, "lost", (call, error))
    with SweepStore.create(tmp_path / "sweep", plan={}) as store:
        with pytest.raises(InputError, match=r"got 'the connection to the scheduler was lost'\. Start them and resume"):
            run_cases([Case("0" * 32, 0, 0)], work=count, store=store, engine=Cluster("tcp://127.0.0.1:1"))
        assert store.counts() == (0, 0)


def test_dask_reports_nothing_of_its_own_while_a_cluster_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "Client", LostClient)
    reports = logging.getLogger("distributed.client")
    before = reports.getEffectiveLevel()
    with Cluster("tcp://127.0.0.1:1").crew(count):
        assert not reports.isEnabledFor(logging.CRITICAL)
    assert reports.getEffectiveLevel() == before
