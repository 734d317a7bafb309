"""Which parameters move the moments at all: total effects on the emulator, against what the record can tell apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.experiments.calibration.moments import Targets
from model.foundation.rng import stream_key
from model.theory.arrays import BoolArray, FloatArray, floats
from model.theory.designs import sobol_points
from model.theory.emulator import Emulator

LEAST = 0.25
"""A parameter is kept that moves some moment by this many of its standard deviations (record and discrepancy)."""
POINTS = 1024


def total_effects(emulator: Emulator, *, dims: int, seed: int) -> FloatArray:
    """Return the standard deviation of each moment that each parameter takes part in, (d, m), by the emulator.

    The square is Jansen's total variance: the mean of (f(A) - f(A with one column of B))^2 / 2 over the prior.
    """
    base = sobol_points(POINTS, n_dims=2 * dims, key=stream_key(seed, "calibration screening"))
    first, other = base[:, :dims], base[:, dims:]
    here = emulator.expected(first)
    found = np.empty((dims, here.shape[1]))
    for dim in range(dims):
        moved = first.copy()
        moved[:, dim] = other[:, dim]
        found[dim] = np.sqrt(0.5 * np.mean((here - emulator.expected(moved)) ** 2, axis=0))
    return floats(found)


def strengths_of(effects: FloatArray, targets: Targets) -> FloatArray:
    """Return effects in standard deviations of the record and the discrepancy, (d, m)."""
    return floats(effects / np.sqrt(targets.variance))


def active_of(strengths: FloatArray) -> BoolArray:
    """Return which parameters move some moment by `LEAST` or more, (d,); the strongest always."""
    most = strengths.max(axis=1)
    return np.asarray((most >= LEAST) | (most == most.max()), dtype=np.bool_)


def screening_table(names: Sequence[str], strengths: FloatArray, targets: Targets) -> pd.DataFrame:
    """Return a row per parameter: its strongest effect, on which moment, and whether it is kept."""
    best = strengths.argmax(axis=1)
    return pd.DataFrame({
        "parameter": list(names), "strength": strengths.max(axis=1), "moves_most": [targets.names[at] for at in best],
        "active": active_of(strengths),
    })  # fmt: skip
