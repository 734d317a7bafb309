"""The manifest of a sweep: what is in its folder, in a file that people and other tools can read."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from model.experiments.sweep.store.ledger import ShardEntry
from model.experiments.sweep.store.shards import ROWS
from model.foundation.files import write_text_whole

NAME = "manifest.json"
PACKAGES = ("numpy", "scipy", "numba", "pyarrow", "duckdb", "dask", "distributed")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results and files depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def finished_in(folder: Path) -> int | None:
    """Return how many runs are finished by the word of a folder's manifest, None where it says nothing."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))["runs"]["finished"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return told if isinstance(told, int) else None


def write_manifest(
    folder: Path,
    about: Mapping[str, object],
    *,
    counts: tuple[int, int],
    pending: int,
    kinds: Mapping[tuple[str, str], str],
    shards: Iterable[ShardEntry],
) -> Path:
    """Write the manifest whole, and return its path. It is an export: the ledger decides."""
    columns: dict[str, dict[str, str]] = {}
    for (table, column), kind in kinds.items():
        columns.setdefault(table, {})[column] = kind or "empty"
    files = [
        {
            "file": f"{ROWS}/{entry.table}/{entry.shard}.parquet",
            "table": entry.table,
            "runs": entry.runs,
            "rows": entry.rows,
            "bytes": entry.bytes,
            "sha256": entry.sha256,
        }
        for entry in shards
    ]
    content = {
        **about,
        "versions_of_last_writer": versions(),
        "runs": {"finished": counts[0], "failed": counts[1], "not_yet_in_a_shard": pending},
        "columns": columns,
        "shards": files,
    }
    path = folder / NAME
    write_text_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return path
