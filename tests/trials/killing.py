"""Start a command as a user would, kill it or one of its workers at a moment, and see that nothing of it lives on."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
import traceback
import uuid
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MARK = "RESONANCE_TRIAL_MARK"
"""In the environment of a started command and of all that it starts, so that they are found again."""
LOOK = 0.002  # seconds between looks at a folder
GONE = 20.0  # seconds that processes of a dead driver have to go too
LONGEST = 900.0  # seconds after which a command that does not end is a fault of its own


@dataclass
class Started:
    """A command that runs in a session of its own: a module of this project with a `main(arguments)`.

    words: file of what it says. forked: not a new interpreter but a copy of this one, whose imports are done.
    """

    module: str
    arguments: Sequence[str]
    words: Path
    forked: bool = False
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    code: int | None = None

    def __post_init__(self) -> None:
        self.words.parent.mkdir(parents=True, exist_ok=True)
        self.pid = self._fork() if self.forked else self._spawn()

    def _spawn(self) -> int:
        with self.words.open("wb") as stream:
            begun = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.arguments], stdout=stream, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(Path.cwd()), MARK: self.mark},
                start_new_session=True, preexec_fn=_heeds_signals,
            )  # fmt: skip
        begun.returncode = 0  # this object waits for it, below
        return begun.pid

    def _fork(self) -> int:
        module = importlib.import_module("model.interfaces.cli" if self.module == "model" else self.module)
        sys.stdout.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # pools of threads know of forks
            pid = os.fork()
        if pid:
            return pid
        code = 99
        try:
            os.setsid()
            os.environ[MARK] = self.mark
            stream = os.open(self.words, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            for own in (1, 2):
                os.dup2(stream, own)
            code = module.main(list(self.arguments))
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)

    @property
    def running(self) -> bool:
        """Whether the driver lives."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is None

    def ended(self) -> int:
        """Wait for the end and return the exit code, negative after a signal; -99 where it had to be ended."""
        limit = time.monotonic() + LONGEST
        while self.running:
            if time.monotonic() > limit:
                self.sweep_up()
                return -99
            time.sleep(0.01)
        assert self.code is not None
        return self.code

    def until_there(self, place: Path) -> bool:
        """Wait until a file or folder is there; False where the command ended before."""
        limit = time.monotonic() + LONGEST
        while not place.exists():
            if not self.running or time.monotonic() > limit:
                return False
            time.sleep(LOOK)
        return True

    def family(self) -> list[psutil.Process]:
        """Return all living processes that the command started, and their children, the driver not among them."""
        return [one for one in marked(self.mark) if one.pid != self.pid]

    def workers(self) -> list[psutil.Process]:
        """Return those of the family that do runs: not the helper that Python starts beside them."""
        found = []
        for one in self.family():
            with suppress(psutil.Error):
                if any("spawn_main" in word for word in one.cmdline()):
                    found.append(one)
        return found

    def send(self, number: int) -> bool:
        """Send the driver a signal; False where it has ended."""
        if not self.running:
            return False
        os.kill(self.pid, number)
        return True

    def left(self, *, patience: float = GONE) -> list[str]:
        """Return what of the dead driver's processes still lives after so many seconds, as "pid: command"."""
        limit = time.monotonic() + patience
        while (there := self.family()) and time.monotonic() < limit:
            time.sleep(0.1)
        told = []
        for one in there:
            with suppress(psutil.Error):
                told.append(f"{one.pid}: {' '.join(one.cmdline())[:120]}")
        return told

    def sweep_up(self) -> None:
        """End what is left, so that one fault does not spoil the trials behind it."""
        for one in self.family():
            with suppress(psutil.Error):
                one.kill()
        if self.running:
            os.kill(self.pid, 9)
            self.ended()

    def said(self) -> str:
        """Return the words of the command so far."""
        return self.words.read_text(encoding="utf-8", errors="replace") if self.words.exists() else ""


def _heeds_signals() -> None:
    """Let a new process hear signals that this one was told to ignore, as in the background of a shell."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def marked(mark: str) -> list[psutil.Process]:
    """Return living processes whose environment holds a mark; zombies do not count, since they hold nothing."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if one.environ().get(MARK) == mark and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found
