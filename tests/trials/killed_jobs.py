"""The jobs that the trial of kills stops: small sweeps, a search and a calibration, each by its real command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SWEEP = """
base = "tiny"
n = 4
replicates = 2
outcomes = ["resso.users", "resso.operating_income"]
series = true
[settings]
users = 100
months = 1
markets = ["ID"]
[uncertainties]
theta = {}
[policies.as_it_was]
[policies.less_for_free]
platforms.resso.restriction.ID.free_ads = 0.5
"""
SEARCH = """
base = "tiny"
population = 4
generations = 2
replicates = 1
fresh = 2
[settings]
users = 100
months = 1
markets = ["ID"]
[levers]
platforms.resso.integration.ID = { low = 0.0, high = 1.0 }
platforms.resso.marketing.ID = { low = 0.25, high = 3.0 }
[objectives]
bytedance_income = "max"
"resso.users" = "max"
"""
Arguments = Callable[[Path, Path, str], list[str]]
"""Makes the words of a command of the folder to write to, the folder of the question's files, and a scheduler."""


@dataclass(frozen=True)
class Job:
    """A command that is killed. victim: "driver" or "worker". clustered: whether it asks a scheduler of its own.

    share: of all kills.
    """

    name: str
    module: str
    arguments: Arguments
    victim: str = "driver"
    clustered: bool = False
    share: int = 10


def _swept(*more: str) -> Arguments:
    return lambda out, files, _: ["sweep", str(files / "sweep.toml"), "--out", str(out), *more]


def _on_a_cluster(out: Path, files: Path, address: str) -> list[str]:
    return ["sweep", str(files / "sweep.toml"), "--out", str(out), "--dask", address]


def _searched(out: Path, files: Path, _: str) -> list[str]:
    return ["optimise", str(files / "search.toml"), "--workers", "1", "--out", str(out)]


def _calibrated(workers: str) -> Arguments:
    return lambda out, _, __: [str(out), workers]


TOY = "tests.trials.calibrate_toy"
JOBS = (
    Job("sweep in one process", "model", _swept("--workers", "1"), share=24),
    Job("optimise", "model", _searched, share=22),
    Job("calibrate", TOY, _calibrated("1"), share=20),
    Job("sweep on two workers", "model", _swept("--workers", "2"), share=14),
    Job("sweep on two workers, a worker killed", "model", _swept("--workers", "2"), victim="worker", share=8),
    Job("calibrate on two workers", TOY, _calibrated("2"), share=4),
    Job("sweep on a cluster", "model", _on_a_cluster, clustered=True, share=8),
)


def write_files(folder: Path, *, points: int = 4, replicates: int = 2) -> None:
    """Write the questions that the commands read. points, replicates: of the sweep, lived under two policies."""
    folder.mkdir(parents=True, exist_ok=True)
    sweep = SWEEP.replace("n = 4\nreplicates = 2", f"n = {points}\nreplicates = {replicates}")
    (folder / "sweep.toml").write_text(sweep, encoding="utf-8")
    (folder / "search.toml").write_text(SEARCH, encoding="utf-8")


@contextmanager
def scheduler_for(job: Job) -> Iterator[str]:
    """Yield the address of a scheduler with two workers for a job that asks for one, "" for others."""
    if not job.clustered:
        yield ""
        return
    from tests.experiments.sweep.engines.test_cluster import cluster

    with cluster(workers=2) as (address, _):
        yield address
