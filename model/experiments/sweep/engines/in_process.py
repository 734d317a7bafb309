"""The engine without workers: runs are done one after the other, here."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from model.experiments.sweep.case import Case, Failure, Rows, Work
from model.experiments.sweep.engines.chunk import attempt, get_ready
from model.experiments.sweep.engines.engine import Returned
from model.experiments.sweep.store.packing import pack


@dataclass(frozen=True, slots=True)
class InProcess:
    """Does the runs in this process, one at a time."""

    @contextmanager
    def crew(self, work: Work) -> Iterator[HereCrew]:
        """Return a crew of one: this process."""
        yield HereCrew(work)


class HereCrew:
    """Chunks wait here until they are asked for."""

    workers = 1

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: deque[tuple[int, Sequence[Case]]] = deque()
        self._number = 0
        self._chunk = 0
        self._done: list[tuple[Case, Rows | Failure]] = []

    def submit(self, cases: Sequence[Case], *, watched: bool = False) -> int:  # noqa: ARG002 - nobody else can die
        """Put a chunk in line."""
        self._number += 1
        self._waiting.append((self._number, cases))
        return self._number

    def next_returned(self, *, alone: Callable[[], None] | None = None) -> Returned:  # noqa: ARG002 - never without
        """Do the next chunk."""
        self._chunk, cases = self._waiting.popleft()
        self._done = []
        get_ready(self._work)
        begun = time.perf_counter()
        for case in cases:
            self._done.append((case, attempt(self._work, case)))
        packed = pack(self._done)
        self._done = []
        return Returned(self._chunk, packed, time.perf_counter() - begun)

    def drain(self) -> list[Returned]:
        """Return the runs of an interrupted chunk that were finished."""
        self._waiting.clear()
        done, self._done = self._done, []
        return [Returned(self._chunk, pack(done))] if done else []
