"""How many runs a chunk takes, and how long is left."""

from __future__ import annotations

import time

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


def test_progress_counts_all_and_paces_this_session() -> None:
    pace = Pace(100)
    pace.skipped = 40
    pace.begin()
    pace.count(finished=20, failed=10)
    progress = pace.progress(time.monotonic() + 10)
    assert (progress.done, progress.whole, progress.failed) == (60, 100, 10)
    assert 2.9 < progress.rate <= 3.0
    assert progress.seconds_left is not None
    assert 9 < progress.seconds_left < 11
    assert Pace(None).progress(time.monotonic()).seconds_left is None
