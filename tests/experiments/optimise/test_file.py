"""Search files: what they hold reaches the search, and each slip has its message."""

from __future__ import annotations

from pathlib import Path

import pytest

import model as sm
from model.experiments.optimise import SearchPlan, plan_search, read_search_file

FILE = """
about = "a search"
base = "mine"
population = 8
replicates = 3
uncertainties = ["theta"]
futures = 5
[settings]
users = 300
[levers]
platforms.resso.integration.ID = { low = 0.0, high = 1.0 }
[objectives]
resso.users = "max"
label_income = { goal = "min", over = "end", how = "worst" }
[references]
tied = "other"
loud = { "platforms.spotify.ad_load.ALL.free_ads" = 20.0 }
"""
SMALL = 'markets = ["ID"]\nmonths = 2\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "other.toml").write_text(SMALL + "platforms.resso.marketing.ID = 2.0\n", encoding="utf-8")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "search.toml"
    path.write_text(text, encoding="utf-8")
    return path


def planned(path: Path) -> SearchPlan:
    read = read_search_file(path)
    return plan_search(read.base, **read.wishes)


def test_what_a_file_holds_reaches_the_search(folder: Path) -> None:
    read = read_search_file(written(folder, FILE))
    assert (read.base.name, read.base.users, read.about) == ("mine", 300, "a search")
    plan = plan_search(read.base, **read.wishes)
    assert [one.name for one in plan.objectives] == ["resso.users", "label_income (end, worst)"]
    assert (len(plan.futures), plan.population, plan.replicates, plan.generations) == (5, 8, 3, 6)
    assert plan.futures["theta"].between(1.0, 3.5).all()
    assert [one.name for one in plan.references] == ["as it is", "tied", "loud"]


def test_the_library_s_searches_are_sound() -> None:
    for path in sorted(Path(sm.__file__).resolve().parent.parent.glob("scenarios/searches/*.toml")):
        read = read_search_file(path.stem)
        assert plan_search(read.base, **read.wishes).generations >= 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("population", "popluation", "Did you mean 'population'"), ("population = 8", "population = '8'", "population"),
        ("users = 300", "usres = 300", "settings"), ('base = "mine"', 'base = "mien"', "no scenario of this name"),
        ("[levers]", "[lever]", "levers"), ('"max"', '"most"', "max or min"), ("[objectives]", "[objectives", "TOML"),
        ('tied = "other"', 'tied = "others"', "no scenario of this name"),
    ],
)  # fmt: skip
def test_each_slip_has_its_message(folder: Path, old: str, new: str, told: str) -> None:
    assert old in FILE
    path = written(folder, FILE.replace(old, new))
    with pytest.raises(sm.InputError, match=told):
        planned(path)
