"""Threads: one for small markets, all that are allowed for large ones."""

from __future__ import annotations

import numba

from model.foundation.threads import WORTH_THREADS, threads_for


def test_small_markets_take_one_thread_and_large_ones_all() -> None:
    assert threads_for(WORTH_THREADS - 1) == 1 == numba.get_num_threads()
    assert threads_for(WORTH_THREADS) == numba.config.NUMBA_NUM_THREADS == numba.get_num_threads()
    threads_for(1)
