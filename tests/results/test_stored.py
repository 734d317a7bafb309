"""Results on disk: back as they were, and told when they are not."""

from __future__ import annotations

import hashlib
import json
import shutil

import pandas as pd
import pytest

from model.foundation.errors import InputError
from model.results import stored
from model.results.measures import FRAMES, MEASURES
from model.results.run_result import RunResult


@pytest.fixture
def saved(result, tmp_path):
    result.save(tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize("formats", [("parquet",), ("csv",), ("parquet", "csv")])
def test_everything_comes_back(result, tmp_path, formats):
    result.save(tmp_path, formats=formats)
    again = RunResult.load(tmp_path)
    for name in FRAMES:
        pd.testing.assert_frame_equal(again.frame(name), result.frame(name), check_exact=True)
    assert again.card == result.card
    assert again.provenance == result.provenance
    assert again.notices == result.notices
    assert again.notices[0] == "one notice"
    assert again.seconds == result.seconds
    assert again.scenario is None
    assert again.summary_text() == result.summary_text()
    assert again.trace("royalties") == result.trace("royalties")


def test_the_manifest_describes_every_file(result, saved):
    manifest = json.loads((saved / "manifest.json").read_text())
    files = {entry["file"]: entry for entry in manifest["files"]}
    assert set(files) == {path.name for path in saved.iterdir()} - {"manifest.json"}
    every = {f"{frame}.{form}" for frame in FRAMES for form in ("parquet", "csv")}
    assert set(files) == every - {"flows.csv", "ledger.csv"}
    assert manifest["formats"].startswith("flows and ledger are long")
    entry = files["services.csv"]
    assert entry["rows"] == len(result.services)
    assert [column["name"] for column in entry["columns"]] == list(FRAMES["services"])
    users = next(column for column in entry["columns"] if column["name"] == "users")
    assert (users["label"], users["unit"], users["summary"]) == ("Monthly users", "people", "last")
    assert manifest["provenance"]["run_ids"] == {str(n): name for n, name in result.provenance.run_ids.items()}
    assert manifest["scenario"]["canonical"]["seed"] == result.card.seed


def test_a_csv_reads_anywhere(result, saved):
    plain = pd.read_csv(saved / "services.csv")
    assert list(plain.columns) == list(FRAMES["services"])
    assert plain["users"].sum() == pytest.approx(result.services["users"].sum())


@pytest.mark.parametrize("file", ["offers.parquet", "ledger.parquet"])
def test_a_truncated_file_is_told(saved, file):
    content = (saved / file).read_bytes()
    (saved / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=rf"{file}.*sha256.*differ from the {len(content)} written") as told:
        RunResult.load(saved)
    assert len(told.value.faults) == 1


def change_and_seal(folder, file, change):
    """Change a table of a saved run and make the manifest's hash fit, as one does who knows the format."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"] = [entry for entry in manifest["files"] if entry["file"] != file.replace(".csv", ".parquet")]
    content = change((folder / file).read_bytes())
    (folder / file).write_bytes(content)
    next(entry for entry in manifest["files"] if entry["file"] == file)["sha256"] = hashlib.sha256(content).hexdigest()
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize("row", [lambda row: row, lambda row: row.rsplit(b",", 1)[0] + b",7\n"], ids=["same", "other"])
@pytest.mark.parametrize("frame", stored.ONE_ROW)
def test_a_thing_that_stands_twice_is_told_though_the_hash_fits(saved, frame, row):
    change_and_seal(saved, f"{frame}.csv", bytes)
    rows = len(RunResult.load(saved).frame(frame))
    change_and_seal(saved, f"{frame}.csv", lambda content: content + row(content.splitlines(keepends=True)[-1]))
    with pytest.raises(InputError, match=rf"{frame}\.csv.*row {rows + 1} stands twice"):
        RunResult.load(saved)


def test_all_harmed_files_are_told_at_once(saved):
    (saved / "offers.parquet").unlink()
    (saved / "labels.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError) as told:
        RunResult.load(saved)
    assert len(told.value.faults) == 2


def test_an_unfinished_folder_is_told(saved):
    (saved / "manifest.json").unlink()
    with pytest.raises(InputError, match="saving was interrupted"):
        RunResult.load(saved)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        RunResult.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda manifest: {"kind": "something else"}, "is a manifest of kind"),
        (lambda manifest: [1, 2], "is a manifest of kind"),
        (lambda manifest: {**manifest, "version": 99}, "format version is 1"),
        (lambda manifest: {**manifest, "files": manifest["files"][1:]}, None),
        (lambda manifest: {**manifest, "files": "offers"}, "lists the tables"),
        (lambda manifest: {**manifest, "provenance": {}}, "tells scenario and provenance"),
        (lambda manifest: {**manifest, "scenario": []}, "tells scenario and provenance"),
    ],
)
def test_a_foreign_manifest_is_told(saved, change, words):
    path = saved / "manifest.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    if words is None:  # the other format of that table is still there
        assert len(RunResult.load(saved).offers) > 0
        return
    with pytest.raises(InputError, match=words):
        RunResult.load(saved)


def test_a_manifest_that_names_other_places_is_refused(saved):
    path = saved / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"][0]["file"] = "../offers.parquet"
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="not of a table"):
        RunResult.load(saved)


def test_a_broken_manifest_is_told(saved):
    (saved / "manifest.json").write_bytes(b'{"kind": \xff')
    with pytest.raises(InputError, match="JSON in UTF-8"):
        RunResult.load(saved)


def test_saving_over_an_earlier_result_leaves_nothing_of_it(result, saved):
    result.save(saved, formats=("parquet",))
    assert {path.suffix for path in saved.iterdir()} == {".parquet", ".json"}
    assert len(RunResult.load(saved).offers) == len(result.offers)


def test_csv_of_all_is_written_when_asked_for(result, tmp_path):
    result.save(tmp_path / "all", formats=("csv", "parquet"))
    assert (tmp_path / "all" / "flows.csv").stat().st_size > (tmp_path / "all" / "flows.parquet").stat().st_size > 0
    assert "formats" not in json.loads((tmp_path / "all" / "manifest.json").read_text())


def test_an_earlier_result_is_replaced_with_its_figures_and_nothing_else(result, tmp_path):
    folder = tmp_path / "run"
    result.save(folder, formats=("csv",), figures={"old.png": b"old"})
    (folder / "notes.txt").write_text("mine")
    result.save(folder, formats=("parquet",), figures={"new.png": b"new"})
    tables = {f"{frame}.parquet" for frame in FRAMES}
    assert {path.name for path in folder.iterdir()} == {*tables, "new.png", "notes.txt", "manifest.json"}
    assert (folder / "notes.txt").read_text() == "mine"
    assert json.loads((folder / "manifest.json").read_text())["figures"] == ["new.png"]


def test_a_manifest_cannot_have_files_elsewhere_deleted(result, saved, tmp_path):
    (tmp_path / "photo.png").write_bytes(b"mine")
    path = saved / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "figures": ["../photo.png", "notes.txt"]}))
    (saved / "notes.txt").write_text("mine")
    result.save(saved)
    assert (tmp_path / "photo.png").is_file()
    assert (saved / "notes.txt").is_file()


def test_own_tables_beside_a_result_are_not_overwritten(result, saved):
    (saved / "flows.csv").write_text("of the user")
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    with pytest.raises(InputError, match=r"would be overwritten; got 'flows\.csv'"):
        result.save(saved)
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before


def test_a_folder_of_other_files_is_left_alone(result, tmp_path):
    (tmp_path / "services.csv").write_text("of the user")
    with pytest.raises(InputError, match="new or empty folder"):
        result.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["services.csv"]
    assert (tmp_path / "services.csv").read_text() == "of the user"


def test_an_interrupted_save_can_be_done_again(result, tmp_path, monkeypatch):
    whole, made = stored._encoded, []

    def fail(frame, form):
        made.append(form)
        if len(made) > 3:
            raise KeyboardInterrupt
        return whole(frame, form)

    with monkeypatch.context() as patched:
        patched.setattr(stored, "_encoded", fail)
        with pytest.raises(KeyboardInterrupt):
            result.save(tmp_path)
    with pytest.raises(InputError, match="interrupted"):
        RunResult.load(tmp_path)
    result.save(tmp_path, formats=("csv",))
    assert {path.suffix for path in tmp_path.iterdir()} == {".csv", ".json"}


def test_an_interrupted_save_is_no_result(result, saved, monkeypatch):
    def fail(frame, form):
        raise KeyboardInterrupt

    monkeypatch.setattr(stored, "_encoded", fail)
    with pytest.raises(KeyboardInterrupt):
        result.save(saved)
    with pytest.raises(InputError, match="interrupted"):
        RunResult.load(saved)


def test_a_folder_of_something_else_is_left_alone(result, tmp_path):
    (tmp_path / "manifest.json").write_text('{"kind": "an app"}')
    with pytest.raises(InputError, match="Name another folder"):
        result.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
    assert (tmp_path / "manifest.json").read_text() == '{"kind": "an app"}'


def test_bad_places_and_formats_are_told(result, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="must be a place that can be written"):
        result.save(tmp_path / "file" / "below")
    with pytest.raises(InputError, match="Did you mean 'parquet'"):
        result.save(tmp_path / "x", formats=("parquett",))
    with pytest.raises(InputError, match="at least one format"):
        result.save(tmp_path / "x", formats=())
    assert not (tmp_path / "x").exists()


def test_a_moved_folder_still_loads(saved, tmp_path):
    shutil.move(saved, tmp_path / "elsewhere")
    assert len(RunResult.load(tmp_path / "elsewhere").markets) > 0


def test_parquet_tells_units_by_itself(saved):
    import pyarrow.parquet as parquet

    described = json.loads(parquet.read_schema(saved / "services.parquet").metadata[b"resonance"])
    assert described["revenue"]["unit"] == MEASURES["revenue"].unit


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scenario": {"markets": ["ID", "XX"]}}, "markets are known: XX"),
        ({"scenario": {"start": "1999-01"}}, "date that has a start"),
        ({"scenario": {"canonical": {"parameters": {"theta": "high"}}}}, "theta is a finite number"),
        ({"scenario": {"canonical": {"parameters": {}, "settings": {"2022-10": [[1]]}}}}, "cells of five"),
        ({"scenario": {"events": [{"date": "2022-11"}]}}, "has kind"),
        ({"provenance": {"assumed": {"people": [1]}}}, "pairs of numbers"),
        ({"provenance": {"run_ids": {"0": 7}}}, "run_ids.0 is a text"),
        ({"provenance": {"carried": {"name": "two"}}}, "carried has about"),
    ],
)
def test_a_manifest_with_words_of_another_form_is_told(saved, change, words):
    path = saved / "manifest.json"
    manifest = json.loads(path.read_text())
    for part, values in change.items():
        manifest[part].update(values)
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match=words):
        RunResult.load(saved)


def test_a_manifest_nested_beyond_reading_is_told(saved):
    (saved / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="JSON in UTF-8"):
        RunResult.load(saved)
