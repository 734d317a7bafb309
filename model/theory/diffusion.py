"""How news of a service spreads: awareness by hazard, its stationary level, and the Bass curve.

A month's hazard h makes an unaware user aware with probability g = 1 - exp(-h); an aware user forgets with probability
f. Both act on the levels at the start of the month: A' = A (1 - f) + (1 - A) g.
Reference: Bass (1969), A new product growth model for consumer durables.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import FloatArray, floats, range_fault, require


def awareness_probability(hazard: ArrayLike) -> FloatArray:
    """Return the probability 1 - exp(-hazard) of becoming aware in a month.

    hazard: any shape, >= 0, per month; exact also for hazards far below the float spacing of 1.
    """
    rates = floats(hazard)
    require([range_fault("hazard", rates, low=0.0, high=np.inf)])
    return floats(-np.expm1(-rates))


def next_awareness(awareness: ArrayLike, *, hazard: ArrayLike, forgetting: ArrayLike) -> FloatArray:
    """Return the expected aware share a month later: A (1 - f) + (1 - A) (1 - exp(-h)).

    awareness: share in [0, 1]. hazard: >= 0 per month. forgetting: probability per month in [0, 1]. Shapes broadcast.
    """
    aware, forgotten = floats(awareness), floats(forgetting)
    require(
        [
            range_fault("awareness", aware, low=0.0, high=1.0),
            range_fault("forgetting", forgotten, low=0.0, high=1.0),
        ]
    )
    return floats(aware * (1.0 - forgotten) + (1.0 - aware) * awareness_probability(hazard))


def stationary_awareness(hazard: ArrayLike, *, forgetting: ArrayLike) -> FloatArray:
    """Return the aware share that stays as it is: A = g / (g + f) with g = 1 - exp(-hazard).

    hazard: >= 0 per month. forgetting: probability per month in [0, 1]. Shapes broadcast.
    Where both are 0 every level stays: NaN.
    """
    gained, forgotten = awareness_probability(hazard), floats(forgetting)
    require([range_fault("forgetting", forgotten, low=0.0, high=1.0)])
    total = gained + forgotten
    return floats(np.divide(gained, total, out=np.full(total.shape, np.nan), where=total > 0.0))


def stationary_hazard(awareness: ArrayLike, *, forgetting: ArrayLike) -> FloatArray:
    """Return the hazard that keeps a level of awareness: -ln(1 - f A / (1 - A)).

    awareness: share in [0, 1). forgetting: probability per month in [0, 1]. Shapes broadcast.
    No hazard holds an awareness of 1 / (1 + f) or more, since even if all the unaware learn each month some forget:
    that is a fault.
    """
    aware, forgotten = floats(awareness), floats(forgetting)
    require(
        [
            range_fault("awareness", aware, low=0.0, high=1.0, open_high=True),
            range_fault("forgetting", forgotten, low=0.0, high=1.0),
        ]
    )
    needed = forgotten * aware / (1.0 - aware)
    require([range_fault("share of the unaware who must learn each month", needed, low=0.0, high=1.0, open_high=True)])
    return floats(-np.log1p(-needed))


def bass_adoption(time: ArrayLike, *, innovation: float, imitation: float) -> FloatArray:
    """Return the share that has adopted by a time: (1 - exp(-(p + q) t)) / (1 + q/p exp(-(p + q) t)).

    time: any shape, >= 0, in the unit of the rates. innovation p: above 0, imitation q: >= 0, both per unit of time.
    """
    elapsed = floats(time)
    _require_bass(elapsed, innovation, imitation)
    rate = innovation + imitation
    return floats(-np.expm1(-rate * elapsed) / (1.0 + imitation / innovation * np.exp(-rate * elapsed)))


def bass_adoption_rate(time: ArrayLike, *, innovation: float, imitation: float) -> FloatArray:
    """Return the share that adopts per unit of time: (p + q F)(1 - F), with F from `bass_adoption`."""
    adopted = bass_adoption(time, innovation=innovation, imitation=imitation)
    return floats((innovation + imitation * adopted) * (1.0 - adopted))


def bass_peak_time(*, innovation: float, imitation: float) -> float:
    """Return when adoption is fastest: ln(q / p) / (p + q), or 0 where imitation does not exceed innovation."""
    _require_bass(np.zeros(1), innovation, imitation)
    if imitation <= innovation:
        return 0.0
    return float(np.log(imitation / innovation) / (innovation + imitation))


def _require_bass(elapsed: FloatArray, innovation: float, imitation: float) -> None:
    require(
        [
            range_fault("time", elapsed, low=0.0, high=np.inf, open_high=True),
            range_fault("innovation", innovation, low=0.0, high=np.inf, open_low=True, open_high=True),
            range_fault("imitation", imitation, low=0.0, high=np.inf, open_high=True),
        ]
    )
