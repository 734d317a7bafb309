"""The version stands for the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import model as sm
from model.foundation.version import VERSION, model_version

ROOT = Path(__file__).parents[2]


def test_version_is_the_projects() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION == sm.__version__
    assert re.fullmatch(re.escape(VERSION) + r"\+[0-9a-f]{12}", model_version())


def test_another_code_is_another_version(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "model", tmp_path / "model", ignore=shutil.ignore_patterns("__pycache__"))
    ask = [sys.executable, "-c", "from model.foundation.version import model_version; print(model_version())"]

    def answer() -> str:
        return subprocess.run(ask, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()

    assert answer() == model_version()
    with (tmp_path / "model" / "spec" / "declared" / "demand.py").open("a") as file:
        file.write("\n# another line\n")
    assert answer() != model_version()
