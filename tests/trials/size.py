"""How large: ten million simulated users on one machine, and what a hundred million would take.

Runs of 10^5, 10^6 and 10^7 users in twenty markets, each in a process of its own: seconds to open, seconds a month,
peak memory, whether the books balance and people are conserved. A straight line says what 10^8 would take.

    python -m tests.trials.size [--users 1e5 1e6 1e7] [--months 3] [--report FILE]

The largest takes some minutes and 2 GiB. Finished sizes are kept in the report, and not lived again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import psutil

from model.foundation.memory import machine_memory
from model.foundation.threads import most_threads
from model.market.streaming_market import StreamingMarket
from model.mechanisms.growth import BYTES_PER_USER
from model.spec.scenario import Scenario

TOGETHER = 20
"""Markets, all that there are."""
LARGE = 1e8


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run of some users took.

    users: simulated, in all markets. opening, month: seconds, and the same of processors (`_cpu`); month: of the
    middle one. peak: bytes of the process, and those without any user (`bare`). months: lived.
    """

    users: int
    months: int
    opening: float
    opening_cpu: float
    month: float
    month_cpu: float
    peak: float
    bare: float

    @property
    def bytes_per_user(self) -> float:
        """Peak memory beyond that of a run of hardly any users, by user."""
        return (self.peak - self.bare) / self.users


def measure(users: int, *, months: int) -> Measured:
    """Live a run of `users` in all markets in this process, and return what it took. Errors: what breaks the run."""
    warnings.simplefilter("error")
    small = Scenario.from_mapping({"users": 50, "months": 1, "markets": "ALL"})
    StreamingMarket(small).run()  # compiled, and every table of facts read
    bare = float(psutil.Process().memory_info().rss)
    plan = small.replace(users=users // TOGETHER, months=months)
    clock = _Clock()
    run = StreamingMarket(plan)
    opening = clock.lap()
    lived = []
    for _ in range(months):
        run.step()  # the books are closed and checked at the end of each
        lived.append(clock.lap())
    _check(run, users)
    wall, cpu = (float(np.median(part)) for part in zip(*lived, strict=True))
    return Measured(users, months, *opening, wall, cpu, float(_peak()), bare)


def _check(run: StreamingMarket, users: int) -> None:
    """Hold the last month against the people: none lost, none twice, no number out of reach."""
    assert sum(len(country.users) for country in run.countries.values()) >= users // TOGETHER * TOGETHER
    for country in run.countries.values():
        main, second = country.stocks()
        assert main.sum() == country.active
        assert (main >= 0).all()
        assert (second >= 0).all()
    for record in run.records[-TOGETHER:]:
        assert record.counts is not None
        assert record.expected is not None
        assert np.isfinite(record.expected).all()
        assert (record.expected >= 0.0).all()
        assert abs(record.expected.sum() / record.counts.sum() - 1.0) < 1e-4, record.market
        assert abs(record.activity.main_users.sum() / record.people - 1.0) < 1e-9, record.market


class _Clock:
    """Seconds, and seconds of processors, since the last lap."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def lap(self) -> tuple[float, float]:
        now = time.perf_counter(), time.process_time()
        taken = now[0] - self.wall, now[1] - self.cpu
        self.wall, self.cpu = now
        return taken


def _peak() -> int:
    """Return the most bytes that this process ever had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def extrapolated(found: Sequence[Measured], *, users: float = LARGE) -> dict[str, tuple[float, float, float]]:
    """Return (fixed, by user, at `users`) of each measure: a straight line that no size misses by much of its own.

    Work is the same for every user, beside what a market takes however few live there.
    """
    sizes = np.array([one.users for one in found], dtype=np.float64)
    result = {}
    for name in ("opening", "opening_cpu", "month", "month_cpu", "peak"):
        values = np.array([getattr(one, name) for one in found])
        slope, level = np.polyfit(sizes, values, 1, w=1.0 / values)  # squares of relative misses
        result[name] = float(level), float(slope), float(level + slope * users)
    return result


def table(found: Sequence[Measured]) -> str:
    """Return what was measured as a table, with the extrapolation below."""
    head = (
        f"{'users':>12} {'months':>7} {'opening s':>10} {'cpu s':>8} {'month s':>8} {'cpu s':>8} {'peak GiB':>9} "
        f"{'bytes a user':>13}"
    )
    rows = [
        f"{one.users:12,} {one.months:7} {one.opening:10,.1f} {one.opening_cpu:8,.1f} {one.month:8,.2f} "
        f"{one.month_cpu:8,.2f} {one.peak / 2**30:9.2f} {one.bytes_per_user:13,.0f}"
        for one in found
    ]
    lines = [head, *rows]
    if len(found) >= 3:
        at = {name: line[2] for name, line in extrapolated(found).items()}
        each = {name: line[1] for name, line in extrapolated(found).items()}
        lines += [
            f"{LARGE:12,.0f}    by paper: {at['opening']:,.0f} s to open ({at['opening_cpu']:,.0f} s of processors), "
            f"{at['month']:,.1f} s a month ({at['month_cpu']:,.1f} s), {at['peak'] / 2**30:,.1f} GiB",
            f"by user: {1e6 * each['opening_cpu']:,.2f} µs of processors to open, {1e6 * each['month_cpu']:,.3f} µs a "
            f"month, {each['peak']:,.0f} bytes",
        ]
    lines.append(
        f"{most_threads()} threads, {machine_memory() / 2**30:.1f} GiB; room is asked for {BYTES_PER_USER} bytes a user"
    )
    return "\n".join(lines)


def main() -> None:
    """Measure each size in a process of its own, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--users", nargs="+", type=float, default=[1e5, 1e6, 1e7])
    asked.add_argument("--months", type=int, default=3)
    asked.add_argument("--report", type=Path, help="JSON lines of finished sizes; those in it are not lived again")
    asked.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.one is not None:
        print(json.dumps(asdict(measure(options.one, months=options.months))))
        return
    known = _read(options.report)
    found = []
    for users in (int(number) for number in options.users):
        if users not in known:
            known[users] = _apart(users, options.months)
            if options.report is not None:
                with options.report.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(known[users])) + "\n")
        found.append(known[users])
        print(table(found[-1:]).splitlines()[1], flush=True)
    print(table(found))


def _apart(users: int, months: int) -> Measured:
    command = [sys.executable, "-m", "tests.trials.size", "--one", str(users), "--months", str(months)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _read(report: Path | None) -> dict[int, Measured]:
    if report is None or not report.exists():
        return {}
    lines = report.read_text(encoding="utf-8").splitlines()
    return {one.users: one for one in (Measured(**json.loads(line)) for line in lines)}


if __name__ == "__main__":
    main()
