"""The command `reference`: writes or checks the page docs/reference.md."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import app


@app.command("reference")
def reference_command(
    *,
    write: Annotated[Path | None, typer.Option(metavar="FILE", help="Page to write, docs/reference.md.")] = None,
    check: Annotated[Path | None, typer.Option(metavar="FILE", help="Page to hold against the code; exit code 1 if it "
                                               "is stale.")] = None,
) -> int:  # fmt: skip
    """Print the reference of public names and commands, made from docstrings and declared options.

    Example: resonance reference --write docs/reference.md
    """
    from model.foundation.files import write_text_whole
    from model.interfaces.reference import is_current, reference_page

    if check is not None:
        current = is_current(check, app)
        again = f"run: resonance reference --write {check}"
        print(f"{check} is what the code says." if current else f"{check} is stale; {again}")
        return 0 if current else 1
    if write is None:
        print(reference_page(app))
        return 0
    write_text_whole(write, reference_page(app))
    print(f"Written: {write}")
    return 0
