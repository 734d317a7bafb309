"""The screening of assumptions: the shipped file, a small one made anew, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import model as sm
from model.experiments.assumptions import measure_assumptions, screening, unscreened
from model.experiments.assumptions.screening import OUTCOMES
from model.foundation.errors import InputError

SMALL = {"users": 200, "months": 2, "markets": ["ID"]}


def test_the_shipped_screening_ranks_declared_parameters_of_every_outcome() -> None:
    found = screening()
    assert set(found.outcomes) == set(OUTCOMES)
    assert found.made["runs"] == 2 * found.made["paths"] * (len(found.inputs) + 1)
    assert found.made["sweep"]
    for name, rows in found.outcomes.items():
        assert len(rows) > 5, name
        assert [one.rank for one in rows] == sorted(one.rank for one in rows)
        assert rows[0].share == 1.0
        assert all(one.low <= one.strength <= one.high for one in rows)
        assert all(one.rank_best <= one.rank <= one.rank_worst for one in rows)
    known = sum(name in sm.declared_parameters() for name in found.inputs)
    assert known > 0.9 * len(found.inputs), "many parameters are gone: run resonance facts --assumptions --measure"


def test_parameters_declared_since_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = screening()
    declared = {name for name, line in sm.declared_parameters().items() if line.kind == "uncertainty"}
    assert set(unscreened(found)) == declared - set(found.inputs)


def test_a_screening_is_made_written_and_read(tmp_path: Path) -> None:
    path = measure_assumptions(
        folder=tmp_path / "runs", path=tmp_path / "small.json", paths=2, size=SMALL,
        uncertainties=("beta_T", "integration_hours"),
    )  # fmt: skip
    found = screening(path)
    assert set(found.inputs) == {"beta_T", "integration_hours"}
    assert found.made["runs"] == 12
    assert found.made["model_version"] == json.loads(path.read_text())["made"]["model_version"]
    assert "beta_T" in {one.name for one in found.of("resso.users")[1]}
    assert len(unscreened(found)) > 100


@pytest.mark.parametrize("content", ["", "[]", '{"kind": "other", "version": 1}', '{"kind": "resonance screening"}'])
def test_what_is_no_screening_is_one_message(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(InputError, match="--measure") as error:
        screening(tmp_path / "a.json")
    assert len(error.value.faults) == 1


def test_an_unknown_outcome_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"Did you mean 'resso.users'"):
        screening().of("reso.users")


def test_a_file_nested_beyond_reading_is_told(tmp_path: Path) -> None:
    (tmp_path / "screening.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="is a stored screening"):
        screening(tmp_path / "screening.json")
