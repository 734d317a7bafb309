"""A line that is fair: one at a time, first come, first served, and nobody keeps it for ever.

Twenty pages that all work at once each take twenty times as long, and hinder one another besides; in a line the first
is ready at once and the last no later.
"""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic
from types import TracebackType
from typing import Self

LEASE = 1.0
"""Seconds after which the next one in line no longer waits for who has the turn: its page may have stopped to read."""


class Line:
    """Gives threads turns. lease: seconds that one may take before the next goes on beside it."""

    def __init__(self, *, lease: float = LEASE) -> None:
        self._lease = lease
        self._moved = threading.Condition()
        self._waiting: deque[int] = deque()  # threads, the next one first
        self._holder: int | None = None
        self._until = 0.0  # when the holder's lease ends

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait for a turn; a turn that this thread still has is given up first. False where `timeout` seconds end."""
        me = threading.get_ident()
        with self._moved:
            self._give_up(me)
            self._waiting.append(me)
            try:
                came = self._wait(me, timeout)
            finally:
                self._waiting.remove(me)
                self._moved.notify_all()
            if came:
                self._holder, self._until = me, monotonic() + self._lease
        return came

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

    def _wait(self, thread: int, timeout: float | None) -> bool:
        latest = float("inf") if timeout is None else monotonic() + timeout
        while (left := self._left(thread)) > 0.0:
            rest = min(left, latest - monotonic())
            if rest <= 0.0:
                return False
            self._moved.wait(min(rest, threading.TIMEOUT_MAX))
        return True

    def _left(self, thread: int) -> float:
        """Return the seconds until a thread's turn as far as one can see; inf for one that is not the next."""
        if self._waiting[0] != thread:
            return float("inf")
        return 0.0 if self._holder is None else self._until - monotonic()

    def _give_up(self, thread: int) -> None:
        if self._holder == thread:
            self._holder = None
            self._moved.notify_all()
