"""The whole page, and whether a page on disk is what would be written."""

from __future__ import annotations

from pathlib import Path

import typer

from model.foundation.files import read_text
from model.interfaces.reference.commands import command_lines
from model.interfaces.reference.public import public_lines

HEAD = """# Reference

Every public name of `import model as sm`, what it returns, and every command with its options. Made from docstrings and
declared options by `./resonance reference --write docs/reference.md`; a test holds that it is what the code says.
Columns of tables, keys of scenarios and symbols stand in [notation.md](notation.md), parameters in
[parameters.md](parameters.md), guides in [README.md](README.md).
"""


def reference_page(app: typer.Typer) -> str:
    """Return the page for a command line whose commands have all joined `app`."""
    lines = [HEAD, "## Python\n", *public_lines(), "## Commands\n", *command_lines(app)]
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()).rstrip() + "\n"


def is_current(page: Path, app: typer.Typer) -> bool:
    """Return whether a page on disk is what would be written. Errors: InputError where it cannot be read."""
    return read_text(page, what="a page") == reference_page(app)
