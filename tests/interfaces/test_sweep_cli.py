"""The command `sweep` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

import model as sm
from model.experiments.sweep import open_sweep
from model.experiments.sweep.work import SweepWork
from model.interfaces.cli import main
from model.interfaces.cli.sweep import rate_words

FILE = """
base = "tiny"
replicates = 2
outcomes = ["resso.users", "resso.operating_income"]
[settings]
users = 200
months = 1
markets = ["ID"]
[levers]
platforms.resso.integration.ID = [0.0, 0.5, 1.0]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "mine.toml").write_text(FILE, encoding="utf-8")
    return "mine.toml"


def test_a_sweep_prints_progress_a_table_and_where_it_is(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", file, "--workers", "1", "--out", "kept"]) == 0
    told = capsys.readouterr()
    for word in ("3 points", "2 replicates = 6 runs: 6 done", "Resso: monthly users", "people", "USD", "Kept: kept"):
        assert word in told.out, word
    assert "6 of 6 runs" in told.err
    assert open_sweep("kept").done == 6


def test_dry_says_how_many_and_how_long_and_keeps_nothing(
    file: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["sweep", file, "--dry", "--workers", "1"]) == 0
    both = capsys.readouterr()
    told = both.out
    assert "6 runs: 3 points x 1 policy x 2 replicates of tiny (1 market, 1 month, 200 users a market)" in told
    assert "on 1 process." in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.toml"]
    waits = both.err.splitlines()  # half a minute on a new machine: what takes it is said before it begins
    assert [line.split()[0] for line in waits] == ["Preparing", "Living"]
    assert main(["sweep", file, "--dry", "--workers", "1", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_a_stopped_sweep_keeps_what_was_finished_and_goes_on(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lived, calls = SweepWork.__call__, []

    def stop(self: SweepWork, case: object) -> object:
        calls.append(case)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return lived(self, case)  # type: ignore[arg-type]

    monkeypatch.setattr(SweepWork, "__call__", stop)
    assert main(["sweep", file, "--workers", "1", "--out", "kept"]) == 130
    told = capsys.readouterr()
    assert "stopped; 3 of 6 runs are kept. The same command goes on with the rest." in told.err
    assert main(["sweep", file, "--workers", "1", "--out", "kept"]) == 0
    assert len(calls) == 4 + 3
    assert "6 done" in capsys.readouterr().out
    assert main(["sweep", file, "--workers", "1", "--out", "kept", "--fresh", "--quiet"]) == 0
    assert len(calls) == 4 + 3 + 6
    assert capsys.readouterr().out == "Kept: kept (sm.open_sweep reads it)\n"


def test_failed_runs_give_code_1_and_are_told(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: SweepWork, __: object) -> object:
        raise ZeroDivisionError("no listener is left")

    monkeypatch.setattr(SweepWork, "__call__", fail)
    assert main(["sweep", file, "--workers", "1", "--out", "kept"]) == 1
    told = capsys.readouterr().out
    assert "0 done, 6 failed" in told
    assert "no listener is left" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["min.toml"], "Did you mean 'mine.toml'"), (["price_in_indonsia"], "Did you mean 'price_in_indonesia'"),
        (["mine.toml", "--workers", "2", "--dask", "tcp://127.0.0.1:9"], "workers are given, or a scheduler is"),
        (["mine.toml", "--workers", "0"], "workers: is a whole number from 1"),
        (["mine.toml", "--dask", "here"], "tcp://127.0.0.1:8786"),
        (["mine.toml", "--dask", "tcp://127.0.0.1:1", "--out", "kept"], "a Dask scheduler must answer at the address"),
        (["mine.toml", "--dask", "tcp://127.0.0.1:1"], "a Dask scheduler must answer at the address"),
        (["mine.toml", "--out", "mine.toml"], "folder"),
    ],
)  # fmt: skip
def test_wrong_words_end_with_one_line_and_code_2(
    file: str, words: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["sweep", *words]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert told in lines[0]
    assert all(line.startswith("resonance: ") for line in lines)
    assert sorted(path.name for path in tmp_path.iterdir()) == [file]


def test_wrong_levers_are_told_before_anything_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(FILE.replace("integration", "integraton"), encoding="utf-8")
    assert main(["sweep", "wrong.toml"]) == 2
    assert "Did you mean 'integration'" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["wrong.toml"]


def test_rates_are_told_in_words() -> None:
    from model.experiments.sweep.engines import Progress

    assert rate_words(Progress(10, 100, 0, 2.0, 45.0)) == "2 a second, 45 s left"
    assert rate_words(Progress(10, 100, 3, 0.1, 900.0)) == "10 s each, 15 min left, 3 failed"
    assert rate_words(Progress(10, 10_000, 0, 1.0, 9990.0)) == "1 a second, 2.8 h left"
    assert rate_words(Progress(0, 100, 0, 0.0, None)) == ""


def test_sweeps_are_public() -> None:
    assert sm.sweep.__module__ == "model.experiments.sweep.sweeping"
    assert sm.open_sweep is open_sweep
