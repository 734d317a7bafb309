"""The progress of a run on the terminal: stage, bar, time left."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from model.interfaces.cli.terminal import progress_output

STAGES = {
    "compiling": "Preparing (a new machine compiles, once)",
    "settling the start": "Settling the start",
    "months": "Living the months",
    "members": "Living the members' months",
    "draws": "Living the futures with and without the label",
    "pairs": "Living every pair's licence turned over",
    "renewals": "Renewing the licences of each market",
    "comparing": "Living the scenarios, month by month",
    "explaining": "Living the worlds between the two",
    "worlds of the report": "Living the worlds of the report",
}
"""What is shown for each stage of a run; one that is not listed is shown by its own name."""


PLAIN = {
    "compiling": "Preparing the kernels (the first run on a machine compiles them: about half a minute)...",
    "settling the start": "Settling {} market{}...",
    "months": "Living {} month{}...",
    "members": "Living {} month{} of all members...",
    "draws": "Living {} pair{} of futures...",
    "pairs": "Living {} world{} with one pair's licence turned over...",
    "renewals": "Renewing the licences of {} market{}...",
    "comparing": "Living the scenarios: {} month{} at first...",
    "explaining": "Living {} world{} between the two...",
    "worlds of the report": "Living {} month{} of the report's worlds...",
    "living": "Living {} world{}...",
    "living, songs alone": "Living {} world{} with the lift of single songs alone...",
}
"""What is printed once for each stage where stderr is no terminal: {} stand for the number of steps and a plural s."""


class RunProgress:
    """A bar per stage on stderr while a run goes on, a plain line where stderr is no terminal, nothing if `quiet`.

    Called as (stage, done, whole).
    """

    def __init__(self, *, quiet: bool) -> None:
        console = progress_output()
        self._bars = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), MofNCompleteColumn(),
            TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=True),
            console=console, transient=True, disable=quiet or not console.is_terminal,
        )  # fmt: skip
        self._plain = not quiet and not console.is_terminal
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._bars.stop()

    def __call__(self, stage: str, done: int, whole: int) -> None:
        """Show that `done` of `whole` steps of a stage are behind; to a terminal that is gone nothing is shown."""
        with suppress(OSError):
            self._show(stage, done, whole)

    def _show(self, stage: str, done: int, whole: int) -> None:
        if stage not in self._tasks:
            if self._plain:
                line = PLAIN.get(stage, f"{stage}...").format(whole, "" if whole == 1 else "s")
                print(line, file=sys.stderr, flush=True)
            self._tasks[stage] = self._bars.add_task(STAGES.get(stage, stage), total=whole)
        self._bars.update(self._tasks[stage], completed=done, total=whole)
