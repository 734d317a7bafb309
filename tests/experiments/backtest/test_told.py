"""What a backtest came to is kept in one file, read back whole, and shipped into package and documents together."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.experiments.backtest import backtest, plan_backtest
from model.experiments.backtest.page import backtest_page, standing_words
from model.experiments.backtest.shipping import ship_backtest
from model.experiments.backtest.told import NAME, STORED, read_told, told_in
from model.experiments.ensembles import prior_ensemble
from model.foundation.errors import InputError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results") / "backtest-small"
    members = prior_ensemble(["rho_free", "theta"], members=2, name="two")
    backtest(plan_backtest(quick=True, users=100, ensemble=members), folder=place).save(place)
    return place


def test_what_is_kept_makes_the_same_page(folder: Path) -> None:
    told = read_told(folder / NAME)
    assert backtest_page(told) == (folder / "backtest.md").read_text(encoding="utf-8")
    assert told.current
    assert (told.members, told.markets, told.users) == (2, 4, 100)
    kept = pd.read_csv(folder / "series.csv")
    assert told.series["skill"].tolist() == pytest.approx(kept["skill"].tolist())
    assert len(told.won) + len(told.lost) == len(kept)
    assert told_in(folder.parent) == {"backtest-small": folder / NAME}
    assert told_in(folder.parent / "nowhere") == {}


def test_standing_hangs_on_what_the_members_saw(folder: Path) -> None:
    told = read_told(folder / NAME)
    standing = {until: replace(told, made={"window": ["2019-12", until]}).standing for until in ("2021-12", "2022-01")}
    assert standing == {"2021-12": "calibrated", "2022-01": "no forecast"}
    assert told.standing == "not calibrated"
    assert standing_words(replace(told, made={"window": ["2019-12", "2021-12"]})) == ""


def test_the_document_of_the_project_is_made_of_the_package_s_file() -> None:
    page = (ROOT / "docs" / "backtest.md").read_text(encoding="utf-8")
    assert page == backtest_page(read_told(STORED)), "ship both together: resonance backtest --ship FOLDER"


def test_an_answer_is_shipped_into_package_and_documents(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "docs" / "images").mkdir(parents=True)
    (tmp_path / "model" / "experiments" / "backtest").mkdir(parents=True)
    told, written = ship_backtest(folder, package=tmp_path / "model")
    assert [path.name for path in written] == [
        "told.json", "backtest.md", "backtest_skill.png", "backtest_fans_world.png", "backtest_fans_places.png",
    ]  # fmt: skip
    assert (tmp_path / "docs" / "backtest.md").read_text(encoding="utf-8") == backtest_page(told)
    there = read_told(tmp_path / "model" / "experiments" / "backtest" / NAME)
    np.testing.assert_array_equal(there.series["skill"], told.series["skill"])
    assert (tmp_path / "docs/images/backtest_skill.png").read_bytes() == (folder / "skill.png").read_bytes()


def test_half_an_answer_is_not_shipped(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "half"
    shutil.copytree(folder, place)
    (place / "fans_world.png").unlink()
    with pytest.raises(InputError, match=r"without fans_world\.png"):
        ship_backtest(place, package=tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_harmed_file_is_told(folder: Path, tmp_path: Path) -> None:
    given = json.loads((folder / NAME).read_text(encoding="utf-8"))
    del given["coverage"]
    (tmp_path / NAME).write_text(json.dumps(given))
    with pytest.raises(InputError, match="holds what a backtest came to"):
        read_told(tmp_path / NAME)


def test_rows_of_another_length_and_files_nested_beyond_reading_are_told(tmp_path: Path) -> None:
    given = json.loads(STORED.read_text(encoding="utf-8"))
    given["series"]["rows"][0] = given["series"]["rows"][0][:-1]
    path = tmp_path / NAME
    for text in (json.dumps(given), "[" * 100_000):
        path.write_text(text)
        with pytest.raises(InputError, match="holds what a backtest came to"):
            read_told(path)
