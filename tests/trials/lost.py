"""Signals, a second driver, a scheduler that is lost, a clock that jumps: what the commands say, and that they go on.

`python -m tests.trials.lost`: each trial by the real command line, in processes of its own.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path

import numpy as np

from model.foundation.rng import stream_key, uniforms
from tests.experiments.sweep.engines.test_cluster import free_port, started
from tests.trials.kept import Kept, committed, differences, read
from tests.trials.killed_jobs import JOBS, Job, write_files
from tests.trials.killing import Started

Told = tuple[str, list[str], str]
"""What was tried, what was wrong, and the words of the command."""
POINTS, REPLICATES = 64, 4
"""Of sweeps that are still under way when a second command has begun."""
BY_NAME = {job.name: job for job in JOBS}
SIGNALLED = ("sweep in one process", "optimise", "sweep on two workers")
CLOCKED = ("sweep in one process", "optimise", "calibrate")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SEED = 10
TRACKER = re.compile(r'Traceback [^\n]*\n  File "[^"\n]*resource_tracker\.py"[^\n]*\n[^\n]*\nKeyError: [^\n]*\n')
"""What Python's helper for semaphores says where a hang-up ended it and it was started again: it heeds this one of
the three only."""
EARLIEST = "_get_module_details"
"""In the traceback of an interpreter that was stopped before it had found the program."""


def signals(work: Path) -> Iterator[Told]:
    """Yield what came of asking to end, by Ctrl-C, as a batch system does, and by a closed terminal.

    A batch system asks the driver, a terminal asks its workers too.
    """
    for name in SIGNALLED:
        job = BY_NAME[name]
        whole, _ = _whole(job, work)
        for number, everyone in product(SIGNALS, (False, True)):
            out = work / f"{name} {number} {everyone}"
            driver = Started(job.module, job.arguments(out, work, ""), work / "said.txt")
            faults = [] if _until_finished(driver, out, runs=2) else ["ended before the signal"]
            before = committed(out)
            _ask(driver, number, everyone=everyone)
            faults += _ended(driver) + _kept(before, committed(out)) + _went_on(job, out, work, whole)
            if "The same command goes on" not in driver.said():
                faults.append("does not say how to go on")
            yield f"{name}, {number.name}{' to all' if everyone else ''}", faults, _last(driver.said())


def moments(work: Path, *, times: int = 10) -> Iterator[Told]:
    """Yield what came of asking to end at any moment of a command, also while it is loaded and ends; half do it twice.

    times: of each command.
    """
    for name in SIGNALLED:
        job = BY_NAME[name]
        whole, seconds = _whole(job, work)
        drawn = uniforms(stream_key(SEED, "lost", name), np.arange(2 * times)).reshape(times, 2)
        for turn, (moment, wait) in enumerate(drawn):
            number, everyone, twice = SIGNALS[turn % 3], turn % 2 == 0, turn % 4 > 1
            out = work / f"{name} at {turn}"
            driver = Started(job.module, job.arguments(out, work, ""), work / "said.txt")
            time.sleep(moment * seconds)
            before = committed(out)
            _ask(driver, number, everyone=everyone)
            if twice:
                time.sleep(wait)
                _ask(driver, number, everyone=everyone)
            faults = (
                _ended(driver, number, twice=twice) + _kept(before, committed(out)) + _went_on(job, out, work, whole)
            )
            done = sum(map(len, before.values()))
            how = f"{number.name}{' to all' if everyone else ''}{' twice' if twice else ''}"
            yield f"{name}, {how} at {moment:.0%}, {done} finished, code {driver.code}", faults, _last(driver.said())


def _whole(job: Job, work: Path) -> tuple[Kept, float]:
    """Return what a command that nobody stops leaves, and the seconds that it takes."""
    begun = time.monotonic()
    out = work / f"whole {job.name}"
    started = Started(job.module, job.arguments(out, work, ""), work / "whole.txt")
    if started.ended():
        raise SystemExit(f"{job.name}: exit code {started.code} without any fault: {started.said()[-2000:]}")
    return read(out), time.monotonic() - begun


def _ask(driver: Started, number: signal.Signals, *, everyone: bool) -> None:
    """Send the driver a signal, or it and all that it started, as a terminal does."""
    with suppress(ProcessLookupError):
        if driver.running:
            (os.killpg if everyone else os.kill)(driver.pid, number)


def _ended(driver: Started, early: signal.Signals | None = None, *, twice: bool = False) -> list[str]:
    """Wait for the end and return what was wrong with it. early: the signal that may come too early or too late.

    Then it may end the interpreter before the program is there, or not at all; and Python ends by SIGINT, which a shell
    calls 130, where it came while code was made of text. A second one may end what has said its last word.
    """
    code, said = driver.ended(), driver.said()
    bare = early is not None and "resonance: " not in said and code == -early
    last = twice and "resonance: stopped" in said and code == -(early or 0)
    right = code in (130, -signal.SIGINT) or last or (early is not None and (code == 0 or bare))
    faults = [] if right else [f"exit code {code}, not 130"]
    other = TRACKER.sub("", said)
    if ("Traceback" in other or "Error" in other) and not (bare and EARLIEST in said):
        faults.append(f"a traceback: {said[-400:]}")
    faults += [f"lives on: {one}" for one in driver.left()]
    driver.sweep_up()
    return faults


def _kept(before: dict[str, set[str]], after: dict[str, set[str]]) -> list[str]:
    return [f"{place}: finished runs are gone" for place, runs in before.items() if runs - after.get(place, set())]


def _went_on(job: Job, out: Path, work: Path, whole: Kept) -> list[str]:
    """Give the same command again, and return in what its end differs from the whole one."""
    again = Started(job.module, job.arguments(out, work, ""), work / "again.txt")
    return (
        [f"going on ended with {again.code}: {again.said()[-300:]}"]
        if again.ended()
        else (differences(read(out), whole))
    )


def _until_finished(driver: Started, out: Path, *, runs: int) -> bool:
    """Wait until so many runs are finished; False where the driver ended before."""
    while driver.running:
        if sum(map(len, committed(out).values())) >= runs:
            return True
        time.sleep(0.01)
    return False


def two_drivers(work: Path) -> Iterator[Told]:
    """Yield what a second driver of the same folder is told while the first one runs, and that the first one ends.

    Long sweeps go on meanwhile; the others, which are short, are held still, with all that they hold. One of these that
    is held between two rounds keeps nobody out: the second does what is left, and both end with the same content.
    """
    for name, held in (
        ("sweep in one process", False), ("sweep on two workers", False), ("optimise", True), ("calibrate", True),
    ):  # fmt: skip
        job = BY_NAME[name]
        out = work / f"two {name}"
        first = Started(job.module, job.arguments(out, work, ""), work / "first.txt")
        faults = [] if _until_finished(first, out, runs=1) else ["the first ended before the second began"]
        if held:
            first.send(signal.SIGSTOP)
        second = Started(job.module, job.arguments(out, work, ""), work / "second.txt")
        code, said = second.ended(), second.said()
        faults += [] if first.running else ["the first ended before the second"]
        if held:
            first.send(signal.SIGCONT)
        if "Traceback" in said or code not in ((0, 2) if held else (2,)):
            faults.append(f"the second ended with {code}: {said[-300:]}")
        elif code and f"process {first.pid}" not in said:
            faults.append("the second does not say who writes")
        if first.ended():
            faults.append(f"the first ended with {first.code}: {first.said()[-300:]}")
        else:
            faults += differences(read(out), _whole(job, work)[0])
        yield f"{name}, a second driver (code {code})", faults, _last(said)


def lost_scheduler(work: Path) -> Iterator[Told]:
    """Yield what a sweep says whose scheduler is killed, whose workers are, and that it goes on when they are back."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    job = BY_NAME["sweep on a cluster"]
    lone = BY_NAME["sweep in one process"]
    whole, _ = _whole(lone, work)
    out = work / "lost"
    for victim, wanted in (("scheduler", 2), ("worker, back", 0), ("none", 0)):
        with _scheduler(port) as scheduler, _worker(address) as worker:
            driver = Started(job.module, job.arguments(out, work, address), work / "said.txt")
            there = sum(map(len, committed(out).values()))
            in_time = _until_finished(driver, out, runs=there + 1)
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
        if victim != "none" and not in_time:
            faults.append("ended before anything was lost")
        if code == 0:
            faults += differences(read(out), whole)
        yield f"cluster, lost: {victim}", faults, _last(said)


def _scheduler(port: int):  # type: ignore[no-untyped-def]
    return started("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")


def _worker(address: str):  # type: ignore[no-untyped-def]
    quiet = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", "--no-nanny")
    return started("distributed.cli.dask_worker", address, *quiet)


CLOCK = """
import datetime, importlib, random, sys, time
jump = random.Random(1)
real = time.time
time.time = lambda: real() + jump.uniform(-3e8, 3e8)

class Jumping(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

for name in sys.argv.pop(1).split(","):
    importlib.import_module(name).datetime = Jumping  # compiled packages need Python's own
sys.exit(importlib.import_module(sys.argv[1]).main(sys.argv[2:]))
"""
LOOKS = "model.experiments.sweep.store.lock,model.experiments.sweep.store.store,model.results.provenance"
"""Modules of the model that look at the clock."""
FUTURE = (4e9, 4e9)


def clock(work: Path) -> Iterator[Told]:
    """Yield what came of commands under a clock that jumps by years at each look, and of files of the future."""
    for name in CLOCKED:
        job = BY_NAME[name]
        whole, _ = _whole(job, work)
        out = work / f"clock {name}"
        module = "model.interfaces.cli" if job.module == "model" else job.module
        command = [sys.executable, "-c", CLOCK, LOOKS, module, *job.arguments(out, work, "")]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        faults = [f"code {ended.returncode}: {ended.stderr}"] if ended.returncode else differences(read(out), whole)
        yield f"{name}, clock to and fro", faults, _last(ended.stderr)
        for path in out.rglob("*"):
            os.utime(path, FUTURE)
        yield f"{name}, files of the year 2096", _went_on(job, out, work, whole), ""


def _last(said: str) -> str:
    own = [line for line in said.splitlines() if line.startswith("resonance: ")]
    return own[-1] if own else ""


TRIALS: dict[str, Callable[[Path], Iterator[Told]]] = {
    "signals": signals, "moments": moments, "drivers": two_drivers, "scheduler": lost_scheduler, "clock": clock,
}  # fmt: skip


def trial(name: str, work: Path) -> Iterator[Told]:
    """Yield what came of a trial. work: a folder to do it in."""
    if name in ("signals", "drivers", "scheduler"):
        write_files(work, points=POINTS, replicates=REPLICATES)
    else:
        write_files(work)
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
