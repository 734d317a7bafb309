"""Why talks that could succeed do not end at once: optimism, learning by an outage, and wars of attrition.

Reference: Yildiz (2003), Bargaining without a common prior; Yildiz (2004), Waiting to persuade; Hendricks, Weiss and
Wilson (1988), The war of attrition in continuous time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, IntArray, floats, require
from model.theory.bargaining.checks import (
    above_zero_fault,
    at_least_zero_fault,
    finite_fault,
    form_fault,
    sides_fault,
    together_fault,
    unit_fault,
)


@dataclass(frozen=True, slots=True)
class OptimisticTalks:
    """Talks under beliefs that need not fit together.

    agrees: (T,) whether the sides would agree in each round. first_agreement: round, from 0.
    worth: (T, 2) what each believes its talks are worth as a round starts, of a surplus of 1; sums above 1: optimism.
    """

    agrees: BoolArray
    worth: FloatArray
    first_agreement: int


def optimistic_talks(beliefs: ArrayLike, *, discount: float) -> OptimisticTalks:
    """Return when sides agree that each believe to have the stronger hand later.

    Round t is the turn of either side to propose; side i believes that it will be its own with probability pi_i, and
    pi_A + pi_B may exceed 1. There is agreement in t if and only if d (V_A + V_B) of the next round is at most 1; then
    V_i = pi_i (1 - d sum V') + d V_i', else V_i = d V_i'. In the last round V_i = pi_i: so in the round before it there
    is delay if and only if d (pi_A + pi_B) > 1. Optimism delays
    where an end or a shift of power is near; with the end far off even lasting optimism agrees at once.

    beliefs pi: (T, 2) in [0, 1]. discount d: per round, in [0, 1].
    """
    chances = floats(beliefs)
    wrong = chances.ndim != 2 or chances.shape[0] == 0
    way_out = "Give shape (n_rounds, 2)."
    require([Fault("beliefs", "is a table of rounds by sides", chances.shape, way_out) if wrong else None])
    require([sides_fault("beliefs", chances), unit_fault("beliefs", chances), unit_fault("discount", discount)])
    worth = np.zeros(chances.shape)
    agrees = np.zeros(len(chances), dtype=np.bool_)
    later = np.zeros(2)
    for number in range(len(chances) - 1, -1, -1):
        waiting = discount * later
        agrees[number] = waiting.sum() <= 1.0
        later = chances[number] * max(1.0 - waiting.sum(), 0.0) + waiting
        worth[number] = later
    return OptimisticTalks(agrees, worth, int(np.argmax(agrees)))


def learned_beliefs(
    mean: ArrayLike, *, spread: ArrayLike, signals: ArrayLike, signal_spread: float
) -> tuple[FloatArray, FloatArray]:
    """Return what sides believe as an outage shows them the truth month by month.

    Normal belief and normal signals: precision adds, 1/s_t^2 = 1/s_0^2 + t/e^2, and the mean is the precision-weighted
    mean of prior and signals. A spread of 0 is a belief that nothing changes.

    mean, spread s_0: (n_sides,) before the outage, USD. signals: (T,) what each month shows to all sides, USD.
    signal_spread e: USD, above 0. Returns means (T + 1, n_sides) and spreads (T + 1, n_sides), row 0 the prior.
    """
    prior, width, shown = floats(mean), floats(spread), floats(signals)
    require([None if shown.ndim == 1 else form_fault("signals", shown, (shown.size,), "one number per month")])
    require(
        [
            form_fault("spread", width, prior.shape, "one spread per mean"),
            finite_fault("mean", prior),
            at_least_zero_fault("spread", width),
            finite_fault("signals", shown),
            above_zero_fault("signal_spread", signal_spread),
        ]
    )
    months = np.arange(shown.size + 1)[:, None]
    totals = np.append(0.0, np.cumsum(shown))[:, None]
    relative = (width / signal_spread) ** 2  # prior variance in units of one signal's
    means = (prior + relative * totals) / (1.0 + relative * months)
    return means, width / np.sqrt(1.0 + relative * months)


def agreement_month(platform_gains: ArrayLike, *, label_gains: ArrayLike) -> IntArray:
    """Return the first month in which each side's own view leaves a zone of agreement, -1 where none does.

    D_p,t + D_l,t >= 0, each by its own belief: a label that doubts promotion and a platform that trusts it part, and
    meet again when the outage has taught them.

    platform_gains, label_gains: (T, ...) USD from a deal over none as each side sees it in month t. Returns (...).
    """
    of_platform, of_label = floats(platform_gains), floats(label_gains)
    require(
        [
            finite_fault("platform_gains", of_platform),
            finite_fault("label_gains", of_label),
            together_fault("platform_gains, label_gains", of_platform, of_label),
        ]
    )
    zone = of_platform + of_label >= 0.0
    empty = Fault("platform_gains", "covers at least one month", zone.shape, "Give months on the first axis.")
    require([empty if zone.ndim == 0 or zone.shape[0] == 0 else None])
    return np.where(zone.any(axis=0), np.argmax(zone, axis=0), -1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Attrition:
    """A war of attrition: both hold out until one gives in.

    hazards: (..., 2) chance per unit of time that each side gives in. mean_delay: (...) expected time until one does,
    infinite where neither ever does. first_concedes: (...) probability that it is side 0; nan where neither does.
    """

    hazards: FloatArray
    mean_delay: FloatArray
    first_concedes: FloatArray


def attrition(prizes: ArrayLike, *, costs: ArrayLike) -> Attrition:
    """Return the mixed equilibrium of a war of attrition with costs per unit of time.

    Each side gives in at the rate that keeps the other indifferent: h_i = c_j / V_j.

    prizes V: (..., 2) USD won over giving in, above 0. costs c: (..., 2) USD per unit of time of holding out, >= 0.
    """
    won, paid = floats(prizes), floats(costs)
    require([sides_fault("prizes", won), sides_fault("costs", paid)])
    require(
        [
            above_zero_fault("prizes", won),
            at_least_zero_fault("costs", paid),
            together_fault("prizes, costs", won, paid),
        ]
    )
    return _attrition((paid / won)[..., ::-1])


def attrition_discounted(rates: ArrayLike, *, conceding: ArrayLike, winning: ArrayLike) -> Attrition:
    """Return the mixed equilibrium of a war of attrition in which waiting costs only time.

    h_i = r_j L_j / (F_j - L_j).

    rates r: (..., 2) discount rates per unit of time, >= 0.
    conceding L, winning F: (..., 2) USD when one gives in, 0 <= L < F.
    """
    impatience, low, high = floats(rates), floats(conceding), floats(winning)
    require([sides_fault(n, v) for n, v in (("rates", impatience), ("conceding", low), ("winning", high))])
    require([together_fault("rates, conceding, winning", impatience, low, high)])
    require(
        [
            at_least_zero_fault("rates", impatience),
            at_least_zero_fault("conceding", low),
            above_zero_fault("winning less conceding", high - low),
        ]
    )
    return _attrition((impatience * low / (high - low))[..., ::-1])


def _attrition(hazards: FloatArray) -> Attrition:
    total = hazards.sum(axis=-1)
    ends = total > 0.0
    mean = np.divide(1.0, total, out=np.full(total.shape, np.inf), where=ends)
    first = np.divide(hazards[..., 0], total, out=np.full(total.shape, np.nan), where=ends)
    return Attrition(hazards, mean, first)
