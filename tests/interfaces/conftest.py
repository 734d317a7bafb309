"""The command line is tried in a folder of its own, with its own cache."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_place(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANCE_CACHE", str(cache))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("RESONANCE_DEBUG", raising=False)
    monkeypatch.chdir(tmp_path)
