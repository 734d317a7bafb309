"""Files that ask a question are files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model.experiments.question_files import find_question
from model.foundation.errors import InputError


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for_and_told_as_none(tmp_path: Path) -> None:
    pipe = tmp_path / "search.toml"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match=r"a search is a file; got .*search\.toml'\. A pipe or a device is none"):
        find_question(pipe, word="search", folder="searches")
    with pytest.raises(InputError, match="there is no such search file"):
        find_question(tmp_path, word="search", folder="searches")
