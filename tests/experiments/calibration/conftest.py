"""A toy of the model: series that answer four parameters in closed form, with noise keyed by the seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from model.experiments.calibration.moments import Targets, targets_until
from model.experiments.calibration.plan import CalibrationPlan, Sizes, plan_calibration
from model.experiments.history import REGIONS
from model.experiments.sweep.case import Case, Rows
from model.foundation.rng import stream_key, uniforms

UNTIL = "2020-12"
NAMES = ("streaming_trend", "rho_paid", "alpha", "beta_s")
TRUTH = {"streaming_trend": 0.42, "rho_paid": 0.085, "alpha": 0.24, "beta_s": 1.0}
SIZES = Sizes(first=36, again=10, second=14, again_second=4, truths=24, draws=60, lived=30, steps=2500, cloud=2**13)
NOISE = 0.1
"""Standard deviation of the toy's noise, in tolerances of each moment."""


def toy_moments(values: Mapping[str, float], seed: int, targets: Targets) -> dict[str, float]:
    """The toy's moments: beta_s moves none, trend and attention trade off in some, price weight has its own."""
    trend, attention = values["streaming_trend"], np.log(values["rho_paid"] / 0.06)
    price = np.log(values["alpha"] / 0.3)
    mean = {
        "world_users_2020": 0.4 * trend + 0.03 * attention,
        "world_payers_2020": 0.35 * trend - 0.08 * attention**2,
        "rest_of_world_users_2020": 0.2 * trend,
        "rest_of_world_payers_2020": 0.1,
        "churn_2020": 4.2 * np.exp(0.8 * attention),
        "from_free": 45.0 + 10.0 * trend,
        "choice_elasticity": -2.5 * np.exp(price),
        "retention_elasticity": -0.3 * np.exp(0.5 * price + 0.5 * attention),
        "category_elasticity": -0.8 * np.exp(0.7 * price),
    }
    scale = np.sqrt(targets.variance)
    draws = ndtri(uniforms(stream_key(seed, "toy"), np.arange(len(targets.names))))
    return {name: float(mean[name] + NOISE * scale[at] * draws[at]) for at, name in enumerate(targets.names)}


def as_rows(found: Mapping[str, float]) -> Rows:
    """The moments turned back into the series that a life leaves."""
    world = {"users": 271.0, "payers": 124.0}
    rows: list[tuple[str, str, str, str, float]] = []
    for metric, level in world.items():
        for place in ("WORLD", *REGIONS):
            growth = found[f"world_{metric}_2020"]
            if place == "Rest of World":
                growth += found[f"rest_of_world_{metric}_2020"]
            rows.append(("spotify", place, metric, "2019-12", level))
            rows.append(("spotify", place, metric, "2020-12", float(level * np.exp(growth))))
    rows += [
        ("spotify", "WORLD", "payer_churn", date, found["churn_2020"]) for date in ("2020-06", "2020-09", "2020-12")
    ]
    told = [name for name in found if name == "from_free" or name.endswith("elasticity")]
    columns = ("entity", "market", "metric", "date", "value")
    return {
        "outcomes": {"name": told, "value": [found[name] for name in told]},
        "series": {name: [row[at] for row in rows] for at, name in enumerate(columns)},
        "runs": {"seconds": [0.0]},
    }


@dataclass
class Toy:
    """Work of the toy; counts its lives, and may be stopped or fail."""

    lived: int = 0
    stop_at: int | None = None
    fail: bool = False

    def __call__(self, case: Case) -> Rows:
        """Live one point."""
        if self.lived == self.stop_at:
            raise KeyboardInterrupt
        if self.fail:
            raise ValueError("the toy broke")
        self.lived += 1
        work: Mapping[str, Any] = case.work
        return as_rows(toy_moments(work["values"], work["seed"], targets_until(UNTIL)))


def toy_plan(truth: Mapping[str, float] = TRUTH, *, sizes: Sizes = SIZES) -> CalibrationPlan:
    """A calibration whose record is the toy at a known truth, without errors of the record."""
    plan = plan_calibration(quick=True, parameters=NAMES, sizes=sizes)
    targets = plan.targets
    found = toy_moments(truth, 12345, targets)
    return replace(plan, record=replace(targets, value=np.array([found[name] for name in targets.names])))


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A calibration of the toy."""
    from model.experiments.calibration.calibrating import calibrate

    return calibrate(toy_plan(), folder=tmp_path_factory.mktemp("toy"), workers=1, work=Toy())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a calibration is kept."""
    return tmp_path / "calibration"
