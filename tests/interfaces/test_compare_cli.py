"""The command `compare` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.interfaces.cli import main
from model.interfaces.cli.progress import RunProgress

SMALL = ["--markets", "ID", "--users", "300", "--months", "2", "--replicates", "3", "--most", "3"]


def test_a_comparison_prints_differences_ranking_and_reduction(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "tied.toml").write_text(
        'extends = "tiny"\nmarkets = ["ID"]\n[platforms.resso.integration]\nID = 1.0\n', encoding="utf-8"
    )
    assert main(["compare", "tiny", "tied.toml", *SMALL, "--by-market", "--out", "kept"]) == 0
    told = capsys.readouterr()
    for word in (
        "tied less tiny",
        "Resso: monthly users",
        "90% interval",
        "Reduction (of variance)",
        "verdict",
        "wrong order",
        "ID",
    ):
        assert word in told.out, word
    assert "Living the scenarios" in told.err
    assert (tmp_path / "kept" / "differences.png").is_file()
    assert (tmp_path / "kept" / "differences.csv").is_file()


def test_wrong_words_end_with_one_line_per_fault_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "tiny", "sony_leaves", "--markets", "ID", "--months", "2"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[2] for line in lines] == ["start:", "users:"]
    assert main(["compare", "tiny"]) == 2
    assert "two scenarios or more" in capsys.readouterr().err
    assert main(["compare", "tiny", "tinny", *SMALL]) == 2
    assert "Did you mean 'tiny'" in capsys.readouterr().err
    assert main(["compare", "tiny", "tiny", *SMALL, "--outcomes", "resso.user"]) == 2
    assert "Did you mean 'users'" in capsys.readouterr().err
    assert not list(Path().glob("*.png"))


def test_a_stopped_comparison_shows_and_keeps_what_was_finished(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def told(_: RunProgress, stage: str, done: int, __: int) -> None:
        if stage == "comparing" and done == 9:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunProgress, "__call__", told)
    assert main(["compare", "tiny", "tiny", *SMALL, "--out", "kept"]) == 130
    found = capsys.readouterr()
    assert "2 replicates were finished" in found.err
    assert "tiny (2) less tiny" in found.out
    assert (tmp_path / "kept" / "ranking.csv").is_file()
