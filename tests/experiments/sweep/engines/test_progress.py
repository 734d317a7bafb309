"""How many runs a chunk takes, and how long is left."""

from __future__ import annotations

import time

import pytest

from model.experiments.sweep.engines.progress import MOST, Pace


def test_the_first_chunk_is_one_run() -> None:
    assert Pace(1000).chunk_size(2, flying=0) == 1


def test_short_runs_go_many_at_once_and_long_ones_alone() -> None:
    for seconds, expected in ((1e-5, MOST), (0.1, 15), (0.5, 3), (1.4, 1), (60.0, 1)):
        pace = Pace(None)
        pace.measure(seconds)
        assert pace.chunk_size(2, flying=0) == expected


def test_a_first_run_that_compiles_is_soon_outweighed() -> None:
    pace = Pace(None)
    pace.measure(20.0)
    pace.measure(0.1)
    assert pace.chunk_size(2, flying=0) == 15
    pace.measure(20.0)  # one slow chunk makes the next ones smaller
    assert pace.chunk_size(2, flying=0) < 4


def test_chunks_shrink_towards_the_end() -> None:
    pace = Pace(100)
    pace.measure(0.001)
    pace.count(finished=60, failed=4)
    pace.skipped = 6
    assert pace.chunk_size(2, flying=0) == 5
    assert pace.chunk_size(2, flying=24) == 1
    assert pace.chunk_size(2, flying=100) == 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until it is set."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_progress_counts_all_and_paces_this_session(clock: list[float]) -> None:
    pace = Pace(100)
    pace.skipped = 40
    pace.begin()
    pace.count(finished=1, failed=1)
    clock[0] += 10.0
    pace.count(finished=19, failed=9)
    progress = pace.progress(clock[0])
    assert (progress.done, progress.whole, progress.failed) == (60, 100, 10)
    assert progress.rate == pytest.approx(2.8)
    assert progress.seconds_left == pytest.approx(30 / 2.8)
    assert Pace(None).progress(clock[0]).seconds_left is None


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("skipped", [0, 300])
def test_time_left_is_never_that_of_starting_workers(clock: list[float], workers: int, skipped: int) -> None:
    """Runs of half a second behind a start of 20 s: what is told early is right within a half, or nothing is told."""
    pace = Pace(1000)
    pace.skipped = skipped
    pace.begin()
    told = 0
    returns = sorted(20.0 + 0.3 * worker + 0.5 * turn for worker in range(workers) for turn in range(1, 30))
    for number, at in enumerate(returns):
        clock[0] = 1000.0 + at
        pace.chunk_size(workers, flying=0)
        pace.measure(20.5 if number < workers else 0.5)
        pace.count(finished=1, failed=0)
        progress = pace.progress(clock[0])
        right = (999 - skipped - number) * 0.5 / workers
        if progress.seconds_left is not None:
            told += 1
            assert 0.5 * right < progress.seconds_left < 1.5 * right, (at, progress.seconds_left, right)
        else:
            assert progress.rate == 0.0
    assert told >= len(returns) - 3 * workers


def test_long_runs_tell_their_time_after_the_first(clock: list[float]) -> None:
    pace = Pace(10)
    pace.begin()
    clock[0] += 320.0
    pace.chunk_size(2, flying=0)
    pace.measure(300.0)
    pace.count(finished=1, failed=0)
    assert pace.progress(clock[0]).seconds_left == pytest.approx(9 * 150.0)
