"""Shards: Parquet files of about two thousand runs each, written whole, known by the runs they hold."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from model.experiments.sweep.store.faults import broken_shard
from model.experiments.sweep.store.ledger import ShardEntry
from model.experiments.sweep.store.packing import TABLE, stack, unpack

_SHARD = re.compile(r"[0-9a-f]{32}\Z")
ROWS = "rows"  # folder of the shards: rows/<table>/<shard>.parquet
GROUP = 131_072  # rows of a row group: a reader takes several at a time


def shard_name(run_ids: Iterable[str]) -> str:
    """Return the name of a shard: a hash of the runs it holds, so that a repeated write meets the same file."""
    digest = hashlib.blake2b(digest_size=16)
    for run_id in sorted(run_ids):
        digest.update(run_id.encode() + b"\n")
    return digest.hexdigest()


def shard_path(folder: Path, table: str, shard: str) -> Path:
    """Return where the file of a table's shard stands.

    Errors: InputError for names that no store gives: those of a ledger that was changed could lead to any place.
    """
    if not TABLE.match(table) or not _SHARD.match(shard):
        raise broken_shard(folder / ROWS, f"a ledger that names {table!r}, {shard!r}")
    return folder / ROWS / table / f"{shard}.parquet"


def write_shard(folder: Path, table: str, shard: str, *, payloads: list[bytes], runs: int) -> ShardEntry:
    """Write the file of a table's shard, flushed to the disk and renamed into place; return what the ledger records."""
    rows = stack([unpack(payload) for payload in payloads])
    path = shard_path(folder, table, shard)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    try:
        with open(draft, "wb") as stream:
            _write(rows, stream)
            stream.flush()
            os.fsync(stream.fileno())
        size, digest = draft.stat().st_size, file_digest(draft)
        os.replace(draft, path)
        _flush_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return ShardEntry(table, shard, runs, rows.num_rows, size, digest)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_size(folder: Path, entry: ShardEntry) -> None:
    """Raise InputError where a shard is missing or of another length than recorded."""
    path = shard_path(folder, entry.table, entry.shard)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise broken_shard(path, error.strerror or "no such file") from error
    if size != entry.bytes:
        raise broken_shard(path, f"{size} bytes where {entry.bytes} were written")


def check_content(folder: Path, entry: ShardEntry) -> None:
    """Raise InputError where a shard is not, byte for byte, what was written."""
    check_size(folder, entry)
    path = shard_path(folder, entry.table, entry.shard)
    if file_digest(path) != entry.sha256:
        raise broken_shard(path, "other bytes than were written")


def halves_in(folder: Path) -> list[Path]:
    """Return files of shards that a kill left half-written."""
    return sorted(path for path in (folder / ROWS).glob("*/*.tmp") if _SHARD.match(path.stem))


def forget_orphans(folder: Path, entries: Iterable[ShardEntry]) -> None:
    """Delete files that a crash left before the ledger knew of them; the ledger still holds their rows."""
    named = {shard_path(folder, entry.table, entry.shard) for entry in entries}
    for path in (folder / ROWS).glob("*/*"):
        if path.suffix in (".parquet", ".tmp") and _SHARD.match(path.stem) and path not in named:
            path.unlink(missing_ok=True)


def _write(rows: pa.Table, stream: object) -> None:
    fractions = [field.name for field in rows.schema if pa.types.is_floating(field.type)]
    others = [field.name for field in rows.schema if not pa.types.is_floating(field.type)]
    pq.write_table(
        rows,
        stream,
        compression="zstd",
        use_dictionary=others,
        use_byte_stream_split=fractions,  # numbers of like size share their high bytes: a third smaller
        row_group_size=GROUP,
        write_statistics=True,
    )


def _flush_folder(folder: Path) -> None:
    """Flush a folder's list of names, where the system lets one."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
