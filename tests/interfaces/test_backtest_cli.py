"""The command `backtest` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.experiments.backtest.living import BacktestStopped
from model.experiments.ensembles import prior_ensemble
from model.interfaces.cli import backtest_shown, main


@pytest.fixture
def one(tmp_path: Path) -> str:
    prior_ensemble(["rho_free"], members=1, name="one").save(tmp_path / "one.json")
    return "one.json"


def test_small_backtest_prints_wins_and_losses_and_keeps_both(
    one: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["backtest", "--quick", "--users", "60", "--ensemble", one, "--workers", "1", "--out", "kept"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    for words in ("Quick: draws of the prior", "Won against the naive rules", "Lost against the naive rules",
                  "series won", "Outcomes inside the intervals", "not scored, since the figure"):  # fmt: skip
        assert words in said
    series = pd.read_csv(tmp_path / "kept" / "series.csv")
    assert f"{int(series['won'].sum())} of {len(series)} series won" in said
    first = (tmp_path / "kept" / "scores.csv").read_bytes()
    assert main(asked) == 0  # lives are taken over
    assert (tmp_path / "kept" / "scores.csv").read_bytes() == first
    assert np.isfinite(series["skill"]).all()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--train-until", "2022-13"], "train-until"),
        (["--train-until", "2022-12", "--test-until", "2022-06"], "comes after train-until"),
        (["--outcomes", "none.csv"], "none.csv"),
        (["--ensemble", "none"], "there is no ensemble of this name"),
    ],
)
def test_bad_input_ends_with_2_and_nothing_written(
    more: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", "--quick", "--out", "kept", *more]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()


def test_outcomes_with_faults_are_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.csv").write_text(
        "entity,market,metric,date,value,unit\nspotfy,WORLD,users,2022-12,1,M\nspotify,WORLD,users,2022-12,x,%\n"
    )
    assert main(["backtest", "--quick", "--outcomes", "mine.csv"]) == 2
    said = capsys.readouterr().err
    assert "mine.csv line 2, entity" in said
    assert "mine.csv line 3, value" in said
    assert "mine.csv line 3, unit" in said


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    assert main(["backtest", "--quick", "--out", "mine"]) == 2
    assert "thesis.txt" in capsys.readouterr().err


def test_a_stop_says_that_lives_are_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise BacktestStopped

    monkeypatch.setattr(backtest_shown, "backtest", stopped)
    assert main(["backtest", "--quick", "--out", "kept"]) == 130
    assert "every finished life is kept in kept" in capsys.readouterr().err
