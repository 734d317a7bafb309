"""Timing and the small table that every benchmark prints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One result: what, its number in words, the target in words, and whether it is met (None: no target)."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None


def fastest(action: Callable[[], object], *, times: int) -> float:
    """Return the least wall-clock seconds of several runs of an action: the one least disturbed by others."""
    best = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - begin)
    return best


def show(title: str, lines: Iterable[Line]) -> None:
    """Print the table."""
    rows = list(lines)
    width = max(len(row.what) for row in rows)
    middle = max(len(row.measured) for row in rows)
    print(title)
    for row in rows:
        verdict = "" if row.met is None else ("hit" if row.met else "MISS")
        print(f"  {row.what:<{width}}  {row.measured:>{middle}}  {row.target:<22} {verdict}".rstrip())
