"""A driver that is killed, or whose disk is full: what it had committed stays, and the next one does the rest."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from model.experiments.sweep.store import SweepStore
from model.foundation.rng import stream_key, uniforms

DRIVER = """
import sys, time
from pathlib import Path
from model.experiments.sweep.case import Case
from model.experiments.sweep.engines import InProcess, run_cases
from model.experiments.sweep.store import SweepStore, store
from model.foundation.errors import InputError

store.SHARD_RUNS = 40  # many shards, so that kills fall between their files and the ledger too
folder, whole, pause, limit = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
if limit:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # the system refuses longer files, as a full disk would

def work(case):
    time.sleep(pause)
    return {"outcomes": {"x": [case.point / 7]}, "series": {"y": [case.point + month for month in range(50)]}}

cases = [Case(f"{number:032x}", number, 0) for number in range(whole)]
with SweepStore.open(folder) as opened:
    try:
        run_cases(cases, work=work, store=opened, engine=InProcess(),
                  progress=lambda progress: print(progress.done, flush=True))
    except InputError as error:
        print("stopped:", error, flush=True)
        sys.exit(2)
print("end", flush=True)
"""


def drive(folder: Path, whole: int, *, pause: float = 0.002, limit: int = 0) -> subprocess.Popen[str]:
    arguments = [str(folder), str(whole), str(pause), str(limit)]
    return subprocess.Popen([sys.executable, "-c", DRIVER, *arguments], stdout=subprocess.PIPE, text=True)


def check_whole(folder: Path, whole: int) -> None:
    with SweepStore.open(folder) as store:
        outcomes, series = store.frame(), store.frame("series")
        assert outcomes["x"].tolist() == [number / 7 for number in range(whole)]
        assert len(series) == 50 * whole
        assert series.groupby("run_id")["y"].nunique().eq(50).all()
        store.verify()


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.slow)], ids=["a_few_kills", "many_kills"])
def test_kills_of_the_driver_lose_and_double_nothing(tmp_path: Path, kills: int) -> None:
    whole = 200 * kills
    folder = tmp_path / "sweep"
    SweepStore.create(folder, plan={}).close()
    moments = uniforms(stream_key(4, "test", "kills"), np.arange(kills))
    told = 0
    for moment in moments:
        with drive(folder, whole) as driver:
            assert driver.stdout is not None
            told = max(told, int(driver.stdout.readline()))
            time.sleep(0.4 * float(moment))
            driver.kill()
            said = [line for line in driver.stdout.read().split("\n")[:-1] if line != "end"]
            told = max([told, *map(int, said)])
        with SweepStore.open(folder) as store:
            assert len(store.finished()) >= told
            assert len(store.frame()) == len(store.finished())
    with drive(folder, whole, pause=0.0) as driver:
        assert driver.stdout is not None
        assert driver.stdout.read().endswith("end\n")
    check_whole(folder, whole)


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is set as Unix does")
def test_a_full_disk_stops_with_words_and_is_resumed(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    SweepStore.create(folder, plan={}).close()
    with drive(folder, 400, pause=0.0, limit=150_000) as driver:
        assert driver.stdout is not None
        said = driver.stdout.read()
        assert driver.wait() == 2
    assert "every run that was written before is kept" in said
    told = max(int(line) for line in said.splitlines() if line.isdigit())
    with SweepStore.open(folder) as store:
        assert told <= len(store.finished()) < 400
        assert len(store.frame()) == len(store.finished())
    with drive(folder, 400, pause=0.0) as driver:
        assert driver.stdout is not None
        assert driver.stdout.read().endswith("end\n")
    check_whole(folder, 400)
