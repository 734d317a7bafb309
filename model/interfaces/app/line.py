"""A line that is fair: one at a time, first come, first served, and nobody keeps it for ever.

Twenty pages that all work at once each take twenty times as long, and hinder one another besides; in a line the first
is ready at once and the last no later.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

LEASE = 1.0
"""Seconds after which the next one in line no longer waits for who has the turn: its page may have stopped to read."""
LOOK = 0.2
"""Seconds between two looks of who waits, whether it still shall."""


class Line:
    """Gives threads turns. lease: seconds that one may take before the next goes on beside it."""

    def __init__(self, *, lease: float = LEASE) -> None:
        self._lease = lease
        self._moved = threading.Condition()
        self._waiting: deque[int] = deque()  # threads, the next one first
        self._holder: int | None = None
        self._until = 0.0  # when the holder's lease ends

    def acquire(self, look: Callable[[], None] | None = None) -> None:
        """Wait for a turn; a turn that this thread still has is given up first.

        look: called now and then meanwhile and when the turn has come; what it raises ends the waiting and the turn.
        Who looks keeps its place.
        """
        me = threading.get_ident()
        with self._moved:
            self._give_up(me)
            self._waiting.append(me)
            try:
                self._wait(me, look)
            finally:
                self._waiting.remove(me)
                self._moved.notify_all()
            self._holder, self._until = me, monotonic() + self._lease
        if look is not None:
            try:
                look()
            except BaseException:
                self.release()
                raise

    def release(self) -> None:
        """Give the turn up; without effect where this thread has none, or its lease went to another."""
        with self._moved:
            self._give_up(threading.get_ident())

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _wait(self, thread: int, look: Callable[[], None] | None) -> None:
        due = monotonic() + LOOK
        while (left := self._left(thread)) > 0.0:
            self._moved.wait(min(left, LOOK if look else threading.TIMEOUT_MAX))
            if look is not None and monotonic() >= due:
                self._moved.release()  # what looks may draw a page
                try:
                    look()
                finally:
                    self._moved.acquire()
                due = monotonic() + LOOK

    def _left(self, thread: int) -> float:
        """Return the seconds until a thread's turn as far as one can see; inf for one that is not the next."""
        if self._waiting[0] != thread:
            return float("inf")
        return 0.0 if self._holder is None else self._until - monotonic()

    def _give_up(self, thread: int) -> None:
        if self._holder == thread:
            self._holder = None
            self._moved.notify_all()
