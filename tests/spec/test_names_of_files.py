"""A scenario without a name of its own has its file's: a plain one, whatever the file is called."""

from __future__ import annotations

from pathlib import Path

import pytest

import model as sm
from model.spec.frame import plain_name
from model.spec.reading import scenario_names


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("tiny", "tiny"),
        ("my plan-2.v3", "my plan-2.v3"),
        ("größer", "größer"),
        ("gro\u0308ßer", "größer"),
        ("..", "unnamed"),
        (".hidden", "hidden"),
        ("=1+1", "_1_1"),
        ("-rf", "rf"),
        ("@x", "_x"),
        ("x<img src=x onerror=alert(1)>", "x_img src_x onerror_alert_1_"),
        ("a\x1b[2Jb", "a_2Jb"),
        ("a\\b", "a_b"),
        ("x" * 200, "x" * 60),
    ],
)
def test_other_signs_become_plain(stem: str, name: str) -> None:
    assert plain_name(stem) == name
    assert plain_name(name) == name


def test_a_loaded_scenario_is_called_so(tmp_path: Path) -> None:
    file = tmp_path / "<script>=x.toml"
    file.write_text('extends = "tiny"\n', encoding="utf-8")
    assert sm.Scenario.load(file).name == "_script_x"
    assert sm.Scenario.load(file).replace(months=3).name == "_script_x"


@pytest.mark.parametrize("name", scenario_names())
def test_names_of_the_library_stay(name: str) -> None:
    assert plain_name(name) == name
