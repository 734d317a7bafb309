"""The folder whose sweeps the page may read: by the names it lists itself, and never outside of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.files import is_folder

USUAL = Path("results")
MOST_LISTED = 500
"""Sweeps that are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class SweepFolder:
    """A folder with sweeps, one folder each; or a sweep's folder itself, which then is the only one."""

    root: Path

    def names(self) -> tuple[str, ...]:
        """Return the names of the sweeps there, the one that was written to last first."""
        if _is_sweep(self.root):
            return (self.root.resolve().name,)
        try:
            found = [one for one in self.root.iterdir() if _is_sweep(one) and self._is_inside(one)]
        except OSError:  # no such folder yet, or one that may not be read
            return ()
        newest = sorted(found, key=lambda one: (-_changed(one), one.name))
        return tuple(one.name for one in newest[:MOST_LISTED])

    def path_of(self, name: str) -> Path:
        """Return the folder of a listed sweep. Errors: InputError for any other name, and for files led elsewhere."""
        names = self.names()
        if name not in names:
            way = nearest(name[:80], names) if names else "No sweep is kept there."
            raise InputError(Fault("sweep", "is one of those that are listed", name[:80], way))
        folder = self.root if _is_sweep(self.root) else self.root / name
        led = next((one for one in folder.rglob("*") if one.is_symlink() and not self._is_inside(one)), None)
        if led is not None:
            rule = "has all its files in the folder of sweeps"
            raise InputError(Fault("sweep", rule, f"{led.name} leads elsewhere", "Put the file itself there."))
        return folder

    def _is_inside(self, path: Path) -> bool:
        """Whether what a path leads to lies in the folder of sweeps."""
        try:
            return path.resolve(strict=True).is_relative_to(self.root.resolve())
        except (OSError, RuntimeError):  # a link in a circle, or to nothing
            return False


_CHOSEN = [SweepFolder(USUAL)]


def sweep_folder() -> SweepFolder:
    """Return the folder of this server's sweeps."""
    return _CHOSEN[0]


def choose_folder(root: Path | None) -> None:
    """Let the page read the sweeps of a folder (None: `results` of the working folder).

    Errors: InputError where a folder was named that is none.
    """
    if root is not None and not is_folder(root):
        raise InputError(Fault("command line: --results", "is a folder", str(root), "Leave it out for ./results."))
    _CHOSEN[0] = SweepFolder(USUAL if root is None else root)


def _is_sweep(folder: Path) -> bool:
    try:
        return (folder / LEDGER).is_file()
    except OSError:
        return False


def _changed(folder: Path) -> float:
    try:
        return (folder / LEDGER).stat().st_mtime  # its journal is touched by those who read, too
    except OSError:
        return 0.0
