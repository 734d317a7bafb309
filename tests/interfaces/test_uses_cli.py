"""The lists `facts --unused` and `facts --assumptions`."""

from __future__ import annotations

import pytest

from model.experiments.assumptions import screening
from model.interfaces.cli.entry import main


def test_unused_facts_are_counted_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "--unused"]) == 0
    told = capsys.readouterr().out
    assert "markets" in told
    assert "speaks of the time after December 2022" in told
    assert main(["facts", "--unused", "prices", "--limit", "2"]) == 0
    assert "prc-" in capsys.readouterr().out


def test_assumptions_are_ranked_and_say_where_the_ranking_is_from(capsys: pytest.CaptureFixture[str]) -> None:
    found = screening()
    assert main(["facts", "--assumptions", "label_income", "--limit", "3"]) == 0
    told = capsys.readouterr().out
    for one in found.outcomes["label_income"][:3]:
        assert one.name in told
    assert str(found.made["sweep"]) in told
    assert "--measure" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--unused", "prics"], "Did you mean 'prices'"),
        (["--assumptions", "reso.users"], "Did you mean 'resso.users'"),
        (["--assumptions", "label_income", "resso.users"], "one at a time"),
        (["--unused", "--weak"], "one list at a time"),
        (["--measure"], "goes with --assumptions"),
    ],
)
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    assert main(["facts", *words]) == 2
    error = capsys.readouterr().err.strip()
    assert told in error
    assert error.count("\n") == 0
