"""The commands `deal` and `wave` on a few users: what they print and what they save."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from model.interfaces.cli import main

SMALL = ["--markets", "ID", "--draws", "2", "--users", "200", "--months", "3", "--set", "users=400"]
DEAL = ["deal", "--label", "sony", "--talks", "4", *SMALL]
WAVE = ["wave", "--platforms", "resso,spotify", "--labels", "sony,universal", "--orders", "1", *SMALL]


def test_deal_tells_how_talks_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, out = tmp_path / "sheet.toml", tmp_path / "out"
    sheet.write_text("minimum_guarantee_usd_m = 9000.0\n")
    words = [*DEAL, "--platform", "resso", "--protocol", "nash", "--terms", str(sheet), "--out", str(out)]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert "Probability of agreement" in text
    assert "8 talks by nash" in text
    assert "In 100% of draws the platform walks: it pays 750.00 M" in text
    assert "minima per stream or subscriber exceed the revenue share" in " ".join(text.split())
    assert "Term sheet as read: minimum_guarantee_usd_m 9000, no share of paid tiers" in " ".join(text.split())
    assert len(pd.read_csv(out / "talks.csv")) == 8
    assert json.loads((out / "deal.json").read_text())["question"]["protocol"] == "nash"
    assert main(words) == 0  # takes its own folder over


def test_deal_about_clips(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DEAL, "--platform", "tiktok", "--kind", "clips"]) == 0
    text = capsys.readouterr().out
    assert "label's weight 0.4" in text
    assert "Probability of agreement" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--platform", "resso", "--kind", "clips"], "licences for clips are TikTok's"),
        (["--platform", "resso", "--protocol", "nash_in_nash"], "resonance wave"),
        (["--platform", "resso", "--talks", "0"], "talks is a whole number"),
    ],
)
def test_bad_deal_is_one_clear_message(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DEAL, *words]) == 2
    assert message in capsys.readouterr().err


def test_wave_prints_pairs_and_saves_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WAVE, "--out", str(tmp_path / "out")]) == 0
    text = capsys.readouterr().out
    for words in ("By label", "By service", "Renewed in order of expiry", "spectral radius", "bundling brings"):
        assert words in text
    table = pd.read_csv(tmp_path / "out" / "licences.csv")
    assert len(table) == 4
    assert (tmp_path / "out" / "wave.png").read_bytes().startswith(b"\x89PNG")


def test_all_faults_of_a_deal_come_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DEAL, "--platform", "resso", "--draws", "-3", "--weight", "7", "--talks", "0"]) == 2
    told = capsys.readouterr().err
    assert all(place in told for place in ("deal: draws", "deal: weight", "deal: talks"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--platforms", "resto"], "resso"),
        (["--solution", "nsh"], "nash"),
        (["--weight", "3"], "lies from 0 to 1"),
        (["--users", "99"], "users is a whole number from 100"),
    ],
)
def test_bad_wave_is_one_clear_message(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WAVE, *words]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert "Preparing" not in told  # nothing is done before the question is understood
