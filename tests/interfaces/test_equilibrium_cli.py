"""The command `equilibrium` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.experiments.sweep.work import SweepWork
from model.interfaces.cli import main

FILE = """
base = "tiny"
replicates = 2
draws = 50
[settings]
users = 200
months = 1
markets = ["ID"]
[players.spotify.strategies]
hold = {}
raise = { "platforms.spotify.price.ID.individual" = 60000.0 }
[players.bytedance.strategies]
as_is = {}
inside_tiktok = { "platforms.resso.integration.ID" = 1.0 }
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(FILE, encoding="utf-8")
    return "mine.toml"


def test_dry_says_who_plays_what_and_keeps_nothing(
    file: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["equilibrium", file, "--dry"]) == 0
    told = capsys.readouterr().out
    assert "Spotify earns spotify.contribution_margin and plays one of: hold, raise." in told
    assert "8 runs: 4 profiles x 1 point x 2 replicates" in told
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_stopped_and_called_again_it_goes_on_and_saves(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lived, calls = SweepWork.__call__, []

    def stop(self: SweepWork, case: object) -> object:
        calls.append(case)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return lived(self, case)  # type: ignore[arg-type]

    monkeypatch.setattr(SweepWork, "__call__", stop)
    assert main(["equilibrium", file, "--workers", "1", "--out", "kept"]) == 130
    assert "stopped; 3 of 8 runs are kept" in capsys.readouterr().err
    assert main(["equilibrium", file, "--workers", "1", "--out", "kept"]) == 0
    assert len(calls) == 4 + 5
    told = capsys.readouterr().out
    for word in ("hold / as_is", "±", "Game of Spotify (2 strategies) x ByteDance (2 strategies)", "Saved: kept"):
        assert word in told, word
    assert (tmp_path / "kept" / "payoff_matrix.png").is_file()


def test_a_folder_of_something_else_is_left_alone(
    file: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine.txt").write_text("mine")
    assert main(["equilibrium", file, "--out", "kept"]) == 2
    assert "with mine.txt" in capsys.readouterr().err
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["mine.txt"]
