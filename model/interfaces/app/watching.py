"""Who is told when something changed: the pages that look at a session."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Watchers:
    """Calls those that watch, from any thread. lock: held by who changes something."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._all: list[Callable[[], None]] = []
        self._changer: int | None = None  # thread inside `changing`
        self._owed = False

    def watch(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` after every change; returns how to stop it."""
        self._all.append(told)

        def stop() -> None:
            if told in self._all:
                self._all.remove(told)

        return stop

    def tell(self) -> None:
        """Tell all; inside `changing`, when it ends. One that cannot take it is logged, and the others are told."""
        if self._changer == threading.get_ident():
            self._owed = True
            return
        for told in tuple(self._all):
            try:
                told()
            except Exception:
                logging.getLogger(__name__).exception("a page could not be told of a change")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock, and tell only when it is let go of: who is told may draw in a thread that waits for it."""
        owed = False
        try:
            with self._lock:
                outer = self._changer is not None
                self._changer = threading.get_ident()
                try:
                    yield
                finally:
                    if not outer:
                        self._changer = None
                    owed = self._owed and not outer
                    self._owed = self._owed and outer
        finally:
            if owed:
                self.tell()

    def clear(self) -> None:
        """Tell nobody any more."""
        self._all.clear()
