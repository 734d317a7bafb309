"""The command `docking`: the code held against closed forms and independent solutions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from rich import box
from rich.table import Table
from rich.text import Text

from model.experiments.docking import Case, Docked, dock, docking_figure, docking_page, docking_table
from model.experiments.docking.page import difference_in_words, tolerance_in_words
from model.foundation.files import write_text_whole, write_whole
from model.interfaces.cli.running import check_writable
from model.interfaces.cli.terminal import output, progress_output
from model.results.picture_bytes import png


def show_docking(names: Sequence[str], *, full: bool, out: Path | None) -> int:
    """Run the cases and print every comparison; 1 where one is outside its tolerance, else 0.

    names: cases, all by default. full: at full size. out: folder for figures, the table and the page, none by default.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    if out is not None:
        check_writable(out)
    console = progress_output()
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    found = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task("docking", total=None)
        for case, docked in dock(names, full=full, tell=lambda title: bars.update(task, description=title)):
            found.append((case, docked))
            if out is not None:
                _save_figure(case, docked, out)
    output().print(_table(found))
    if out is not None:
        write_text_whole(out / "docking.csv", docking_table(found).to_csv(index=False))
        write_text_whole(out / "docking.md", docking_page(found))
        print(f"Figures, docking.csv and docking.md: {out}")
    missed = sum(not check.holds for _, docked in found for check in docked.checks)
    print(f"{missed} comparisons are outside their tolerance." if missed else "All within their tolerances.")
    return 1 if missed else 0


def _table(found: Sequence[tuple[Case, Docked]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("case", "what", "ours", "reference", "difference", "tolerance", "because of", ""):
        table.add_column(name, justify="right" if name in ("ours", "reference") else "left", overflow="fold")
    for case, docked in found:
        for check in docked.checks:
            table.add_row(
                case.name, check.what, f"{check.ours:.6g}", f"{check.reference:.6g}",
                difference_in_words(check), tolerance_in_words(check), check.why,
                Text("holds", style="green") if check.holds else Text("misses", style="red"),
            )  # fmt: skip
    return table


def _save_figure(case: Case, docked: Docked, out: Path) -> None:
    def write(stream: BinaryIO) -> None:
        stream.write(png(docking_figure(case, docked)))

    write_whole(out / f"{case.name}.png", write)
