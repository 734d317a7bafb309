"""The terminal: how wide it is, and consoles for what is asked for (stdout) and for what goes on (stderr)."""

from __future__ import annotations

import os
import sys

from rich.console import Console

PIPED_WIDTH = 140


def output() -> Console:
    """Return the console of stdout; piped output has no colours and a fixed width unless COLUMNS gives one."""
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPED_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def progress_output() -> Console:
    """Return the console of stderr, where progress is shown."""
    return Console(file=sys.stderr, highlight=False)
