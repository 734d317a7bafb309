"""What a store says when a folder, a ledger or a shard is not what it should be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model.foundation.errors import Fault, InputError


def misfit(place: str, rule: str, value: object, way_out: str) -> InputError:
    """Return the error of one fault."""
    return InputError(Fault(place, rule, value, way_out))


@contextmanager
def kept_if_unwritable(folder: Path) -> Iterator[None]:
    """Turn a full disk, a read-only folder or a broken ledger into one message that says what is safe."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise misfit(
            str(folder),
            "the sweep's folder must be a place that can be written, with room",
            reason,
            "Make room or mend its rights, then resume: every run that was written before is kept.",
        ) from error


def broken_shard(path: Path, what: str) -> InputError:
    """Return the error of a file of rows that is not the one that was written."""
    return misfit(
        str(path),
        "a shard must be the file that the sweep wrote",
        what,
        "Put the original back from a copy of the folder, or run the sweep again in a new folder.",
    )
