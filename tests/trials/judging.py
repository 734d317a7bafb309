"""What an input may do: be accepted, or be refused by one clear message; and the limits within which it must happen.

Time is held by a timer, memory by a limit of the process, and the world outside of a folder by a hook of the
interpreter, which refuses what would be written, started or reached there, and remembers it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from model.foundation.errors import InputError

MOST_SECONDS = 5.0
"""Of processor time; of the clock it may be more, since the trial shares the machine."""
MOST_WAIT = 60.0
MOST_MEMORY = 2 * 2**30
"""Bytes that the process may take beyond what it has when the trial begins."""
MOST_LINES, MOST_LETTERS = 300, 60_000
"""Of one message: a reader is not told more than can be read."""
ACCEPTED, REFUSED, BROKEN = "accepted", "refused", "broken"
_CONTROL = {chr(code) for code in (*range(32), *range(127, 160))} - {"\n", "\t"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class TooLong(BaseException):
    """An input took longer than it may; no `except Exception` may swallow this."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one input: accepted, refused or broken; what: where it broke, one line, the same for one fault."""

    kind: str
    what: str = ""
    told: str = ""


@dataclass
class Guard:
    """Watches what is written, started and reached outside of a folder, and refuses it.

    allowed: folders that may be written to. compiles: whether compiled functions may be taken from their cache, which
    unpickles. outside: what was tried, since it was last asked.
    """

    allowed: tuple[str, ...]
    watching: bool = False
    compiles: bool = False
    outside: list[str] = field(default_factory=list)

    def install(self) -> None:
        """Begin; it lasts as long as the process."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, given: tuple[object, ...]) -> None:
        if not self.watching:
            return
        if event == "open":
            path, _, flags = given
            writes = isinstance(flags, int) and flags & _WRITES
            if writes and isinstance(path, str | bytes) and not self._inside(path):
                self._refuse(f"open {os.fsdecode(path)[:200]}")
        elif event in ("os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree"):
            path = given[0]
            if isinstance(path, str | bytes) and not self._inside(path) and not _handle(given):
                self._refuse(f"{event} {os.fsdecode(path)[:200]}")
        elif event in ("os.rename", "os.link", "os.symlink"):
            path = given[1]
            if isinstance(path, str | bytes) and not self._inside(path):
                self._refuse(f"{event} {os.fsdecode(path)[:200]}")
        elif event == "pickle.find_class" and self.compiles:
            return
        elif event in ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "os.fork", "pickle.find_class",
                       "socket.connect", "socket.bind", "webbrowser.open"):  # fmt: skip
            self._refuse(f"{event} {str(given)[:200]}")

    def _inside(self, path: str | bytes) -> bool:
        try:
            whole = os.path.realpath(os.fsdecode(path))
        except (ValueError, OSError):
            return True  # no place at all: the system refuses it
        return whole == os.devnull or "__pycache__" in whole or whole.startswith(self.allowed)

    def _refuse(self, what: str) -> None:
        self.outside.append(what)
        raise PermissionError(13, "the trial allows nothing outside of its folder", what)


def _handle(given: tuple[object, ...]) -> bool:
    """Tell whether a path of a call is beside an open folder: then it is not one of the working folder."""
    return len(given) > 1 and isinstance(given[-1], int) and given[-1] > 2


def limit_memory(most: int = MOST_MEMORY) -> None:
    """Let the process take at most this many bytes of addresses beyond those it has."""
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + most, resource.getrlimit(resource.RLIMIT_AS)[1]))


@contextlib.contextmanager
def timed(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Raise TooLong inside the block when it takes longer, or waits for a minute."""

    def rung(_: int, frame: FrameType | None) -> None:
        raise TooLong(f"longer than {seconds:g} s")

    clocks = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, MOST_WAIT))
    before = [signal.signal(one, rung) for one, _, _ in clocks]
    for _, clock, most in clocks:
        signal.setitimer(clock, most)
    try:
        yield
    finally:
        for (one, clock, _), own in zip(clocks, before, strict=True):
            signal.setitimer(clock, 0.0)
            signal.signal(one, own)


def judged(
    read: Callable[[bytes], None], content: bytes, *, guard: Guard | None = None, seconds: float = MOST_SECONDS
) -> Verdict:
    """Return what becomes of an input that is read by a function, in so many seconds of the processor."""
    if guard is not None:
        guard.outside.clear()
        guard.watching = True
    try:
        with timed(seconds), warnings.catch_warnings():
            warnings.simplefilter("error")
            for mild in (ResourceWarning, DeprecationWarning, PendingDeprecationWarning):
                warnings.filterwarnings("ignore", category=mild)
            read(content)
        found = Verdict(ACCEPTED)
    except InputError as error:
        found = _message(error)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        found = Verdict(BROKEN, _place(error), f"{type(error).__name__}: {str(error)[:300]}")
    finally:
        if guard is not None:
            guard.watching = False
    if guard is not None and guard.outside and found.kind != BROKEN:
        return Verdict(BROKEN, f"outside of its folder: {guard.outside[0].split()[0]}", guard.outside[0])
    return found


def _message(error: InputError) -> Verdict:
    wrong = wrong_message(str(error))
    if not error.faults or any(not (one.place and one.rule and one.way_out) for one in error.faults):
        wrong = wrong or "a fault without place, rule or way out"
    if wrong:
        return Verdict(BROKEN, f"message: {wrong}: {_place(error)}", str(error)[:600])
    return Verdict(REFUSED, told=str(error)[:600])


def wrong_message(text: str) -> str:
    """Return what is wrong with a message, "" for nothing: it is there, short, and prints as it is."""
    if not text.strip():
        return "empty"
    if text.count("\n") > MOST_LINES or len(text) > MOST_LETTERS:
        return f"too long ({'lines' if text.count(chr(10)) > MOST_LINES else 'letters'})"
    if not _CONTROL.isdisjoint(text):
        return "control signs"
    return ""


def _place(error: BaseException) -> str:
    """Return kind of error and the last line of the project that it passed through: the same for the same fault."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if f"{os.sep}model{os.sep}" in one.filename]
    if not frames:
        return f"{type(error).__name__} outside of the model"
    last = frames[-1]
    return f"{type(error).__name__} in {last.filename.rsplit(f'{os.sep}model{os.sep}', 1)[1]}:{last.lineno} {last.name}"
