"""Toy sweeps: real stores whose outcomes are a formula of the point, so that every answer is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import model as sm
from model.experiments.sweep import SweepResult, open_sweep, plan_sweep
from model.experiments.sweep.case import Case
from model.experiments.sweep.describing import described
from model.experiments.sweep.store import SweepStore

BASE = sm.Scenario.from_mapping({"name": "small", "markets": ["ID"], "users": 200, "months": 1})
OUTCOME = "bytedance_income"
Payoff = Callable[[str, Mapping[str, object], int], float | None]
"""Outcome of (policy, point, replicate); None: the run is missing."""
Toy = Callable[..., SweepResult]


def quiet(names: tuple[str, ...]) -> dict[str, object]:
    """Policies that differ in nothing but their names: the toy pays by name."""
    return {name: {} for name in names}


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """`toy(payoff, policies=("a", "b"), n=64, ...)`: a finished sweep in a folder; more: as of `plan_sweep`."""
    made = []

    def make(
        payoff: Payoff, *, policies: tuple[str, ...] = ("a", "b"), replicates: int = 1, **asked: object
    ) -> SweepResult:
        wishes: dict[str, object] = {"n": 64, **asked}
        if not {"uncertainties", "levers", "table"} & set(asked):
            wishes["uncertainties"] = ["theta", "entrant_gap"]
        plan = plan_sweep(
            BASE,
            policies=quiet(policies),
            replicates=replicates,
            outcomes=[OUTCOME],
            **wishes,  # type: ignore[arg-type]
        )
        folder = tmp_path / f"toy{len(made)}"
        made.append(folder)
        with SweepStore.create(folder, plan=plan.question, about=described(plan), points=plan.points) as store:
            batch = []
            for point, row in enumerate(plan.points.to_dict("records")):
                for at, policy in enumerate(policies):
                    for replicate in range(replicates):
                        value = payoff(policy, row, replicate)
                        if value is None:
                            continue
                        case = Case(f"{point:08x}{at:04x}{replicate:04x}", point, replicate)
                        cells = {"policy": [policy] * 2, "market": ["ID", "total"], "over": ["horizon"] * 2,
                                 OUTCOME: [value / 2.0, value]}  # fmt: skip
                        batch.append((case, {"outcomes": cells, "runs": {"policy": [policy], "seconds": [0.1]}}))
            store.commit(batch)
        return open_sweep(folder)

    return make


def split(high: float, low: float) -> Callable[[Mapping[str, object]], float]:
    """Payoff of `high` where theta lies in the upper half of its range (1 to 3.5), else `low`."""
    return lambda point: high if float(point["theta"]) > 2.25 else low  # type: ignore[arg-type]


@pytest.fixture
def disagreeing(toy: Toy) -> SweepResult:
    """Three policies of which mean, maximin and minimax regret take another one each.

    By theta low and high: safe 12, 12; bold 0, 26; hedge 8, 17; half the futures each. Best: 12, 26.
    """
    pays = {"safe": split(12.0, 12.0), "bold": split(26.0, 0.0), "hedge": split(17.0, 8.0)}
    return toy(lambda policy, point, _: pays[policy](point), policies=("safe", "bold", "hedge"))
