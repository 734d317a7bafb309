"""A small store, and runs to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.store import SweepStore

Batch = list[tuple[Case, Rows]]


def finished_runs(first: int, last: int) -> Batch:
    batch: Batch = []
    for number in range(first, last):
        case = Case(f"{number:032x}", number % 10, number // 10)
        months = np.arange(3)
        rows: Rows = {
            "outcomes": {"profit": [number / 2], "winner": ["resso" if number % 2 else "tiktok"]},
            "series": {"month": months, "users": (number + months).astype(np.float32)},
        }
        batch.append((case, rows))
    return batch


@pytest.fixture
def runs() -> type[object]:
    return finished_runs  # type: ignore[return-value]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SweepStore]:
    points = {"price": [1.0 + point / 10 for point in range(10)]}
    with SweepStore.create(tmp_path / "sweep", plan={"design": "grid", "n": 10}, points=points) as store:
        yield store
