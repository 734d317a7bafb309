"""Workers of a Dask cluster that somebody else started: found by the address of its scheduler, or by a client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.experiments.sweep.case import Work
from model.experiments.sweep.engines.local import quiet
from model.experiments.sweep.store.faults import misfit

if TYPE_CHECKING:
    from distributed import Client

    from model.experiments.sweep.engines.dask_crew import DaskCrew

CONNECT = 5.0  # seconds to find a scheduler
_ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss)://[^\s/:]+(:[^\s/:]+)*:\d+/?\Z|(tcp|tls)://\[[0-9a-fA-F:]+\]:\d+\Z")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask cluster. It is left running at the end.

    scheduler: its scheduler's address, e.g. "tcp://127.0.0.1:8786", or a connected distributed.Client. patience:
    seconds that a sweep waits while there are no workers, at its start or later; a batch system may take long to give
    any.
    Whoever reaches a scheduler can run code on its workers: see docs/cluster.md.
    """

    scheduler: str | Client
    patience: float = 60.0

    def __post_init__(self) -> None:
        if isinstance(self.scheduler, str) and not _ADDRESS.match(self.scheduler):
            raise misfit(
                "dask", "must be the address of a Dask scheduler", self.scheduler, "Write it as tcp://127.0.0.1:8786."
            )

    def reach(self) -> None:
        """Raise InputError, within seconds, when no scheduler answers at the address."""
        with self._connected():
            pass

    @contextmanager
    def crew(self, work: Work) -> Iterator[DaskCrew]:
        """Use the cluster's workers. Errors: InputError within seconds when no scheduler answers."""
        from model.experiments.sweep.engines.dask_crew import DaskCrew

        with self._connected() as (client, place):
            crew = DaskCrew(client, work, place=place, wait=self.patience)
            try:
                yield crew
            finally:
                crew.close()

    @contextmanager
    def _connected(self) -> Iterator[tuple[Client, str]]:
        if not isinstance(self.scheduler, str):
            yield _usable(self.scheduler)
            return
        from distributed import Client
        from distributed.security import Security

        encrypted = self.scheduler.startswith("tls://")
        if encrypted and Security().get_connection_args("client")["ssl_context"] is None:
            raise misfit(
                "dask", "a tls address needs certificates", self.scheduler, "Name them as docs/cluster.md shows."
            )
        with quiet():
            try:
                client = Client(self.scheduler, timeout=CONNECT, set_as_default=False)
            except (OSError, ValueError) as error:
                raise misfit(
                    "dask",
                    "a Dask scheduler must answer at the address",
                    self.scheduler,
                    "Start one (dask scheduler --host 127.0.0.1), or look up the address it prints.",
                ) from error
            try:
                yield client, self.scheduler
            finally:
                client.close(timeout=10)


def _usable(client: Client) -> tuple[Client, str]:
    if getattr(client, "asynchronous", False) or getattr(client, "status", "") != "running":
        raise misfit(
            "dask",
            "must be an address, or a connected client that is not asynchronous",
            repr(client),
            "Make one with distributed.Client(address).",
        )
    return client, str(client.scheduler.address)  # type: ignore[union-attr]
