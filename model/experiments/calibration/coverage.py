"""Does the calibration find truths that are known? Lives at fresh points are taken for the world, and found again.

Each truth is a life that no emulator was fitted to, with errors of the record and discrepancies drawn on top. Its
parameters are estimated as those of the world are; nine in ten of the 90% intervals should hold them. Where too few do,
all variances are widened until at least `WANTED` do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from model.experiments.calibration.focusing import focused
from model.experiments.calibration.posterior import Cloud, Likelihood
from model.foundation.rng import stream_key, uniforms
from model.theory.arrays import BoolArray, FloatArray

LEVEL = 0.9
IDENTIFIED = 0.25
"""A parameter counts as told by the record if its 90% interval is narrower than before by this part."""
WANTED = 0.85
"""Least part of the intervals that hold the truth."""
FACTORS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 9.0)
RECORDS = 2
"""Records drawn of each truth."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """What the check found.

    factor: on all variances, with which at least `WANTED` of the intervals hold the truth, those of parameters that
    are told among them, or the largest tried. part: of the intervals that do. part_told: of those that are narrower
    than the prior's own by a quarter, so that what nothing is known of cannot make up for what is known too well; NaN
    where there are none. error: its standard deviation, over truths. table: by parameter. ladder: by factor.
    truths, records: how many. weakest: least number of equal points that any interval rests on.
    """

    factor: float
    part: float
    part_told: float
    error: float
    table: pd.DataFrame
    ladder: pd.DataFrame
    truths: int
    records: int
    weakest: float


def records_of(moments: FloatArray, variance: FloatArray, *, seed: int, count: int = RECORDS) -> FloatArray:
    """Return records of truths, (truths * count, m): their moments with normal errors of the given variance (m,)."""
    many = np.repeat(moments, count, axis=0)
    draws = uniforms(stream_key(seed, "calibration records"), np.arange(many.size)).reshape(many.shape)
    return np.asarray(many + np.sqrt(variance) * ndtri(draws))


def check_coverage(
    likelihood: Likelihood, *, cloud: Cloud, truths: FloatArray, moments: FloatArray, names: Sequence[str], seed: int
) -> Coverage:
    """Return what the check finds. truths: (t, active) in the unit cube; moments: (t, m) of their lives."""
    records = records_of(moments, likelihood.variance, seed=seed)
    points = np.repeat(truths, RECORDS, axis=0)
    rows, held = [], np.zeros(points.shape, dtype=np.bool_)
    factor, widths, sizes = FACTORS[-1], np.empty(0), np.empty(0)
    for factor in FACTORS:
        held, widths, sizes = _held(likelihood.wider(factor), cloud, points, records, seed=seed)
        told = _of_told(held, widths)
        rows.append({"factor": factor, "coverage": held.mean(), "of_told": told, "width": widths.mean()})
        if held.mean() >= WANTED and not told < WANTED:
            break
    by_truth = held.reshape(len(truths), -1).mean(axis=1)
    table = pd.DataFrame({"parameter": list(names), "coverage": held.mean(axis=0), "width": widths.mean(axis=0)})
    return Coverage(
        factor=float(factor), part=float(held.mean()), part_told=_of_told(held, widths),
        error=float(by_truth.std(ddof=1) / np.sqrt(len(truths))),
        table=table, ladder=pd.DataFrame(rows), truths=len(truths), records=len(records), weakest=float(sizes.min()),
    )  # fmt: skip


def _of_told(held: BoolArray, widths: FloatArray) -> float:
    """Return the part that hold the truth of the intervals of told parameters, NaN where none is told."""
    told = widths.mean(axis=0) <= (1.0 - IDENTIFIED) * LEVEL
    return float(held[:, told].mean()) if told.any() else float("nan")


def _held(
    likelihood: Likelihood, cloud: Cloud, points: FloatArray, records: FloatArray, *, seed: int
) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Return whether intervals hold the points, their widths, both (records, active), and effective sizes."""
    ends = np.empty((len(records), 2, points.shape[1]))
    sizes = np.empty(len(records))
    for at, record in enumerate(records):
        own = Likelihood(likelihood.emulator, record, likelihood.variance, likelihood.factor)
        found = focused(own, cloud=cloud, key=stream_key(seed, "calibration truth", at))
        ends[at], sizes[at] = found.interval(level=LEVEL), found.effective
    held = (points >= ends[:, 0]) & (points <= ends[:, 1])
    return held, ends[:, 1] - ends[:, 0], sizes
