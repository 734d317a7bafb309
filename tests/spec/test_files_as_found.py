"""Scenario files as they are found on disks: marks, emptiness, names that are paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.foundation.errors import InputError
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
