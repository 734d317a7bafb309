"""Real worker processes on this machine: the same bits, a worker killed, nothing left behind."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import psutil
import pytest

from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.engines import InProcess, Local, dask_crew, run_cases
from model.experiments.sweep.store import SweepStore
from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms

THREADS = "NUMBA_NUM_THREADS OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS"


@pytest.fixture(autouse=True)
def any_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers start while somebody edits the sources."""
    monkeypatch.setattr(dask_crew, "model_version", lambda: "")


def children() -> set[int]:
    return {
        child.pid for child in psutil.Process().children(recursive=True) if "tracker" not in "".join(child.cmdline())
    }


def world(marks: str = ""):
    """Work whose numbers would show any difference in the draws or in the arithmetic."""
    deadly = "kill"

    def work(case: Case) -> Rows:
        if case.work.get("note") == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        if marks:
            Path(marks, f"{os.getpid()}").touch()
        time.sleep(float(str(case.work.get("pause", 0))))
        draws = uniforms(stream_key(case.point, "test", "world"), np.arange(500))
        shares = np.exp(draws) / np.exp(draws).sum()
        words = [os.environ.get(name, "") for name in THREADS.split()]
        return {
            "outcomes": {"profit": [float(shares @ draws)], "threads": ["".join(words)]},
            "series": {"users": shares[:20].astype(np.float32), "log": np.log(draws[:20])},
        }

    return work


def some_cases(number: int, **work: object) -> list[Case]:
    return [Case(f"{index:032x}", index, 0, work) for index in range(number)]


def test_two_workers_give_the_bits_of_one_process_and_survive_a_kill(
    tmp_path: Path,
    bits: Callable[[pd.DataFrame], object],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in THREADS.split():
        monkeypatch.delenv(name, raising=False)
    before = children()
    cases = some_cases(60, pause=0.02)
    cases[7] = Case(cases[7].run_id, 7, 0, {"note": "kill"})
    marks = tmp_path / "marks"
    marks.mkdir()
    killed: list[int] = []

    def kill_one(_: object) -> None:
        if not killed and (known := sorted(int(path.name) for path in marks.iterdir())):
            killed.append(known[-1])
            os.kill(known[-1], signal.SIGKILL)

    with (
        SweepStore.create(tmp_path / "here", plan={}) as here,
        SweepStore.create(tmp_path / "there", plan={}) as there,
        caplog.at_level(logging.WARNING),
    ):
        there_work = world(str(marks))
        summary = run_cases(cases, work=there_work, store=there, engine=Local(2), strikes=1, progress=kill_one)
        assert killed
        assert (summary.finished, summary.failed) == (59, 1)
        assert there.failures()[["point", "stage"]].to_numpy().tolist() == [[7, "worker"]]
        run_cases(cases[:7] + cases[8:], work=world(), store=here, engine=InProcess())
        assert set(there.frame()["threads"]) == {"1111"}
        for table in ("outcomes", "series"):
            columns = [name for name in here.frame(table) if name != "threads"]
            assert bits(here.frame(table)[columns]) == bits(there.frame(table)[columns])
    assert not caplog.records
    assert capfd.readouterr() == ("", "")
    assert children() <= before
    assert not any(name in os.environ for name in THREADS.split())


UNGUARDED = """
import sys
from pathlib import Path
from model.experiments.sweep.case import Case
from model.experiments.sweep.engines import Local, dask_crew, run_cases
from model.experiments.sweep.store import SweepStore

dask_crew.model_version = lambda: ""
print("once", flush=True)

def work(case):
    return {"outcomes": {"x": [case.point]}}

with SweepStore.create(Path(sys.argv[1]), plan={}) as store:
    print(run_cases([Case(f"{n:x}", n, 0) for n in range(9)], work=work, store=store, engine=Local(2)).finished)
"""


@pytest.mark.slow
def test_a_script_without_a_guard_is_not_run_again_by_its_workers(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "sweep")],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        check=False,
    )
    assert (run.stdout, run.stderr) == ("once\n9\n", "")


LONG = """
import signal, sys, time
from pathlib import Path
from model.experiments.sweep.case import Case
from model.experiments.sweep.engines import Local, dask_crew, run_cases
from model.experiments.sweep.store import SweepStore

dask_crew.model_version = lambda: ""
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it otherwise

def work(case):
    time.sleep(0.05)
    return {"outcomes": {"x": [case.point]}}

with SweepStore.create(Path(sys.argv[1]), plan={}) as store:
    summary = run_cases([Case(f"{n:x}", n, 0) for n in range(5000)], work=work, store=store, engine=Local(2),
                        progress=lambda progress: print(progress.done, flush=True))
    print("stopped" if summary.stopped else "whole", summary.finished == store.counts()[0], flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal's Ctrl-C is sent as Unix does")
def test_ctrl_c_in_a_terminal_stops_without_noise(tmp_path: Path) -> None:
    """A terminal sends it to the workers too: they leave it to the driver."""
    with subprocess.Popen(
        [sys.executable, "-c", LONG, str(tmp_path / "sweep")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as driver:
        assert driver.stdout is not None
        while int(driver.stdout.readline()) < 10:
            pass
        os.killpg(driver.pid, signal.SIGINT)
        said, noise = driver.communicate(timeout=60)
    assert said.splitlines()[-1] == "stopped True"
    assert (noise, driver.returncode) == ("", 0)


@pytest.mark.slow
def test_workers_of_another_version_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_crew, "model_version", lambda: "0.0.1+abc")
    with SweepStore.create(tmp_path / "sweep", plan={}) as store:
        with pytest.raises(InputError, match=r"every worker must run this version of the model, 0\.0\.1\+abc"):
            run_cases(some_cases(3), work=world(), store=store, engine=Local(1))
        assert store.counts() == (0, 0)


@pytest.mark.parametrize("workers", [0, -1, True])
def test_a_number_of_workers_that_is_none_is_refused(workers: int) -> None:
    with pytest.raises(InputError, match="whole number from 1"):
        Local(workers)


@pytest.mark.parametrize("there", [{}, {"tcp://127.0.0.1:1": 1}], ids=["none", "some"])
def test_workers_that_take_long_to_start_are_told_or_done_without(
    monkeypatch: pytest.MonkeyPatch, there: dict[str, int]
) -> None:
    """On a machine with much else to do, or where one is killed while it starts."""
    import distributed

    begun: list[object] = []

    class Cluster:
        _instances: ClassVar[set[object]] = set()
        scheduler_address = "tcp://127.0.0.1:1"

        def __init__(self, **_: object) -> None: ...

        def close(self, timeout: float) -> None:
            begun.append("closed")

    class Client:
        def __init__(self, *_: object, **__: object) -> None: ...

        def __enter__(self) -> Client:
            return self

        def __exit__(self, *_: object) -> None: ...

        def wait_for_workers(self, *_: object, **__: object) -> None:
            raise TimeoutError("Only 0 of 2 workers arrived")

        def nthreads(self) -> dict[str, int]:
            return there

    class Crew:
        def __init__(self, *_: object, **__: object) -> None: ...

        def close(self) -> None:
            begun.append("crew")

    monkeypatch.setattr(distributed, "LocalCluster", Cluster)
    monkeypatch.setattr(distributed, "Client", Client)
    monkeypatch.setattr(dask_crew, "DaskCrew", Crew)

    def opened() -> None:
        with Local(2).crew(world()):
            pass

    if there:
        opened()
        assert begun == ["crew", "closed"]
        return
    with pytest.raises(InputError, match=r"none within 60 s.*Give the same command again"):
        opened()
    assert begun == ["closed"]
