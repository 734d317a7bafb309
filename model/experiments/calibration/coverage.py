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
WANTED = 0.85
"""Least part of the intervals that hold the truth."""
FACTORS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 9.0)
RECORDS = 2
"""Records drawn of each truth."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """What the check found.

    factor: on all variances, with which at least `WANTED` of the intervals hold the truth, or the largest tried.
    part: of the intervals that do. error: its standard deviation, over truths. table: by parameter. ladder: by factor.
    truths, records: how many. weakest: least number of equal points that any interval rests on.
    """

    factor: float
    part: float
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
        rows.append({"factor": factor, "coverage": float(held.mean()), "width": float(widths.mean())})
        if held.mean() >= WANTED:
            break
    by_truth = held.reshape(len(truths), -1).mean(axis=1)
    table = pd.DataFrame({"parameter": list(names), "coverage": held.mean(axis=0), "width": widths.mean(axis=0)})
    return Coverage(
        factor=float(factor), part=float(held.mean()), error=float(by_truth.std(ddof=1) / np.sqrt(len(truths))),
        table=table, ladder=pd.DataFrame(rows), truths=len(truths), records=len(records), weakest=float(sizes.min()),
    )  # fmt: skip


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
