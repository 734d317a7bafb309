"""What a sweep on this machine opens to others: nothing but loopback, while it runs, and nothing after it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.engines import Local, dask_crew, run_cases
from model.experiments.sweep.store import SweepStore


def family() -> Iterator[psutil.Process]:
    yield psutil.Process()
    yield from psutil.Process().children(recursive=True)


def listening() -> set[tuple[str, int]]:
    """(address, port) on which this process or one of its children waits for others."""
    found = set()
    for process in family():
        try:
            for one in process.net_connections("inet"):
                if one.status == psutil.CONN_LISTEN or (one.type == 2 and not one.raddr):
                    found.add((one.laddr.ip, one.laddr.port))
        except psutil.NoSuchProcess:
            continue
    return found


def test_workers_scheduler_and_their_pages_are_on_loopback_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_crew, "model_version", lambda: "")  # somebody may edit the sources meanwhile
    before = listening()
    seen: set[tuple[str, int]] = set()

    def work(case: Case) -> Rows:
        return {"outcomes": {"x": [case.point]}}

    with SweepStore.create(tmp_path / "sweep", plan={}) as store:
        cases = [Case(f"{number:032x}", number, 0) for number in range(8)]
        run_cases(cases, work=work, store=store, engine=Local(2), progress=lambda _: seen.update(listening()))
        assert store.counts() == (8, 0)
    ours = seen - before
    assert len(ours) >= 3  # the scheduler, and each worker
    assert all(ipaddress.ip_address(address).is_loopback for address, _ in ours), ours
    assert listening() <= before
