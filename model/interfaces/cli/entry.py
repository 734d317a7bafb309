"""The entry of the command line: runs a command and turns what went wrong into one message and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

import typer

from model.foundation.errors import InputError, ResonanceError
from model.interfaces.cli import backtest as _backtest  # noqa: F401 - its command joins `app`
from model.interfaces.cli import equilibrium_commands as _equilibrium_commands  # noqa: F401 - as the next line
from model.interfaces.cli import licence_commands as _licence_commands  # noqa: F401 - likewise
from model.interfaces.cli import reference as _reference  # noqa: F401 - its command joins `app`
from model.interfaces.cli import robust_commands as _robust_commands  # noqa: F401 - its command joins `app`
from model.interfaces.cli import trace as _trace  # noqa: F401 - likewise
from model.interfaces.cli.commands import app
from model.interfaces.cli.terminal import harmless, steady_output

DEBUG = "RESONANCE_DEBUG"
OK, FAILED, WRONG_INPUT, STOPPED = 0, 1, 2, 130
ENDED = "stopped; the same command goes on with what is kept, or begins anew."
ENDING = ("SIGTERM", "SIGHUP")
"""Signals that ask a program to end; not every system has both."""
_ASKED = threading.Event()
"""Set once one of them came."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 2 bad input, 1 anything else, 130 stopped by the user.

    1 without a word is also given when the reader of the output (`head`, a pager) leaves early.
    arguments: those after the program's name; default: of this process.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    with warnings.catch_warnings(), steady_output(), _stopped_politely():
        warnings.showwarning = _show_warning
        try:
            code = _answer(given)
            sys.stdout.flush()
        except BrokenPipeError:
            _close(sys.stdout)
            return FAILED
        except KeyboardInterrupt:  # once more, while the first was answered
            return _say([ENDED], STOPPED)
    return code


@contextmanager
def _stopped_politely() -> Iterator[None]:
    """Let being asked to end (batch system, closed terminal) be what Ctrl-C is: what is finished is kept, and told.

    Signals that somebody else answers or ignores, as `nohup` does, are left to them.
    """
    known = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        known = []
    own = [number for number in known if signal.getsignal(number) is signal.SIG_DFL]
    for number in own:
        signal.signal(number, _asked_to_end)
    try:
        yield
    finally:
        _ASKED.clear()
        for number in own:
            signal.signal(number, signal.SIG_DFL)


def _asked_to_end(number: int, frame: FrameType | None) -> None:
    _ASKED.set()
    signal.default_int_handler(number, frame)


def _answer(given: list[str]) -> int:
    try:
        code = app(given, prog_name="resonance", standalone_mode=False)
    except InputError as error:
        return _say([str(fault) for fault in error.faults], error.exit_code)
    except ResonanceError as error:
        return _say([str(error)], error.exit_code)
    except BrokenPipeError:
        raise
    except (KeyboardInterrupt, typer.Abort):
        return _say([ENDED], STOPPED)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else FAILED
    except Exception as error:
        return _say(_usage(error), WRONG_INPUT) if hasattr(error, "format_message") else _unexpected(error)
    return code if isinstance(code, int) else OK


def _usage(error: Exception) -> list[str]:
    """Return what was wrong with the words of the command, and where to read how they are written.

    Nothing, where the help was printed instead since no command was given.
    """
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "resonance"
    message = " ".join(str(error.format_message()).split())  # type: ignore[attr-defined]
    return [f"{message} See: {command} --help"] if message else []


def _unexpected(error: Exception) -> int:
    if isinstance(error, OSError) and _ASKED.is_set():  # its last words were for a terminal that is closed
        return _say([ENDED], STOPPED)
    if os.environ.get(DEBUG):
        raise error
    what = " ".join(str(error).split())
    message = f"unexpected {type(error).__name__}: {what}" if what else f"unexpected {type(error).__name__}"
    return _say([f"{message}. This is a fault of the program; {DEBUG}=1 shows where."], FAILED)


def _say(lines: Sequence[str], code: int) -> int:
    """Tell lines and return a code, the same where nobody hears them: the terminal may be closed."""
    try:
        for line in lines:
            print(harmless(f"resonance: {' '.join(line.splitlines())}"), file=sys.stderr, flush=True)
    except OSError:
        _close(sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:
        _close(sys.stdout)
    return code


def _show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    """Print a warning in one line; warnings of other packages are for developers and stay silent."""
    if category.__module__.startswith("model.") or os.environ.get(DEBUG):
        print(harmless(f"resonance: note: {message}"), file=sys.stderr)


def _close(stream: TextIO) -> None:
    """Send what is still buffered nowhere, since nobody reads it."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
