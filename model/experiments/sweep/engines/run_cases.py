"""A sweep's driver: hands chunks of runs to an engine, commits what comes back, finds the run that kills workers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, replace
from itertools import chain

from model.experiments.sweep.case import Case, Failure, Work
from model.experiments.sweep.engines.engine import Crew, Engine, Returned
from model.experiments.sweep.engines.progress import Pace, Progress, Summary
from model.experiments.sweep.store.packing import Packed, RowsMisfit
from model.experiments.sweep.store.store import SweepStore

WINDOW = 3  # chunks in flight per worker: enough that none waits, few enough that memory stays flat
MOST_LOSSES = 20  # deaths with no word from the run before it is given up all the same


@dataclass(slots=True)
class _Suspect:
    """A run that was on a worker that died. strikes: deaths while it ran alone; losses: all since it stands alone."""

    case: Case
    strikes: int = 0
    losses: int = 0


def run_cases(
    cases: Iterable[Case],
    *,
    work: Work,
    store: SweepStore,
    engine: Engine,
    strikes: int = 3,
    progress: Callable[[Progress], None] | None = None,
    whole: int | None = None,
) -> Summary:
    """Do the runs that the store does not have yet, and return what became of them.

    cases: drawn as they are needed, never all at once. strikes: deaths of a worker that a run may cause before it is
    put down as failed. progress: called after every chunk. whole: number of cases where `cases` cannot say. Runs
    that failed in an earlier session are tried again. Ctrl-C stops: what is finished is kept, and the summary says so.
    Errors: InputError when another driver writes, the folder cannot be written, or the workers are gone; all that was
    committed is kept.
    """
    if whole is None and isinstance(cases, Sized):
        whole = len(cases)
    with store.writing():
        driver = _Driver(store, strikes=strikes, progress=progress, whole=whole)
        try:
            missing = driver.missing(cases)
            first = next(missing, None)
            if first is not None:  # else no worker need be started
                with engine.crew(work) as crew:
                    driver.drive(crew, chain([first], missing))
        except KeyboardInterrupt:
            driver.stopped = True
        store.seal()
    return driver.summary()


class _Driver:
    """The state of one sweep while it runs."""

    def __init__(
        self,
        store: SweepStore,
        *,
        strikes: int,
        progress: Callable[[Progress], None] | None,
        whole: int | None,
    ) -> None:
        self._store = store
        self._strikes = max(1, strikes)
        self._progress = progress
        self._seen = store.finished()
        self._before = len(self._seen)
        self._flying: dict[int, Sequence[Case]] = {}
        self._suspects: deque[_Suspect] = deque()
        self._watched: dict[int, _Suspect] = {}
        self._pace = Pace(whole)
        self.stopped = False

    def missing(self, cases: Iterable[Case]) -> Iterator[Case]:
        """Yield the cases that are not finished, each run once."""
        for case in cases:
            if case.run_id in self._seen:
                self._pace.skipped += 1
                continue
            self._seen.add(case.run_id)
            yield case

    def drive(self, crew: Crew, cases: Iterator[Case]) -> None:
        """Keep the crew busy until all is done."""
        try:
            self._pace.begin()
            self._fill(crew, cases)
            while self._flying:
                self._take(crew.next_returned(alone=self._alone))
                self._fill(crew, cases)
        except KeyboardInterrupt:
            self.stopped = True
            for returned in crew.drain():
                if returned.packed is not None:
                    self._keep(returned.packed)

    def summary(self) -> Summary:
        """Return what became of the runs, as the ledger has it."""
        finished = self._store.counts()[0] - self._before
        return self._pace.summary(finished=finished, stopped=self.stopped)

    def _alone(self) -> None:
        """Tell who watches that no worker is left: the sweep waits for one."""
        if self._progress is not None:
            self._progress(replace(self._pace.progress(time.monotonic()), rate=0.0, seconds_left=None, alone=True))

    def _fill(self, crew: Crew, cases: Iterator[Case]) -> None:
        room = WINDOW * crew.workers
        while self._suspects and len(self._flying) < room:
            suspect = self._suspects.popleft()
            chunk = crew.submit([suspect.case], watched=True)
            self._flying[chunk], self._watched[chunk] = [suspect.case], suspect
        while len(self._flying) < room:
            batch = _take(cases, self._pace.chunk_size(crew.workers, flying=sum(map(len, self._flying.values()))))
            if not batch:
                return
            self._flying[crew.submit(batch)] = batch

    def _take(self, returned: Returned) -> None:
        cases = self._flying.pop(returned.chunk)
        suspect = self._watched.pop(returned.chunk, None)
        if returned.packed is not None:
            self._pace.measure(returned.seconds / len(cases))
            self._keep(returned.packed)
        elif suspect is None:
            # the worker died: whose fault it was shows when each of the chunk's runs stands alone
            self._suspects.extend(_Suspect(case) for case in cases)
        else:
            self._strike(suspect, begun=returned.begun)

    def _strike(self, suspect: _Suspect, *, begun: bool) -> None:
        suspect.losses += 1
        suspect.strikes += begun
        if suspect.strikes < self._strikes and suspect.losses < MOST_LOSSES:
            self._suspects.append(suspect)
            return
        case = suspect.case
        message = f"the worker died each of {suspect.losses} times while it did this run alone"
        failure = Failure("worker", message, attempts=suspect.losses)
        self._keep(Packed((), {}, (((case.run_id, case.point, case.replicate), failure),)))

    def _keep(self, packed: Packed) -> None:
        try:
            self._store.commit(packed)
        except RowsMisfit as misfit:  # fits within its chunk, but not with the chunks before
            failed = tuple((run, Failure(RowsMisfit.stage, str(misfit))) for run in packed.runs)
            packed = Packed((), {}, packed.failures + failed)
            self._store.commit(packed)
        self._pace.count(finished=len(packed.runs), failed=len(packed.failures))
        if self._progress is not None:
            self._progress(self._pace.progress(time.monotonic()))


def _take(cases: Iterator[Case], size: int) -> list[Case]:
    batch = []
    for case in cases:
        batch.append(case)
        if len(batch) >= size:
            break
    return batch
