"""Measured patterns are kept in the package, and the page of patterns is made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.experiments import pattern_file
from model.experiments.pattern import given, later, ranged
from model.experiments.pattern_file import STORED, keep_measured, measured_now, read_measured
from model.experiments.pattern_notes import NOTES
from model.experiments.pattern_page import marked, numbers_digest
from model.foundation.errors import InputError
from model.foundation.version import model_version

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_kept_is_read_back_to_the_last_bit(tmp_path: Path) -> None:
    found = measured_now(
        [ranged("P4", "churn", "%", "3 to 5", 3.0, 5.0, 1 / 3, "history"), given("P6a", "users", "M", "40", 39.5, "b"),
         later("P5", "part", "60")], users=1500,
    )  # fmt: skip
    back = read_measured(keep_measured(found, tmp_path / "patterns.json"))
    assert back.patterns[:2] == found.patterns[:2]
    assert back.patterns[2].model is None
    assert (back.users, back.model_version, back.digest) == (1500, model_version(), numbers_digest())
    assert back.current
    assert back.counts == {"miss": 1, "input": 1, "later": 1}
    assert back.page == found.page


def test_numbers_of_other_code_are_not_current(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = keep_measured(measured_now([], users=500), tmp_path / "patterns.json")
    monkeypatch.setattr(pattern_file, "numbers_digest", lambda: "another")
    assert not read_measured(path).current


def test_the_page_of_the_project_is_made_of_the_package_s_file() -> None:
    hint = "make both: resonance patterns --write docs/patterns.md"
    assert (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8") == marked(read_measured(STORED).page), hint


def test_every_pattern_kept_has_a_note() -> None:
    assert [one.name for one in read_measured().patterns] == list(NOTES)


@pytest.mark.parametrize("harm", ["{", '{"kind": "another"}', '{"kind": "resonance patterns", "format": 9}'])
def test_a_harmed_file_is_told(tmp_path: Path, harm: str) -> None:
    (tmp_path / "patterns.json").write_text(harm)
    with pytest.raises(InputError, match="holds measured patterns"):
        read_measured(tmp_path / "patterns.json")


def test_a_verdict_that_is_none_is_told(tmp_path: Path) -> None:
    given_ = json.loads(STORED.read_text(encoding="utf-8"))
    given_["patterns"][0]["verdict"] = "perhaps"
    (tmp_path / "patterns.json").write_text(json.dumps(given_))
    with pytest.raises(InputError, match="verdict 'perhaps'"):
        read_measured(tmp_path / "patterns.json")


def test_a_file_nested_beyond_reading_is_told(tmp_path: Path) -> None:
    (tmp_path / "patterns.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="holds measured patterns"):
        read_measured(tmp_path / "patterns.json")
