"""A ledger that somebody changed: its names are no paths, and its words no queries."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.store.shards import shard_path
from model.foundation.errors import InputError

Runs = Callable[[int, int], list]
PLACES = (
    "../../elsewhere",
    "/tmp/elsewhere",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "C:x",
    "nul\0",
    'x"; DROP',
    "x'y",
    "Outcomes",
)


def changed(folder: Path, query: str, *values: object) -> None:
    connection = sqlite3.connect(folder / "ledger.sqlite")
    with connection:
        connection.execute(query, values)
    connection.close()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", PLACES)
def test_names_that_no_store_gives_are_no_paths(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ledger that names"):
        shard_path(tmp_path, name, "0" * 32)
    with pytest.raises(InputError, match="ledger that names"):
        shard_path(tmp_path, "outcomes", name)


@pytest.mark.parametrize("name", PLACES)
def test_a_table_led_elsewhere_is_neither_read_nor_written(
    name: str, store: SweepStore, runs: Runs, tmp_path: Path
) -> None:
    store.commit(runs(0, 3))
    store.close()
    changed(store.folder, "UPDATE pending SET tab = ? WHERE tab = 'series'", name)
    before = set(tmp_path.parent.rglob("*.parquet"))
    with SweepStore.open(store.folder) as again:
        with pytest.raises(InputError, match="ledger that names"):
            again.sql("SELECT 1")
        with pytest.raises(InputError, match="ledger that names"):
            again.seal()
    # only what was sealed under a true name may be new
    new = set(tmp_path.parent.rglob("*.parquet")) - before
    assert all(path.parent == store.folder / "rows" / "outcomes" for path in new)


def test_a_shard_led_elsewhere_is_told_at_opening(store: SweepStore, runs: Runs, tmp_path: Path) -> None:
    store.commit(runs(0, 3))
    store.seal()
    store.close()
    other = tmp_path / "other.parquet"
    other.write_bytes(next((store.folder / "rows" / "outcomes").iterdir()).read_bytes())
    changed(store.folder, "UPDATE shards SET shard = '../../../other' WHERE tab = 'outcomes'")
    with pytest.raises(InputError, match="ledger that names"):
        SweepStore.open(store.folder)


def test_only_files_that_a_store_could_have_written_are_taken_away(
    store: SweepStore, runs: Runs, tmp_path: Path
) -> None:
    store.commit(runs(0, 3))
    store.seal()
    folder = store.folder / "rows" / "outcomes"
    mine, orphan = folder / "my_own_table.parquet", folder / f"{'ab' * 16}.parquet"
    mine.write_bytes(b"kept")
    orphan.write_bytes(b"left by a crash")
    store.commit(runs(3, 5))
    store.seal()
    assert mine.read_bytes() == b"kept"
    assert not orphan.exists()


@pytest.mark.parametrize("key", ["about", "plan", "points", "model_version"])
@pytest.mark.parametrize("value", ["3", "not json", "[" * 100_000, "null"])
def test_words_of_another_form_are_told(tmp_path: Path, key: str, value: str) -> None:
    SweepStore.create(tmp_path, plan={"a": 1}).close()
    changed(tmp_path, "UPDATE about SET value = ? WHERE key = ?", value, key)
    with pytest.raises(InputError, match="ledger"):
        SweepStore.open(tmp_path)


def test_a_ledger_without_a_table_is_told(tmp_path: Path) -> None:
    SweepStore.create(tmp_path, plan={"a": 1}).close()
    changed(tmp_path, "DROP TABLE shards")
    with pytest.raises(InputError, match="the SQLite file that the sweep wrote"):
        SweepStore.open(tmp_path)


def test_a_ledger_whose_names_are_no_text_is_told(tmp_path: Path) -> None:
    SweepStore.create(tmp_path, plan={"a": 1}).close()
    path = tmp_path / "ledger.sqlite"
    content = path.read_bytes()
    for name in (b"CREATE TABLE about", b"CREATE TABLE runs", b"CREATE TABLE shards"):
        at = content.find(name) + len(b"CREATE ")  # SQLite's own words then hold what is no text
        path.write_bytes(content[:at] + b"\x89" + content[at + 1 :])
        with pytest.raises(InputError, match="the SQLite file that the sweep wrote"):
            SweepStore.open(tmp_path)
