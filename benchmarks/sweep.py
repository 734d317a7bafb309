"""Sweeps: what they add to the runs; memory of the driver; planning, resuming and asking about 10^5 runs.

`python -m benchmarks.sweep [--runs 40] [--seconds 0.5] [--tiny 100000] [--workers 2]`. Ratios within one run; worker
start-up (seconds, once per sweep) is left out of them and printed by itself. What a sweep adds is the time not spent
inside runs, measured by the runs themselves: for runs of the model, between the first and the last of their months, so
that planning, making scenarios, reading outcomes and writing all count. Two workers against one by the clock needs a
machine that nobody else uses.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil

import model as sm
from benchmarks.timing import Line, show
from model.experiments.run import live_replicate
from model.experiments.sweep.case import Case, Rows, Work
from model.experiments.sweep.cases import cases_of
from model.experiments.sweep.describing import described
from model.experiments.sweep.engines import Engine, InProcess, Local, Progress, run_cases
from model.experiments.sweep.plan import SweepPlan, plan_sweep
from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.sweeping import run_sweep
from model.foundation.threads import exactly
from model.market.start_store import StartStore

COSTS = 0.05  # most that a sweep may add to bare runs
TWICE = 1.8
BYTES = 3000
PLAN, RESUME, ANSWER = 15.0, 5.0, 1.0
INTEGRATION = "platforms.resso.integration.ID"


def spinning(turns: int) -> Work:
    """Runs that keep a processor busy."""

    def spend() -> None:
        digest = b"x"
        for _ in range(turns):
            digest = hashlib.blake2b(digest).digest()

    return leaving_rows(spend)


def sleeping(seconds: float) -> Work:
    """Runs that wait."""
    return leaving_rows(lambda: time.sleep(seconds))


def leaving_rows(spend: Callable[[], None]) -> Work:
    """Runs that spend their time, and leave when they did and 60 rows of 50 columns, as a run of the model would."""

    def work(case: Case) -> Rows:
        begun = time.time()
        spend()
        series = {f"c{column}": np.full(60, case.point + column, dtype=np.float32) for column in range(50)}
        outcomes = {"begun": [begun], "seconds": [time.time() - begun]}
        return {"outcomes": outcomes, "series": {"month": np.arange(60), **series}}

    return work


def tiny(case: Case) -> Rows:
    return {"outcomes": {"profit": [case.point / 7], "users": [float(case.replicate)]}}


def cases(number: int) -> Iterator[Case]:
    return (Case(hashlib.blake2b(str(n).encode(), digest_size=16).hexdigest(), n // 10, n % 10) for n in range(number))


def calibrated(seconds: float) -> int:
    """Return the turns of a run that takes about this long here."""
    work, probe = spinning(200_000), next(cases(1))
    begun = time.perf_counter()
    work(probe)
    return max(1, int(200_000 * seconds / (time.perf_counter() - begun)))


def swept(folder: Path, work: Work, runs: int, engine: Engine) -> tuple[float, float, float]:
    """Return the seconds from the first run's begin to the last commit, those inside runs, and those before."""
    marks: list[float] = []
    called = time.time()
    with SweepStore.create(folder, plan={}) as store:
        run_cases(
            cases(runs), work=work, store=store, engine=engine, progress=lambda _: marks.append(time.time()), whole=runs
        )
        inside = store.sql("SELECT min(begun) AS begun, sum(seconds) AS seconds FROM outcomes").iloc[0]
    return marks[-1] - inside["begun"], inside["seconds"], inside["begun"] - called


def speed(folder: Path, work: Work, *, runs: int, workers: int) -> list[Line]:
    """Time sweeps here, on one worker and on several; what they add is what is not spent inside runs."""
    here, inside_here, _ = swept(folder / "here", work, runs, InProcess())
    one, inside_one, start = swept(folder / "one", work, runs, Local(1))
    several, inside_several, _ = swept(folder / "several", work, runs * workers, Local(workers))
    added_here, added_one = here / inside_here - 1, one / inside_one - 1
    at_work = inside_several / several
    return [
        Line("a run", f"{inside_here / runs:.3f} s"),
        Line("added by a sweep in this process", f"{added_here:+.1%}", f"at most {COSTS:.0%}", added_here <= COSTS),
        Line("added by a sweep on one worker", f"{added_one:+.1%}", f"at most {COSTS:.0%}", added_one <= COSTS),
        Line(f"workers of {workers} inside a run at a time", f"{at_work:.2f}", f"at least {TWICE:g}", at_work >= TWICE),
        Line(
            f"{workers} workers against one, by the clock", f"{workers * one / several:.2f} x", f"at least {TWICE:g} x"
        ),
        Line("start of a worker, once", f"{start:.1f} s"),
    ]


def processor_seconds(plan: sm.Scenario) -> float:
    """Return the processor's time for one run of a scenario."""
    begun = time.process_time()
    live_replicate(plan, replicate=0, starts=StartStore.default())
    return time.process_time() - begun


def of_the_model(folder: Path, *, runs: int, seconds: float) -> list[Line]:
    """Sweep the model itself in this process, with runs of about so many seconds; all that is no month is added.

    On one thread, as workers run it, and sized by the processor's clock, so that others on the machine matter little.
    """
    base = sm.Scenario.load("tiny")
    with exactly(1):
        sm.sweep(base, table=[{INTEGRATION: 1.0}], store=folder / "try", workers=1)  # compiles, settles the start
        users = base.users
        for _ in range(5):
            lived = min(processor_seconds(base.replace(users=users)) for _ in range(3))  # the first settles the start
            if lived > 0.9 * seconds:
                break
            users = int(users * min(8.0, seconds / lived))
        moved = {INTEGRATION: {"low": 0.0, "high": 1.0}, "platforms.resso.marketing.ID": {"low": 0.5, "high": 2.0}}
        begun = time.perf_counter()
        found = sm.sweep(base.replace(users=users), levers=moved, n=runs, series=True, store=folder / "all", workers=1)
        whole = time.perf_counter() - begun
    inside = float(found.sql("SELECT sum(seconds) AS s FROM runs")["s"][0])
    added = whole / inside - 1
    return [
        Line("a run, by the clock", f"{inside / runs:.3f} s, {users:,} users a market"),
        Line("added by all of a sweep", f"{added:+.1%}", f"at most {COSTS:.0%}", added <= COSTS),
    ]


def planned(runs: int) -> SweepPlan:
    """Return a plan of so many runs: each point another scenario, two policies, two replicates."""
    return plan_sweep(
        sm.Scenario.load("baseline").replace(users=2000),
        levers={INTEGRATION: {"low": 0.0, "high": 1.0}, "platforms.resso.price.ID.premium": {"low": 2e4, "high": 6e4}},
        uncertainties=["theta", "beta_T"], replicates=2, n=runs // 4,
        policies={"as_it_was": {}, "less_for_free": {"platforms.resso.restriction.ID.free_ads": 0.5}},
    )  # fmt: skip


def many(folder: Path, *, runs: int, workers: int) -> list[Line]:
    """Plan many runs of the model, do something that costs nothing in their place, resume them and ask about them."""
    driver = psutil.Process()
    sizes: list[tuple[int, int]] = []

    def note(progress: Progress) -> None:
        if progress.done - (sizes[-1][0] if sizes else 0) >= runs // 50:
            sizes.append((progress.done, driver.memory_info().rss))

    begun = time.perf_counter()
    plan = planned(runs)
    every = cases_of(plan)
    planning = time.perf_counter() - begun
    with SweepStore.create(folder, plan=plan.question, about=described(plan), points=plan.points) as store:
        summary = run_cases(every, work=tiny, store=store, engine=Local(workers), progress=note)
    every.save(folder)
    gc.collect()
    base_runs, base = sizes[0]
    grown = (max(size for _, size in sizes) - base) / (plan.runs - base_runs)
    begun = time.perf_counter()
    found = run_sweep(planned(runs), store=folder, workers=workers)
    resumed = time.perf_counter() - begun
    assert found.done == plan.runs == len(every)
    with SweepStore.open(folder) as store:
        begun = time.perf_counter()
        answer = store.sql("SELECT point, avg(profit) AS profit, stddev(users) AS spread FROM outcomes GROUP BY point")
        answered = time.perf_counter() - begun
    assert len(answer) == len(plan.points)
    return [
        Line("planning, each scenario checked", f"{planning:.1f} s", f"at most {PLAN:g} s", planning <= PLAN),
        Line(f"{plan.runs:,} runs that cost nothing", f"{1e3 * summary.seconds / plan.runs:.2f} ms each"),
        Line("driver's memory per run", f"{grown:,.0f} bytes", f"at most {BYTES:,}", grown <= BYTES),
        Line("resume: plan, find that all are done", f"{resumed:.2f} s", f"at most {RESUME:g} s", resumed <= RESUME),
        Line("a group-by over all, first question", f"{answered:.2f} s", f"at most {ANSWER:g} s", answered <= ANSWER),
    ]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=40)
    asked.add_argument("--seconds", type=float, default=0.5)
    asked.add_argument("--tiny", type=int, default=100_000)
    asked.add_argument("--workers", type=int, default=2)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = of_the_model(Path(folder) / "model", runs=options.runs, seconds=options.seconds)
        show(f"A sweep of the model in runs of {options.seconds:g} s, in this process", lines)
        kinds = {"sleep for": sleeping(options.seconds), "work for": spinning(calibrated(options.seconds))}
        for kind, work in kinds.items():
            lines = speed(Path(folder) / kind[0], work, runs=options.runs, workers=options.workers)
            show(f"A sweep of runs that {kind} {options.seconds:g} s and leave 60 rows of 50 columns", lines)
        show(
            f"A sweep of {options.tiny:,} runs", many(Path(folder) / "many", runs=options.tiny, workers=options.workers)
        )


if __name__ == "__main__":
    main()
