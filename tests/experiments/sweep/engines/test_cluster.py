"""A real Dask scheduler and workers, started by hand as separate processes on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pandas as pd
import pytest

from model.experiments.sweep.case import Case, Rows, Work
from model.experiments.sweep.engines import Cluster, InProcess, Progress, dask_crew, run_cases
from model.experiments.sweep.store import SweepStore
from model.foundation.errors import InputError
from model.interfaces.cli.sweep import rate_words

CASE = Case("0a", 0, 0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def made_work() -> Work:
    """A function within a function travels by value: the workers need no copy of this file."""

    def work(case: Case) -> Rows:
        if case.point == 11:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)
        return {"outcomes": {"x": [case.point / 7]}}

    return work


work = made_work()


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    quiet = subprocess.DEVNULL
    program = [sys.executable, "-m", *command]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(program, stdout=quiet, stderr=quiet, env=environment) as running:
        try:
            yield running
        finally:
            running.terminate()
            try:
                running.wait(15)
            except subprocess.TimeoutExpired:
                running.kill()


@contextmanager
def cluster(*, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Yield the scheduler's address, and the processes: the scheduler, then each worker's nanny."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        scheduler = started(
            "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"
        )
        begun = [stack.enter_context(scheduler)]
        for _ in range(workers):
            options = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
            begun.append(stack.enter_context(started("distributed.cli.dask_worker", address, *options)))
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield address, begun


def test_an_address_without_a_scheduler_is_told_within_seconds(tmp_path: Path) -> None:
    engine = Cluster(f"tcp://127.0.0.1:{free_port()}")
    said = r"a Dask scheduler must answer at the address; got 'tcp://127\.0\.0\.1"
    with SweepStore.create(tmp_path / "sweep", plan={}) as store, pytest.raises(InputError, match=said):
        run_cases([CASE], work=work, store=store, engine=engine)


def test_an_encrypted_address_without_certificates_is_told_at_once(tmp_path: Path) -> None:
    engine = Cluster("tls://127.0.0.1:8786")
    with (
        SweepStore.create(tmp_path / "sweep", plan={}) as store,
        pytest.raises(InputError, match=r"a tls address needs certificates.*docs/cluster\.md"),
    ):
        run_cases([CASE], work=work, store=store, engine=engine)


@pytest.mark.parametrize("address", ["", "localhost", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1"])
def test_an_address_that_is_none_is_told_at_once(address: str) -> None:
    with pytest.raises(InputError, match=r"Write it as tcp://127\.0\.0\.1:8786"):
        Cluster(address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "tls://head.cluster:8786", "tcp://[::1]:8786"])
def test_addresses_of_dask_are_taken(address: str) -> None:
    assert Cluster(address).scheduler == address


@pytest.mark.slow
def test_a_real_scheduler_two_workers_one_killed(
    tmp_path: Path, bits: Callable[[pd.DataFrame], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_crew, "model_version", lambda: "")
    cases = [Case(f"{number:032x}", number, 0) for number in range(200)]
    with (
        cluster(workers=2) as (address, running),
        SweepStore.create(tmp_path / "there", plan={}) as there,
        SweepStore.create(tmp_path / "here", plan={}) as here,
    ):
        victims = running[1:2]

        def kill(progress: object) -> None:
            if victims and there.counts()[0] >= 20:
                victims.pop().kill()  # the nanny: its worker dies with it, and nobody starts another

        summary = run_cases(cases, work=work, engine=Cluster(address), store=there, progress=kill)
        assert not victims
        assert (summary.finished, summary.failed) == (199, 1)
        assert there.failures()[["point", "stage"]].to_numpy().tolist() == [[11, "worker"]]
        run_cases([case for case in cases if case.point != 11], work=work, store=here, engine=InProcess())
        assert bits(here.frame()) == bits(there.frame())


@pytest.mark.slow
def test_a_scheduler_that_goes_leaves_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dask_crew, "model_version", lambda: "")
    cases = [Case(f"{number:032x}", 100 + number, 0) for number in range(2000)]
    with (
        cluster(workers=1) as (address, running),
        SweepStore.create(tmp_path / "sweep", plan={}) as store,
    ):

        def kill(progress: Progress) -> None:
            if progress.done >= 5:
                running[0].kill()

        with pytest.raises(InputError, match=r"a sweep needs a scheduler and workers until its end.*resume"):
            run_cases(cases, work=work, engine=Cluster(address, patience=5), store=store, progress=kill)
        assert 5 <= store.counts()[0] == len(store.frame()) < 2000
    assert capfd.readouterr().err == ""


@pytest.mark.slow
def test_no_worker_left_is_told_and_another_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_crew, "model_version", lambda: "")
    cases = [Case(f"{number:032x}", 100 + number, 0) for number in range(600)]
    with (
        cluster(workers=1) as (address, running),
        ExitStack() as stack,
        SweepStore.create(tmp_path / "sweep", plan={}) as store,
    ):
        told: list[Progress] = []
        victims = running[1:2]

        def watch(progress: Progress) -> None:
            if progress.alone:
                told.append(progress)
                options = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
                stack.enter_context(started("distributed.cli.dask_worker", address, *options))
            elif victims and progress.done >= 5:
                victims.pop().kill()

        summary = run_cases(cases, work=work, engine=Cluster(address, patience=60), store=store, progress=watch)
        assert not victims
        assert summary.finished == 600
        assert len(told) == 1
        assert 5 <= told[0].done < 600
        assert "no worker left: waiting for one" in rate_words(told[0])


@pytest.mark.slow
def test_a_client_is_used_and_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import Client

    monkeypatch.setattr(dask_crew, "model_version", lambda: "")
    cases = [Case(f"{number:032x}", number, 0) for number in range(10)]
    with cluster(workers=1) as (address, _), Client(address, set_as_default=False) as client:
        for turn in range(2):
            with SweepStore.create(tmp_path / str(turn), plan={}) as store:
                assert run_cases(cases, work=work, engine=Cluster(client), store=store).finished == 10
        assert client.status == "running"
    with SweepStore.create(tmp_path / "x", plan={}) as store, pytest.raises(InputError, match="a connected client"):
        run_cases([CASE], work=work, store=store, engine=Cluster(client))


@pytest.mark.slow
def test_a_scheduler_without_workers_is_told_after_the_patience(tmp_path: Path) -> None:
    said = "the scheduler must have workers; got 'none within 1 s'"
    with cluster(workers=0) as (address, _), SweepStore.create(tmp_path / "sweep", plan={}) as store:
        engine = Cluster(address, patience=1)
        with pytest.raises(InputError, match=said):
            run_cases([CASE], work=work, store=store, engine=engine)
