"""A known truth is found again: by the toy always, by the model itself in a slow test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.experiments.calibration.calibrating import calibrate
from model.experiments.calibration.lives import LifeWork
from model.experiments.calibration.moments import moments_of
from model.experiments.calibration.plan import plan_calibration
from model.experiments.calibration.result import CalibrationResult
from model.experiments.ensembles import open_ensemble
from model.experiments.sweep.case import Case
from tests.experiments.calibration.conftest import NAMES, TRUTH


def test_intervals_hold_the_truth_and_are_narrower_than_the_prior(found: CalibrationResult) -> None:
    table = found.posterior.set_index("parameter")
    for name in ("streaming_trend", "rho_paid", "alpha"):
        row = table.loc[name]
        assert row["after_5"] < TRUTH[name] < row["after_95"], name
    assert table.loc["rho_paid", "contraction"] > 0.4
    assert table.loc["rho_paid", "after_50"] == pytest.approx(TRUTH["rho_paid"], rel=0.15)


def test_a_parameter_that_moves_nothing_is_named_and_stays_as_it_was(found: CalibrationResult) -> None:
    assert found.by_verdict("silent") == ["beta_s"]
    row = found.posterior.set_index("parameter").loc["beta_s"]
    assert (row["before_5"], row["before_95"]) == pytest.approx((row["after_5"], row["after_95"]))
    members = found.members[:, NAMES.index("beta_s")]
    assert np.sort(members) == pytest.approx((np.arange(len(members)) + 0.5) / len(members), abs=1.0 / len(members))


def test_nine_in_ten_intervals_hold_known_truths(found: CalibrationResult) -> None:
    coverage = found.coverage
    assert coverage.part >= 0.85
    assert coverage.factor <= 1.5
    assert coverage.truths >= 20
    assert set(coverage.table["parameter"]) == set(NAMES) - {"beta_s"}


def test_every_moment_of_a_truth_is_met(found: CalibrationResult) -> None:
    assert found.moments["met"].all()
    width = (found.moments["after_95"] - found.moments["after_5"]).mean()
    assert width < 0.7 * (found.moments["before_95"] - found.moments["before_5"]).mean()


def test_the_ensemble_holds_members_weights_and_how_it_was_made(found: CalibrationResult, tmp_path: Path) -> None:
    again = open_ensemble(found.ensemble.save(tmp_path / "posterior.json"))
    assert again == found.ensemble
    assert again.parameters == NAMES
    assert len(again) == 60
    assert again.made["window"] == ["2019-12", "2020-12"]
    assert again.made["silent"] == ["beta_s"]
    mean = float(again.weights @ again.values[:, NAMES.index("rho_paid")])
    assert mean == pytest.approx(TRUTH["rho_paid"], rel=0.2)


@pytest.mark.slow
def test_the_model_itself_is_found_again(tmp_path: Path) -> None:
    """Four parameters of the true model, small: a life at a known point is the record."""
    plan = plan_calibration(quick=True)
    truth = {"streaming_trend": 0.45, "paying_trend": 0.3, "rho_paid": 0.09, "alpha": 0.45}
    rows = LifeWork.of(plan.scenario)(Case("truth", 0, 0, {"seed": 777, "values": truth}))
    import pandas as pd

    told = dict(zip(rows["outcomes"]["name"], rows["outcomes"]["value"], strict=True))  # type: ignore[call-overload]
    found = moments_of(pd.DataFrame(rows["series"]), told, plan.targets.moments)
    value = np.array([found[name] for name in plan.targets.names])
    known = replace(plan, record=replace(plan.targets, value=value))
    result = calibrate(known, folder=tmp_path / "kept", workers=1)
    table = result.posterior.set_index("parameter")
    held = [table.loc[name, "after_5"] <= one <= table.loc[name, "after_95"] for name, one in truth.items()]
    assert sum(held) >= 3
    assert result.coverage.part >= 0.8
    assert result.moments["met"].mean() >= 0.7
