"""The terminal: its width, consoles for what is asked for (stdout) and what goes on (stderr), and what may reach it.

Words of files are printed as they are found. Signs in them that would steer a terminal (move its cursor, set its title,
turn the direction of writing) are shown as their escapes; colours, which this program sets itself, pass.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from rich.console import Console

PIPED_WIDTH = 140
_COLOUR = r"\x1b\[[0-9;]{0,40}m"
_STEERS = re.compile(
    f"({_COLOUR})|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)


def harmless(text: str) -> str:
    """Return a text whose signs that steer a terminal stand as their escapes; lines, tabs and colours stay."""
    return _STEERS.sub(lambda sign: sign[1] or sign[0].encode("unicode_escape").decode("ascii"), text)


class _Steady:
    """A text stream that writes what is harmless. All else is the stream's own."""

    def __init__(self, inner: TextIO) -> None:
        self._inner = inner

    def write(self, text: str) -> int:
        """Write a text, harmless, and return its length."""
        self._inner.write(harmless(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@contextmanager
def steady_output() -> Iterator[None]:
    """Let stdout write only what is harmless, and any sign: one that its encoding has not stands as its escape."""
    before = sys.stdout
    for stream in (before, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    sys.stdout = cast(TextIO, _Steady(before))
    try:
        yield
    finally:
        sys.stdout = before


def output() -> Console:
    """Return the console of stdout; piped output has no colours and a fixed width unless COLUMNS gives one.

    What stands in brackets or between colons is a word like any other: texts of files are shown, never read as markup.
    """
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPED_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False, markup=False, emoji=False)


def progress_output() -> Console:
    """Return the console of stderr, where progress is shown."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False)
