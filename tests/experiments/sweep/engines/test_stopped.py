"""Worker processes that are stopped or die before there is anything to do: no noise, and the sweep goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from distributed import Client

from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.engines import Local, dask_crew, run_cases
from model.experiments.sweep.store import SweepStore

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
