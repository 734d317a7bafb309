"""Folders of answers: known by their marker, taken over by their own kind, never by anything else."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from model.experiments.answer_folder import check_folder, save_answer
from model.foundation.errors import InputError
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
