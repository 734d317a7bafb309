"""What a calibration tells, read from the ensemble that it left: parameters before and after, and what is missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np

from model.experiments.calibration.lives import lived_version
from model.experiments.calibration.moments import MOMENTS
from model.experiments.calibration.priors import Prior
from model.experiments.ensembles import Ensemble, open_ensemble
from model.experiments.ensembles.file import SHIPPED
from model.foundation.errors import InputError
from model.theory.concentration import effective_number
from model.theory.quantiles import weighted_quantiles

LEVELS = (0.05, 0.5, 0.95)
Verdict = Literal["told", "not told", "silent"]
Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ToldParameter:
    """A parameter before and after the record was looked at.

    before, after: 5%, 50% and 95% quantiles in `unit`; after: of the weighted members. before_share, after_share: the
    same as places in the prior, 0 to 1. narrower: part by which the 90% interval shrank, in the prior's own quantiles.
    """

    name: str
    unit: str
    meaning: str
    before: Three
    after: Three
    before_share: Three
    after_share: Three
    narrower: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ToldCalibration:
    """What a calibration tells.

    window: first and last month of the outcomes looked at. members, worth: draws, and how many of equal weight they are
    worth. lives: of the model. coverage: part of known truths that its 90% intervals held, NaN where not kept. widened:
    factor on the variances. moments: how many were looked at. missed: those that members do not meet, in words.
    current: whether its lives are of the code and facts of this package.
    """

    ensemble: Ensemble
    window: tuple[str, str]
    members: int
    worth: float
    lives: int
    coverage: float
    widened: float
    parameters: tuple[ToldParameter, ...]
    moments: int
    missed: tuple[str, ...]
    current: bool


def shipped_calibration() -> ToldCalibration | None:
    """Return the calibration of the package that looked at the latest outcomes, None where none is shipped."""
    found = [told for path in sorted(SHIPPED.glob("*.json")) if (told := _read(str(path))) is not None]
    return max(found, key=lambda one: one.window[1], default=None)


def told_by(ensemble: Ensemble) -> ToldCalibration | None:
    """Return what a calibration tells by its ensemble, None for an ensemble that no calibration made."""
    made = cast("Mapping[str, Any]", ensemble.made)
    priors, window = made.get("priors"), made.get("window")
    if not isinstance(priors, Mapping) or not isinstance(window, Sequence) or set(ensemble.parameters) - set(priors):
        return None
    words = {one.name: one.words for one in MOMENTS}
    parameters = tuple(_parameter(ensemble, Prior(name, *priors[name])) for name in ensemble.parameters)
    return ToldCalibration(
        ensemble=ensemble, window=(str(window[0]), str(window[-1])), members=len(ensemble),
        worth=float(effective_number(ensemble.weights)), lives=int(made.get("lives", 0)),
        coverage=float(made.get("coverage_90", np.nan)), widened=float(made.get("variances_widened_by", 1.0)),
        parameters=parameters, moments=len(made.get("moments", ())),
        missed=tuple(words.get(str(name), str(name)) for name in made.get("missed", ())),
        current=made.get("lived_version") == lived_version(),
    )  # fmt: skip


def _read(path: str) -> ToldCalibration | None:
    try:
        return told_by(open_ensemble(path))
    except InputError:  # another version's file is no calibration of this one
        return None


def _parameter(ensemble: Ensemble, prior: Prior) -> ToldParameter:
    values = ensemble.values[:, ensemble.parameters.index(prior.name)]
    after = weighted_quantiles(values, ensemble.weights, LEVELS)
    share = prior.quantile(after)
    made = cast("Mapping[str, Any]", ensemble.made)
    verdict: Verdict = "told" if prior.name in made.get("told", ()) else (
        "silent" if prior.name in made.get("silent", ()) else "not told")  # fmt: skip
    return ToldParameter(
        prior.name, prior.line.unit, prior.line.meaning, _three(prior.at(LEVELS)), _three(after), _three(LEVELS),
        _three(share), float(1.0 - (share[2] - share[0]) / (LEVELS[2] - LEVELS[0])), verdict,
    )  # fmt: skip


def _three(given: Sequence[float] | np.ndarray[Any, Any]) -> Three:
    low, middle, high = map(float, given)
    return low, middle, high
