"""How far a sweep is, how fast it goes, and how many runs the next chunk takes."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass

AIM = 1.5  # seconds of work per chunk: little to lose, and the cost of handing it over disappears
MOST = 32  # runs per chunk
SLOW = 30.0  # seconds of a run beside which the start of its worker is small: the first one tells how long all take
SHARE = 3  # chunks per worker that the rest is cut into near the end, so that all end together


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is.

    done: runs finished, those of earlier sessions included; whole: all runs, None where unknown; failed: runs that
    failed in this session; rate: runs per second of late, 0 where it cannot be told yet; seconds_left: None then.
    alone: no worker is left, and the sweep waits for one.
    """

    done: int
    whole: int | None
    failed: int
    rate: float
    seconds_left: float | None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a sweep's runs.

    finished, failed: in this session; skipped: finished before; whole: all runs, None where unknown; seconds: of this
    session; stopped: Ctrl-C ended it before its end.
    """

    finished: int
    failed: int
    skipped: int
    whole: int | None
    seconds: float
    stopped: bool = False


class Pace:
    """Counts runs, and measures how long they take.

    The first chunk of each worker is not counted into the rate: it holds imports, compiled code that is loaded, and
    starts that are settled, which may take forty times as long as its run.
    """

    def __init__(self, whole: int | None) -> None:
        self.whole = whole
        self.finished = self.failed = self.skipped = 0
        self._begun = time.monotonic()
        self._marks: deque[tuple[float, int]] = deque([(self._begun, 0)], maxlen=64)
        self._seconds: float | None = None
        self._workers, self._returned = 1, 0

    def begin(self) -> None:
        """Take now as the time from which the rate counts: workers are up."""
        self._marks.clear()
        self._marks.append((time.monotonic(), 0))

    def measure(self, seconds: float) -> None:
        """Take in the seconds per run of a chunk. A first run that compiles is soon outweighed by a quicker one."""
        known = self._seconds
        self._seconds = seconds if known is None or seconds < known else 0.7 * known + 0.3 * seconds

    def chunk_size(self, workers: int, *, flying: int) -> int:
        """Return how many runs the next chunk takes: about `AIM` seconds of work, fewer towards the end."""
        self._workers = max(1, workers)
        if self._seconds is None:
            return 1
        size = max(1, min(MOST, round(AIM / max(self._seconds, 1e-9))))
        if self.whole is not None:
            unsent = self.whole - self.skipped - self.finished - self.failed - flying
            size = min(size, max(1, math.ceil(unsent / (SHARE * workers))))
        return size

    def count(self, *, finished: int, failed: int) -> None:
        """Count the runs of a chunk that are kept now."""
        self.finished += finished
        self.failed += failed
        self._returned += 1
        if self._returned <= self._workers:
            self._marks.clear()
        self._marks.append((time.monotonic(), self.finished + self.failed))

    def progress(self, now: float) -> Progress:
        """Return how far the sweep is; the rate is that of the last chunks."""
        handled, rate, left = self.finished + self.failed, self._rate(now), None
        if self.whole is not None and rate > 0:
            left = max(0, self.whole - self.skipped - handled) / rate
        return Progress(self.skipped + self.finished, self.whole, self.failed, rate, left)

    def _rate(self, now: float) -> float:
        """Return runs per second, 0 until as many chunks as workers came back behind their first ones."""
        begun, before = self._marks[0]
        if self._returned > self._workers and len(self._marks) > self._workers:
            return (self.finished + self.failed - before) / max(now - begun, 1e-9)
        if self._seconds is not None and self._seconds >= SLOW:
            return self._workers / self._seconds
        return 0.0

    def summary(self, *, finished: int, stopped: bool) -> Summary:
        """Return what became of the runs, of which this many are finished in the store."""
        seconds = time.monotonic() - self._begun
        return Summary(finished, self.failed, self.skipped, self.whole, seconds, stopped)
