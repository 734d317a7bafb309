"""The command `app`: the page in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from model.interfaces.cli.commands import app


@app.command("app")
def app_command(
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen; the default is this machine alone.")]
    = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    browser: Annotated[bool, typer.Option("--browser", help="Open it in the browser.")] = False,
    results: Annotated[Path | None, typer.Option(
        metavar="FOLDER", help="Folder whose sweeps the page shows; the default is ./results.")] = None,
) -> None:  # fmt: skip
    """Open a page in the browser: play scenarios, change levers, look at markets and users. Works without a network."""
    from model.interfaces.app.server import serve

    def say(line: str) -> None:
        print(line, flush=True)

    serve(host=host, port=port, browser=browser, results=results, say=say)
