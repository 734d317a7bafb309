"""Settled starts kept on disk by content hash, so that scenarios that share a start settle it once.

A start is what the spin-up of a market ends with: its people, the quality of every offer, marketing. It depends on the
facts, the demand parameters, the number of users and the seed, and on nothing that lies ahead (months, growth, levers).
"""

from __future__ import annotations

import hashlib
import os
import sys
import warnings
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import RLock
from typing import BinaryIO

import numba
import numpy as np
import scipy
from numpy.typing import NDArray

from model.facts.records import StartState
from model.foundation.errors import InputError
from model.foundation.files import write_whole
from model.market.assimilation import Settling, assimilate
from model.market.opening import open_country
from model.spec.declared.advertising import PARAMETERS as ADVERTISING
from model.spec.declared.money import PARAMETERS as MONEY
from model.spec.declared.songs import PARAMETERS as SONGS
from model.spec.declared.talks import PARAMETERS as TALKS
from model.spec.declared.trends import PARAMETERS as TRENDS
from model.spec.parameters import Parameters
from model.state.country import Country

Arrays = dict[str, NDArray[np.generic]]

SPIN_UP_VERSION = 1
"""Raised by hand when a change outside of `READ_CODE` alters settled starts."""
LARGEST = 200_000_000  # bytes of one market's start; larger ones are settled anew each time
REMEMBERED = 256_000_000  # bytes of starts kept in memory
KEPT = 400  # files in the folder: twenty baselines of twenty markets
_LATER = (*MONEY, *ADVERTISING, *SONGS, *TALKS, *TRENDS)
UNREAD = frozenset(line.name for line in _LATER)  # the spin-up reads no parameter of these
_OFFER_COLUMNS = ("xi", "xi_second")
READ_CODE = ("foundation", "theory", "state", "mechanisms", "market")
"""Folders of the package whose source the digest covers: more than the spin-up runs, so that no start is ever stale."""
_PACKAGE = Path(__file__).resolve().parent.parent
_BROKEN = (
    OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, NotImplementedError, zipfile.BadZipFile,
    zlib.error,
    RuntimeError,  # an archive that says it is encrypted
)  # fmt: skip


class StartNotice(UserWarning):
    """A start could not be read or kept; the run goes on without, only slower."""


class StartStore:
    """Settled starts in a folder of `<digest>.npz` files, the most recent also in memory.

    folder: None keeps starts in memory only. A folder that cannot be written is read from all the same.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._writable = folder is not None
        self._memory: OrderedDict[str, Arrays] = OrderedDict()
        self._lock = RLock()  # markets settle side by side

    @classmethod
    def default(cls) -> StartStore:
        """Return the store of this user's cache folder; see default_folder()."""
        return cls(default_folder())

    def load(self, digest: str) -> Arrays | None:
        """Return the arrays kept under a digest, or None; a broken file is told as a StartNotice and passed over."""
        with self._lock:
            kept = self._memory.get(digest)
            if kept is not None:
                self._memory.move_to_end(digest)
                return {name: column.copy() for name, column in kept.items()}
        if self.folder is None:
            return None
        path = self._path(digest)
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays: Arrays = {name: file[name] for name in file.files}
        except FileNotFoundError:
            return None
        except _BROKEN as error:
            self.passed_over(digest, str(error) or type(error).__name__)
            return None
        _touch(path)
        self._remember(digest, arrays)
        return arrays

    def save(self, digest: str, arrays: Mapping[str, NDArray[np.generic]], *, on_disk: bool = True) -> None:
        """Keep arrays under a digest: in memory, and on disk whole or not at all. Never an error, at most a notice."""
        size = _size(arrays)
        if size <= REMEMBERED:
            self._remember(digest, arrays)
        if self.folder is None or not on_disk or not self._writable or size > LARGEST:
            return
        copied = {name: np.array(column) for name, column in arrays.items()}

        def write(stream: BinaryIO) -> None:
            np.savez(stream, allow_pickle=False, **copied)

        try:
            write_whole(self._path(digest), write)
        except InputError as error:
            self._writable = False
            reason = error.faults[0].value
            _notice(f"settled starts are not kept for the next run: {self.folder} cannot be written ({reason})")
        else:
            _prune(self.folder)

    def passed_over(self, digest: str, reason: str) -> None:
        """Tell that a kept start is broken or does not fit; the one that is settled instead takes its place."""
        where = "memory" if self.folder is None else str(self._path(digest))
        _notice(f"the settled start in {where} is broken and is found anew ({reason})")

    def _path(self, digest: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{digest}.npz"

    def _remember(self, digest: str, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        copied = {name: np.array(column) for name, column in arrays.items()}
        with self._lock:
            self._memory[digest] = copied
            self._memory.move_to_end(digest)
            while self._memory and sum(map(_size, self._memory.values())) > REMEMBERED:
                self._memory.popitem(last=False)


def default_folder() -> Path | None:
    """Return the folder for settled starts: RESONANCE_CACHE, else the user's cache folder of the platform.

    None (keep nothing on disk) where RESONANCE_CACHE is "off" or the user has no home folder.
    """
    wish = os.environ.get("RESONANCE_CACHE", "").strip()
    if wish.lower() == "off":
        return None
    if wish:
        return Path(wish) / "starts"
    try:
        return _user_cache() / "resonance" / "starts"
    except RuntimeError:
        return None


def start_digest(start: StartState, market: str, parameters: Parameters, *, users: int, seed: int) -> str:
    """Return 32 hexadecimal digits that stand for all that the settled start of a market depends on."""
    deals = [deal for deal in start.deals if market in deal.markets]
    read = sorted((name, value) for name, value in parameters.items() if name not in UNREAD)
    parts = (start.month, start.markets[market], deals, read, users, seed, code_digest())
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def settled_country(
    start: StartState, market: str, parameters: Parameters, *, users: int, horizon: int, growth: bool, seed: int,
    store: StartStore | None = None, keep: bool = True,
) -> tuple[Country, Settling]:  # fmt: skip
    """Return a market whose observed stocks hold, and how its spin-up went; loaded if kept, else settled and kept.

    users: simulated users at the start. horizon: months ahead, for room for newcomers. Loaded and settled markets are
    the same to the last bit. keep: whether a settled start goes to disk; in memory it is kept anyway.
    """
    country = open_country(start, market, parameters, users=users, horizon=horizon, growth=growth, seed=seed)
    if store is None:
        return country, assimilate(country, parameters, seed=seed)
    digest = start_digest(start, market, parameters, users=users, seed=seed)
    arrays = store.load(digest)
    if arrays is not None:
        wrong = _misfit(country, arrays)
        if not wrong:
            return country, _restore(country, arrays)
        store.passed_over(digest, wrong)
    settling = assimilate(country, parameters, seed=seed)
    store.save(digest, _columns(country) | _settling_columns(settling), on_disk=keep)
    return country, settling


def _columns(country: Country) -> Arrays:
    """Return what the spin-up may have changed, by name (the arrays themselves): people online, offers, marketing."""
    found: Arrays = {f"users.{name}": column[..., : country.active] for name, column in country.users.arrays().items()}
    found |= {f"offers.{name}": getattr(country.offers, name) for name in _OFFER_COLUMNS}
    found["marketing_hazard"] = country.marketing_hazard
    return found


def _settling_columns(settling: Settling) -> Arrays:
    return {
        "settling.months": np.array(settling.months), "settling.still": np.array(settling.still),
        "settling.expected": settling.expected, "settling.target": settling.target,
    }  # fmt: skip


def _misfit(country: Country, arrays: Arrays) -> str:
    """Return why arrays cannot be the start of a market, or an empty text."""
    options = np.zeros(len(country.offers))
    scalars: Arrays = {"settling.months": np.array(0), "settling.still": np.array(0.0)}
    wanted = _columns(country) | scalars | {"settling.expected": options, "settling.target": options}
    if set(arrays) != set(wanted):
        return "other columns"
    for name, column in wanted.items():
        if arrays[name].shape != column.shape or arrays[name].dtype != column.dtype:
            return f"column {name} has another shape or type"
    return ""


def _restore(country: Country, arrays: Arrays) -> Settling:
    """Write kept arrays into a freshly opened market; newcomers wait as they were drawn."""
    for name, column in _columns(country).items():
        column[...] = arrays[name]
    return Settling(
        months=int(arrays["settling.months"].item()), still=float(arrays["settling.still"].item()),
        expected=arrays["settling.expected"].astype(np.float64), target=arrays["settling.target"].astype(np.float64),
    )  # fmt: skip


@cache
def code_digest(root: Path = _PACKAGE) -> str:
    """Return what stands for the code of the spin-up: its version, its libraries' and a hash of the source files."""
    total = hashlib.blake2b(digest_size=16)
    for folder in READ_CODE:
        for path in sorted((root / folder).rglob("*.py")):
            total.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    return f"{SPIN_UP_VERSION} {np.__version__} {numba.__version__} {scipy.__version__} {total.hexdigest()}"


def _user_cache() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    given = os.environ.get("XDG_CACHE_HOME", "")
    return Path(given) if os.path.isabs(given) else Path.home() / ".cache"


def _size(arrays: Mapping[str, NDArray[np.generic]]) -> int:
    return sum(column.nbytes for column in arrays.values())


def _touch(path: Path) -> None:
    """Mark a file as used now, so that pruning takes others first."""
    try:
        os.utime(path)
    except OSError:
        pass


def _prune(folder: Path) -> None:
    """Delete all but the KEPT most recently used starts; another run may delete the same ones at the same time."""
    aged: list[tuple[float, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                if entry.name.endswith(".npz") and entry.is_file():
                    aged.append((entry.stat().st_mtime, entry.path))
            except OSError:  # it was deleted since the folder was listed
                pass
    for _, name in sorted(aged)[:-KEPT]:
        try:
            os.unlink(name)
        except OSError:
            pass


def _notice(text: str) -> None:
    warnings.warn(text, StartNotice, stacklevel=3)
