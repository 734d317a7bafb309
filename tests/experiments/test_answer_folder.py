"""Folders of answers: known by their marker, taken over by their own kind, never by anything else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from model.experiments.answer_folder import check_folder, save_answer
from model.foundation.errors import InputError
from model.foundation.version import model_version
from model.results.picture_bytes import png
from model.results.stamp import stamp_of
from model.spec.scenario import Scenario

TABLE = pd.DataFrame({"a": [1, 2]})


def save(folder: Path, *, kind: str = "deal", **tables: pd.DataFrame) -> None:
    save_answer(
        folder, kind=kind, plan=Scenario.load("tiny"), question={"label": "sony"}, tables=tables or {"talks": TABLE},
        figures={kind: b"\x89PNG"},
    )  # fmt: skip


def test_marker_says_what_was_asked_and_what_was_saved(tmp_path: Path) -> None:
    save(tmp_path / "out")
    marker = json.loads((tmp_path / "out" / "deal.json").read_text())
    assert marker["scenario"] == "tiny"
    assert marker["digest"] == Scenario.load("tiny").digest
    assert marker["question"] == {"label": "sony"}
    assert marker["files"] == ["deal.png", "talks.csv"]
    assert "unfinished" not in marker
    assert pd.read_csv(tmp_path / "out" / "talks.csv").equals(TABLE)


def test_marker_and_figures_say_where_the_numbers_come_from(tmp_path: Path) -> None:
    figure = Figure(figsize=(1.0, 1.0))
    plans = [Scenario.load("tiny"), Scenario.load("tiny").replace({"parameters.theta": 2.5})]

    def saved(folder: Path, **question: object) -> dict[str, Any]:
        save_answer(
            folder, kind="comparison", plan=plans[0], question={"by": "users", **question}, tables={"values": TABLE},
            figures={"differences": png(figure)}, plans=plans, names=["one", "other"], replicates=2,
        )  # fmt: skip
        marker: dict[str, Any] = json.loads((folder / "comparison.json").read_text())
        return marker

    marker = saved(tmp_path / "a")
    one, other = marker["origins"]
    assert [one["name"], other["name"]] == ["one", "other"]
    assert other["card"]["canonical"]["parameters"]["theta"] == 2.5
    ids = {name for origin in (one, other) for name in origin["provenance"]["run_ids"].values()}
    assert len(ids) == 4
    stamp = stamp_of(tmp_path / "a" / "differences.png")
    assert stamp["answer_id"] == marker["answer_id"]
    assert stamp["model_version"] == marker["model_version"] == model_version()
    for name, digest in marker["sha256"].items():
        assert hashlib.sha256((tmp_path / "a" / name).read_bytes()).hexdigest() == digest
    assert saved(tmp_path / "b")["answer_id"] == marker["answer_id"]
    assert saved(tmp_path / "c", provenance={"folder": "x"})["answer_id"] == marker["answer_id"]
    assert saved(tmp_path / "d", provenance={"sweep_digest": "x"})["answer_id"] != marker["answer_id"]
    assert saved(tmp_path / "e", level=0.9)["answer_id"] != marker["answer_id"]


def test_a_later_answer_takes_the_folder_over(tmp_path: Path) -> None:
    save(tmp_path, talks=TABLE, term_sheet=TABLE)
    save(tmp_path, talks=TABLE)
    assert {path.name for path in tmp_path.iterdir()} == {"deal.json", "deal.png", "talks.csv"}
    assert check_folder(tmp_path, kind="deal") == {"deal.json", "deal.png", "talks.csv"}


@pytest.mark.parametrize("kind", ["deal", "wave"])
def test_foreign_folders_stay_as_they_are(tmp_path: Path, kind: str) -> None:
    (tmp_path / "talks.csv").write_text("my own")
    with pytest.raises(InputError, match=r"with talks\.csv"):
        save(tmp_path, kind=kind)
    assert (tmp_path / "talks.csv").read_text() == "my own"
    assert [path.name for path in tmp_path.iterdir()] == ["talks.csv"]


def test_a_deal_is_no_place_for_a_wave_and_added_files_are_foreign(tmp_path: Path) -> None:
    save(tmp_path / "deal")
    with pytest.raises(InputError, match="or that of an earlier wave"):
        save(tmp_path / "deal", kind="wave")
    (tmp_path / "deal" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"with notes\.txt"):
        save(tmp_path / "deal")


@pytest.mark.parametrize("text", ["{", "[]", '{"kind": "something else", "files": ["talks.csv"]}'])
def test_a_marker_of_something_else_marks_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "deal.json").write_text(text)
    with pytest.raises(InputError, match=r"with deal\.json"):
        check_folder(tmp_path, kind="deal")


def test_markers_cannot_point_elsewhere(tmp_path: Path) -> None:
    outside = tmp_path / "mine.txt"
    outside.write_text("mine")
    folder = tmp_path / "out"
    save(folder)
    marker = json.loads((folder / "deal.json").read_text())
    (folder / "deal.json").write_text(json.dumps({**marker, "files": [*marker["files"], "../mine.txt"]}))
    save(folder)
    assert outside.read_text() == "mine"


def test_what_a_kill_left_half_written_is_nobody_elses_and_goes(tmp_path: Path) -> None:
    (tmp_path / ".deal.json.abcd_123").write_text("{")  # killed before the marker had its name
    save(tmp_path)
    for name in (".talks.csv.abcd_123", ".deal.png.abcd_123"):  # killed while another was saved over it
        (tmp_path / name).write_text("half")
    save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deal.json", "deal.png", "talks.csv"]
    (tmp_path / ".notes.txt.abcd_123").write_text("of something else")
    with pytest.raises(InputError, match=r"with \.notes\.txt"):
        save(tmp_path)
