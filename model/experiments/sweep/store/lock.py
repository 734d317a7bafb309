"""One writer at a time: a lock that the system lets go when its holder dies, however it dies."""

from __future__ import annotations

import json
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from model.experiments.sweep.store.faults import kept_if_unwritable, misfit

NAME = "writer.lock"


class WriterLock:
    """The right to write into a sweep's folder.

    The system holds it for the open file, so that a killed driver leaves nothing that the next one must clear away. The
    file's text only tells others who writes.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._stream: TextIO | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._stream is not None

    def take(self) -> None:
        """Take the lock; InputError that names the holder when another driver writes here."""
        if self._stream is not None:
            return
        with kept_if_unwritable(self._path.parent):
            stream = open(self._path, "a+", encoding="utf-8")  # noqa: SIM115 - open as long as the lock is held
            free = _locked(stream)
        if not free:
            stream.seek(0)
            holder = _holder(stream.read())
            stream.close()
            raise misfit(
                str(self._path.parent),
                "one driver at a time writes into a sweep's folder",
                holder,
                "Wait for it, stop it, or choose another folder. Reading is open to all.",
            )
        self._stream = stream
        self._sign(stream)

    def release(self) -> None:
        """Let the lock go."""
        if self._stream is not None:
            self._stream.close()  # closing lets the lock go
            self._stream = None

    def _sign(self, stream: TextIO) -> None:
        try:
            since = datetime.now(UTC).isoformat(timespec="seconds")
            words = json.dumps({"process": os.getpid(), "machine": socket.gethostname(), "since": since})
            # not through the stream, which would try what a full disk refused once more when it is closed
            os.ftruncate(stream.fileno(), 0)
            os.write(stream.fileno(), words.encode("utf-8"))
        except OSError:
            pass  # a full disk: the lock holds without its text


def _holder(text: str) -> str:
    try:
        signed = json.loads(text)
        return f"process {signed['process']} on {signed['machine']} since {signed['since']}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _locked(stream: TextIO) -> bool:
        """Lock one byte far behind the text, which stays readable for others."""
        stream.seek(0)
        os.lseek(stream.fileno(), 1 << 20, os.SEEK_SET)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(stream: TextIO) -> bool:
        """Lock the open file; children of the process that run other programs do not inherit it."""
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
