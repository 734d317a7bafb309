"""Lives `tiny` in whatever surroundings this process was given, and writes the fingerprint of all its tables.

python -m tests.trials.living HOW FILE; HOW is "here", "threads" (every market on two threads, small ones too), "swept"
(a work that does the same, in a sweep: here, "swept-local" on two worker processes, "swept-dask" on a scheduler and
workers of its own) or "sweep" (the sweep itself, of two levers, with "sweep-local" and "sweep-dask"). `--turned`: every
folder lists its files in the opposite order.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


def turn_folders() -> None:
    """Let every folder of this process list its files in the opposite of the sorted order."""
    listed, scanned = os.listdir, os.scandir

    class Scan:
        def __init__(self, *place: Any) -> None:
            self.inner = scanned(*place)
            self.found = iter(sorted(self.inner, key=lambda one: one.name, reverse=True))

        def __iter__(self) -> Iterator[os.DirEntry[Any]]:
            return self.found

        def __next__(self) -> os.DirEntry[Any]:
            return next(self.found)

        def __enter__(self) -> Scan:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def close(self) -> None:
            self.inner.close()

    os.listdir = lambda *place: sorted(listed(*place), reverse=True)  # type: ignore[assignment]
    os.scandir = Scan  # type: ignore[assignment, misc]


def life(name: str = "tiny") -> dict[str, dict[str, list[Any]]]:
    """Return the fingerprint of a scenario's tables; starts are those of this user's cache."""
    import model as sm
    from model.results.measures import FRAMES
    from tests.trials.fingerprint import print_of

    result = sm.run(sm.Scenario.load(name))
    return print_of({frame: result.frame(frame) for frame in FRAMES})


def on_threads() -> dict[str, dict[str, list[Any]]]:
    """Return the fingerprint of `tiny` where the users of every market are shared by two threads."""
    from model.foundation.threads import exactly

    with exactly(2):
        return life()


def made_work(root: str) -> Callable[[Any], dict[str, Any]]:
    """Return a sweep's work that lives `tiny`; a function within a function travels to workers by value."""

    def work(case: Any) -> dict[str, Any]:
        import json
        import sys

        sys.path[:0] = [root] if root not in sys.path else []
        from tests.trials.living import life

        rows = [
            (name, month, json.dumps(sealed)) for name, months in life().items() for month, sealed in months.items()
        ]
        names, months, sealed = zip(*rows, strict=True)
        return {
            "outcomes": {"lives": [1]},
            "prints": {"number": list(range(len(rows))), "name": names, "month": months, "sealed": sealed},
        }

    return work


def swept(engine: Any) -> dict[str, dict[str, list[Any]]]:
    """Return the fingerprint that a sweep's work brings back; two runs, which must be the same."""
    from model.experiments.sweep.case import Case
    from model.experiments.sweep.engines import run_cases
    from model.experiments.sweep.store import SweepStore

    with tempfile.TemporaryDirectory() as folder, SweepStore.create(Path(folder) / "sweep", plan={}) as store:
        cases = [Case(f"{number:032x}", number, 0) for number in range(2)]
        run_cases(cases, work=made_work(str(ROOT)), store=store, engine=engine)
        if not store.failures().empty:
            raise RuntimeError(store.failures()["message"].iloc[0])
        rows = store.frame("prints").sort_values(["point", "number"])
        found: list[dict[str, dict[str, list[Any]]]] = [{}, {}]
        for point, name, month, sealed in rows[["point", "name", "month", "sealed"]].itertuples(index=False):
            found[point].setdefault(name, {})[month] = json.loads(sealed)
    if found[0] != found[1]:
        raise RuntimeError("two runs of one sweep differ")
    return found[0]


def whole_sweep(engine: Any) -> dict[str, dict[str, list[Any]]]:
    """Return the fingerprint of what a sweep over two levers of `tiny` keeps, month by month."""
    from model.experiments.sweep import sweep
    from tests.trials.fingerprint import print_of

    levers = {"platforms.resso.integration.ALL": [0.0, 1.0], "platforms.resso.restriction.ALL.free_ads": [0.1, 0.5]}
    with tempfile.TemporaryDirectory() as folder:
        found = sweep("tiny", levers=levers, replicates=2, series=True, store=Path(folder) / "sweep", engine=engine)
        try:
            return print_of({"outcomes": found.outcomes, "series": found.series, "points": found.points})
        finally:
            found.close()


@contextmanager
def dask_cluster() -> Iterator[Any]:
    """Yield an engine of a scheduler and two workers, each a process of its own started by Dask's own commands."""
    from model.experiments.sweep.engines import Cluster

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    options = ("--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
    with ExitStack() as stack:
        stack.enter_context(_begun("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"))
        _await_port(int(port))
        for _ in range(2):
            stack.enter_context(_begun("dask_worker", address, "--host", "127.0.0.1", *options))
        yield Cluster(address)


@contextmanager
def _begun(command: str, *options: str) -> Iterator[None]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    quiet = subprocess.DEVNULL
    program = [sys.executable, "-m", f"distributed.cli.{command}", *options]
    with subprocess.Popen(program, stdout=quiet, stderr=quiet, env=environment) as running:
        try:
            yield
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()


def _await_port(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def lived(how: str) -> dict[str, dict[str, list[Any]]]:
    """Return the fingerprint that one way of living `tiny` leaves."""
    from model.experiments.sweep.engines import InProcess, Local

    if how == "here":
        return life()
    if how == "threads":
        return on_threads()
    task, _, where = how.partition("-")
    does = {"swept": swept, "sweep": whole_sweep}[task]
    if where == "dask":
        with dask_cluster() as engine:
            return does(engine)
    return does(Local(2) if where == "local" else InProcess())


def main(arguments: Sequence[str]) -> None:
    """Live, and write the fingerprint as JSON."""
    if "--turned" in arguments:
        turn_folders()
    how, file = [one for one in arguments if not one.startswith("--")]
    from tests.trials.fingerprint import maths

    Path(file).write_text(json.dumps({"maths": maths(), "columns": lived(how)}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
