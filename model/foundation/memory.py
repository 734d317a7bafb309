"""Memory of the machine: what would not fit is refused in words, before the system ends the run without one."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where a container is told how much it may take, by the two versions of Linux's control groups."""


@cache
def machine_memory(limits: tuple[Path, ...] = _LIMITS) -> float:
    """Return bytes that this machine has, or its container may take if that is less; infinite where nobody can say."""
    try:
        found = float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not every system tells
        found = float("inf")
    for path in limits:
        try:
            found = min(found, float(path.read_text(encoding="ascii")))
        except (OSError, ValueError):  # no such group, or "max"
            continue
    return found if found > 0.0 else float("inf")


def gibibytes(size: float) -> str:
    """Return bytes in words, such as "1.9 GiB"."""
    return f"{size / 2**30:,.1f} GiB" if size < 1e15 else "more than any machine has"
