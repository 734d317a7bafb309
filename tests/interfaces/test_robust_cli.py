"""The command `robust` as a user meets it, on a tiny real sweep."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from model.experiments.robust import robust_choice
from model.experiments.sweep import open_sweep
from model.experiments.sweep.work import SweepWork
from model.interfaces.cli import main

FILE = """
base = "tiny"
replicates = 2
n = 6
outcomes = ["resso.users", "resso.operating_income"]
uncertainties = ["theta", "beta_T"]
[settings]
users = 200
months = 2
markets = ["ID"]
[policies.as_it_was]
[policies.tied]
platforms.resso.integration.ID = 1.0
[policies.dear]
platforms.resso.price.ID.premium = 99000.0
"""
ASKED = ["--outcome", "resso.users", "--workers", "1", "--store", "runs"]


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "mine.toml").write_text(FILE, encoding="utf-8")
    return "mine.toml"


@pytest.fixture
def runs(file: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["sweep", file, "--workers", "1", "--out", "runs", "--quiet"]) == 0
    capsys.readouterr()
    return "runs"


def test_from_a_sweep_file_to_an_answer_and_again_from_its_folder(
    file: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["robust", file, *ASKED, "--enough", "as_it_was", "--x", "beta_T", "--out", "answer"]
    assert main(words) == 0
    told = capsys.readouterr()
    for word in ("3 policies x 6 futures x 2 replicates", "Highest mean: tied", "Best worst case", "Least largest",
                 "Most often at least as much as as_it_was in the same future:", "beta_T",
                 "Who wins where", "Saved tables and figures: answer", "The runs are kept: runs"):  # fmt: skip
        assert word in " ".join(told.out.split()), word
    assert "36 of 36 runs" in told.err
    found = open_sweep("runs")
    scores = pd.read_csv(tmp_path / "answer" / "scores.csv").set_index("policy")
    mean = found.table("resso.users", mean=True).groupby("policy")["resso.users"].mean()
    assert scores["mean"].to_dict() == pytest.approx(mean.to_dict())
    assert json.loads((tmp_path / "answer" / "robust_choice.json").read_text())["digest"] == found.digest

    again = ["robust", "runs", "--outcome", "resso.users", "--enough", "as_it_was", "--x", "beta_T", "--out", "answer"]
    assert main(again) == 0
    assert capsys.readouterr().out.splitlines() == told.out.splitlines()[1:]  # but for where the runs are
    known = robust_choice("runs", outcome="resso.users").information
    assert known.perfect >= known.unknowns["value"].max() >= 0.0


def test_a_stopped_sweep_is_answered_from_what_is_done(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lived, calls = SweepWork.__call__, []

    def stop(self: SweepWork, case: object) -> object:
        calls.append(case)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return lived(self, case)  # type: ignore[arg-type]

    monkeypatch.setattr(SweepWork, "__call__", stop)
    assert main(["robust", file, *ASKED]) == 130
    told = capsys.readouterr()
    assert "stopped; 19 of 36 runs are kept" in told.err
    assert "3 policies x 3 futures" in told.out
    assert "3 futures left out" in told.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["runs"], "--outcome: what counts is named"),
        (["runs", "--outcome", "reso.users"], "Did you mean 'resso.users'"),
        (["runs", "--outcome", "resso.users", "--enough", "tyed"], "Did you mean 'tied'"),
        (["runs", "--outcome", "resso.users", "--only", "tied"], "names two policies or more"),
        (["runs", "--outcome", "resso.users", "--market", "BR"], "Known: ID, total"),
        (["runs", "--outcome", "resso.users", "--x", "thet"], "Did you mean 'theta'"),
        (["runs", "--outcome", "resso.users", "--workers", "2"], "nothing is run"),
        (["runs", "--outcome", "resso.users", "--out", "runs"], "robust_choice"),
        (["minetoml", "--outcome", "resso.users"], "is the folder of a sweep, a sweep file, or the name of one"),
        (["rns", "--outcome", "resso.users"], "Did you mean 'runs'?"),
        (["nowhere/x", "--outcome", "resso.users"], "got 'nowhere/x'. Known: enter_or_partner, first_look"),
        (["min.toml", "--outcome", "resso.users"], "Did you mean 'mine.toml'?"),
        ([".", "--outcome", "resso.users"], "a folder without a sweep"),
    ],
)  # fmt: skip
def test_wrong_words_end_with_one_line_and_code_2(
    runs: str, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["robust", *words]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert told in lines[0]
    assert runs == "runs"
    assert all(line.startswith("resonance: ") for line in lines)


CHOICE = """
[choice]
outcome = "resso.users"
less = true
enough = "as_it_was"
only = ["as_it_was", "tied"]
weights.theta = { "<= 2" = 0.7, "> 2" = 0.3 }
"""


def test_a_file_says_what_is_asked_and_options_go_before_it(
    file: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text(FILE + CHOICE, encoding="utf-8")
    assert main(["robust", file, "--workers", "1", "--store", "runs", "--out", "answer"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for word in ("less is better", "2 policies x 6 futures", "Lowest mean: as_it_was", "below tied",
                 "weighted: theta <= 2: 70%, > 2: 30%", "Most often at most as much as as_it_was"):  # fmt: skip
        assert word in told, word
    scores = pd.read_csv(tmp_path / "answer" / "scores.csv").set_index("policy")
    wide = open_sweep("runs").table("resso.users", mean=True).query("policy == 'tied'")
    low = wide["theta"] <= 2.0
    expected = 0.7 * wide.loc[low, "resso.users"].mean() + 0.3 * wide.loc[~low, "resso.users"].mean()
    assert scores.loc["tied", "mean"] == pytest.approx(expected)

    assert main(["robust", "runs", "--choice", file, "--more", "--only", "tied,dear"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Highest mean: tied" in told
    assert "Futures are weighted" in told
    assert main(["robust", "runs", "--outcome", "resso.users", "--less"]) == 0
    assert "Lowest mean" in capsys.readouterr().out

    (tmp_path / "wrong.toml").write_text(FILE + CHOICE.replace("weights", "wieghts"), encoding="utf-8")
    assert main(["robust", "wrong.toml", "--workers", "1"]) == 2
    assert "Did you mean 'weights'" in capsys.readouterr().err


def test_a_sweep_that_cannot_answer_is_told_before_it_runs(
    file: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "alone.toml").write_text(FILE.split("[policies.as")[0], encoding="utf-8")
    assert main(["robust", "alone.toml", "--outcome", "resso.users", "--workers", "1"]) == 2
    assert "two or more to choose from; got 'only base'" in capsys.readouterr().err
    assert main(["robust", file, "--outcome", "resso.payers", "--workers", "1"]) == 2
    assert "is one that the sweep keeps" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("command", ["robust", "sweep", "optimise", "equilibrium"])
def test_files_that_ask_something_else_are_not_offered(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Scenarios, games and searches beside a wrong path are no sweeps: only what may be meant is told."""
    for name in ("tariff_duel", "streaming_market", "label_search"):
        (tmp_path / "asked" / f"{name}.toml").parent.mkdir(exist_ok=True)
        (tmp_path / "asked" / f"{name}.toml").write_text('base = "tiny"', encoding="utf-8")
    more = ["--outcome", "resso.users"] if command == "robust" else []
    assert main([command, "asked/nothing_like.toml", *more]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "Known: " in line
    assert not {"tariff_duel", "streaming_market", "label_search"} & set(
        line.replace(",", " ").replace(".", " ").split()
    )
    assert main([command, "asked/tarif_duel.toml", *more]) == 2
    assert "Did you mean 'asked/tariff_duel.toml'?" in capsys.readouterr().err


def test_a_store_of_another_version_is_told(runs: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Another format cannot be read; runs of another model are read, and their file is not gone on with."""
    ledger = tmp_path / runs / "ledger.sqlite"

    def rewrite(key: str, value: object) -> None:
        with sqlite3.connect(ledger) as base:
            base.execute("UPDATE about SET value = ? WHERE key = ?", (json.dumps(value), key))
        base.close()

    rewrite("model_version", "0.0.9+abc")
    assert main(["robust", "mine.toml", "--outcome", "resso.users", "--store", runs, "--workers", "1"]) == 2
    assert "runs of two versions of the model are never mixed" in capsys.readouterr().err
    rewrite("format", 99)
    assert main(["robust", runs, "--outcome", "resso.users"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "this release reads sweep folders of format 1; got 99" in line
