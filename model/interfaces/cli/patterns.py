"""The command that holds the model against observed patterns, and keeps their page."""

from __future__ import annotations

from pathlib import Path

from model.foundation.files import read_text, write_text_whole
from model.interfaces.cli.terminal import output, progress_output


def print_patterns(*, users: int, page: Path | None = None) -> None:
    """Print each pattern as target, model, and hit, miss or input; users: simulated users per market.

    page: file to write the page to, none by default. Written into a folder `docs` beside the package, as in a clone,
    the numbers go into the package's own file too, which the page in the browser and reports read.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from model.experiments.pattern_file import STORED, keep_measured, measured_now
    from model.experiments.pattern_page import numbers_digest
    from model.experiments.patterns import pattern_table, patterns

    if page is not None:
        from model.interfaces.cli.running import check_writable

        check_writable(page.parent)
    numbers_digest()  # of the code that is loaded now; kept for the page
    console = progress_output()
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task("patterns: starting", total=None)
        found = patterns(users=users, tell=lambda name: bars.update(task, description=f"patterns: run '{name}'"))
    output().print(pattern_table(found))
    if page is not None:
        measured = measured_now(found, users=users)
        write_text_whole(page, measured.page)
        print(f"Written: {page}")
        if page.resolve().parent == STORED.parents[2] / "docs":
            print(f"Written: {keep_measured(measured)}")


def mark_page(page: Path) -> int:
    """Write into a page whether its numbers are of this code; run nothing. 1 where they are not."""
    from model.experiments.pattern_page import is_current, made_by, marked, numbers_digest

    before = read_text(page, what="a page of patterns")
    version, digest, _ = made_by(before)
    after = marked(before)
    if after != before:
        write_text_whole(page, after)
    if is_current(after):
        print(f"{page} is of this code ({digest}).")
        return 0
    print(f"{page} was made by {version}, code {digest}; this code is {numbers_digest()}. The page says so now.")
    return 1
