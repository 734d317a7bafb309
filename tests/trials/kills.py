"""Kill sweeps, searches and calibrations at random moments, resume them, and compare with ones that were never stopped.

`python -m tests.trials.kills` kills a hundred times; `--log FILE` keeps what was tried, so that the same call goes on.
Each kill has a folder of its own. After it: nothing that was finished is missing or other than in a whole run, nothing
half-written counts, no worker lives on; the same command goes on, lives nothing a second time, and ends with the same
content to the last bit.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import psutil
from numba import set_num_threads

from model.experiments.run import warm_up
from model.foundation.rng import stream_key, uniforms
from tests.trials.kept import Kept, committed, differences, drafts, partly, read, whole_answers
from tests.trials.killed_jobs import JOBS, Job, scheduler_for, write_files
from tests.trials.killing import Started

SEED = 10
TURNS = 5
POINTS = 12
"""Of the sweeps: with fewer, almost all kills come before the first run is finished or after the last."""
START = "Give the same command again"
"""Told where a worker dies before it is there at all: the driver stops, and says so."""
EARLY = 0.1
"""Part of the kills that come at any moment since the start; the others since the folder is there."""


@dataclass(frozen=True)
class Pace:
    """How long a whole run took: seconds until its folder was there, and from then to its end."""

    before: float
    after: float


@dataclass
class Tried:
    """One kill. moment: part of the run's time; finished: runs that were, after it; whole: runs there are."""

    job: str
    number: int
    forked: bool
    moment: float
    landed: bool = False
    finished: int = 0
    whole: int = 0
    drafts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def whole_run(job: Job, work: Path, address: str, *, forked: bool) -> tuple[Kept, Pace]:
    """Live a job that nobody stops; return what it leaves and how long it took."""
    out = work / "whole"
    shutil.rmtree(out, ignore_errors=True)
    begun = time.monotonic()
    started = Started(job.module, job.arguments(out, work, address), work / "whole.txt", forked=forked)
    started.until_there(out)
    there = time.monotonic()
    code = started.ended()
    if code:
        raise SystemExit(f"{job.name}: exit code {code} without any kill: {started.said()[-2000:]}")
    return read(out), Pace(there - begun, time.monotonic() - there)


def kill_once(
    job: Job, work: Path, address: str, *, number: int, whole: Kept, pace: Pace, forked: bool, seed: int = SEED
) -> Tried:
    """Kill a job at its moment, look at what is left, go on, and say what was wrong."""
    early, moment, which = (float(one) for one in uniforms(stream_key(seed, "kills", job.name, number), np.arange(3)))
    told = Tried(job.name, number, forked, moment, whole=whole.runs)
    out = work / f"kill-{number}"
    shutil.rmtree(out, ignore_errors=True)
    begun = time.monotonic()
    words = job.arguments(out, work, address)
    started = Started(job.module, words, work / "killed.txt", forked=forked)
    if early < EARLY and job.victim == "driver":
        time.sleep(moment * (pace.before + pace.after))
    elif started.until_there(out):
        time.sleep(moment * pace.after)
    before = committed(out)
    try:
        told.landed = _killed(started, job.victim, which)
        if job.victim == "worker" and (code := started.ended()) and START not in started.said():
            told.faults.append(f"the driver ended with {code}: {started.said()[-300:]}")
        elif job.victim == "driver":
            started.ended()
        told.faults += [f"lives on: {one}" for one in started.left()]
    finally:
        started.sweep_up()
    _look(told, out, work, before, whole)
    _go_on(told, job, words, out, work, whole, forked=forked)
    told.seconds = time.monotonic() - begun
    if not told.faults:
        shutil.rmtree(out, ignore_errors=True)
    return told


def _killed(started: Started, victim: str, which: float) -> bool:
    """Kill the driver or one of its workers; return whether it lived until then."""
    if victim == "driver":
        return started.send(signal.SIGKILL)
    there = started.workers()
    if not there or not started.running:
        return False
    with suppress(psutil.Error):
        there[int(which * len(there))].kill()
        return True
    return False


def _look(told: Tried, out: Path, work: Path, before: dict[str, set[str]], whole: Kept) -> None:
    """Look at a copy of what the kill left, so that the command that goes on meets it untouched."""
    if not out.exists():
        return
    told.drafts = drafts(out)
    told.faults += whole_answers(out)
    copy = work / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(out, copy)
    found = read(copy)
    told.finished = found.runs
    for place, runs in before.items():
        if missing := runs - set(found.seconds.get(place, {})):
            told.faults.append(f"{place}: {len(missing)} runs that were finished before the kill are gone")
    told.faults += partly(found, whole)
    told.seconds_of = found.seconds  # type: ignore[attr-defined]


def _go_on(told: Tried, job: Job, words: Sequence[str], out: Path, work: Path, whole: Kept, *, forked: bool) -> None:
    """Give the same command again, and hold its end against the whole one."""
    again = Started(job.module, words, work / "again.txt", forked=forked)
    try:
        if code := again.ended():
            told.faults.append(f"going on ended with {code}: {again.said()[-400:]}")
            return
    finally:
        again.sweep_up()
    found = read(out)
    told.faults += differences(found, whole)
    for place, seconds in getattr(told, "seconds_of", {}).items():
        lived = sum(found.seconds[place].get(run) != one for run, one in seconds.items())
        if lived:
            told.faults.append(f"{place}: {lived} finished runs were lived again")
    if left := drafts(out):
        told.faults.append(f"half-written files stay: {', '.join(left[:3])}")


def tried_before(log: Path | None) -> list[Tried]:
    """Return what a log holds of an earlier call."""
    if log is None or not log.exists():
        return []
    return [Tried(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]


def campaign(jobs: Sequence[Job], *, kills: int, work: Path, log: Path | None, spawned: int) -> Iterator[Tried]:
    """Yield each kill of all jobs, the first `spawned` of each by new interpreters, the others by forks of this one.

    The jobs take turns, so that a trial that is ended early has tried all of them.
    """
    before = tried_before(log)
    shares = sum(job.share for job in jobs)
    done = Counter(one.job for one in before if one.landed)
    number = Counter(one.job for one in before)
    wholes: dict[str, Kept] = {}
    paces: dict[tuple[str, bool], Pace] = {}
    for turn in range(1, TURNS + 1):
        for job in jobs:
            place = work / job.name.replace(" ", "-").replace(",", "")
            write_files(place, points=POINTS)
            wanted = max(1, round(kills * job.share / shares * turn / TURNS))
            if done[job.name] >= wanted:
                continue
            with scheduler_for(job) as address:
                while done[job.name] < wanted:
                    forked = done[job.name] >= spawned
                    key = (job.name, forked)
                    if key not in paces:
                        wholes[job.name], paces[key] = whole_run(job, place, address, forked=forked)
                    told = kill_once(job, place, address, number=number[job.name], whole=wholes[job.name],
                                     pace=paces[key], forked=forked)  # fmt: skip
                    if not told.landed:  # the machine has more time for us than when the whole one was run
                        paces[key] = replace(paces[key], after=0.8 * paces[key].after)
                    number[job.name] += 1
                    done[job.name] += told.landed
                    if log is not None:
                        with log.open("a", encoding="utf-8") as stream:
                            stream.write(json.dumps(asdict(told)) + "\n")
                    yield told


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trial; exit code 1 where something broke."""
    ask = argparse.ArgumentParser(prog="python -m tests.trials.kills", description=__doc__.splitlines()[0])
    ask.add_argument("--kills", type=int, default=100, help="in all (100)")
    ask.add_argument("--jobs", help=f"some of: {'; '.join(job.name for job in JOBS)} (separated by ;)")
    ask.add_argument("--spawned", type=int, default=3, help="kills of each job in an interpreter of its own (3)")
    ask.add_argument("--log", type=Path, help="file of what was tried; the same call goes on")
    ask.add_argument("--folder", type=Path, help="where to work (a new temporary folder)")
    told = ask.parse_args(arguments)
    names = None if told.jobs is None else [one.strip() for one in told.jobs.split(";")]
    jobs = [job for job in JOBS if names is None or job.name in names]
    os.environ.setdefault("PYTHONPATH", str(Path.cwd()))
    set_num_threads(1)
    if told.spawned < told.kills:
        warm_up()  # compiled code is loaded once, for all forks
    work = told.folder or Path(tempfile.mkdtemp(prefix="kills-"))
    for one in campaign(jobs, kills=told.kills, work=work, log=told.log, spawned=told.spawned):
        state = "; ".join(one.faults) or "ok"
        landed = f"{one.finished} of {one.whole} finished" if one.landed else "came too late"
        print(f"{one.job}, {one.number}: at {one.moment:.0%}, {landed}, {one.seconds:.0f} s: {state}", flush=True)
    return report(tried_before(told.log))


def report(tried: Sequence[Tried]) -> int:
    """Print a line per job; return 1 where something broke."""
    for name in dict.fromkeys(one.job for one in tried):
        own = [one for one in tried if one.job == name and one.landed]
        broken = [one for one in own if one.faults]
        print(f"{name}: {len(own)} kills, {len(broken)} with faults, {sum(bool(one.drafts) for one in own)} "
              f"left a half-written file")  # fmt: skip
    return int(any(one.faults for one in tried))


if __name__ == "__main__":
    sys.exit(main())
