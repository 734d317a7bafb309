"""Sweep files: read strictly, with suggestions, beside the files they name."""

from __future__ import annotations

from pathlib import Path

import pytest

import model as sm
from model.experiments.sweep import plan_sweep
from model.experiments.sweep.file import KEYS, find_sweep_file, read_sweep_file
from model.spec.reading import scenario_folders

WHOLE = """
about = "What integration is worth."
base = "mine"
design = "lhs"
n = 6
replicates = 2
outcomes = ["resso.users"]
series = true
[settings]
users = 200
months = 2
markets = ["ID"]
[levers]
platforms.resso.integration.ID = { low = 0.0, high = 1.0 }
"markets.ID.sales_tax" = [0.0, 0.1]
[uncertainties]
theta = { low = 2.0, high = 3.0, shape = "triangular" }
ces_sigma = {}
[policies.loud]
platforms.spotify.marketing.ALL = 2.0
[policies]
base = {}
shop = "tiktok_shop"
other = "mine"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text('extends = "tiny"\nabout = "mine"\n')
    (tmp_path / "whole.toml").write_text(WHOLE)
    return tmp_path


def test_a_file_says_the_same_as_the_call(folder: Path) -> None:
    read = read_sweep_file(folder / "whole.toml")
    plan = plan_sweep(read.base, **read.wishes)
    base = sm.Scenario.load(folder / "mine.toml").replace(users=200, months=2, markets=["ID"])
    called = plan_sweep(
        base, n=6, replicates=2, series=True, outcomes=["resso.users"],
        levers={"platforms.resso.integration.ID": {"low": 0.0, "high": 1.0}, "markets.ID.sales_tax": [0.0, 0.1]},
        uncertainties={"theta": {"low": 2.0, "high": 3.0, "shape": "triangular"}, "ces_sigma": {}}, design="lhs",
        policies={"loud": {"platforms.spotify.marketing.ALL": 2.0}, "base": {}, "shop": "tiktok_shop", "other": base},
    )  # fmt: skip
    assert plan.digest == called.digest
    assert read.about == "What integration is worth."
    assert plan.runs == 6 * 4 * 2


def test_a_table_is_looked_for_beside_the_file(folder: Path) -> None:
    (folder / "points.csv").write_text("point,theta\n0,2.5\n1,2.75\n")
    (folder / "by_table.toml").write_text('base = "tiny"\ntable = "points.csv"\n')
    read = read_sweep_file(folder / "by_table.toml")
    assert plan_sweep(read.base, **read.wishes).points["theta"].tolist() == [2.5, 2.75]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lever = {}\n", ["Did you mean 'levers'"]),
        ('base = "tinny"\nreplicate = 2\n', ["Did you mean 'tiny'", "Did you mean 'replicates'"]),
        ("base = 3\n", ["base: is a name or a file"]),
        ("levers = 3\nabout = 2\nseries = 1\n", ["levers: is a table", "about: is a text", "series: is true or false"]),
        ('outcomes = "resso.users"\n', ["outcomes: is a list"]),
        ('base = "tiny"\n[settings]\nuser = 3\n', ["settings: user: no such key", "Did you mean 'users'"]),
        ("levers = {\n", ["a sweep is a TOML file"]),
        ('uncertainties = 3\n', ["uncertainties: is a list or a table"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_file_is_told(folder: Path, text: str, told: list[str]) -> None:
    (folder / "wrong.toml").write_text(text)
    with pytest.raises(sm.InputError) as error:
        read_sweep_file(folder / "wrong.toml")
    for word in told:
        assert word in str(error.value)
    assert "wrong.toml" in str(error.value)


def test_a_file_that_is_not_there_is_told_with_the_nearest(folder: Path) -> None:
    with pytest.raises(sm.InputError, match=r"Did you mean '.*whole\.toml'"):
        find_sweep_file(folder / "whol.toml")
    with pytest.raises(sm.InputError, match="Did you mean 'integration_under_doubt'"):
        find_sweep_file("integration_under_dout")


SWEEPS = sorted((scenario_folders()[0] / "sweeps").glob("*.toml"))


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_the_examples_can_be_planned(path: Path) -> None:
    read = read_sweep_file(path.stem)
    plan = plan_sweep(read.base, **read.wishes)
    assert read.about
    assert 1 < plan.runs <= 2000
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_the_page_on_sweeps_tells_every_key() -> None:
    page = (scenario_folders()[0].parent / "docs" / "sweeps.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"`{key}`" not in page] == []
