"""The driver: only what is missing, in a window, with one row of words per failure, and the culprit found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from model.experiments.sweep.case import Case, Rows, Work
from model.experiments.sweep.engines import InProcess, Progress, Returned, run_cases
from model.experiments.sweep.engines.chunk import do_chunk
from model.experiments.sweep.store import SweepStore
from model.foundation.errors import InputError


def some_cases(number: int) -> list[Case]:
    return [Case(f"{index:032x}", index, 0, {"x": index / 7}) for index in range(number)]


def simple(case: Case) -> Rows:
    return {"outcomes": {"x": [case.work["x"]]}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SweepStore]:
    with SweepStore.create(tmp_path / "sweep", plan={}) as store:
        yield store


class Mortal:
    """A crew of pretended workers of which one dies with a chunk that holds a deadly run.

    word: whether the worker's word that a watched run began is heard. queue: whether the next chunk in line waits on
    the same worker, and is lost with it before it began.
    """

    def __init__(self, work: Work, *, workers: int, deadly: set[int], word: bool, queue: bool) -> None:
        self.workers = workers
        self.work, self.deadly, self.word, self.queue = work, deadly, word, queue
        self.waited: set[int] = set()
        self.line: list[tuple[int, Sequence[Case], bool]] = []
        self.number = self.widest = self.deaths = 0

    def submit(self, cases: Sequence[Case], *, watched: bool = False) -> int:
        self.number += 1
        self.line.append((self.number, cases, watched))
        self.widest = max(self.widest, len(self.line))
        return self.number

    def next_returned(self, *, alone: Callable[[], None] | None = None) -> Returned:
        chunk, cases, watched = self.line.pop(0)
        if chunk in self.waited:
            return Returned(chunk, None)
        if any(case.point in self.deadly for case in cases):
            self.deaths += 1
            self.waited = {self.line[0][0]} if self.queue and self.line else set()
            return Returned(chunk, None, begun=watched and self.word)
        packed, _ = do_chunk(self.work, cases)
        return Returned(chunk, packed, 0.01 * len(cases))

    def drain(self) -> list[Returned]:
        return []


class Pretended:
    def __init__(
        self, *, workers: int = 2, deadly: set[int] | None = None, word: bool = True, queue: bool = False
    ) -> None:
        self.workers, self.deadly, self.word, self.queue = workers, deadly or set(), word, queue

    @contextmanager
    def crew(self, work: Work) -> Iterator[Mortal]:
        self.last = Mortal(work, workers=self.workers, deadly=self.deadly, word=self.word, queue=self.queue)
        yield self.last


def test_only_what_is_missing_is_done(store: SweepStore) -> None:
    first = run_cases(some_cases(30), work=simple, store=store, engine=InProcess())
    assert (first.finished, first.skipped, first.failed, first.stopped) == (30, 0, 0, False)
    done: list[int] = []

    def noting(case: Case) -> Rows:
        done.append(case.point)
        return simple(case)

    second = run_cases(some_cases(50), work=noting, store=store, engine=InProcess())
    assert (second.finished, second.skipped, second.whole) == (20, 30, 50)
    assert done == list(range(30, 50))
    assert store.frame()["x"].tolist() == [index / 7 for index in range(50)]
    assert (store.folder / "manifest.json").read_text(encoding="utf-8").count('"finished": 50') == 1


def test_a_case_named_twice_is_run_once(store: SweepStore) -> None:
    summary = run_cases(some_cases(5) * 2, work=simple, store=store, engine=InProcess())
    assert (summary.finished, summary.skipped) == (5, 5)
    assert len(store.frame()) == 5


def test_cases_are_drawn_in_a_window(store: SweepStore) -> None:
    engine = Pretended(workers=4)
    drawn = 0

    def endless() -> Iterator[Case]:
        nonlocal drawn
        for case in some_cases(2000):
            drawn += 1
            yield case

    most = 0

    def watch(progress: Progress) -> None:
        nonlocal most
        most = max(most, drawn - progress.done)

    summary = run_cases(endless(), work=simple, store=store, engine=engine, progress=watch)
    assert summary.finished == 2000
    assert summary.whole is None
    assert engine.last.widest == 12
    assert most <= 12 * 32


def test_failures_are_rows_and_are_tried_again_next_time(store: SweepStore) -> None:
    def unlucky(case: Case) -> Rows:
        if case.point % 5 == 3:
            raise ValueError(f"point {case.point}")
        return {"outcomes": {"x": ["a word"]}} if case.point == 7 else simple(case)

    seen: list[Progress] = []
    summary = run_cases(some_cases(10), work=unlucky, store=store, engine=InProcess(), progress=seen.append)
    assert (summary.finished, summary.failed) == (7, 3)
    assert store.failures()[["point", "stage"]].to_numpy().tolist() == [[3, "run"], [7, "rows"], [8, "run"]]
    assert "point 3" in store.failures()["message"][0]
    assert (seen[-1].done, seen[-1].failed, seen[-1].whole) == (7, 3, 10)
    again = run_cases(some_cases(10), work=simple, store=store, engine=InProcess())
    assert (again.finished, again.skipped) == (3, 7)
    assert store.failures().empty


@pytest.mark.parametrize("word", [True, False])
def test_only_the_run_that_kills_workers_fails(store: SweepStore, word: bool) -> None:
    engine = Pretended(deadly={17, 18, 60}, word=word)
    summary = run_cases(some_cases(100), work=simple, store=store, engine=engine, strikes=3)
    assert (summary.finished, summary.failed) == (97, 3)
    failures = store.failures()
    assert failures["point"].tolist() == [17, 18, 60]
    assert set(failures["stage"]) == {"worker"}
    if word:
        assert set(failures["attempts"]) == {3}
        assert engine.last.deaths <= 3 * 3 + 3
    assert len(store.frame()) == 97


@pytest.mark.parametrize("strikes", [1, 3])
def test_a_run_that_waited_behind_the_culprit_is_not_blamed(store: SweepStore, strikes: int) -> None:
    engine = Pretended(deadly={17, 40, 41, 60}, queue=True)
    summary = run_cases(some_cases(100), work=simple, store=store, engine=engine, strikes=strikes)
    assert store.failures()["point"].tolist() == [17, 40, 41, 60]
    assert (summary.finished, summary.failed) == (96, 4)


def test_ctrl_c_keeps_what_is_finished(store: SweepStore) -> None:
    def interrupted(case: Case) -> Rows:
        if case.point == 20:
            raise KeyboardInterrupt
        return simple(case)

    summary = run_cases(some_cases(100), work=interrupted, store=store, engine=InProcess())
    assert summary.stopped
    assert summary.finished == 20
    assert store.frame()["point"].tolist() == list(range(20))
    rest = run_cases(some_cases(100), work=simple, store=store, engine=InProcess())
    assert (rest.finished, rest.skipped, rest.stopped) == (80, 20, False)


def test_ctrl_c_while_progress_is_shown_keeps_the_chunk(store: SweepStore) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.done >= 3:
            raise KeyboardInterrupt

    summary = run_cases(some_cases(100), work=simple, store=store, engine=InProcess(), progress=interrupt)
    assert summary.stopped
    assert summary.finished == len(store.frame()) >= 3


def test_a_second_driver_is_refused_before_it_starts_workers(store: SweepStore) -> None:
    engine = Pretended()
    with SweepStore.open(store.folder) as other, other.writing():
        with pytest.raises(InputError, match="one driver at a time"):
            run_cases(some_cases(3), work=simple, store=store, engine=engine)
        assert not hasattr(engine, "last")
    assert run_cases(some_cases(3), work=simple, store=store, engine=engine).finished == 3


def test_nothing_to_do_starts_no_workers(store: SweepStore) -> None:
    run_cases(some_cases(3), work=simple, store=store, engine=InProcess())
    engine = Pretended()
    summary = run_cases(some_cases(3), work=simple, store=store, engine=engine)
    assert (summary.finished, summary.skipped, summary.stopped) == (0, 3, False)
    assert not hasattr(engine, "last")
