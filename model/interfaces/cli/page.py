"""The command `app`: the page in the browser."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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

    atexit.register(_mute)  # called last, since the server's packages are loaded after it
    with _hung_up_as_ended():
        serve(host=host, port=port, browser=browser, results=results, say=say)


@contextmanager
def _hung_up_as_ended() -> Iterator[None]:
    """Let a closed terminal be what SIGTERM is: the server closes by that one, and by Ctrl-C, in an order of its own.

    A hang-up that is ignored, as `nohup` does, stays so.
    """
    number = getattr(signal, "SIGHUP", None)
    main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(number) if main and number is not None else signal.SIG_IGN
    if number is None or before in (signal.SIG_IGN, None):
        yield
        return
    signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(number, before)


def _mute() -> None:
    """Say nothing after the last word: what DuckDB prints when Python takes itself apart is for its developers."""
    sys.stdout.flush()
    sys.stderr.flush()
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
