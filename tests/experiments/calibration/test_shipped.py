"""What a calibration tells is read from its ensemble alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.experiments.calibration.lives import lived_version
from model.experiments.calibration.moments import MOMENTS
from model.experiments.calibration.priors import read_priors
from model.experiments.calibration.shipped import shipped_calibration, told_by
from model.experiments.ensembles import Ensemble, prior_ensemble

(THETA, DELTA) = read_priors(["theta", "delta"])
EVEN = (np.arange(200) + 0.5) / 200


def ensemble(**made: object) -> Ensemble:
    """Theta told in the middle half of its prior, delta as before."""
    values = np.column_stack([THETA.at(0.25 + 0.5 * EVEN), DELTA.at(EVEN)])
    priors = {one.name: [one.low, one.high, one.shape] for one in (THETA, DELTA)}
    given = {"method": "m", "priors": priors, "window": ["2019-12", "2021-12"], "told": ["theta"], "lives": 7,
             "missed": [MOMENTS[0].name], "moments": {MOMENTS[0].name: 0.2, MOMENTS[1].name: 0.1}}  # fmt: skip
    return Ensemble("post", "two", ("theta", "delta"), values, np.full(200, 1 / 200), {**given, **made})


def test_intervals_are_narrower_by_what_was_told() -> None:
    told = told_by(ensemble(lived_version=lived_version(), coverage_90=0.9))
    assert told is not None
    theta, delta = told.parameters
    assert (theta.verdict, delta.verdict) == ("told", "not told")
    assert theta.narrower == pytest.approx(0.5, abs=0.02)
    assert delta.narrower == pytest.approx(0.0, abs=0.02)
    assert theta.after_share[1] == pytest.approx(0.5, abs=0.01)
    assert theta.before[1] == pytest.approx(float(THETA.at(0.5)))
    assert theta.before[0] < theta.after[0] < theta.after[2] < theta.before[2]
    assert told.missed == (MOMENTS[0].words,)
    assert (told.members, told.lives, told.moments, told.worth) == (200, 7, 2, pytest.approx(200))
    assert told.current
    assert told.coverage == 0.9


def test_lives_of_other_code_are_not_current_and_silence_is_told() -> None:
    told = told_by(ensemble(lived_version="0.0.0+other", silent=["delta"]))
    assert told is not None
    assert not told.current
    assert told.parameters[1].verdict == "silent"
    assert np.isnan(told.coverage)


def test_an_ensemble_without_calibration_tells_nothing() -> None:
    assert told_by(prior_ensemble(["theta"], members=3)) is None
    with_priors = ensemble()
    assert told_by(replace(with_priors, made={"method": "m"})) is None


def test_the_shipped_one_tells_every_parameter_and_names_its_misses() -> None:
    told = shipped_calibration()
    assert told is not None
    assert {one.name for one in told.parameters} == set(told.ensemble.parameters)
    marked = {one.name for one in told.parameters if one.verdict == "told"}
    assert marked == set(told.ensemble.made["told"])  # type: ignore[arg-type]
    assert all(one.narrower > 0.1 for one in told.parameters if one.verdict == "told")
    assert not set(told.missed) & set(told.ensemble.made["missed"])  # type: ignore[arg-type]
