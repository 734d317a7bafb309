"""A calibration can be stopped and goes on, is the same twice, and says what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.experiments.calibration import calibrating
from model.experiments.calibration.calibrating import calibrate
from model.experiments.calibration.plan import Sizes, plan_calibration
from model.experiments.calibration.result import CalibrationResult
from model.experiments.calibration.waves import CalibrationStopped, clear
from model.foundation.errors import InputError
from tests.experiments.calibration.conftest import SIZES, Toy, toy_plan

SMALL = Sizes(first=14, again=5, second=6, again_second=0, truths=20, draws=20, lived=10, steps=300, cloud=2**11)


def test_a_stopped_calibration_goes_on_to_the_same_answer(folder: Path, tmp_path: Path) -> None:
    plan = toy_plan(sizes=SMALL)
    whole = calibrate(plan, folder=tmp_path / "whole", workers=1, work=Toy())
    with pytest.raises(CalibrationStopped, match="stopped") as stop:
        calibrate(plan, folder=folder, workers=1, work=Toy(stop_at=22))
    assert stop.value.stage == "second wave"
    rest = Toy()
    again = calibrate(plan, folder=folder, workers=1, work=rest)
    assert rest.lived == SMALL.lives - 22
    assert (again.values == whole.values).all()
    assert (again.weights == whole.weights).all()
    none = Toy(fail=True)
    third = calibrate(plan, folder=folder, workers=1, work=none)  # nothing is lived a second time
    assert (third.values == whole.values).all()


def test_draws_that_were_lived_are_those_of_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = toy_plan(sizes=SMALL)
    first = calibrate(plan, folder=folder, workers=1, work=Toy())
    # last bits of linear algebra differ between machines, and with them the draws of a chain
    monkeypatch.setattr(calibrating, "some_of", lambda draws, count, **_: draws[-count:])
    again = calibrate(plan, folder=folder, workers=1, work=Toy(fail=True))
    assert (again.draws.unit == first.draws.unit).all()
    assert (again.lived_weights == first.lived_weights).all()
    assert (again.members != first.members).any()


def test_members_are_of_the_posterior_that_the_tables_tell(found: CalibrationResult) -> None:
    assert np.ptp(found.weights) == 0.0
    told = found.posterior.set_index("parameter")
    for at, name in enumerate(found.plan.names):
        middle = float(np.median(found.values[:, at]))
        assert told.loc[name, "after_5"] < middle < told.loc[name, "after_95"], name
    wide = np.quantile(found.values, (0.05, 0.95), axis=0)
    inside = [((found.values[:, at] >= told.loc[name, "after_5"]) & (found.values[:, at] <= told.loc[name, "after_95"])
               ).mean() for at, name in enumerate(found.plan.names)]  # fmt: skip
    assert min(inside) >= 0.75, (inside, wide)


def test_another_calibration_is_not_mixed_in(folder: Path) -> None:
    calibrate(toy_plan(sizes=SMALL), folder=folder, workers=1, work=Toy())
    other = toy_plan({"streaming_trend": 0.1, "rho_paid": 0.05, "alpha": 0.3, "beta_s": 1.0}, sizes=SMALL)
    with pytest.raises(InputError, match="goes on in its own folder"):
        calibrate(other, folder=folder, workers=1, work=Toy())
    clear(folder)
    rest = Toy()
    calibrate(other, folder=folder, workers=1, work=rest)
    assert rest.lived == SMALL.lives


def test_another_record_takes_the_first_wave_and_the_truths_of_a_longer_one(folder: Path, tmp_path: Path) -> None:
    calibrate(toy_plan(sizes=SMALL), folder=folder, workers=1, work=Toy())
    other = toy_plan({"streaming_trend": 0.1, "rho_paid": 0.05, "alpha": 0.3, "beta_s": 1.0}, sizes=SMALL)
    own, alone = Toy(), Toy()
    found = calibrate(other, folder=tmp_path / "own", lives_from=folder, workers=1, work=own)
    assert own.lived == SMALL.second + SMALL.again_second + SMALL.lived
    assert (calibrate(other, folder=tmp_path / "alone", workers=1, work=alone).values == found.values).all()


def test_lives_are_taken_from_a_folder_that_has_some(folder: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "no_such"
    with pytest.raises(InputError, match="holds the first wave"):
        calibrate(toy_plan(sizes=SMALL), folder=folder, lives_from=nowhere, workers=1, work=Toy())
    assert not nowhere.exists()


def test_lives_that_fail_are_told_with_the_first_message(folder: Path) -> None:
    with pytest.raises(InputError, match="the toy broke"):
        calibrate(toy_plan(sizes=SMALL), folder=folder, workers=1, work=Toy(fail=True))


def test_sizes_that_cannot_work_are_told_at_once() -> None:
    wrong = replace(SIZES, first=5, truths=3, lived=1)
    with pytest.raises(InputError) as error:
        plan_calibration(quick=True, sizes=wrong)
    assert len(error.value.faults) == 3


def test_the_digest_hangs_on_what_decides_the_answer() -> None:
    plan = plan_calibration(quick=True)
    others = [
        plan_calibration(quick=True, seed=99),
        plan_calibration(quick=True, users=301),
        plan_calibration(quick=True, parameters=("rho_paid", "alpha")),
        replace(plan, record=replace(plan.targets, value=plan.targets.value + 1.0)),
        replace(plan, sizes=replace(plan.sizes, draws=21)),
    ]
    assert len({plan.digest, *(one.digest for one in others)}) == 6
    assert plan_calibration(quick=True).digest == plan.digest


def test_it_is_saved_with_tables_figures_and_the_ensemble(found: CalibrationResult, tmp_path: Path) -> None:
    found.save(tmp_path / "answer")
    found.save(tmp_path / "answer")  # in place of the earlier one
    names = {path.name for path in (tmp_path / "answer").iterdir()}
    assert {"posterior.csv", "moments.csv", "coverage.csv", "correlations.csv", "emulators.csv", "screening.csv",
            "members.csv", "levels.csv", "ensemble.json", "results.md", "calibration.json",
            "densities.png", "correlations.png", "moments.png"} <= names  # fmt: skip
    marker = json.loads((tmp_path / "answer" / "calibration.json").read_text())
    assert {"ensemble.json", "results.md"} <= set(marker["sha256"])  # a kill before them leaves no finished answer
    for name in ("densities", "correlations", "moments"):
        assert (tmp_path / "answer" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert np.isclose(found.weights.sum(), 1.0)
