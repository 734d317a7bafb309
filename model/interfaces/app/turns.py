"""Long work takes turns with the other pages': starts are settled one at a time, months lived one after the other."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from model.experiments.run import COMPILING
from model.experiments.run import SETTLING as SETTLING_STAGE
from model.interfaces.app.background import MONTHS, SETTLING, Report
from model.interfaces.app.line import LOOK, Line


class Turns:
    """A progress that is passed on to a worker's report, and gives others their turn between two months.

    report: the worker's; it raises Cancelled when the job shall end. words: what stages are called on the page.
    """

    def __init__(self, report: Report, *, words: Mapping[str, str]) -> None:
        self._report, self._words = report, words
        self._held: threading.Semaphore | Line | None = None

    def __call__(self, stage: str, done: int, whole: int) -> None:
        """Pass progress on, and take the turn that the stage needs."""
        told = self._words.get(stage, stage)
        self._release()
        self._report(told, done, whole)
        if stage in (COMPILING, SETTLING_STAGE):
            while not SETTLING.acquire(timeout=LOOK):
                self._report(told, done, whole)
            self._held = SETTLING
        else:
            MONTHS.acquire(lambda: self._report(told, done, whole))
            self._held = MONTHS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _release(self) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None
