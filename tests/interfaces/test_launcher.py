"""The launcher's tests command ends with one line that tells what failed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def write(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("codes", "line", "code"),
    [
        ((0, 0, 0), "all passed", 0),
        ((1, 0, 0), "FAILED: ruff; ok: mypy, pytest", 1),
        ((1, 0, 5), "FAILED: ruff, pytest; ok: mypy", 5),
        ((1, 2, 3), "FAILED: ruff, mypy, pytest", 3),
    ],
)
def test_the_last_line_of_the_tests_tells_what_failed(
    tmp_path: Path, codes: tuple[int, int, int], line: str, code: int
) -> None:
    shutil.copy(ROOT / "resonance", tmp_path)
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci/environment.py").write_text("")
    for name, end in zip(("ruff", "mypy", "python"), codes, strict=True):
        write(tmp_path / ".venv/bin" / name, f"echo '{name} speaks'; exit {end}")
    environment = {"RESONANCE_PYTHON": sys.executable, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [tmp_path / "resonance", "test"], env=environment, text=True, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stdout.splitlines() == ["ruff speaks", "mypy speaks", "python speaks", line]
