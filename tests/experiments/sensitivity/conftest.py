"""Work that stands in for the model: an outcome that is a known function of what a point sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

import model as sm
from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.work import SweepWork

OUTCOME = "resso.users"
BASE = sm.Scenario.from_mapping({"name": "small", "markets": ["ID"], "users": 100, "months": 1})
Known = Callable[[Mapping[str, float], str, int], float]
"""(what the point sets by key, policy, replicate) -> outcome."""
Calls = list[Case]


@pytest.fixture
def lived_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Known], Calls]:
    """`lived_as(known)`: runs of sweeps in this process are lived by a known function; returns those that were."""

    def put(known: Known) -> Calls:
        calls: Calls = []

        def work(self: SweepWork, case: Case) -> Rows:
            calls.append(case)
            name = self.sources["names"][case.work["policy"]]  # type: ignore[index]
            value = known(case.work["overrides"], name, case.replicate)  # type: ignore[arg-type]
            rows: Rows = {"policy": [name] * 2, "market": ["total"] * 2, "over": ["horizon", "end"]}
            for who, column, _ in self.sources["outcomes"]:
                rows[f"{who}.{column}"] = [value, value]
            return {"outcomes": rows, "runs": {"policy": [name], "seconds": [0.0]}}

        monkeypatch.setattr(SweepWork, "__call__", work)
        return calls

    return put
