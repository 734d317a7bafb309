"""Half-written files that a kill leaves: `write_whole` writes to a hidden neighbour, which nobody is left to rename."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

_DRAFT = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}\Z", re.DOTALL)


def draft_of(name: str) -> str | None:
    """Return the name of the file that a half-written neighbour was to become; None for a name that is no draft's."""
    found = _DRAFT.match(name)
    return found["name"] if found else None


def drafts_in(folder: Path, *, names: Collection[str] | None = None) -> list[Path]:
    """Return the half-written files in a folder, by name. names: of the files that they were to become; None: any."""
    if not folder.is_dir():
        return []
    told = ((path, draft_of(path.name)) for path in folder.iterdir())
    return sorted(path for path, own in told if own is not None and (names is None or own in names) and path.is_file())


def forget_drafts(folder: Path, *, names: Collection[str] | None = None) -> None:
    """Delete half-written files, where only one writes at a time: another's would be taken from it."""
    for path in drafts_in(folder, names=names):
        try:
            path.unlink(missing_ok=True)
        except OSError:  # it harms nobody: no reader takes it for a file
            pass
