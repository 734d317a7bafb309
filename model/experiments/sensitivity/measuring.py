"""From outcomes at the points of a design to how strong each input is, with intervals and places in the ranking."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.experiments.sensitivity.emulating import FEWEST_FITTED, Steps, emulated_indices
from model.experiments.sensitivity.plan import Method
from model.theory.arrays import FloatArray, IntArray, floats
from model.theory.sensitivity import elementary_effects, morris_effects, sobol_indices

MEAN_OF_HALF_NORMAL = float(np.sqrt(2.0 / np.pi))
FEWEST = 2
"""Paths or base points below which nothing can be said."""
FEW: dict[Method, int] = {"morris": 20, "sobol": 64, "emulated": 0}
"""Paths or base points below which intervals are told to be rough: with 16 base points those of a known function's
total indices held the truth in six cases of ten, not nine."""


def measured(
    method: Method, values: FloatArray, *, unit: FloatArray, key: np.uint64, level: float, steps: Steps = floats
) -> tuple[pd.DataFrame, int]:
    """Return a row per input in the order of the inputs, and how many paths or base points it rests on.

    values: (points, replicates), NaN where a run is missing; its path or base point is left out. unit: of the plan.
    Columns, morris, in the outcome's unit per whole range: strength (mean size of the effect), mean (with its sign),
    spread, noise (size that the replicates alone would give an input without any effect, NaN with one). sobol, shares
    of the variance: strength (total index), first. Each with _low and _high (of strength low and high); noise without.
    emulated: as sobol, with error (root mean squared, unit of the outcome) and foretold (share of the variance) of runs
    left out, the same in every row; where that is too little there is no index, only these two. steps: as of
    `emulating.emulated_indices`.
    """
    wide = values.reshape(*unit.shape[:2], -1)
    known = np.isfinite(wide).all(axis=(1, 2))
    if known.sum() < FEWEST:
        return pd.DataFrame(), int(known.sum())
    wide, places = wide[known], unit[known]
    means = wide.mean(axis=2)
    if method == "morris":
        columns = _morris(means, wide, places, level=level)
    elif method == "emulated":
        if len(places) < FEWEST_FITTED:
            return pd.DataFrame(), int(known.sum())
        emulated = emulated_indices(places[:, 0], means[:, 0], key=key, level=level, steps=steps)
        columns = {**emulated.columns, **{
            name: np.full(places.shape[2], value)
            for name, value in (("error", emulated.error), ("foretold", emulated.foretold))
        }}  # fmt: skip
    else:
        found = sobol_indices(means, key=key, level=level)
        columns = {
            "strength": found.total, "low": found.total_interval[0], "high": found.total_interval[1],
            "first": found.first, "first_low": found.first_interval[0], "first_high": found.first_interval[1],
        }  # fmt: skip
    return pd.DataFrame(columns), int(known.sum())


def _morris(means: FloatArray, wide: FloatArray, places: FloatArray, *, level: float) -> dict[str, FloatArray]:
    found = morris_effects(means, points=places, level=level)
    count = wide.shape[2]
    noise = np.full(places.shape[2], np.nan)
    if count > 1:
        each = np.stack([elementary_effects(wide[:, :, one], points=places) for one in range(count)])
        noise = MEAN_OF_HALF_NORMAL * (each.std(axis=0, ddof=1) / np.sqrt(count)).mean(axis=0)
    return {
        "strength": found.mean_size, "low": found.mean_size_interval[0], "high": found.mean_size_interval[1],
        "mean": found.mean, "mean_low": found.mean_interval[0], "mean_high": found.mean_interval[1],
        "spread": found.sigma, "spread_low": found.sigma_interval[0], "spread_high": found.sigma_interval[1],
        "noise": noise,
    }  # fmt: skip


def places_of(low: FloatArray, high: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the best and the worst place in the ranking that each input may have, given intervals of strengths.

    An input stands surely before another where the whole of its interval lies above the other's.
    """
    best = 1 + (low[None, :] > high[:, None]).sum(axis=1)
    worst = len(low) - (high[None, :] < low[:, None]).sum(axis=1)
    return best, worst
