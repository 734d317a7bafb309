"""Designs on the unit cube: grids, Latin hypercubes, Sobol' points. Every row is one point to run the model at.

Randomised by a key (`foundation.rng.stream_key`), never by a shared generator: the same key gives the same points, on
any machine and with any version of the libraries.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

from model.foundation.errors import Fault
from model.foundation.rng import uniforms
from model.theory.arrays import FloatArray, floats, range_fault, require

MOST_POINTS = 2**24
"""Most points of one design: about what a store of results holds."""
_SOBOL_BITS = 32


def grid_points(levels: Sequence[int]) -> FloatArray:
    """Return every combination of evenly spaced levels, (product of levels, n_dims), the last dimension fastest.

    levels: how many per dimension, at least 1. They run from 0 to 1, both included; one level alone lies at 1/2.
    """
    counts = [int(count) for count in levels]
    total = float(np.prod(np.array(counts, dtype=np.float64)))
    require(
        [
            None if counts else Fault("levels", "name at least one dimension", levels, "Give a number per dimension."),
            range_fault("levels", counts or [1], low=1, high=np.inf),
            range_fault("points of the grid", total if counts else 1.0, low=0, high=MOST_POINTS),
        ]
    )
    axes = [np.linspace(0.0, 1.0, count) if count > 1 else np.array([0.5]) for count in counts]
    return floats(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes)))


def latin_hypercube(n_points: int, *, n_dims: int, key: np.uint64) -> FloatArray:
    """Return a Latin hypercube, (n_points, n_dims) in (0, 1): each of n equal slices of each dimension holds one point.

    Within its slice a point lies uniformly, and slices are paired at random. Reference: McKay, Beckman and Conover
    (1979). key: of the design; another number of points is another design.
    """
    _require_sizes(n_points, n_dims)
    draws = uniforms(key, np.arange(2 * n_points * n_dims)).reshape(2, n_points, n_dims)
    slices = np.argsort(np.argsort(draws[0], axis=0, kind="stable"), axis=0, kind="stable")
    return floats((slices + draws[1]) / n_points)


def sobol_points(n_points: int, *, n_dims: int, key: np.uint64, first: int = 0) -> FloatArray:
    """Return Sobol' points, (n_points, n_dims) in (0, 1), shifted at random: numbers `first` onwards of one sequence.

    Of the first 2^k points each half, quarter, ... 2^-k of a dimension holds the same number, and so do the boxes that
    the sequence is built for; a power of two is best. Under one key more points extend fewer. Direction numbers of
    Joe and Kuo (2008), by SciPy; the random digital shift (one word per dimension, exclusive or) keeps the balance,
    leaves out the point 0, and makes means unbiased (Owen 2003).
    """
    _require_sizes(n_points, n_dims)
    require(
        [
            range_fault("first", first, low=0, high=MOST_POINTS),
            range_fault("n_dims", n_dims, low=1, high=qmc.Sobol.MAXDIM),
        ]
    )
    sequence = qmc.Sobol(n_dims, scramble=False, bits=_SOBOL_BITS)
    if first:
        sequence.fast_forward(first)
    size = 2.0**_SOBOL_BITS
    rough = _in_turn(sequence, n_points)
    words = (rough * size).astype(np.uint64)
    shift = (uniforms(key, np.arange(n_dims)) * size).astype(np.uint64)
    return floats(((words ^ shift).astype(np.float64) + 0.5) / size)


def _in_turn(sequence: qmc.Sobol, n_points: int) -> FloatArray:
    """Return the next points; asked for one by one first, since the sequence warns where 2^k are not asked at once."""
    start = np.asarray(sequence.random(1))
    return floats(np.concatenate([start, sequence.random(n_points - 1)]) if n_points > 1 else start)


def _require_sizes(n_points: int, n_dims: int) -> None:
    require(
        [
            range_fault("n_points", n_points, low=1, high=MOST_POINTS),
            range_fault("n_dims", n_dims, low=1, high=np.inf, open_high=True),
        ]
    )
