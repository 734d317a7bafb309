"""Ten thousand months in one process, lived as a page lives them: does anything grow?

Rounds of sessions: a market is opened, stepped month by month, levers are set and taken back, users are looked at,
both arms of a what-if are lived, figures are read, the run is set back; every tenth round the session is closed and
another one opened. After each round memory, objects, threads and open files are counted; after a warm-up none may go
on growing. At the end one run of a hundred years shows what a long history costs.

    python -m tests.trials.soak [--steps 10000] [--years 100] [--seed 1] [--traced] [--report FILE]

Can be interrupted: what was counted so far is judged.
"""

from __future__ import annotations

import argparse
import gc
import threading
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
import psutil

from model.foundation.rng import stream_key, uniforms
from model.interfaces.app import what_if
from model.interfaces.app.restore import PageState
from model.interfaces.app.session import Session
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario

MONTHS = 50
"""Steps of a round."""
STATE = PageState(scenario="tiny", sets={"users": 60, "months": MONTHS, "markets": ("ID",)})
LEVER = "platforms.resso.price.ID.premium"
WAIT = 600.0
WARM = 0.3
"""Part of the rounds that caches and pools may fill."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What stands in memory after a round: MiB of the process, MiB that Python asked for (0 where not traced), objects
    that Python looks after, threads, open files; and milliseconds of the round's slowest and middle step.
    """

    rss: float
    traced: float
    objects: float
    threads: float
    files: float
    slowest: float
    middle: float


@dataclass(frozen=True, slots=True)
class Allowed:
    """How much more of each may be there in the last quarter of the rounds than in the first after the warm-up."""

    rss: float = 8.0
    traced: float = 2.0
    objects: float = 2000.0
    threads: float = 0.0
    files: float = 0.0


@dataclass(slots=True)
class Soak:
    """A soak: steps lived, and what was counted after each round."""

    seed: int = 1
    steps: int = 0
    forks: int = 0
    sessions: int = 0
    rounds: list[Counted] = field(default_factory=list)
    starts: StartStore = field(default_factory=lambda: StartStore(None))

    def live(self, steps: int) -> Iterator[Counted]:
        """Live rounds until so many steps are done, and yield what is counted after each."""
        session: Session | None = None
        while self.steps < steps:
            if session is None:
                session = Session(starts=self.starts)
                self.sessions += 1
            taken = self._round(session)
            if (len(self.rounds) + 1) % 10 == 0:
                session.close()
                session = None
            self.rounds.append(counted(taken))
            yield self.rounds[-1]
        if session is not None:
            session.close()

    def _round(self, session: Session) -> list[float]:
        number = len(self.rounds)
        session.open(STATE) if session.market is None else session.reset()
        _done(session)
        draws = uniforms(stream_key(self.seed, "soak", number), np.arange(MONTHS))
        taken = []
        for month in range(MONTHS):
            if month % 12 == 3:
                assert session.set_lever(LEVER, 20_000.0 + 40_000.0 * float(draws[month])), session.faults
            begun = time.perf_counter()
            session.step()
            _done(session)
            taken.append(time.perf_counter() - begun)
            self.steps += 1
            self._look(session, month, float(draws[month]))
        assert session.seen is not None
        assert session.seen.month == MONTHS, session.seen.month
        return taken

    def _look(self, session: Session, month: int, draw: float) -> None:
        """Do what a reader does on the way: tables, a user, a branch, a what-if."""
        assert session.seen is not None
        if month % 5 == 0:
            for name in ("services", "markets", "labels", "tiktok", "clips"):
                assert len(session.seen.result.frame(name)) > 0
            session.user("ID", int(60 * draw))
        if month % 10 == 4:
            session.branch().run(2)
            self.forks += 1
        if month == 20:
            assert what_if.put(session, "platforms.resso.integration.ID", draw), session.faults
            session.ask(what_if.PAGE, months=3, futures=5)
            what_if.begin(session)
            assert session.aside(what_if.PAGE).wait(WAIT)
            assert session.aside(what_if.PAGE).faults == ()
            what_if.forget(session)
            self.forks += 10

    def growth(self) -> dict[str, float]:
        """Return by what is counted: the middle of the last quarter of rounds less that of the first after warm-up."""
        kept = self.rounds[int(WARM * len(self.rounds)) :]
        quarter = max(1, len(kept) // 4)
        return {
            one.name: _middle(kept[-quarter:], one.name) - _middle(kept[:quarter], one.name) for one in fields(Counted)
        }

    def faults(self) -> list[str]:
        """Return what grew more than it may."""
        growth, allowed = self.growth(), Allowed()
        return [
            f"{one.name} grew by {growth[one.name]:,.1f}, more than {getattr(allowed, one.name):,.1f}"
            for one in fields(Allowed) if growth[one.name] > getattr(allowed, one.name)
        ]  # fmt: skip

    def text(self) -> str:
        """Return what was counted in words."""
        kept = self.rounds[int(WARM * len(self.rounds)) :]
        lines = [f"{self.steps:,} steps, {self.forks:,} forks, {self.sessions} sessions, {len(self.rounds)} rounds"]
        for one in fields(Counted):
            values = [getattr(count, one.name) for count in kept]
            lines.append(
                f"  {one.name:8} {min(values):12,.1f} to {max(values):12,.1f}   {self.growth()[one.name]:+,.1f}"
            )
        return "\n".join([*lines, *(f"GREW {fault}" for fault in self.faults())])


def _middle(rounds: Sequence[Counted], name: str) -> float:
    return float(np.median([getattr(one, name) for one in rounds]))


def _done(session: Session) -> None:
    assert session.worker.wait(WAIT), "a step takes longer than ten minutes"
    assert session.worker.faults == (), session.worker.faults


def counted(taken: Sequence[float] = (0.0,)) -> Counted:
    """Return what stands in memory now. taken: seconds of the round's steps."""
    gc.collect()
    process = psutil.Process()
    return Counted(
        rss=process.memory_info().rss / 2**20, traced=tracemalloc.get_traced_memory()[0] / 2**20,
        objects=float(len(gc.get_objects())), threads=float(_lasting_threads()),
        files=float(process.num_fds() if hasattr(process, "num_fds") else process.num_handles()),
        slowest=1e3 * max(taken), middle=1e3 * float(np.median(taken)),
    )  # fmt: skip


def _lasting_threads(seconds: float = 2.0) -> int:
    """Return the number of threads once those that are about to end have ended."""
    least, end = threading.active_count(), time.monotonic() + seconds
    while time.monotonic() < end and any(isinstance(one, threading.Timer) for one in threading.enumerate()):
        time.sleep(0.02)
        least = min(least, threading.active_count())
    return min(least, threading.active_count())


def long_life(years: int, starts: StartStore) -> str:
    """Live one run for years, and tell what its history costs by month, and what the late steps cost.

    A page runs ten years at most, a command a hundred.
    """
    plan = Scenario.load("tiny").replace({**_plain(STATE), "months": 12 * years})
    before = counted()
    run: StreamingMarket | None = StreamingMarket(plan, starts=starts)
    assert run is not None
    taken = []
    for _ in range(12 * years):
        begun = time.perf_counter()
        run.step()
        taken.append(time.perf_counter() - begun)
    after, records = counted(), len(run.records)
    run = None
    left = counted()
    early, late = (1e3 * float(np.median(part)) for part in (taken[12:36], taken[-24:]))
    kept = (after.rss - before.rss) * 1024 / (12 * years)
    return (
        f"{years} years in one run: {records:,} records, {after.rss - before.rss:,.0f} MiB more, {kept:,.0f} KiB a "
        f"month; a month takes {early:,.1f} ms in the second year, {late:,.1f} ms in the last; let go of: "
        f"{left.rss - before.rss:+,.0f} MiB, {left.objects - before.objects:+,.0f} objects"
    )


def _plain(state: PageState) -> dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in state.sets.items()}


def main() -> None:
    """Soak, and print what was counted."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--steps", type=int, default=10_000)
    asked.add_argument("--years", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--traced", action="store_true", help="count what Python asks for too; a third slower")
    asked.add_argument("--report", type=Path)
    options = asked.parse_args()
    if options.traced:
        tracemalloc.start()
    soak, begun = Soak(options.seed), time.perf_counter()
    try:
        for count in soak.live(options.steps):
            if len(soak.rounds) % 10 == 0:
                print(f"{time.perf_counter() - begun:6.0f} s  {soak.steps:6,} steps  {count}", flush=True)
    except KeyboardInterrupt:
        print("stopped")
    told = soak.text()
    print(told, flush=True)
    if options.years:
        longest = long_life(options.years, soak.starts)
        print(longest)
        told += "\n" + longest
    if options.report is not None:
        options.report.write_text(told + "\n", encoding="utf-8")
    raise SystemExit(bool(soak.faults()))


if __name__ == "__main__":
    main()
