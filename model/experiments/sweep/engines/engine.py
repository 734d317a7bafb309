"""What an engine is: something that opens a crew of workers, which take chunks of runs and hand them back packed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from model.experiments.sweep.case import Case, Work
from model.experiments.sweep.store.packing import Packed


@dataclass(frozen=True, slots=True)
class Returned:
    """A chunk that came back.

    chunk: its number; packed: its runs, None when the worker died with it; seconds: what the work took, without the
    way; begun: whether a watched chunk that was lost had been begun, so that its run may have killed the worker.
    """

    chunk: int
    packed: Packed | None
    seconds: float = 0.0
    begun: bool = False


class Crew(Protocol):
    """Workers at hand."""

    @property
    def workers(self) -> int:
        """How many runs go on at once now; at least 1."""

    def submit(self, cases: Sequence[Case], *, watched: bool = False) -> int:
        """Hand in a chunk and return its number. watched: say when it begins, to tell who killed a worker."""

    def next_returned(self, *, alone: Callable[[], None] | None = None) -> Returned:
        """Wait for the next chunk to come back. alone: called once each time that no worker is left to wait for.

        Errors: InputError when no workers are left for long.
        """

    def drain(self) -> list[Returned]:
        """Drop what has not begun, and return what is finished without waiting for more."""


class Engine(Protocol):
    """A way to do runs. The same cases give the same rows, bit for bit, on every engine."""

    def crew(self, work: Work) -> AbstractContextManager[Crew]:
        """Open workers that can do this work; they are gone when the context ends."""
