"""What a folder of runs and answers holds: its content without dates and seconds, and what is finished in it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.store.ledger import NAME as LEDGER

OF_A_STORE = (f"{LEDGER}*", "writer.lock", "manifest.json", "cases.parquet", "points*.parquet", "rows/*/*")
"""Files of a store, whose content is read as a store: dates and the cut into shards are not the same twice."""
DATED = ("created", "since", "versions_of_last_writer")


@dataclass(frozen=True)
class Kept:
    """What is kept. stores: tables by the store's place, then name; answers: a digest by file; seconds: of each run."""

    stores: Mapping[str, Mapping[str, pd.DataFrame]]
    answers: Mapping[str, str]
    seconds: Mapping[str, Mapping[str, float]]

    @property
    def runs(self) -> int:
        """How many runs are finished."""
        return sum(map(len, self.seconds.values()))


def read(folder: Path) -> Kept:
    """Return what a folder holds; every shard is read and held against its digest. Errors: InputError."""
    stores: dict[str, dict[str, pd.DataFrame]] = {}
    seconds: dict[str, dict[str, float]] = {}
    aside: set[Path] = set()
    for ledger in sorted(folder.rglob(LEDGER)):
        place = ledger.parent
        aside |= {one for pattern in OF_A_STORE for one in place.glob(pattern)}
        name = place.relative_to(folder).as_posix()
        with SweepStore.open(place) as store:
            store.verify()
            tables = {one: store.frame(one) for one in (*store.tables(), "points", "failures")}
            finished = store.finished()
        runs = tables.pop("runs", pd.DataFrame({"run_id": [], "seconds": []}))
        seconds[name] = dict(zip(runs["run_id"], runs["seconds"], strict=True))
        if set(seconds[name]) != finished or len(runs) != len(finished):
            raise AssertionError(f"{name}: {len(finished)} runs in the ledger, {len(runs)} in its tables")
        stores[name] = tables
    answers = {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in aside and not _draft(path)
    }
    return Kept(stores, answers, seconds)


def committed(folder: Path) -> dict[str, set[str]]:
    """Return the ids of finished runs by store, as a reader of the living ledgers sees them now."""
    found = {}
    for ledger in folder.rglob(LEDGER):
        try:
            with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=rw", uri=True, timeout=5.0)) as connection:
                rows = connection.execute("SELECT run_id FROM runs").fetchall()
        except sqlite3.OperationalError:  # it was renamed into place this very moment
            continue
        found[ledger.parent.relative_to(folder).as_posix()] = {run for (run,) in rows}
    return found


def drafts(folder: Path) -> list[str]:
    """Return the names of half-written files that a kill left."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and _draft(path))


def partly(found: Kept, whole: Kept) -> list[str]:
    """Return what is wrong with a folder that was stopped: rows other than those of a whole one, runs it has not."""
    faults = []
    for name, tables in found.stores.items():
        if name not in whole.stores:
            faults.append(f"{name}: a store that the whole one does not have")
            continue
        for table, frame in tables.items():
            if table != "points" and not found.seconds[name] and frame.empty:
                continue  # a table without rows has no columns of its own yet
            full = whole.stores[name].get(table)
            if table == "failures" or full is None:
                if len(frame):
                    faults.append(f"{name}: {len(frame)} rows of {table}")
                continue
            if "run_id" in full:
                full = full[full["run_id"].isin(set(found.seconds[name]))].reset_index(drop=True)
            if not same(frame, full):
                faults.append(f"{name}: {table} of the {len(found.seconds[name])} finished runs differs")
    return faults


def differences(found: Kept, whole: Kept) -> list[str]:
    """Return in what a finished folder differs from one that was never stopped, to the last bit."""
    faults = partly(found, whole)
    for name, seconds in whole.seconds.items():
        if set(found.seconds.get(name, {})) != set(seconds):
            faults.append(f"{name}: {len(found.seconds.get(name, {}))} runs of {len(seconds)}")
    for name in sorted({*found.answers, *whole.answers}):
        if found.answers.get(name) != whole.answers.get(name):
            there = name in found.answers and name in whole.answers
            faults.append(f"{name}: {'other content' if there else 'in one of the two only'}")
    return faults


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two tables are the same to the last bit, the order of rows and columns included."""
    if list(one.columns) != list(other.columns) or len(one) != len(other):
        return False
    return all(_bits(one[name]) == _bits(other[name]) for name in one.columns)


def whole_answers(folder: Path) -> list[str]:
    """Return faults of answers that say they are finished: each file must be the one that the marker vouches for."""
    faults = []
    for marker in folder.rglob("*.json"):
        values = json.loads(marker.read_text(encoding="utf-8"))
        told = values.get("sha256") if isinstance(values, dict) and not values.get("unfinished") else None
        for name, digest in (told or {}).items():
            path = marker.parent / name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                faults.append(f"{path.name}: not the file that {marker.name} vouches for")
    return faults


def _bits(column: pd.Series[Any]) -> bytes:
    if column.dtype.kind in "fiub":
        return column.dtype.str.encode() + column.to_numpy().tobytes()
    return repr(column.tolist()).encode()


def _draft(path: Path) -> bool:
    return path.name.startswith(".") or path.suffix == ".tmp"


def _digest(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".json":
        content = json.dumps(_undated(json.loads(content)), sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def _undated(value: object) -> object:
    if isinstance(value, dict):
        return {key: _undated(one) for key, one in value.items() if key not in DATED}
    return [_undated(one) for one in value] if isinstance(value, list) else value
