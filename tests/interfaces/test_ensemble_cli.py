"""The option `--ensemble` as a user meets it: on run, compare, deal and sweep."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from model.experiments.ensembles import prior_ensemble
from model.interfaces.cli import main

SMALL = ["--markets", "ID", "--users", "200", "--months", "2"]


@pytest.fixture
def prior(tmp_path: Path) -> str:
    prior_ensemble(["theta", "forgetting"], members=6, seed=2, name="little").save(tmp_path / "ensembles/little.json")
    return "little"


def test_run_prints_bands_and_saves_fans(prior: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["run", "tiny", *SMALL, "--ensemble", prior, "--members", "3", "--out", "kept"]) == 0
    told = capsys.readouterr()
    assert "Ensemble little" in told.err
    assert "3 runs to live" in told.err
    assert "medians and 90% bands of 3 runs" in told.out
    assert {"fans.csv", "fans.png", "members.csv"} <= {path.name for path in (tmp_path / "kept").iterdir()}
    assert len(pd.read_csv(tmp_path / "kept/members.csv")) == 3


def test_run_says_what_the_command_line_keeps_back(prior: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "tiny", *SMALL, "--ensemble", prior, "--members", "2", "--set", "parameters.theta=2.0", "-q"]
    assert main(words) == 0
    manifest = json.loads(next(Path("results").glob("*/manifest.json")).read_text())
    assert manifest["provenance"]["carried"]["held"] == ["theta"]
    assert main([word for word in words if word != "-q"]) == 0
    told = capsys.readouterr()
    assert "sets theta itself" in told.err
    assert "sets theta itself" in told.out


def test_compare_tells_shares_of_members(prior: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["compare", "tiny", "tiktok_integration", *SMALL, "--ensemble", prior, "--members", "3"]
    assert main([*words, "--outcomes", "resso.users", "--out", "kept"]) == 0
    told = capsys.readouterr()
    assert "6 runs to live" in told.err
    for word in ("90% band", "above 0", "of the members", "two figures"):
        assert word in told.out
    assert (tmp_path / "kept/fans.csv").exists()


def test_deal_tells_in_what_share_of_members_there_is_a_zone(
    prior: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["deal", "--platform", "resso", "--label", "sony", "--markets", "ID", "--months", "2", "--users", "200",
             "--set", "users=200", "--talks", "2", "--ensemble", prior, "--members", "3", "--out", "kept"]  # fmt: skip
    assert main(words) == 0
    told = capsys.readouterr()
    assert "of 3 members of little" in told.out
    assert "90% band over members" in told.out
    assert set(pd.read_csv(tmp_path / "kept/draws.csv")["member"]) <= set(range(6))
    assert json.loads((tmp_path / "kept/deal.json").read_text())["question"]["ensemble"]["runs"] == 3


def test_sweep_prints_bands_by_setting(prior: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "asked.toml").write_text(
        'base = "tiny"\noutcomes = ["resso.users"]\nsettings = {markets = ["ID"], users = 200, months = 2}\n'
        '[levers]\n"platforms.resso.integration.ID" = [0.0, 1.0]\n', encoding="utf-8",
    )  # fmt: skip
    words = ["sweep", "asked.toml", "--ensemble", prior, "--members", "3", "--workers", "1", "--out", "kept"]
    assert main(words) == 0
    told = capsys.readouterr()
    for word in ("6 runs: 6 done", "ensemble little", "50% band", "resso.integration.ID 1"):
        assert word in told.out
    assert {"bands.csv", "fans.csv", "fans.png"} <= {path.name for path in (tmp_path / "kept").iterdir()}
    assert main([*words, "--fresh"]) == 0
    assert len(pd.read_csv(tmp_path / "kept/bands.csv")) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "tiny", "--ensemble", "litle"], "Did you mean 'little'"),
        (["run", "tiny", "--ensemble", "little", "--members", "0"], "whole number from 1"),
        (["run", "tiny", "--members", "3"], "are of an ensemble"),
        (["run", "tiny", "--members", "0"], "are of an ensemble"),
        (["run", "tiny", "--ensemble", "little", "--replicates", "3"], "--replicates"),
        (["run", "tiny", "--ensemble", "broken.json"], "cut off"),
        (["compare", "tiny", "baseline", "--ensemble", "little", "--most", "9"], "--most"),
        (["compare", "tiny", "baseline", "--users", "300", "--ensemble", "little", "--members", "2"],
         "3 members"),
        (["deal", "--platform", "resso", "--label", "sony", "--markets", "ID", "--ensemble", "little", "--draws", "4"],
         "--draws"),
        (["sweep", "price_in_indonesia", "--members", "3"], "are of an ensemble"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2_and_words(
    prior: str, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.json").write_text('{"kind": "resonance ensemble", "format": 1, "name"', encoding="utf-8")
    assert main(words) == 2
    assert told in capsys.readouterr().err
