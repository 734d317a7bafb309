"""Signals, a second driver, a scheduler that is lost, a clock that jumps: what the commands say, and that they go on.

`python -m tests.trials.lost`: each trial by the real command line, in processes of its own.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.experiments.sweep.engines.test_cluster import free_port, started
from tests.trials.kept import committed, differences, read
from tests.trials.killed_jobs import JOBS, write_files
from tests.trials.killing import Started

Told = tuple[str, list[str], str]
"""What was tried, what was wrong, and the words of the command."""
LONG = ("n = 4\nreplicates = 2", "n = 64\nreplicates = 4")
BY_NAME = {job.name: job for job in JOBS}
SIGNALLED = ("sweep in one process", "optimise", "sweep on two workers")


def signals(work: Path) -> Iterator[Told]:
    """Yield what came of asking drivers to end, by Ctrl-C, as a batch system does, and by a closed terminal."""
    for name in SIGNALLED:
        job = BY_NAME[name]
        whole = work / f"whole {name}"
        Started(job.module, job.arguments(whole, work, ""), work / "whole.txt").ended()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            out = work / f"{name} {number}"
            driver = Started(job.module, job.arguments(out, work, ""), work / "said.txt")
            faults = [] if _until_finished(driver, out, runs=2) else ["ended before the signal"]
            before = committed(out)
            driver.send(number)
            code, said = driver.ended(), driver.said()
            faults += _stopped(code, said) + [f"lives on: {one}" for one in driver.left()]
            driver.sweep_up()
            after = committed(out)
            faults += [
                f"{place}: finished runs are gone" for place, runs in before.items() if runs - after.get(place, set())
            ]
            again = Started(job.module, job.arguments(out, work, ""), work / "again.txt")
            faults += (
                [f"going on ended with {code}"] if (code := again.ended()) else differences(read(out), read(whole))
            )
            yield f"{name}, {signal.Signals(number).name}", faults, _last(said)


def _stopped(code: int, said: str) -> list[str]:
    faults = [] if code == 130 else [f"exit code {code}, not 130"]
    if "Traceback" in said:
        faults.append(f"a traceback: {said[-400:]}")
    if "The same command goes on" not in said:
        faults.append("does not say how to go on")
    return faults


def _until_finished(driver: Started, out: Path, *, runs: int) -> bool:
    """Wait until so many runs are finished; False where the driver ended before."""
    while driver.running:
        if sum(map(len, committed(out).values())) >= runs:
            return True
        time.sleep(0.01)
    return False


def two_drivers(work: Path) -> Iterator[Told]:
    """Yield what a second driver of the same folder is told while the first one runs, and that the first one ends."""
    for name in ("sweep in one process", "sweep on two workers", "optimise", "calibrate"):
        job = BY_NAME[name]
        out = work / f"two {name}"
        first = Started(job.module, job.arguments(out, work, ""), work / "first.txt")
        _until_finished(first, out, runs=1)
        second = Started(job.module, job.arguments(out, work, ""), work / "second.txt")
        code = second.ended()
        still = first.running
        faults = [] if not first.ended() else [f"the first ended with {first.code}: {first.said()[-300:]}"]
        said = second.said()
        if "Traceback" in said or code not in (0, 2) or (code == 0 and still):
            faults.append(f"the second ended with {code}: {said[-300:]}")
        if code == 2 and f"process {first.pid}" not in said:
            faults.append("the second does not say who writes")
        lone = Started(job.module, job.arguments(work / f"lone {name}", work, ""), work / "lone.txt")
        lone.ended()
        faults += differences(read(out), read(work / f"lone {name}"))
        yield f"{name}, a second driver (code {code})", faults, _last(said)


def lost_scheduler(work: Path) -> Iterator[Told]:
    """Yield what a sweep says whose scheduler is killed, whose workers are, and that it goes on when they are back."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    job = BY_NAME["sweep on a cluster"]
    lone = BY_NAME["sweep in one process"]
    whole = work / "whole cluster"
    Started(lone.module, lone.arguments(whole, work, ""), work / "whole.txt").ended()
    out = work / "lost"
    for victim, wanted in (("scheduler", 2), ("worker, back", 0), ("none", 0)):
        with _scheduler(port) as scheduler, _worker(address) as worker:
            driver = Started(job.module, job.arguments(out, work, address), work / "said.txt")
            there = sum(map(len, committed(out).values()))
            _until_finished(driver, out, runs=there + 1)
            if victim == "scheduler":
                scheduler.kill()
                code = driver.ended()
            elif victim == "none":
                code = driver.ended()
            else:
                worker.kill()
                with _worker(address):
                    code = driver.ended()
        said = driver.said()
        faults = [] if code == wanted else [f"exit code {code}, not {wanted}: {said[-300:]}"]
        faults += ["a traceback"] if "Traceback" in said else []
        if code == 0:
            faults += differences(read(out), read(whole))
        yield f"cluster, lost: {victim}", faults, _last(said)


def _scheduler(port: int):  # type: ignore[no-untyped-def]
    return started("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")


def _worker(address: str):  # type: ignore[no-untyped-def]
    quiet = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", "--no-nanny")
    return started("distributed.cli.dask_worker", address, *quiet)


CLOCK = """
import random, sys, time
jump = random.Random(1)
real = time.time
time.time = lambda: real() + jump.uniform(-3e8, 3e8)
from model.interfaces.cli import main
sys.exit(main(sys.argv[1:]))
"""


def clock(work: Path) -> Iterator[Told]:
    """Yield what came of a sweep under a clock that jumps by years at each look, and of files of the future."""
    job = BY_NAME["sweep in one process"]
    whole, out = work / "whole clock", work / "clock"
    Started(job.module, job.arguments(whole, work, ""), work / "whole.txt").ended()
    command = [sys.executable, "-c", CLOCK, *job.arguments(out, work, "")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    faults = (
        differences(read(out), read(whole)) if not ended.returncode else [f"code {ended.returncode}: {ended.stderr}"]
    )
    yield "clock to and fro", faults, _last(ended.stderr)
    for path in out.rglob("*"):
        import os

        os.utime(path, (4e9, 4e9))
    again = Started(job.module, job.arguments(out, work, ""), work / "again.txt")
    faults = [f"code {again.code}"] if again.ended() else differences(read(out), read(whole))
    yield "files of the year 2096", faults, _last(again.said())


def _last(said: str) -> str:
    own = [line for line in said.splitlines() if line.startswith("resonance: ")]
    return own[-1] if own else ""


TRIALS: dict[str, Callable[[Path], Iterator[Told]]] = {
    "signals": signals, "drivers": two_drivers, "scheduler": lost_scheduler, "clock": clock,
}  # fmt: skip


def trial(name: str, work: Path) -> Iterator[Told]:
    """Yield what came of a trial. work: a folder to do it in."""
    write_files(work)
    if name in ("signals", "drivers"):
        asked = work / "sweep.toml"
        asked.write_text(asked.read_text().replace(*LONG))
    yield from TRIALS[name](work)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials; exit code 1 where something broke."""
    ask = argparse.ArgumentParser(prog="python -m tests.trials.lost", description=__doc__.splitlines()[0])
    ask.add_argument("--trials", default=",".join(TRIALS), help="some of them, separated by commas")
    broken = 0
    for name in ask.parse_args(arguments).trials.split(","):
        for what, faults, words in trial(name, Path(tempfile.mkdtemp(prefix="lost-"))):
            broken += bool(faults)
            print(f"{what}: {'; '.join(faults) or 'ok'}  {words}", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
