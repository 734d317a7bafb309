"""How sure a share is that was counted.

Reference: Wilson (1927), Probable inference, the law of succession, and statistical inference; Brown, Cai and DasGupta
(2001) on why it is preferred to the usual interval for small counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from model.theory.arrays import FloatArray


def wilson(counts: ArrayLike, *, trials: ArrayLike, level: float = 0.90) -> tuple[FloatArray, FloatArray]:
    """Return the lower and upper end of the score interval of shares: both lie in [0, 1], also where nothing was seen.

    counts, trials: of the same shape; NaN where there was no trial. level: probability that the interval holds the
    share, in (0, 1).
    """
    n = np.asarray(trials, dtype=np.float64)
    seen = np.asarray(counts, dtype=np.float64)
    z = float(ndtri(0.5 * (1.0 + level)))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = seen / n
        middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n)
        half = z / (1.0 + z * z / n) * np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    low = np.where(seen > 0.0, np.maximum(0.0, middle - half), np.where(n > 0.0, 0.0, np.nan))
    high = np.where(seen < n, np.minimum(1.0, middle + half), np.where(n > 0.0, 1.0, np.nan))
    return low, high
