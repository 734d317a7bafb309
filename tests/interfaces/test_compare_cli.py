"""The command `compare` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.interfaces.cli import main
from model.interfaces.cli.compare import _cells
from model.interfaces.cli.progress import RunProgress

SMALL = ["--markets", "ID", "--users", "300", "--months", "2", "--replicates", "3", "--most", "3"]


def cells(base: float, difference: float, low: float, high: float, *, reduction: float = 20.0) -> tuple[str, ...]:
    return _cells({"base_mean": base, "difference": difference, "low": low, "high": high, "relative": difference / base,
                   "variance_reduction": reduction})  # fmt: skip


def test_small_differences_stand_in_their_own_size_and_nothing_as_0() -> None:
    assert cells(1.2e9, -2.818e5, -3.1e5, -2.4e5) == ("1.2 B", "-281.8 k", "-310 k to -240 k", "-0.02%", "x 20")
    assert cells(1.2e9, -30.0, -42.0, 8.0)[1:4] == ("-30", "-42 to +8", "< 0.01%")
    assert cells(1.2e9, -0.3, -0.4, 0.2)[1:4] == ("0", "0 to 0", "0")  # the noise of sums
    assert cells(5e6, 2.5e6, 0.9e6, 4.1e6)[1:4] == ("+2.5 M", "+0.9 M to +4.1 M", "+50.00%")
    assert cells(84.0, 162500.0, 1e5, 2e5)[3] == "+193,452%"
    assert cells(5.0, 1.0, 1.0, 1.0, reduction=float("inf"))[-1] == "exact"
    nan = float("nan")
    assert cells(4e3, 1.0, nan, nan)[:3] == ("4 k", "+1", "-")


def test_a_comparison_prints_differences_ranking_and_reduction(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "tied.toml").write_text(
        'extends = "tiny"\nmarkets = ["ID"]\n[platforms.resso.integration]\nID = 1.0\n', encoding="utf-8"
    )
    assert main(["compare", "tiny", "tied.toml", *SMALL, "--by-market", "--out", "kept"]) == 0
    told = capsys.readouterr()
    for word in (
        "tied less tiny",
        "Resso: monthly users",
        "90% interval",
        "Reduction (of variance)",
        "verdict",
        "wrong order",
        "ID",
    ):
        assert word in told.out, word
    assert "Living the scenarios" in told.err
    assert (tmp_path / "kept" / "differences.png").is_file()
    assert (tmp_path / "kept" / "differences.csv").is_file()


def test_wrong_words_end_with_one_line_per_fault_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "tiny", "sony_leaves", "--markets", "ID", "--months", "2"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[2] for line in lines] == ["start:", "users:"]
    assert main(["compare", "tiny"]) == 2
    assert "two scenarios or more" in capsys.readouterr().err
    assert main(["compare", "tiny", "tinny", *SMALL]) == 2
    assert "Did you mean 'tiny'" in capsys.readouterr().err
    assert main(["compare", "tiny", "tiny", *SMALL, "--outcomes", "resso.user"]) == 2
    assert "Did you mean 'users'" in capsys.readouterr().err
    assert not list(Path().glob("*.png"))


def test_a_stopped_comparison_shows_and_keeps_what_was_finished(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def told(_: RunProgress, stage: str, done: int, __: int) -> None:
        if stage == "comparing" and done == 9:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunProgress, "__call__", told)
    assert main(["compare", "tiny", "tiny", *SMALL, "--out", "kept"]) == 130
    found = capsys.readouterr()
    assert "2 replicates were finished" in found.err
    assert "tiny (2) less tiny" in found.out
    assert (tmp_path / "kept" / "ranking.csv").is_file()
