"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from model.foundation.errors import Fault, InputError


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


def read_text(path: Path, *, what: str) -> str:
    """Return the text of a UTF-8 file; InputError naming `what` it should have been when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")  # a byte-order mark is no part of the text
    except UnicodeDecodeError as error:
        raise InputError(Fault(str(path), f"{what} is UTF-8 text", error.reason, "Save it as UTF-8.")) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            Fault(str(path), f"{what} must be readable", reason, "Check the path and its rights.")
        ) from error


def _unwritable(path: Path, error: OSError) -> InputError:
    reason = error.strerror or type(error).__name__
    return InputError(Fault(str(path), "must be a place that can be written", reason, "Choose another folder."))


def _forget(name: str) -> None:
    try:
        os.unlink(name)
    except OSError:
        pass
