"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO

from model.foundation.errors import Fault, InputError

_PART = 2**20  # letters that are read at a time
MOST_WRITTEN = 2_000_000
"""Letters of a text that people write, such as a scenario."""
MOST_LETTERS = 100_000_000
"""Of a text that is read, where its reader asks for no less."""


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file by `write(stream)`, so that readers see the old file or the new one, never a part.

    The bytes go to a temporary neighbour, are flushed to the disk and renamed over `path`. Parent folders are made.
    Errors: InputError when the place cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)  # temporary files are private; results are to be read by others
        os.replace(name, path)
    except OSError as error:
        _forget(name)
        raise _unwritable(path, error) from error
    except BaseException:
        _forget(name)
        raise


def write_new(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole, only where there is none of that name: what stands there is never replaced.

    Errors: InputError where a file stands there already, or the place cannot be written.
    """
    taken = Fault(str(path), "must be a new file: what was written is kept", "a file of this name", "Choose another.")
    if path.exists():
        raise InputError(taken)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    write_text_whole(draft, text)
    try:
        os.link(draft, path)  # fails where another process was faster
    except FileExistsError:
        raise InputError(taken) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        _forget(str(draft))


def write_text_whole(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all."""
    write_whole(path, lambda stream: (stream.write(text.encode("utf-8")), None)[1])


def read_text(path: Path, *, what: str, most: int = MOST_LETTERS) -> str:
    """Return the text of a UTF-8 file; InputError naming `what` it should have been when it cannot be read.

    most: letters that it may have; a device, which may have no end, is never read.
    """
    try:
        if path.is_char_device() or path.is_block_device():
            raise InputError(Fault(str(path), f"{what} is a file", "a device", "Name a file."))
        with path.open(encoding="utf-8-sig") as stream:  # a byte-order mark is no part of the text
            text = _text_of(stream, most=most)
    except UnicodeDecodeError as error:
        raise InputError(Fault(str(path), f"{what} is UTF-8 text", error.reason, "Save it as UTF-8.")) from error
    except ValueError as error:  # a null sign, or half of a sign, in the path
        raise InputError(Fault(str(path), f"{what} has a path", str(error), "Check the path.")) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            Fault(str(path), f"{what} must be readable", reason, "Check the path and its rights.")
        ) from error
    if len(text) > most:
        way = "Is it the file that was meant?"
        raise InputError(Fault(str(path), f"{what} has at most {most:,} letters", "more", way))
    return text


def is_file(path: Path) -> bool:
    """Tell whether there is a file at a path; none is at one that no system could have."""
    return _is(path.is_file)


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder at a path; none is at one that no system could have."""
    return _is(path.is_dir)


def is_there(path: Path) -> bool:
    """Tell whether there is anything at a path; nothing is at one that no system could have."""
    return _is(path.exists)


def _is(asked: Callable[[], bool]) -> bool:
    try:
        return asked()
    except (OSError, ValueError):  # too long, a null sign, half of a sign, a folder that may not be looked into
        return False


def _text_of(stream: TextIO, *, most: int) -> str:
    """Return what a stream holds, and of one that holds more than most letters somewhat more than these."""
    parts, length = [], 0
    while length <= most and (part := stream.read(_PART)):
        parts.append(part)
        length += len(part)
    return "".join(parts)


def _unwritable(path: Path, error: OSError) -> InputError:
    reason = error.strerror or type(error).__name__
    return InputError(Fault(str(path), "must be a place that can be written", reason, "Choose another folder."))


def _forget(name: str) -> None:
    try:
        os.unlink(name)
    except OSError:
        pass
