"""A store keeps what is committed, once, and says clearly what it will not do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from model.experiments.sweep.case import Case, Failure
from model.experiments.sweep.store import RowsMisfit, SweepStore, shards
from model.experiments.sweep.store import store as storing
from model.foundation.errors import InputError

Runs = Callable[[int, int], list]


def test_what_is_committed_is_seen_at_once_and_after_reopening(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 4))
    assert len(store.frame("series")) == 12
    store.commit([*runs(4, 6), (Case("ff", 9, 9), Failure("run", "boom", 2))])
    assert list(store.frame()["profit"]) == [number / 2 for number in range(6)]
    assert store.counts() == (6, 1)
    store.close()
    with SweepStore.open(store.folder, expect={"n": 10, "design": "grid"}) as again:
        assert again.finished() == {f"{number:032x}" for number in range(6)}
        assert again.failures().to_dict("records") == [
            {"run_id": "ff", "point": 9, "replicate": 9, "stage": "run", "message": "boom", "attempts": 2}
        ]
        assert again.plan == {"design": "grid", "n": 10}


def test_a_run_is_kept_once_and_as_it_was_first(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 3))
    other = [(case, {"outcomes": {"profit": [99.0], "winner": ["nobody"]}}) for case, _ in runs(2, 5)]
    store.commit(other)
    assert list(store.frame()["profit"]) == [0.0, 0.5, 1.0, 99.0, 99.0]
    store.commit([(runs(0, 1)[0][0], Failure("run", "late"))])
    assert store.failures().empty


def test_a_failure_adds_attempts_until_the_run_is_finished(store: SweepStore, runs: Runs) -> None:
    ((case, rows),) = runs(0, 1)
    store.commit([(case, Failure("run", "first"))])
    store.commit([(case, Failure("worker", "second", 3))])
    assert store.failures()[["stage", "message", "attempts"]].to_numpy().tolist() == [["worker", "second", 4]]
    store.commit([(case, rows)])
    assert store.failures().empty
    assert store.counts() == (1, 0)


def test_rows_of_another_kind_than_before_write_nothing(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 1))
    with pytest.raises(RowsMisfit, match="profit"):
        store.commit([(Case("aa", 0, 0), {"outcomes": {"profit": ["much"]}})])
    assert store.counts() == (1, 0)
    assert len(store.frame()) == 1


def test_shards_hold_what_the_ledger_held(store: SweepStore, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "SHARD_RUNS", 20)
    for first in range(0, 50, 4):
        store.commit(runs(first, min(first + 4, 50)))
    before = store.frame("series")
    files = sorted((store.folder / "rows" / "series").iterdir())
    assert len(files) == 2
    store.seal()
    assert sorted((store.folder / "rows" / "series").iterdir()) != files
    assert store.frame("series").equals(before)
    assert store.frame("series")["users"].dtype == "float32"
    store.commit(runs(50, 51))
    assert len(store.frame()) == 51
    store.verify()


def test_large_rows_make_smaller_shards(store: SweepStore, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "SHARD_BYTES", 1)
    store.commit(runs(0, 3))
    store.commit(runs(3, 6))
    assert len(list((store.folder / "rows" / "outcomes").iterdir())) == 2
    assert len(store.frame()) == 6


def test_the_manifest_tells_what_is_there(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 5))
    content = json.loads(store.seal().read_text(encoding="utf-8"))
    assert content["plan"] == {"design": "grid", "n": 10}
    assert content["model_version"] == store.version
    assert content["runs"] == {"finished": 5, "failed": 0, "not_yet_in_a_shard": 0}
    assert content["columns"]["outcomes"]["winner"] == "text"
    assert {entry["rows"] for entry in content["shards"]} == {5, 15}
    for entry in content["shards"]:
        path = store.folder / entry["file"]
        assert path.stat().st_size == entry["bytes"]
        assert shards.file_digest(path) == entry["sha256"]
    assert "pyarrow" in content["versions_of_last_writer"]


def test_a_crash_between_files_and_ledger_doubles_nothing(
    store: SweepStore, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(runs(0, 5))
    with monkeypatch.context() as broken:
        broken.setattr(type(store._ledger), "mark", lambda *_: (_ for _ in ()).throw(OSError(5, "gone")))
        with pytest.raises(InputError, match="every run that was written before is kept"):
            store.seal()
    files = {path.name for path in (store.folder / "rows" / "series").iterdir()}
    assert len(files) == 1
    assert len(store.frame("series")) == 15
    stray = store.folder / "rows" / "series" / f"{'0' * 32}.parquet"
    stray.write_bytes(b"left by a crash")
    store.seal()
    assert {path.name for path in (store.folder / "rows" / "series").iterdir()} == files
    assert len(store.frame("series")) == 15


def test_a_full_disk_while_a_shard_is_written_loses_nothing(
    store: SweepStore, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(runs(0, 5))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(shards, "_write", full)
        with pytest.raises(InputError, match="No space left on device"):
            store.seal()
    assert len(store.frame()) == 5
    assert not list(store.folder.rglob("*.tmp"))
    store.seal()
    assert len(store.frame()) == 5


def test_another_plan_is_refused_with_every_difference(store: SweepStore) -> None:
    with pytest.raises(InputError) as caught:
        SweepStore.open(store.folder, expect={"design": "lhs", "n": 10, "seed": 3})
    assert [fault.place.rsplit(": ")[-1] for fault in caught.value.faults] == ["design", "seed"]


def rewrite(store: SweepStore, key: str, value: object) -> None:
    store.close()
    with sqlite3.connect(store.folder / "ledger.sqlite") as connection:
        connection.execute("UPDATE about SET value = ? WHERE key = ?", (json.dumps(value), key))
    connection.close()


def test_another_version_is_read_but_not_gone_on_with(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 2))
    rewrite(store, "model_version", "0.0.1+abc")
    with SweepStore.open(store.folder) as read:
        assert len(read.frame()) == 2
    with pytest.raises(InputError, match=r"versions of the model are never mixed.*0\.0\.1\+abc"):
        SweepStore.open(store.folder, expect={"design": "grid", "n": 10})


def test_another_format_is_refused(store: SweepStore) -> None:
    rewrite(store, "format", 99)
    with pytest.raises(InputError, match="format 1; got 99"):
        SweepStore.open(store.folder)


def test_a_folder_without_a_sweep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be the folder of a sweep"):
        SweepStore.open(tmp_path / "nowhere")


def test_a_ledger_that_is_none_is_refused(store: SweepStore) -> None:
    store.close()
    for path in store.folder.glob("ledger*"):
        path.unlink()
    (store.folder / "ledger.sqlite").write_bytes(b"no database at all " * 500)
    with pytest.raises(InputError, match="must be the SQLite file"):
        SweepStore.open(store.folder)


def test_a_new_sweep_needs_its_own_folder(store: SweepStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds a sweep already"):
        SweepStore.create(store.folder, plan={})
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").touch()
    with pytest.raises(InputError, match=r"thesis\.docx"):
        SweepStore.create(tmp_path / "full", plan={})
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="can be written"):
        SweepStore.create(tmp_path / "file" / "sweep", plan={})


def test_a_creation_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "points.parquet").write_bytes(b"half")
    (tmp_path / ".ledger.sqlite.tmp").write_bytes(b"half")
    with SweepStore.create(tmp_path, plan={}, points={"x": [1, "two"]}) as store:
        assert store.points["x"].tolist() == ["1", "two"]
        assert store.frame().empty


def test_a_truncated_shard_is_told_at_once(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 5))
    store.seal()
    store.close()
    (shard,) = (store.folder / "rows" / "series").iterdir()
    shard.write_bytes(shard.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"series.*bytes where \d+ were written"):
        SweepStore.open(store.folder)
    shard.unlink()
    with pytest.raises(InputError, match="No such file"):
        SweepStore.open(store.folder)


def test_a_swapped_shard_is_told_before_it_answers(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 5))
    store.seal()
    store.close()
    (shard,) = (store.folder / "rows" / "series").iterdir()
    content = bytearray(shard.read_bytes())
    content[40] ^= 1
    shard.write_bytes(content)
    with SweepStore.open(store.folder) as again:
        assert len(again.frame("outcomes")) == 5
        with pytest.raises(InputError, match="other bytes than were written"):
            again.sql("SELECT max(users) FROM series")


def test_points_that_were_changed_are_told(store: SweepStore) -> None:
    store.close()
    (store.folder / "points.parquet").write_bytes(b"other")
    with pytest.raises(InputError, match=r"points\.parquet.*other bytes"):
        SweepStore.open(store.folder)


def test_a_folder_that_cannot_be_written_is_read_from_a_copy(
    store: SweepStore, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from model.experiments.sweep.store import ledger

    store.commit(runs(0, 5))  # in the journal still, as after a kill
    honest = ledger._connect

    def stubborn(path: Path, mode: str) -> sqlite3.Connection:
        if path.parent == store.folder:
            raise sqlite3.OperationalError("unable to open database file")
        return honest(path, mode)

    monkeypatch.setattr(ledger, "_connect", stubborn)
    with SweepStore.open(store.folder) as copy:
        assert len(copy.frame()) == 5
        store.close()
        with pytest.raises(InputError, match="can only be read"):
            copy.commit(runs(5, 6))


def test_rows_in_the_ledger_that_were_changed_are_told(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 5))
    store.close()
    path = store.folder / "ledger.sqlite"
    with sqlite3.connect(path) as connection:
        ((payload,),) = connection.execute("SELECT payload FROM pending WHERE tab = 'series'").fetchall()
        changed = bytes([*payload[:-60], payload[-60] ^ 1, *payload[-59:]])
        connection.execute("UPDATE pending SET payload = ? WHERE tab = 'series'", (changed,))
    connection.close()
    for ask in (lambda one: one.frame("series"), lambda one: one.seal()):
        with (
            SweepStore.open(store.folder) as again,
            pytest.raises(InputError, match=r"ledger\.sqlite.*not as they were"),
        ):
            ask(again)


def test_rows_that_were_written_before_they_had_seals_are_read(
    store: SweepStore, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.experiments.sweep.store.ledger.sealed", lambda payload: payload)
    store.commit(runs(0, 3))
    monkeypatch.undo()
    store.commit(runs(3, 5))
    before = store.frame("series")
    store.seal()
    assert store.frame("series").equals(before)


def test_a_ledger_that_breaks_while_it_is_open_is_told_as_one(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 400))
    store.close()
    path = store.folder / "ledger.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * 4096 * 3 + content[4096 * 4 :])

    def used() -> None:
        with SweepStore.open(store.folder) as again:
            again.finished()
            again.frame("series")
            again.commit(runs(400, 401))

    with pytest.raises(InputError, match=r"ledger\.sqlite: the ledger of a sweep must be the SQLite file"):
        used()


def test_half_written_files_of_a_killed_driver_go_with_the_next_seal(store: SweepStore, runs: Runs) -> None:
    (store.folder / ".manifest.json.abcd1234").write_text("{")
    store.commit(runs(0, 2))
    store.seal()
    assert not list(store.folder.glob(".*"))


def test_a_driver_killed_while_it_sealed_is_tidied_up_behind(
    store: SweepStore, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(runs(0, 4))
    rows = store.folder / "rows" / "series"
    rows.mkdir(parents=True)
    (rows / f"{'0' * 32}.tmp").write_bytes(b"half")
    store.tidy()
    assert not list(rows.glob("*.tmp"))
    manifest = json.loads((store.folder / "manifest.json").read_text())
    assert manifest["runs"] == {"finished": 4, "failed": 0, "not_yet_in_a_shard": 0}
    store.close()
    (store.folder / "manifest.json").write_text(json.dumps({**manifest, "runs": {"finished": 1}}))  # of the one before
    with SweepStore.open(store.folder) as again:
        again.tidy()
        assert json.loads((store.folder / "manifest.json").read_text())["runs"]["finished"] == 4
        monkeypatch.setattr(SweepStore, "seal", lambda _: pytest.fail("there is nothing left to do"))
        again.tidy()


def test_what_cannot_be_tidied_up_is_left(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 4))
    with SweepStore.open(store.folder) as other:  # while the first one holds the lock
        other.tidy()
        assert len(other.frame()) == 4
    assert not list(store.folder.glob("rows/*/*"))
