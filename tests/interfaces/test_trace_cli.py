"""The command `trace`: words, JSON, and one message for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.interfaces.cli.entry import main


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    assert main(["run", "tiny", "--users", "200", "--months", "2", "--markets", "ID", "--quiet", "--out", "made"]) == 0
    return tmp_path / "made"


def test_a_number_is_traced_in_words_and_as_json(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["trace", "made"]) == 0
    listed = capsys.readouterr().out
    assert "services: users" in listed
    assert main(["trace", "made", "payers", "--market", "ID", "--platform", "resso", "--date", "2022-11"]) == 0
    told = capsys.readouterr().out
    assert "payers: Payers [people]" in told
    assert "byt-0015" in told
    assert main(["trace", "made", "payers", "--market", "ID", "--platform", "resso", "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    manifest = json.loads((saved / "manifest.json").read_text())
    assert plain["run"]["run_ids"] == manifest["provenance"]["run_ids"]
    assert plain["number"]["unit"] == "people"
    assert main(["trace", "made/who_earns_what.png"]) == 0
    assert manifest["provenance"]["run_ids"]["0"] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["made", "payrs"], "Did you mean 'payers'"),
        (["made", "payers", "--market", "IND"], "Did you mean 'ID'"),
        (["mad", "payers"], "Did you mean 'made'"),
        (["made", "users", "--date", "2029-01"], "is a month of the run"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    saved: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    capsys.readouterr()
    assert main(["trace", *words]) == 2
    error = capsys.readouterr().err.strip()
    assert error.count("\n") == 0
    assert told in error
