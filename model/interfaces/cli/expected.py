"""The command `accept`: what changed in the expected summaries of scenarios, and their new numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from model.experiments.expected import (
    Change,
    Sized,
    Summaries,
    Summary,
    changes,
    load_summary,
    save_summary,
    sized_scenarios,
)
from model.foundation.errors import Fault, InputError, nearest
from model.interfaces.cli.terminal import output, progress_output
from model.market.start_store import StartStore

CHANGED = 1
"""Exit code of a check that found other numbers than expected."""


def accept(names: Sequence[str], *, check: bool) -> int:
    """Run scenarios at their small sizes, print what is not as expected, and accept it unless it is only checked.

    names: of scenarios, all of the library if empty. Starts are settled anew: nothing stored may hide a change.
    Returns the exit code.
    """
    known = sized_scenarios()
    wrong = [name for name in names if name not in known]
    if wrong:
        raise InputError([Fault("scenario", "is one of the library", one, nearest(one, list(known))) for one in wrong])
    wanted = [known[name] for name in names or known]
    found = _live(wanted)
    kept = {one.scenario: load_summary(one.scenario) for one in found}
    differing = [change for one in found for change in changes(kept[one.scenario], one)]
    if differing:
        output().print(_table(differing))
    changed = [one for one in found if kept[one.scenario] is None or kept[one.scenario] != one]
    moved = {change.scenario for change in differing}
    print(f"{len(moved)} of {len(found)} summaries changed.")
    if check:
        return CHANGED if moved else 0
    for one in changed:
        save_summary(one)
    print(f"{len(changed)} files written." if changed else "Nothing to write.")
    return 0


def _live(wanted: Sequence[Sized]) -> list[Summary]:
    console = progress_output()
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    found = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Progress(*columns, console=console, disable=not console.is_terminal) as bars,
    ):
        task = bars.add_task("summaries", total=len(wanted))
        lives = Summaries(StartStore(Path(folder)))
        for sized in wanted:
            bars.update(task, description=f"summary of {sized.name}")
            found.append(lives.summary(sized))
            bars.advance(task)
    return found


def _table(differing: Sequence[Change]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, title="Not as expected")
    for name in ("scenario", "number", "of", "expected", "now", "change"):
        table.add_column(name, justify="right" if name in ("expected", "now", "change") else "left", overflow="fold")
    for one in differing:
        change = "" if one.relative is None else f"{one.relative:+.2%}"
        table.add_row(one.scenario, one.name, one.side, _shown(one.expected), _shown(one.found), change)
    return table


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:,.6g}"
