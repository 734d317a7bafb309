"""The public names: some twenty, all there, and none loaded before it is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import model as sm
from model.foundation.version import VERSION

ROOT = Path(sm.__file__).resolve().parent.parent


def in_a_new_process(code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    ).stdout.strip()


def test_every_public_name_is_there_and_documented() -> None:
    assert len(sm.__all__) <= 21  # a sweep is opened again on another day, so it has two names
    for name in sm.__all__:
        found = getattr(sm, name)
        assert name in dir(sm)
        assert isinstance(found, str) or found.__doc__, name


def test_the_names_are_those_of_their_modules() -> None:
    from model.experiments.run import run
    from model.facts import FactBook, known_book, load_start
    from model.foundation.errors import InputError, ResonanceError
    from model.results import RunResult
    from model.spec.scenario import Scenario

    assert (sm.FactBook, sm.known_book, sm.load_start) == (FactBook, known_book, load_start)
    assert (sm.InputError, sm.ResonanceError) == (InputError, ResonanceError)
    assert (sm.run, sm.RunResult, sm.Scenario) == (run, RunResult, Scenario)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        sm.no_such_name  # noqa: B018


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert sm.__version__ == project["version"] == VERSION


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import model; print(*(set(sys.modules) - before))"
    known = "from __future__ import annotations; import importlib, typing"
    assert in_a_new_process(f"{known}; {code}").split() == ["model"]


def test_a_name_loads_only_what_it_needs() -> None:
    code = "import sys, model; model.InputError; print('numpy' in sys.modules, 'mesa' in sys.modules)"
    assert in_a_new_process(code) == "False False"
