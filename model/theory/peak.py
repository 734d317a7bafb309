"""Where a noisy curve that was measured at a few points is highest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import FloatArray, floats, range_fault, require, shape_fault


def peak_of_curve(points: ArrayLike, *, values: ArrayLike) -> float:
    """Return the point between the first and the last where the parabola through all values is highest.

    points: (n,) rising, n >= 3. values: (n,). The parabola is that of least squares, so that noise of single values
    averages out; where it opens upwards or its top lies outside, the better end is returned, and the middle one of the
    points where all values are the same. Errors: InputError for shapes that do not agree, values that are not finite.
    """
    x, y = floats(points), floats(values)
    require(
        [
            range_fault("points", x.size, low=3.0, high=np.inf),
            shape_fault("values", y, x.shape),
            range_fault("values", y, low=-np.inf, high=np.inf, open_low=True, open_high=True),
        ]
    )
    if np.ptp(y) == 0.0:
        return float(x[len(x) // 2])
    scale, height = float(np.abs(x).max()) or 1.0, float(np.abs(y).max())
    z: FloatArray = x / scale
    bend, slope, level = np.polyfit(z, y / height, 2)
    ends = (float(z[0]), float(z[-1]))
    if bend < 0.0:
        return scale * float(np.clip(-slope / (2.0 * bend), *ends))
    best = max(ends, key=lambda one: bend * one * one + slope * one + level)
    return scale * best
