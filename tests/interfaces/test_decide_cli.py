"""The commands `decide` and `review` as a user meets them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from model.interfaces.cli import main

SMALL = ["--markets", "ID", "--users", "200", "--months", "3", "--replicates", "3"]
HEAD = "entity,market,metric,date,value,unit\n"


def test_a_decision_is_frozen_once_and_reviewed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["decide", "tiny", *SMALL, "--out", "log.json", "--because", "why not", "--alternative", "wait",
             "--expect", "resso ID users 2022-12",
             "--tripwire", "resso ID users > 0.001 by 2022-12: rejoice"]  # fmt: skip
    assert main(words) == 0
    told = capsys.readouterr().out
    digest = re.search(r"Note its hash elsewhere, with the date: ([0-9a-f]{64})", told)
    assert digest
    assert "it fires in 100% of the runs" in told
    assert "Frozen: log.json, 1 expectation, 1 tripwire." in told
    assert "hold chance alone" in told
    log = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    assert log["sha256"] == digest[1]
    assert log["decision"]["alternatives"] == ["wait"]
    assert len(log["decision"]["expectations"][0]["points"]) == 3
    before = (tmp_path / "log.json").read_bytes()
    assert main(words) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert (tmp_path / "log.json").read_bytes() == before

    (tmp_path / "came.csv").write_text(HEAD + "resso,ID,users,2022-12,9000,M\n", encoding="utf-8")
    assert main(["review", "log.json", "came.csv", "--hash", digest[1], "--out", "kept"]) == 0
    told = capsys.readouterr().out
    for word in (
        "The one expectation did not hold: the actual lies outside its 90% interval.",
        "The tripwire fired: think again",
        f"hash {digest[1][:16]}: the one that was noted",
        "Then was to be done: rejoice.",
        "Saved the review",
    ):
        assert word in told, word
    assert (tmp_path / "kept" / "review.html").is_file()
    assert main(["review", "log.json", "came.csv"]) == 0
    told = capsys.readouterr().out
    assert "hold it against the one that was noted (--hash)" in told
    assert "should be" not in told


def test_a_log_that_was_changed_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["decide", "tiny", *SMALL, "--out", "log.json", "--expect", "resso ID users 2022-12", "-q"]) == 0
    text = (tmp_path / "log.json").read_text(encoding="utf-8")
    (tmp_path / "log.json").write_text(text.replace('"tiny"', '"tidy"', 1), encoding="utf-8")
    (tmp_path / "came.csv").write_text(HEAD + "resso,ID,users,2022-12,9,M\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["review", "log.json", "came.csv"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "changed after it was frozen" in lines[0]


def test_wrong_words_end_with_a_line_each_and_code_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wrong = ["decide", "tiny", *SMALL, "--out", "log.json", "--expect", "resso US users 2022-12", "--expect",
             "resso ID users 2029-12", "--tripwire", "spotify WORLD users < 5 by 2022-12"]  # fmt: skip
    assert main(wrong) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert main(["decide", "tiny", *SMALL]) == 2
    assert "--out" in capsys.readouterr().err
    assert main(["review", "none.json", "none.csv"]) == 2
    assert "must be readable" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
