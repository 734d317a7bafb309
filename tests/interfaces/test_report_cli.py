"""The command `report` as a user meets it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from model.interfaces.cli import main
from model.interfaces.cli.progress import RunProgress

SMALL = ["--markets", "ID", "--users", "200", "--months", "2", "--replicates", "3"]


def test_a_report_is_written_told_and_made_again_by_its_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "tied.toml").write_text(
        'extends = "tiny"\nmarkets = ["ID"]\n[platforms.resso.integration]\nID = 1.0\n', encoding="utf-8"
    )
    assert main(["report", "tied.toml", "--vs", "tiny", *SMALL, "--by", "resso.users", "--out", "kept"]) == 0
    told = capsys.readouterr()
    for word in ("tied against tiny", "Resso's monthly users", "Saved the report", "Ranges are of 3 runs"):
        assert word in told.out, word
    assert "Living 12 months of the report's worlds" in told.err
    page = (tmp_path / "kept" / "report.html").read_text(encoding="utf-8")
    command = re.search(r"Made again by <code>([^<]+)</code>", page)
    assert command
    words = shlex.split(command[1])
    assert words[:5] == ["resonance", "report", "tied.toml", "--vs", "tiny"]
    numbers = (tmp_path / "kept" / "numbers.csv").read_bytes()
    assert main([*words[1:], "--out", "again"]) == 0
    assert (tmp_path / "again" / "numbers.csv").read_bytes() == numbers
    assert main(["trace", "kept", "resso.users"]) == 0
    assert "where it was made: report" in capsys.readouterr().out


def test_wrong_words_end_with_a_line_each_and_code_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words, says in (
        (["tinny"], "Did you mean 'tiny'?"),
        (["tiny", "--vs", "june_2022", "--markets", "ID"], "compare: start"),
        (["tiny", "--replicates", "0"], "report: replicates"),
        (["tiny", "--deal-draws", "-1"], "report: deal_draws"),
        (["tiny", "--by", "resso.user"], "Did you mean 'users'?"),
        (["tiny", "--members", "4"], "Name one with --ensemble"),
        (["tiny", "--ensemble", "posterior_2022_12", "--replicates", "3"], "its members take this place"),
    ):
        assert main(["report", *words]) == 2, words
        lines = capsys.readouterr().err.splitlines()
        assert any(says in line for line in lines), lines
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x", encoding="utf-8")
    assert main(["report", "tiny", *SMALL, "--out", "mine"]) == 2
    assert "earlier report" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_a_stopped_report_writes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def told(_: RunProgress, stage: str, done: int, __: int) -> None:
        if stage == "worlds of the report" and done == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunProgress, "__call__", told)
    assert main(["report", "tiny", *SMALL, "--out", "kept"]) == 130
    assert list(tmp_path.iterdir()) == []
