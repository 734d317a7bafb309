"""Memory of a server that runs for long: what closed pages leave goes back to the machine."""

from __future__ import annotations

import ctypes
import gc
from functools import cache
from typing import Any

_ARENA_MAX = -8
ARENAS = 2
"""Pools that threads share: with one for each thread, as is usual, what closed pages leave lies scattered over all."""


def keep_few_pools() -> None:
    """Let threads that come later share a few pools of memory; without effect where the C library is another one."""
    library = _library()
    if library is not None:
        library.mallopt(_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give memory that nothing uses back to the machine; without effect where the C library is another one."""
    gc.collect()
    library = _library()
    if library is not None:
        library.malloc_trim(0)


@cache
def _library() -> Any:
    """Return the C library where it has both calls, as GNU's has; else None."""
    try:
        library = ctypes.CDLL(None)
        return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
    except (OSError, TypeError):  # no such thing on this system
        return None
