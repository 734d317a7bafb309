"""What the policies of a question are called: as their scenarios call themselves, whether they are files or shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.interfaces.cli.sensitivity import policies_of
from model.spec.scenario import Scenario

BASE = {"markets": ["ID"], "users": 200, "months": 2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("mine", "yours"):
        (tmp_path / f"{name}.toml").write_text('extends = "tiny"\nmarkets = ["ID"]\n', encoding="utf-8")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.toml").write_text('extends = "tiny"\nusers = 300\n', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mine.toml", ["base", "mine"]),
        ("mine.toml, yours.toml", ["mine", "yours"]),
        ("base, mine.toml", ["base", "mine"]),
        ("base", ["base"]),
        ("mine.toml, other/mine.toml", ["mine.toml", "other/mine.toml"]),
    ],
)
def test_a_policy_is_called_as_its_scenario_calls_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, names: list[str]
) -> None:
    monkeypatch.chdir(folder)
    plan = Scenario.from_mapping({"name": "base", **BASE})
    found = policies_of(plan, text, load=Scenario.load)
    assert found is not None
    assert list(found) == names
    if "base" in found:
        assert found["base"] is plan


def test_none_asked_for_are_none() -> None:
    assert policies_of(Scenario.from_mapping({"name": "base", **BASE}), None, load=Scenario.load) is None
