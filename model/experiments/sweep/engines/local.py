"""Workers on this machine: Dask processes of one thread each, reachable from this machine only."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.experiments.sweep.case import Work
from model.experiments.sweep.store.faults import misfit
from model.foundation.errors import InputError

if TYPE_CHECKING:
    from distributed import LocalCluster, SpecCluster

    from model.experiments.sweep.engines.dask_crew import DaskCrew

ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
START = 60.0  # seconds for all workers to be up
SILENT = logging.CRITICAL + 1
"""Above all that Dask reports: what its users should know arrives as an exception."""


@dataclass(frozen=True, slots=True)
class Local:
    """Worker processes on this machine, started for the sweep and gone after it.

    workers: how many; None: one per processor. Each has one thread, also in compiled kernels and linear algebra, since
    the runs themselves fill the processors.
    """

    workers: int | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and (isinstance(self.workers, bool) or self.workers < 1):
            raise misfit(
                "workers", "must be a whole number from 1 on", self.workers, "1 does the runs in this process."
            )

    @contextmanager
    def crew(self, work: Work) -> Iterator[DaskCrew]:
        """Start the workers and stop them at the end."""
        import dask
        from distributed import Client

        from model.experiments.sweep.engines.dask_crew import DaskCrew

        asked = self.workers or os.cpu_count() or 1
        with _kept_environment(), _no_main_in_workers(), dask.config.set(_SETTINGS), quiet():
            cluster = _begun(asked)
            try:
                with Client(cluster, set_as_default=False) as client:
                    try:
                        client.wait_for_workers(asked, timeout=START)
                    except TimeoutError as error:  # a machine with much else to do: those that are there begin
                        if not client.nthreads():
                            raise _not_started(f"none within {START:.0f} s") from error
                    crew = DaskCrew(client, work, place=cluster.scheduler_address, deaf=True)
                    try:
                        yield crew
                    finally:
                        crew.close()
            finally:
                _end(cluster)


def _begun(workers: int) -> LocalCluster:
    """Start a scheduler and workers; what is there of them goes again where they do not start, or are stopped."""
    from distributed import LocalCluster

    others = set(LocalCluster._instances)
    try:
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            scheduler_port=0,
            dashboard_address="127.0.0.1:0",  # None would serve its pages on port 8787 of every interface
            worker_dashboard_address=None,
            silence_logs=SILENT,
        )
    except BaseException as error:
        for half in set(LocalCluster._instances) - others:
            _end(half)
        if isinstance(error, OSError | RuntimeError):
            raise _not_started(str(error)) from error
        raise


def _end(cluster: SpecCluster) -> None:
    """Close a cluster, whatever state it is in: Dask fails where workers were just starting.

    What it could not close goes with this process. Dask is not to try again then, wait, and print why it failed.
    """
    try:
        cluster.close(timeout=10)
    except Exception:
        pass
    finally:
        cluster._instances.discard(cluster)


def _not_started(reason: str) -> InputError:
    return misfit(
        "workers",
        "processes must start on this machine",
        reason,
        "Give the same command again, or ask for one worker: every run that was finished is kept.",
    )


_MALLOC = {"MALLOC_TRIM_THRESHOLD_": "65536"}  # as Dask itself sets it: freed memory goes back to the system
_SETTINGS = {
    "distributed.nanny.pre-spawn-environ": ONE_THREAD | _MALLOC,
    # A worker takes a chunk only when it has done the one before, and a chunk that dies with its worker comes
    # back at once: so a death is the fault of nobody who merely waited behind it.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.daemon": True,
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.comm.timeouts.connect": "30s",
}


@contextmanager
def _kept_environment() -> Iterator[None]:
    """Give this process its own settings back: Dask sets those of its workers here, so that they inherit them."""
    before = {name: os.environ.get(name) for name in ONE_THREAD | _MALLOC}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _no_main_in_workers() -> Iterator[None]:
    """Let workers start without running the user's script again, which they need not: its functions travel by value.

    A script without the usual guard would otherwise start its sweep once more in each worker.
    """
    main = sys.modules.get("__main__")
    hidden = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    for name in hidden:
        setattr(main, name, None)
    try:
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Dask's reports of its own comings and goings out of the user's terminal."""
    known = logging.root.manager.loggerDict
    own = [name for name in known if name.startswith("distributed.")]  # some have levels of their own
    loggers = [logging.getLogger(name) for name in ("distributed", *own, "asyncio", "tornado")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(SILENT)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
