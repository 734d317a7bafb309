"""The progress of a run on the terminal: stage, bar, time left."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from model.interfaces.cli.terminal import progress_output

STAGES = {
    "compiling": "Preparing (a new machine compiles, once)",
    "settling the start": "Settling the start",
    "months": "Living the months",
    "draws": "Living the futures with and without the label",
}
"""What is shown for each stage of a run; one that is not listed is shown by its own name."""


class RunProgress:
    """A bar per stage on stderr while a run goes on; nothing where stderr is no terminal or `quiet`.

    Called as (stage, done, whole).
    """

    def __init__(self, *, quiet: bool) -> None:
        console = progress_output()
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(),
            TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=True),
            console=console, transient=True, disable=quiet or not console.is_terminal,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def __call__(self, stage: str, done: int, whole: int) -> None:
        """Show that `done` of `whole` steps of a stage are behind."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(STAGES.get(stage, stage), total=whole)
        self._bars.update(self._tasks[stage], completed=done, total=whole)
