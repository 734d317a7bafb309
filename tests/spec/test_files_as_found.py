"""Scenario files as they are found on disks: marks, emptiness, names that are paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.experiments.deals.sheet import TermSheet
from model.experiments.equilibrium.file import read_game_file
from model.experiments.optimise import read_search_file
from model.experiments.sweep.file import read_sweep_file
from model.foundation.errors import InputError
from model.spec.reading import MOST_KEYS
from model.spec.scenario import Scenario


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "marked.toml"
    path.write_bytes(b'\xef\xbb\xbfextends = "tiny"\n')
    assert Scenario.load(path).users == Scenario.load("tiny").users


def test_empty_file_is_the_world_by_default(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("# nothing yet\n")
    assert Scenario.load(tmp_path / "empty.toml").digest == Scenario.load("baseline").digest


@pytest.mark.parametrize("name", ["../../evil", "/etc", "a/b", "..", "x" * 61, "new\nline", "-lead"])
def test_name_holds_no_path(name: str) -> None:
    with pytest.raises(InputError, match="letters, digits"):
        Scenario.load("tiny").replace({"name": name})


@pytest.mark.parametrize("text", [
    "".join(f"key{number} = 1\n" for number in range(MOST_KEYS + 1)), f"markets = [{'1, ' * MOST_KEYS}1]",
    "[[events]]\na = 1\nb = 2\n" * MOST_KEYS,
])  # fmt: skip
def test_a_file_of_very_many_keys_is_refused_before_each_is_looked_up(tmp_path: Path, text: str) -> None:
    (tmp_path / "many.toml").write_text(text)
    with pytest.raises(InputError, match="at most 5,000 keys") as caught:
        Scenario.load(tmp_path / "many.toml")
    assert len(caught.value.faults) == 1


def test_a_file_of_many_letters_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_text(f"about = '{'a' * 2_000_000}'")
    with pytest.raises(InputError, match="at most 2,000,000 letters"):
        Scenario.load(tmp_path / "long.toml")


@pytest.mark.parametrize("text", [".".join(["a"] * 900) + " = 1", f"a = {'[' * 60}{']' * 60}"])
def test_a_file_nested_very_deep_is_refused_in_every_reader(tmp_path: Path, text: str) -> None:
    (tmp_path / "deep.toml").write_text(f'base = "tiny"\n{text}\n')
    for read in (Scenario.load, TermSheet.load, read_sweep_file, read_game_file, read_search_file):
        with pytest.raises(InputError, match="nest at most 50 levels"):
            read(tmp_path / "deep.toml")
