"""The command `calibrate` as a user meets it, on a toy in place of the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from model.experiments.calibration import plan as plans
from model.experiments.calibration import waves
from model.experiments.calibration.plan import FULL, Sizes
from model.interfaces.cli import main
from tests.experiments.calibration.conftest import Toy

SMALL = Sizes(
    first=14, again=5, second=6, again_second=0, truths=20, draws=20, lived=10, steps=300, cloud=2**11
)  # fmt: skip
WORDS = ["calibrate", "--quick", "--workers", "1", "--parameters", "streaming_trend,rho_paid,alpha,beta_s"]


def of_the_toy(monkeypatch: pytest.MonkeyPatch, toy: Toy) -> None:
    class Work:
        @classmethod
        def of(cls, _: Any) -> Toy:
            return toy

    monkeypatch.setattr(waves, "LifeWork", Work)
    monkeypatch.setattr(plans, "QUICK", SMALL)


def test_it_shows_progress_parameters_moments_and_what_to_think_of_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    of_the_toy(monkeypatch, Toy(stop_at=20))
    assert main([*WORDS, "--out", "kept"]) == 130
    assert "stopped in second wave; every finished life is kept in kept" in capsys.readouterr().err
    rest = Toy()
    of_the_toy(monkeypatch, rest)
    assert main([*WORDS, "--out", "kept"]) == 0
    told = capsys.readouterr()
    for word in ("Living the second wave", "Finding known truths again", "of 20 runs"):
        assert word in told.err, word
    for word in (
        "streaming_trend",
        "Not told",
        "Told by the record:",
        "moments are met",
        "Known truths:",
        "ensemble.json",
        "results.md",
    ):
        assert word in told.out, word
    assert rest.lived == SMALL.lives - 20
    assert (tmp_path / "kept" / "ensemble.json").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--train-until", "2023-01"], "2023-01"),
        (["--train-until", "2020-13"], "train-until"),
        (["--parameters", "rhopaid"], "rho_paid"),
        (["--parameters", "entrant_trial_months"], "entrant_trial_months"),
    ],
)
def test_wrong_wishes_are_told_before_anything_is_lived(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", *words]) == 2
    assert told in capsys.readouterr().err


def test_dry_lives_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["calibrate", "--dry"]) == 0
    told = capsys.readouterr().out
    assert f"{FULL.lives} lives" in told
    assert "world_users_2022" in told
    assert not list(tmp_path.iterdir())
