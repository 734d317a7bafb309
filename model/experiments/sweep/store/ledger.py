"""The ledger of a sweep: an SQLite file that says which runs are finished, and holds rows not yet in a shard.

One transaction per chunk of runs is the commit: what a reader or a resumed driver finds is whole chunks, whatever was
killed when.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from model.experiments.sweep.store.faults import misfit
from model.experiments.sweep.store.packing import Packed, joined_kinds, packed_kinds

NAME = "ledger.sqlite"
SCHEMA = """
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE runs(run_id TEXT PRIMARY KEY, point INTEGER NOT NULL, replicate INTEGER NOT NULL, chunk INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE INDEX runs_of_chunk ON runs(chunk);
CREATE TABLE chunks(chunk INTEGER PRIMARY KEY, runs INTEGER NOT NULL, shard TEXT);
CREATE INDEX chunks_pending ON chunks(chunk) WHERE shard IS NULL;
CREATE TABLE pending(chunk INTEGER NOT NULL, tab TEXT NOT NULL, payload BLOB NOT NULL, PRIMARY KEY(chunk, tab));
CREATE TABLE shards(number INTEGER PRIMARY KEY, tab TEXT NOT NULL, shard TEXT NOT NULL, runs INTEGER NOT NULL,
  rows INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, UNIQUE(tab, shard));
CREATE TABLE columns(tab TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY(tab, name)) WITHOUT ROWID;
CREATE TABLE failures(run_id TEXT PRIMARY KEY, point INTEGER NOT NULL, replicate INTEGER NOT NULL, stage TEXT NOT NULL,
  message TEXT NOT NULL, attempts INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """One file of rows that the ledger vouches for. bytes: its size; sha256: hexadecimal digest of the file."""

    table: str
    shard: str
    runs: int
    rows: int
    bytes: int
    sha256: str


SEALED = b"\x00sum"
"""Stands between a payload and its digest: SQLite keeps no sums of its pages, and rows changed in a byte would
be believed, or end the program where they are read."""
_SEAL = 16  # bytes of a payload's digest
_UNSOUND = ("decode", "no such", "malformed")  # words of SQLite about a file that is not what it was
State = tuple[int, int, int, int]  # changes whenever a reader would see something else


def create_ledger(folder: Path, about: Mapping[str, object]) -> None:
    """Write a new, empty ledger, whole or not at all."""
    draft = folder / f".{NAME}.tmp"
    # a journal that a kill left would be taken for the new one's
    for left in (*folder.glob(f".{NAME}.tmp*"), *folder.glob(f"{NAME}-*")):
        left.unlink(missing_ok=True)
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        connection.executescript(SCHEMA)
        rows = [(key, json.dumps(value, sort_keys=True)) for key, value in about.items()]
        connection.executemany("INSERT INTO about VALUES (?, ?)", rows)
    finally:
        connection.close()
    draft.replace(folder / NAME)


def check_own(folder: Path) -> None:
    """Raise InputError where a sound database of the ledger's name is somebody else's."""
    try:
        with closing(sqlite3.connect(f"{(folder / NAME).resolve().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return  # broken, or its journal cannot be read: what it was cannot be told any more
    if tables and not {"about", "runs", "chunks", "shards"} <= tables:
        raise _broken(folder / NAME, f"a database of {', '.join(sorted(tables)[:3])}")


class Ledger:
    """An open ledger; threads of this process may share it."""

    def __init__(self, folder: Path) -> None:
        self._guard = threading.RLock()
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._folder = folder
        self._connection = self._open()
        # Who forgets to close leaves it to the collector, which would warn of an open file.
        self._closing = weakref.finalize(self, _let_go, self._connection, self._copy)

    def about(self) -> dict[str, object]:
        """Return what the sweep is: format, plan, words, model version, time of creation, tables' digests."""
        with self._guard:
            rows = self._all("SELECT key, value FROM about")
        try:
            return {key: json.loads(value) for key, value in rows}
        except (ValueError, TypeError, RecursionError) as error:
            raise _broken(self._folder / NAME, error) from error

    def tell(self, about: Mapping[str, object]) -> None:
        """Write some of what the sweep is in place of what stood there, in one transaction."""
        rows = [(key, json.dumps(value, sort_keys=True)) for key, value in about.items()]
        with self._guard, self._transaction("IMMEDIATE"):
            self._connection.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", rows)

    def finished(self) -> set[str]:
        """Return the ids of all finished runs."""
        return {run_id for (run_id,) in self._all("SELECT run_id FROM runs")}

    def counts(self) -> tuple[int, int]:
        """Return how many runs are finished, and how many failed."""
        finished, failed = self._all("SELECT (SELECT total(runs) FROM chunks), (SELECT count(*) FROM failures)")[0]
        return int(finished), int(failed)

    def pending_size(self) -> tuple[int, int]:
        """Return the runs not yet in a shard, and the bytes of their payloads."""
        query = (
            "SELECT (SELECT total(runs) FROM chunks WHERE shard IS NULL), (SELECT total(length(payload)) FROM pending)"
        )
        runs, size = self._all(query)[0]
        return int(runs), int(size)

    def state(self) -> State:
        """Return numbers that change with every commit."""
        query = (
            "SELECT (SELECT coalesce(max(chunk), 0) FROM chunks), (SELECT coalesce(max(number), 0) FROM shards),"
            " (SELECT count(*) FROM failures), (SELECT total(attempts) FROM failures)"
        )
        row = self._all(query)[0]
        return row[0], row[1], row[2], int(row[3])

    def failures(self) -> list[tuple[str, int, int, str, str, int]]:
        """Return failed runs: id, point, replicate, stage, message, attempts; by point and replicate."""
        return self._all("SELECT * FROM failures ORDER BY point, replicate, run_id")

    def kinds(self) -> dict[tuple[str, str], str]:
        """Return what each column of each table holds."""
        return {(table, name): kind for table, name, kind in self._all("SELECT tab, name, kind FROM columns")}

    def shards(self) -> list[ShardEntry]:
        """Return the shards in the order in which they were written."""
        query = "SELECT tab, shard, runs, rows, bytes, sha256 FROM shards ORDER BY number"
        return [ShardEntry(*row) for row in self._all(query)]

    def readable(self) -> tuple[State, list[ShardEntry], dict[str, list[bytes]]]:
        """Return state, shards and payloads not yet in a shard by table, all of one moment."""
        with self._guard, self._transaction("DEFERRED"):
            payloads: dict[str, list[bytes]] = {}
            for table, payload in self._connection.execute("SELECT tab, payload FROM pending ORDER BY chunk"):
                payloads.setdefault(table, []).append(self._opened(payload))
            return self.state(), self.shards(), payloads

    def known(self, run_ids: Sequence[str]) -> set[str]:
        """Return those of the ids whose runs are finished."""
        with self._guard, self._sound():
            find = "SELECT 1 FROM runs WHERE run_id = ?"
            return {run for run in run_ids if self._connection.execute(find, (run,)).fetchone()}

    def record(self, packed: Packed) -> None:
        """Write a chunk in one transaction: finished runs with their rows, and failures.

        A run that failed before and is finished now is no failure any more; one that fails again adds its attempts.
        Errors: RowsMisfit, and nothing is written, where a column holds another kind than before.
        """
        with self._guard, self._transaction("IMMEDIATE"):
            known = self.kinds()
            joined = joined_kinds(known, packed_kinds(packed))
            write = self._connection
            if joined != known:
                rows = [(*place, kind) for place, kind in joined.items()]
                write.executemany("INSERT OR REPLACE INTO columns VALUES (?, ?, ?)", rows)
            if packed.runs:
                chunk = write.execute("INSERT INTO chunks(runs) VALUES (?)", (len(packed.runs),)).lastrowid
                write.executemany("INSERT INTO runs VALUES (?, ?, ?, ?)", [(*run, chunk) for run in packed.runs])
                payloads = [(chunk, table, sealed(payload)) for table, payload in packed.tables.items()]
                write.executemany("INSERT INTO pending VALUES (?, ?, ?)", payloads)
                write.executemany("DELETE FROM failures WHERE run_id = ?", [(run[0],) for run in packed.runs])
            write.executemany(
                "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(run_id) DO UPDATE SET"
                " stage = excluded.stage, message = excluded.message, attempts = attempts + excluded.attempts",
                [(*run, failed.stage, failed.message, failed.attempts) for run, failed in packed.failures],
            )

    def oldest_pending(self, runs: int) -> tuple[list[int], list[str]]:
        """Return the oldest chunks without a shard that hold this many runs together, and their run ids."""
        chunks: list[int] = []
        held = 0
        for chunk, inside in self._all("SELECT chunk, runs FROM chunks WHERE shard IS NULL ORDER BY chunk"):
            chunks.append(chunk)
            held += inside
            if held >= runs:
                break
        if not chunks:
            return [], []
        query = "SELECT run_id FROM runs WHERE chunk BETWEEN ? AND ?"
        return chunks, [run_id for (run_id,) in self._all(query, (chunks[0], chunks[-1]))]

    def payloads(self, chunks: Sequence[int]) -> Iterator[tuple[str, list[bytes]]]:
        """Yield table by table the payloads of neighbouring chunks."""
        span = (chunks[0], chunks[-1])
        for (table,) in self._all("SELECT DISTINCT tab FROM pending WHERE chunk BETWEEN ? AND ?", span):
            query = "SELECT payload FROM pending WHERE tab = ? AND chunk BETWEEN ? AND ? ORDER BY chunk"
            yield table, [self._opened(payload) for (payload,) in self._all(query, (table, *span))]

    def mark(self, chunks: Sequence[int], shard: str, entries: Iterable[ShardEntry]) -> None:
        """Say in one transaction that the rows of neighbouring chunks are in the shard's files now."""
        span = (chunks[0], chunks[-1])
        with self._guard, self._transaction("IMMEDIATE"):
            self._connection.executemany(
                'INSERT INTO shards(tab, shard, runs, rows, "bytes", sha256) VALUES (?, ?, ?, ?, ?, ?)',
                [(entry.table, entry.shard, entry.runs, entry.rows, entry.bytes, entry.sha256) for entry in entries],
            )
            self._connection.execute("UPDATE chunks SET shard = ? WHERE chunk BETWEEN ? AND ?", (shard, *span))
            self._connection.execute("DELETE FROM pending WHERE chunk BETWEEN ? AND ?", span)

    def settle(self) -> None:
        """Fold the journal into the file, so that a copy of the folder needs no journal."""
        with self._guard, self._sound():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._closing()
            self._copy = None

    def _all(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._guard, self._sound():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[None]:
        with self._sound():
            self._connection.execute(f"BEGIN {mode}")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Tell a ledger that is no sound SQLite file any more from one that cannot be written just now."""
        try:
            yield
        except UnicodeDecodeError as error:  # SQLite's own words about names that are no text
            raise _broken(self._folder / NAME, error) from error
        except sqlite3.DatabaseError as error:
            own = isinstance(error, sqlite3.OperationalError) and not any(word in str(error) for word in _UNSOUND)
            if own or isinstance(error, sqlite3.IntegrityError):
                raise
            raise _broken(self._folder / NAME, error) from error

    def _opened(self, kept: bytes) -> bytes:
        """Return a payload without its seal; InputError where it is not as it was written."""
        payload, mark, digest = kept[: -_SEAL - len(SEALED)], kept[-_SEAL - len(SEALED) : -_SEAL], kept[-_SEAL:]
        if mark != SEALED:  # written before payloads had seals
            return kept
        if hashlib.blake2b(payload, digest_size=_SEAL).digest() != digest:
            raise _broken(self._folder / NAME, "rows of finished runs that are not as they were written")
        return payload

    def _open(self) -> sqlite3.Connection:
        path = self._folder / NAME
        try:
            return _connect(path, "rw")
        except sqlite3.OperationalError:
            pass  # a folder that cannot be written: the journal needs a place, so read a copy
        except sqlite3.DatabaseError as error:
            raise _broken(path, error) from error
        try:
            self._copy = tempfile.TemporaryDirectory(prefix="sweep-ledger-")
            for part in self._folder.glob(f"{NAME}*"):
                shutil.copy(part, self._copy.name)
            (Path(self._copy.name) / f"{NAME}-shm").unlink(missing_ok=True)
            return _connect(Path(self._copy.name) / NAME, "rw")
        except (sqlite3.Error, OSError) as error:
            raise _broken(path, error) from error

    @property
    def read_only(self) -> bool:
        """Whether this is a copy of a ledger in a folder that cannot be written."""
        return self._copy is not None


def sealed(payload: bytes) -> bytes:
    """Return a payload with its digest behind it."""
    return payload + SEALED + hashlib.blake2b(payload, digest_size=_SEAL).digest()


def _let_go(connection: sqlite3.Connection, copy: tempfile.TemporaryDirectory[str] | None) -> None:
    """Close the file, and take the copy away if there is one."""
    connection.close()
    if copy is not None:
        copy.cleanup()


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    place = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(place, uri=True, isolation_level=None, check_same_thread=False, timeout=30.0)
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = FULL")  # a commit stands after a power cut too
        connection.execute("SELECT count(*) FROM about").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    except UnicodeDecodeError as error:  # SQLite's own words about names that are no text
        connection.close()
        raise sqlite3.DatabaseError(str(error)) from error
    return connection


def _broken(path: Path, error: Exception | str) -> Exception:
    return misfit(
        str(path),
        "the ledger of a sweep must be the SQLite file that the sweep wrote",
        str(error),
        "Put the original back from a copy of the folder, or run the sweep again in a new folder.",
    )
