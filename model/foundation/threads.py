"""Threads over users: compiled kernels work on ranges of users without Python's lock, so plain threads share the work.

Small markets take one range, since starting threads costs more than the work. What a kernel computes of a user depends
on that user alone, and totals are sums of whole numbers, so results do not depend on how the range is cut.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache

WORTH_THREADS = 50_000  # users from which a month's kernels gain by threads (measured)
PARTS = 16  # most ranges, and room for their totals
_forced: list[int] = []


def most_threads() -> int:
    """Return how many threads may work: NUMBA_NUM_THREADS or RESONANCE_THREADS where set, else one per processor."""
    if _forced:
        return _forced[-1]
    for name in ("RESONANCE_THREADS", "NUMBA_NUM_THREADS"):
        text = os.environ.get(name, "")
        if text.isdigit() and int(text) > 0:
            return min(int(text), PARTS)
    return min(os.cpu_count() or 1, PARTS)


@contextmanager
def exactly(threads: int) -> Iterator[None]:
    """Let every market, small ones too, be worked on by this many threads while the context lasts."""
    _forced.append(min(threads, PARTS))
    try:
        yield
    finally:
        _forced.pop()


def over_ranges(work: Callable[[int, int, int], object], size: int, *, worth: float = WORTH_THREADS) -> None:
    """Call work(part, begin, end) for ranges that cover 0..size, on threads from `worth` on; part is below PARTS."""
    threads = most_threads() if size >= worth or _forced else 1
    if threads == 1:
        work(0, 0, size)
        return
    edges = [size * part // threads for part in range(threads + 1)]
    jobs = [_pool(threads).submit(work, part, edges[part], edges[part + 1]) for part in range(threads)]
    try:
        for job in jobs:
            job.result()
    finally:  # nobody may go on writing to the users after an error or a stop
        wait(jobs)


def side_by_side[Item, Result](work: Callable[[Item], Result], items: Sequence[Item], *, size: int) -> Iterator[Result]:
    """Yield work(item) in the order of items; on threads where the items are small markets, of `size` users at most.

    Large ones come one after the other, since their kernels share the threads themselves.
    """
    threads = 1 if size >= WORTH_THREADS else min(most_threads(), len(items))
    if threads <= 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="markets") as pool:
        yield from pool.map(work, items)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="users")
