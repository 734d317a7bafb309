"""Half-written files: known by the name that `write_whole` gives them, and by nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import model
from model.experiments.drafts import draft_of, drafts_in, forget_drafts

KILLED = """
import os, signal, sys
from pathlib import Path
from model.foundation.files import write_whole

def half(stream):
    stream.write(b"half")
    stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)

write_whole(Path(sys.argv[1]) / "deal.json", half)
"""


def test_what_a_kill_leaves_is_known_and_forgotten(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(model.__file__).parents[1])}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=environment, check=False)
    (tmp_path / "deal.json").write_text("whole")
    halves = drafts_in(tmp_path)
    assert len(halves) == 2
    assert {draft_of(path.name) for path in halves} == {"deal.json"}
    assert drafts_in(tmp_path, names={"other.json"}) == []
    forget_drafts(tmp_path, names={"deal.json"})
    assert [path.name for path in tmp_path.iterdir()] == ["deal.json"]


@pytest.mark.parametrize("name", ["deal.json.abcd1234", ".deal.json.short", ".git", ".a.ABCDEFGH"])
def test_other_names_are_no_drafts(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert draft_of(name) is None
    forget_drafts(tmp_path)
    assert (tmp_path / name).exists()


def test_folders_are_no_drafts_and_nothing_is_there_where_none_is(tmp_path: Path) -> None:
    (tmp_path / ".deal.json.abcd1234").mkdir()
    assert drafts_in(tmp_path) == []
    assert drafts_in(tmp_path / "none") == []
