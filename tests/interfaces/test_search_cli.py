"""The commands `sensitivity`, `threshold` and `optimise` as a user meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.experiments.sweep.work import SweepWork
from model.interfaces.cli import main

SMALL = ["--users", "200", "--months", "2", "--markets", "ID", "--workers", "1"]
SEARCH = """
base = "tiny"
population = 4
generations = 2
replicates = 1
fresh = 2
[settings]
users = 200
months = 1
markets = ["ID"]
[levers]
platforms.resso.integration.ID = [0.0, 0.5, 1.0]
platforms.resso.marketing.ID = { low = 0.5, high = 2.0 }
[objectives]
resso.users = "max"
resso.operating_income = { goal = "max", over = "end" }
"""


def stop_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    lived, calls = SweepWork.__call__, []

    def stop(self: SweepWork, case: object) -> object:
        calls.append(case)
        if len(calls) == number:
            raise KeyboardInterrupt
        return lived(self, case)  # type: ignore[arg-type]

    monkeypatch.setattr(SweepWork, "__call__", stop)


def test_a_screening_that_is_stopped_and_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["sensitivity", "tiny", *SMALL, "--outcome", "resso.users", "--parameters", "beta_T,ces_sigma",
             "--policies", "tiktok_integration", "--n", "2", "--out", "kept"]  # fmt: skip
    with monkeypatch.context() as patch:
        stop_at(patch, 6)
        assert main(words) == 130
        told = capsys.readouterr()
        assert "5 of 12 runs of this round are kept. The same command goes on" in told.err
    assert main(words) == 0
    told = capsys.readouterr()
    assert "Morris screening of tiny: 2 inputs, 2 paths, 6 points x 2 policies x 1 replicate = 12 runs." in told.out
    assert "tiktok_integration minus tiny" in told.out
    assert "Saved tables and pictures: kept" in told.out
    assert (Path("kept") / "ranking_resso_users.png").is_file()


def test_dry_and_tornado(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sensitivity", "tiny", *SMALL, "--outcome", "resso.users"]
    assert main([*words, "--subject", "demand", "--parameters", "theta,tiktok_cost", "--dry"]) == 0
    assert "runs of tiny: 300 points over 29 inputs x 1 x 1; every point settles" in capsys.readouterr().out
    assert main([*words, "--method", "tornado", "--lever", "platforms.resso.integration.ID=0:1", "--replicates", "2",
                 "--out", "kept"]) == 0  # fmt: skip
    assert "Tornado of tiny: 1 input, each at both ends" in capsys.readouterr().out


def test_a_threshold(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["threshold", "tiny", *SMALL, "--along", "tiktok_cost=0.2:0.9", "--outcome", "bytedance_income"]
    more = ["--policies", "tiktok_integration", "--replicates", "2", "--scan", "3", "--out", "kept"]
    assert main([*words, *more]) == 0
    assert "along tiktok_cost (0.2 to 0.9 share of income)" in capsys.readouterr().out
    assert (Path("kept") / "threshold.png").is_file()


def test_a_search(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mine.toml").write_text(SEARCH, encoding="utf-8")
    assert main(["optimise", "mine.toml", "--dry"]) == 0
    assert "Up to 8 runs of tiny: 2 generations of 4 designs" in capsys.readouterr().out
    with monkeypatch.context() as patch:
        stop_at(patch, 4)
        assert main(["optimise", "mine.toml", "--workers", "1", "--out", "kept"]) == 130
    assert main(["optimise", "mine.toml", "--workers", "1", "--out", "kept"]) == 0
    told = capsys.readouterr().out
    assert "Search of tiny over 2 levers: 8 designs in 2 generations" in told
    assert (Path("kept") / "pareto.png").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["sensitivity", "tiny", "--outcome", "resso.users"], "at least one input"),
        (["sensitivity", "tiny", "--outcome", "resso.users", "--subject", "demmand"], "Did you mean 'demand'"),
        (["sensitivity", "tiny", "--outcome", "resso.users", "--parameters", "theta", "--method", "x"], "method"),
        (["sensitivity", "tiny", "--outcome", "resso.users", "--lever", "platforms.resso.integration.ID"], "LOW:HIGH"),
        (["sensitivity", "tiny", "--outcome", "resso.users,label_income", "--parameters", "theta", "--method",
          "tornado"], "takes one outcome"),
        (["sensitivity", "tiny", "--outcome", "resso.users", "--parameters", "theta", "--market", "XX"], "market"),
        (["threshold", "tiny", "--along", "theta", "--outcome", "resso.users", "--policies", "tiny,quiet,baseline"],
         "are two"),
        (["optimise", "nothing"], "there is no such search file"),
    ],
)  # fmt: skip
def test_one_message_for_what_is_wrong(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert told in lines[0]
    assert not Path("results").exists()
