"""The commands `accept`, `charts` and `chest` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.experiments import expected
from model.interfaces.cli import main

PLAN = '[usual]\nbase = ""\nusers = 300\nmonths = 2\nmarkets = ["ID"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of expected summaries with a plan of its own."""
    found = tmp_path / "expected"
    found.mkdir()
    (found / "plan.toml").write_text(PLAN, encoding="utf-8")
    monkeypatch.setattr(expected, "expected_folder", lambda: found)
    return found


def test_accept_writes_what_it_found_then_finds_nothing_new(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", "tiny", "--check"]) == 1
    assert not (folder / "tiny.json").exists()
    assert main(["accept", "tiny"]) == 0
    assert "1 files written" in capsys.readouterr().out
    kept = json.loads((folder / "tiny.json").read_text())
    assert kept["settings"] == {"users": 300, "months": 2, "markets": ["ID"]}
    assert kept["numbers"]["resso users"]["value"] > 1e6
    assert main(["accept", "tiny", "--check"]) == 0
    assert "0 of 1 summaries changed" in capsys.readouterr().out


def test_accept_shows_what_changed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", "tiny"]) == 0
    path = folder / "tiny.json"
    kept = json.loads(path.read_text())
    kept["numbers"]["label income"]["value"] *= 2.0
    path.write_text(json.dumps(kept))
    capsys.readouterr()
    assert main(["accept", "tiny", "--check"]) == 1
    told = capsys.readouterr().out
    assert "label income" in told
    assert "-50.00%" in told
    assert json.loads(path.read_text()) == kept


def test_accept_knows_its_scenarios(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", "tinny"]) == 2
    assert "tiny" in capsys.readouterr().err


def test_charts_prints_eras_and_sleepers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["charts", "--years", "3", "--weeks", "20"]) == 0
    told = capsys.readouterr().out
    for words in (
        "Hot 100 of 2019-2022",
        "Hot 100 of 2012-2017",
        "KS distances",
        "20 weeks or more",
        "any lift",
        "closed",
    ):
        assert words in told


def test_dilemma_prints_all_effects_and_songs_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "dilemma"
    small = ["--markets", "BR", "--users", "300", "--months", "3", "--replicates", "1"]
    assert main(["dilemma", *small, "--out", str(folder)]) == 0
    told = capsys.readouterr().out
    for words in ("all effects", "songs alone", "Universal", "TikTok loses", "promotion_pull 0.05"):
        assert words in told
    assert {path.name for path in folder.iterdir()} == {"dilemma.json", "dilemma.png", "losses.csv"}
    assert main(["dilemma", *small, "--set", "parameters.promotion_pull=0"]) == 0
    assert "songs alone (" not in capsys.readouterr().out  # all effects are theirs


def test_chest_prints_the_loss_and_the_years(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chest", "--markets", "MX", "--users", "300", "--months", "8"]) == 0
    told = capsys.readouterr().out
    for words in ("tiktok_music", "2023-04", "34.3 bn", "19.2 bn", "years", "gives up"):
        assert words in told
    assert main(["chest", "baseline", "--markets", "US", "--users", "300", "--months", "2"]) == 0
    assert "no music service" in capsys.readouterr().out
