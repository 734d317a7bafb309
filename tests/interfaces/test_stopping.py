"""Ctrl-C at any moment of a command ends it with one line and exit code 130."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup

from model.interfaces.cli import entry, main

ROOT = Path(__file__).resolve().parents[2]
ONE_LINE = "resonance: stopped; the same command goes on with what is kept, or begins anew.\n"


def stops(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("what", ["model.spec.reading.read_layers", "model.spec.scenario.Scenario.load"])
def test_a_command_that_does_not_answer_a_stop_itself_is_told_as_stopped(
    what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(what, stops)
    assert main(["explain", "tiny"]) == 130
    assert capsys.readouterr() == ("", ONE_LINE)


def test_a_stop_while_the_words_are_read_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(TyperGroup, "parse_args", stops)
    assert main(["explain", "tiny"]) == 130
    assert capsys.readouterr() == ("", ONE_LINE)


def test_a_second_stop_while_the_first_is_answered_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entry, "_answer", stops)
    assert main(["explain", "tiny"]) == 130
    assert capsys.readouterr() == ("", ONE_LINE)


LOADING = """
import runpy, sys

class Stops:
    def find_spec(self, name, *_):
        if name == "model.interfaces.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stops())
sys.argv = ["resonance", "version"]
runpy.run_module("model", run_name="__main__")
"""


def test_a_stop_while_the_program_is_loaded_is_told() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADING], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "resonance: stopped before it began.\n")
