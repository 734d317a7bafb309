"""Most-favoured-nation clauses: what one label gets, others get too.

Reference: Cooper and Fries (1991), The most-favored-nation pricing policy and negotiated prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import BoolArray, FloatArray, floats, require
from model.theory.bargaining.checks import (
    at_least_zero_fault,
    finite_fault,
    form_fault,
    together_fault,
    unit_fault,
)
from model.theory.bargaining.minima import between_at_kink


@dataclass(frozen=True, slots=True)
class FavouredDeal:
    """A transfer that others share in by most-favoured-nation clauses; arrays of the shape of the gains.

    agreed: whether some transfer leaves both no worse off. transfer: USD, platform to label, 0 without a deal.
    passed_on: USD the platform then owes to others. platform_gain, label_gain: USD over no deal, both counted.
    """

    agreed: BoolArray
    transfer: FloatArray
    passed_on: FloatArray
    platform_gain: FloatArray
    label_gain: FloatArray


def favoured_transfer(
    platform_gain: ArrayLike,
    *,
    label_gain: ArrayLike,
    weight: ArrayLike,
    pass_on: ArrayLike,
    others_terms: ArrayLike = 0.0,
) -> FavouredDeal:
    """Return the Nash transfer where what the label gets above others' terms goes to them too, times k.

    The platform's gain is D_p - T - k max(T - T0, 0). Above T0 the Nash product has its top at
    T = b (D_p + k T0) / (1 + k) - (1-b) D_l, below it at b S - D_l, and at T0 itself between the two. With
    D_l = T0 = 0, T = b S / (1 + k): the clause makes the platform a harder bargainer.

    platform_gain D_p, label_gain D_l: USD, as in `nash_transfer`. weight b: the label's, in [0, 1].
    pass_on k: >= 0, others' size relative to the label's. others_terms T0: USD, what they have now at the label's size.
    """
    given = [floats(v) for v in (platform_gain, label_gain, weight, pass_on, others_terms)]
    of_platform, of_label, share, rate, terms = given
    require(
        [
            finite_fault("platform_gain", of_platform),
            finite_fault("label_gain", of_label),
            unit_fault("weight", share),
            at_least_zero_fault("pass_on", rate),
            finite_fault("others_terms", terms),
            together_fault("platform_gain, label_gain, weight, pass_on, others_terms", *given),
        ]
    )
    below = share * (of_platform + of_label) - of_label
    above = share * (of_platform + rate * terms) / (1.0 + rate) - (1.0 - share) * of_label
    least = -of_label  # what the label must have; the platform pays it or there is no deal
    agreed = of_platform - least - rate * np.maximum(least - terms, 0.0) >= 0.0
    transfer = np.where(agreed, between_at_kink(below, above=above, kink=terms), 0.0)
    passed = np.where(agreed, rate * np.maximum(transfer - terms, 0.0), 0.0)
    return FavouredDeal(
        np.broadcast_to(agreed, transfer.shape).copy(),
        transfer,
        passed,
        np.where(agreed, of_platform - transfer - passed, 0.0),
        np.where(agreed, of_label + transfer, 0.0),
    )


def favoured_terms(terms: ArrayLike, *, covered: ArrayLike) -> FloatArray:
    """Return the terms after all most-favoured-nation clauses have acted on each other.

    The least terms t' >= t with t'_i >= f_ij t'_j: as no f exceeds 1, a cascade passes each contract at most once and
    ends after n - 1 rounds.

    terms t: (n,) e.g. USD per user or a revenue share, >= 0.
    covered f: (n, n) in [0, 1], the part of contract j's terms that contract i is promised, 0 for no clause.
    """
    current, promised = floats(terms), floats(covered)
    require([form_fault("terms", current, (current.size,), "one number per contract")])
    require(
        [
            form_fault("covered", promised, (current.size, current.size), "one row and column per contract"),
            at_least_zero_fault("terms", current),
            unit_fault("covered", promised),
        ]
    )
    current = current.copy()
    for _ in range(current.size - 1):
        current = np.maximum(current, (promised * current).max(axis=1))
    return current
