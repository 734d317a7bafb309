"""Memory of a server that runs for long: what closed pages leave goes back to the machine."""

from __future__ import annotations

import ctypes
import gc
from functools import cache
from typing import Any

_ARENA_MAX = -8
SELDOM = 1_000_000
"""Collections of the middle generation before Python looks through all objects by itself: never, on a page's server."""
MOST_LEFT = 1_000_000
"""Simulated users of runs that were left, from which on lost circles are searched for soon: some 100 bytes each."""
ARENAS = 2
"""Pools that threads share: with one for each thread, as is usual, what closed pages leave lies scattered over all."""


class Left:
    """Runs that were left and wait for `give_back`. users: simulated, of all of them."""

    def __init__(self) -> None:
        self.users = 0

    @property
    def many(self) -> bool:
        """Whether they should not wait for long."""
        return self.users >= MOST_LEFT


LEFT = Left()
"""Of this server."""


def keep_few_pools() -> None:
    """Let threads that come later share a few pools of memory; without effect where the C library is another one."""
    library = _library()
    if library is not None:
        library.mallopt(_ARENA_MAX, ARENAS)


def collect_seldom() -> None:
    """Leave the search of all objects for lost circles to `give_back`: twenty pages stand still for half a second."""
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, SELDOM)


def give_back() -> None:
    """Look for lost circles, and give memory that nothing uses back to the machine, where the C library is GNU's."""
    LEFT.users = 0
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
