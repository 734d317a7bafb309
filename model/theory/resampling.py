"""Bootstrap resamples by keyed draws, and the intervals read off them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.rng import uniforms
from model.theory.arrays import FloatArray, IntArray, floats, range_fault, require


def resampled_rows(n_rows: int, *, resamples: int, key: np.uint64) -> IntArray:
    """Return row numbers drawn with repetition, (resamples, n_rows): one bootstrap sample per row (Efron 1979).

    key: of the draws (`foundation.rng.stream_key`); more resamples under one key extend fewer.
    """
    require(
        [
            range_fault("n_rows", n_rows, low=1, high=np.inf, open_high=True),
            range_fault("resamples", resamples, low=1, high=np.inf, open_high=True),
        ]
    )
    drawn = uniforms(key, np.arange(resamples * n_rows)).reshape(resamples, n_rows)
    return np.minimum((drawn * n_rows).astype(np.int64), n_rows - 1)


def percentile_interval(values: ArrayLike, *, level: float) -> FloatArray:
    """Return the lower and upper end of the middle `level` of values over their first axis, (2, ...).

    values: (resamples, ...), any unit, which is the unit returned. level: in (0, 1), e.g. 0.9.
    """
    require([range_fault("level", level, low=0.0, high=1.0, open_low=True, open_high=True)])
    return floats(np.quantile(floats(values), [0.5 - 0.5 * level, 0.5 + 0.5 * level], axis=0))
