"""The command `why` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.interfaces.cli import main

SMALL = ["--markets", "ID", "--users", "300", "--months", "2", "--replicates", "2"]


@pytest.fixture
def tied(tmp_path: Path) -> str:
    (tmp_path / "tied.toml").write_text(
        'extends = "tiny"\n[platforms.resso]\nintegration.ID = 1.0\nmarketing.ID = 5.0\n', encoding="utf-8"
    )
    return "tied.toml"


def test_shares_are_printed_and_saved(capsys: pytest.CaptureFixture[str], tmp_path: Path, tied: str) -> None:
    words = ["why", "tiny", tied, "--outcome", "resso.users", *SMALL, "--over", "end", "--out", "kept"]
    assert main(words) == 0
    told = capsys.readouterr()
    for word in ("resso integration", "resso marketing", "difference", "100%", "Shapley"):
        assert word in told.out, word
    assert "Living 8 worlds between the two" in told.err
    assert (tmp_path / "kept" / "waterfall.png").is_file()


def test_wrong_words_end_with_code_2(capsys: pytest.CaptureFixture[str], tied: str) -> None:
    assert main(["why", "tiny", "tiny", "--outcome", "resso.users", *SMALL]) == 2
    assert "something differently" in capsys.readouterr().err
    assert main(["why", "tiny", tied, "--outcome", "resso.usrs", *SMALL]) == 2
    assert "Did you mean 'users'" in capsys.readouterr().err
    assert main(["why", "tiny", tied, "--outcome", "resso.users", *SMALL, "--market", "US", "--over", "x"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert main(["why", "tiny", tied, "--outcome", "resso.users", *SMALL, "--orders", "3"]) == 2
    assert "even number" in capsys.readouterr().err
