"""The command `talks` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from model.experiments import talks as package
from model.experiments.talks import TalksStopped, outcomes
from model.interfaces.cli import main
from model.interfaces.cli.entry import STOPPED

SMALL = ["talks", "sony_at_the_table", "--markets", "ID", "--users", "500", "--months", "5", "--replicates", "2"]


def test_talks_prints_outcomes_and_saves_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for _ in range(2):  # the second answer takes the folder of the first over
        assert main([*SMALL, "--out", "kept"]) == 0
    told = capsys.readouterr()
    for words in ("How talks go", "Walk-outs", "How long", "Resso, Sony, ID", "2 talks in 2 replicates", "4 tables"):
        assert words in told.out
    assert "Living 10 months..." in told.err
    kept = {path.name for path in (tmp_path / "kept").iterdir()}
    assert kept == {"talks.csv", "courses.csv", "walk_outs.csv", "durations.csv", "talks.png", "talks.json"}
    assert pd.read_csv(tmp_path / "kept" / "talks.csv")["replicate"].tolist() == [0, 1]
    question = json.loads((tmp_path / "kept" / "talks.json").read_text())["question"]
    assert question["replicates"] == 2
    assert "Sony on Resso in ID of 6" in question["notices"][0]
    assert "Note: too few users" in told.out
    assert (tmp_path / "kept" / "talks.png").read_bytes().startswith(b"\x89PNG")


def test_settings_reach_the_talks(capsys: pytest.CaptureFixture[str]) -> None:
    words = ['talks.platforms=["tiktok"]', 'talks.kinds=["clips"]', 'talks.labels=["warner"]']
    assert main([*SMALL, *(word for one in words for word in ("--set", one))]) == 0
    assert "Warner, clips, ID" in capsys.readouterr().out


def test_where_no_licence_comes_up_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief = ["1" if word == "5" else word for word in SMALL]
    assert main([*brief, "--set", 'talks.platforms=["spotify"]', "--out", "kept"]) == 0
    told = capsys.readouterr().out
    assert "No licence came to the table in 2 replicates." in told
    assert "no figure" in told
    assert not (tmp_path / "kept" / "talks.png").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["talks", "quiet"], "plans the talks"),
        (["talks", "sony_at_the_tabel"], "sony_at_the_table"),
        ([*SMALL[:-1], "0"], "replicates"),
        ([*SMALL[:-1], "many"], "replicates"),
        ([*SMALL, "--set", "talks.protocol=nasch"], "nash"),
        ([*SMALL, "--out", "foreign"], "earlier talks"),
    ],
)
def test_bad_talks_are_one_clear_message(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.txt").write_text("mine")
    assert main(words) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_stop_shows_and_saves_what_was_finished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(plan, **_):
        raise TalksStopped(outcomes.talk_outcomes(plan, replicates=1), wanted=2)

    monkeypatch.setattr(package, "talk_outcomes", stopped)
    assert main([*SMALL, "--out", "kept"]) == STOPPED
    told = capsys.readouterr()
    assert "stopped after 1 of 2 replicates" in told.err
    assert "1 talk in 1 replicate," in told.out
    assert (tmp_path / "kept" / "talks.csv").is_file()
