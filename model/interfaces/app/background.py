"""Long work beside the page: in threads, one at a time for each worker, with progress, and stopped on request.

A page never computes while it draws. It starts a job, shows `worker.progress`, and draws again when told.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from model.foundation.errors import Fault, InputError
from model.interfaces.app.line import Line
from model.interfaces.app.words import brief

Report = Callable[[str, int, int], None]
"""Called by a job with (stage, done, whole); raises Cancelled when the job shall end."""

SETTLING = threading.Semaphore(1)
"""Held while a start is settled or a program compiled: these fill every core on their own."""
MONTHS = Line()
"""Where whoever lives a month waits for its turn; a step keeps it until its page is drawn."""


PACE = 0.25
"""Seconds between two reports of a job that are told to the page, which is drawn again by each."""
GRACE = 0.6
"""Seconds that a job may take before the page is told that it runs; one that is over sooner is told by its end."""


class Cancelled(Exception):
    """A job was told to end before it was done."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    job: its name, "" when nothing runs. stage: what it does now. done, whole: steps. since: monotonic seconds of its
    beginning.
    """

    job: str = ""
    stage: str = ""
    done: int = 0
    whole: int = 0
    since: float = 0.0

    @property
    def runs(self) -> bool:
        """Whether something runs."""
        return bool(self.job)

    @property
    def part(self) -> float:
        """Share that is done, 0 to 1."""
        return self.done / self.whole if self.whole else 0.0


class Worker:
    """Does one long thing at a time: a new job stops the one before and begins when that has ended.

    on_change: called at a job's end; and where it takes longer than `grace` seconds, when these are over, at every new
    stage and at other reports at most every `pace` seconds, since a page is drawn each time; always from other threads.
    """

    def __init__(
        self, on_change: Callable[[], None] | None = None, *, pace: float = PACE, grace: float = GRACE
    ) -> None:  # fmt: skip
        self._tell = on_change or _tell_nobody
        self._pace, self._grace = pace, grace
        self._turn = threading.Lock()  # held by the job that runs
        self._lock = threading.Lock()
        self._number = 0  # of the last job asked for; those before it are cancelled
        self._thread: threading.Thread | None = None
        self.progress = Progress()
        self.faults: tuple[Fault, ...] = ()

    def start(
        self, job: str, work: Callable[[Report], None], *, quiet: bool = False,
        dropped: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """Run `work` in a thread after the job before has ended; its InputError is kept in `faults`.

        quiet: its reports are told to nobody, since it tells the page itself what there is to see. dropped: called
        in place of `work` where the job was cancelled before it began.
        """
        with self._lock:
            self._number += 1
            number = self._number
            self.faults = ()
            thread = threading.Thread(
                target=self._run, args=(job, number, work, quiet, dropped), name=f"resonance {job}", daemon=True
            )
            self._thread = thread
        thread.start()

    def cancel(self) -> None:
        """Ask the job to end; it does so at its next report."""
        with self._lock:
            self._number += 1

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the last job to end; returns whether it did within `timeout` seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def _run(
        self, job: str, number: int, work: Callable[[Report], None], quiet: bool, dropped: Callable[[], None] | None
    ) -> None:  # fmt: skip
        try:
            with self._turn:
                if number != self._number:
                    if dropped is not None:
                        dropped()
                        self._tell()
                    return
                self._do(job, number, work, quiet=quiet)
            self._tell()
        finally:
            MONTHS.release()  # kept for what its end draws

    def _do(self, job: str, number: int, work: Callable[[Report], None], *, quiet: bool) -> None:
        self.progress = Progress(job, since=monotonic())
        begun = threading.Timer(self._grace, self._tell)  # a job may be silent for long
        begun.daemon = True
        begun.start()
        try:
            work(self._reports_of(number, quiet=quiet))
        except Cancelled:
            pass
        except InputError as error:
            self._keep(number, error.faults)
        except Exception as error:  # the thread's end would be silent, and the page would wait for ever
            logging.getLogger(__name__).error("a job of the page: %s", job, exc_info=error)
            self._keep(number, (_unforeseen(job, error),))
        finally:
            begun.cancel()
            self.progress = Progress()

    def _keep(self, number: int, faults: tuple[Fault, ...]) -> None:
        with self._lock:
            if number == self._number:  # what went wrong in a job that was stopped is nobody's concern
                self.faults = faults

    def _reports_of(self, number: int, *, quiet: bool) -> Report:
        """Return what a job calls on its way: keeps and tells its progress, and ends the job when it was cancelled."""
        told = self.progress.since + self._grace

        def report(stage: str, done: int, whole: int) -> None:
            nonlocal told
            if number != self._number:
                raise Cancelled
            now, before = monotonic(), self.progress
            self.progress = replace(before, stage=stage, done=done, whole=whole)
            late = now - before.since >= self._grace
            new = self.progress != before  # who waits for its turn says the same again and again
            if not quiet and late and new and (stage != before.stage or now - told >= self._pace):
                told = now
                self._tell()

        return report


def _unforeseen(job: str, error: BaseException) -> Fault:
    return Fault(job, "went wrong", brief(error), "Reset the page and try again.")


def _tell_nobody() -> None:
    """Stand in for a page that is not there."""
