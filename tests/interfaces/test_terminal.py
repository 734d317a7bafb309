"""What reaches the terminal: words of files steer nothing, and any encoding takes any sign."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import model
from model.interfaces.cli import main
from model.interfaces.cli.terminal import harmless

ROOT = Path(model.__file__).resolve().parent.parent
HOSTILE = 'about = "A \\u001b]0;title\\u0007 \\u001b[2J\\u202egnp\\u009b1A\\rB [/red] [link=x]y[/link]"\n'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – words × 3\n\tand more\r\n", "plain – words × 3\n\tand more\r\n"),
        ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("one\rtwo", "one\\rtwo"),
        ("\x9b1A\x7f\x00", "\\x9b1A\\x7f\\x00"),
        ("abc\u202excod.exe", "abc\\u202excod.exe"),
    ],
)
def test_signs_that_steer_stand_as_their_escapes(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_words_of_a_scenario_steer_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither printed alone nor in the cell of a table, where brackets are no markup either."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "hostile.toml").write_text(f'extends = "tiny"\n{HOSTILE}', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for words in (["explain", "hostile"], ["scenarios"]):
        assert main(words) == 0
        told = capsys.readouterr()
        assert "\\x1b]0;title" in told.out.replace("\n", "")
        assert "[/red]" in told.out
        assert not set(told.out + told.err) & set("\x1b\x07\r\u202e\x9b")


def test_stdout_is_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    assert main(["version"]) == 0
    assert sys.stdout is before


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_gets_escapes_and_no_fault(encoding: str, tmp_path: Path) -> None:
    words = ("run", "tiny", "--users", "100", "--months", "1", "--out", str(tmp_path / "out"))
    done = subprocess.run(
        [sys.executable, "-m", "model", *words], capture_output=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert "Spotify" in done.stdout.decode(encoding)
