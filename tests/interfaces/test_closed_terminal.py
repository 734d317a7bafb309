"""A terminal that is closed ends what runs in it as Ctrl-C does, though nothing can be said there any more."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

import model
from model.foundation.errors import InputError
from model.interfaces.cli import main
from model.interfaces.cli.commands import app

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals and signals as Unix has them")
ROOT = Path(model.__file__).resolve().parent.parent
PATIENCE = 120.0
OWNED = "import fcntl, os, runpy, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); " \
        "sys.argv = ['model', *sys.argv[1:]]; runpy.run_module('model', run_name='__main__')"  # fmt: skip
"""A process whose own terminal stdin is."""
LONG = ["run", "tiny", "--users", "300", "--months", "1200", "--replicates", "10000", "--out", "never"]


def code_after_closing(words: Sequence[str], folder: Path, *, until: bytes) -> int:
    """Run a command in a terminal of its own, close the terminal once it said `until`, and return the exit code."""
    master, slave = os.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RESONANCE_CACHE": str(folder / "cache")}
    running = subprocess.Popen([sys.executable, "-c", OWNED, *words], stdin=slave, stdout=slave, stderr=slave,
                               cwd=folder, env=environment)  # fmt: skip
    os.close(slave)
    try:
        told, end = b"", time.monotonic() + PATIENCE
        while until not in told:
            assert running.poll() is None, told
            assert time.monotonic() < end, told
            if select.select([master], [], [], 0.2)[0]:
                told += os.read(master, 4096)
        time.sleep(0.5)
        os.close(master)
        return running.wait(PATIENCE)
    finally:
        running.kill()
        running.wait()


def test_a_run_ends_with_its_terminal(tmp_path: Path) -> None:
    assert code_after_closing(LONG, tmp_path, until=b"Living the months") == 130
    assert not (tmp_path / "never").exists()


@pytest.mark.page
@pytest.mark.skipif(not find_spec("solara"), reason="the page is not installed")
def test_the_page_ends_with_its_terminal(tmp_path: Path) -> None:
    assert code_after_closing(["app", "--port", "0"], tmp_path, until=b"Ctrl+C ends it") == 130


class Closed:
    """A stream to a terminal that is gone."""

    def __init__(self) -> None:
        self.file = open(os.devnull, "wb")  # noqa: SIM115 - closed by the test's end

    def write(self, _: str) -> int:
        raise OSError(5, "Input/output error")

    def flush(self) -> None:
        """Do nothing."""

    def fileno(self) -> int:
        return self.file.fileno()


def test_what_went_wrong_keeps_its_code_where_nobody_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", gone := Closed())
    try:
        assert main(["run", "no such scenario"]) == InputError.exit_code == 2
    finally:
        gone.file.close()


@pytest.mark.parametrize(("before", "code"), [("SIGTERM", 130), ("", 1)])
def test_words_that_fail_after_being_asked_to_end_are_no_fault_of_the_program(
    before: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @app.command("last-words")
    def last_words() -> None:
        try:
            if before:
                signal.raise_signal(getattr(signal, before))
        except KeyboardInterrupt:
            pass
        raise OSError(5, "Input/output error")

    try:
        assert main(["last-words"]) == code
    finally:
        app.registered_commands.pop()
