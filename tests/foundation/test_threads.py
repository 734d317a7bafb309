"""Threads: one range for small markets, as many as are allowed for large ones; every user in exactly one."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from model.foundation.threads import PARTS, WORTH_THREADS, exactly, most_threads, over_ranges, side_by_side


def ranges(size: int) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    lock = threading.Lock()

    def work(part: int, begin: int, end: int) -> None:
        with lock:
            found.append((part, begin, end))

    over_ranges(work, size)
    return sorted(found)


def test_small_markets_are_one_range_and_large_ones_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANCE_THREADS", "3")
    assert ranges(WORTH_THREADS - 1) == [(0, 0, WORTH_THREADS - 1)]
    assert len(ranges(WORTH_THREADS)) == 3


@pytest.mark.parametrize("size", [0, 1, 5, 1000, 123_457])
@pytest.mark.parametrize("threads", [1, 2, 3, 16, 99])
def test_every_user_is_in_exactly_one_range(size: int, threads: int) -> None:
    with exactly(threads):
        cover = np.zeros(size, int)
        for part, begin, end in ranges(size):
            assert 0 <= part < PARTS
            cover[begin:end] += 1
    assert (cover == 1).all()


def test_the_environment_is_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    monkeypatch.delenv("RESONANCE_THREADS", raising=False)
    assert most_threads() == 1
    monkeypatch.setenv("RESONANCE_THREADS", "nonsense")
    assert most_threads() == 1


def test_an_error_in_a_thread_comes_back() -> None:
    def work(part: int, begin: int, end: int) -> None:
        if part == 1:
            raise ValueError("in a thread")

    with exactly(2), pytest.raises(ValueError, match="in a thread"):
        over_ranges(work, 10)


@pytest.mark.parametrize("size", [10, WORTH_THREADS])
@pytest.mark.parametrize("threads", [1, 3])
def test_side_by_side_keeps_the_order(size: int, threads: int) -> None:
    with exactly(threads):
        assert list(side_by_side(lambda item: item * item, list(range(20)), size=size)) == [n * n for n in range(20)]


def test_small_markets_meet_on_threads_and_large_ones_do_not() -> None:
    names: set[str] = set()

    def work(_: int) -> None:
        names.add(threading.current_thread().name)

    with exactly(2):
        list(side_by_side(work, list(range(8)), size=WORTH_THREADS))
        assert names == {threading.current_thread().name}
        names.clear()
        list(side_by_side(work, list(range(8)), size=10))
        assert all(name.startswith("markets") for name in names)
