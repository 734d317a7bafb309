"""Nash bargaining over money: which pairs agree, what is paid, and how a sum is divided.

Reference: Nash (1950), The bargaining problem; Binmore, Rubinstein and Wolinsky (1986).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import BoolArray, FloatArray, floats, require
from model.theory.bargaining.checks import finite_fault, form_fault, sides_fault, together_fault, unit_fault


@dataclass(frozen=True, slots=True)
class NashDeal:
    """What `nash_transfer` found, each an array of the shape of the gains.

    agreed: whether there is a zone of possible agreement. surplus: joint gain, USD, negative where there is none.
    transfer: USD paid by the platform to the label, 0 without a deal; negative where the label pays.
    platform_gain, label_gain: USD over no deal, the transfer included; 0 without a deal.
    """

    agreed: BoolArray
    surplus: FloatArray
    transfer: FloatArray
    platform_gain: FloatArray
    label_gain: FloatArray


def nash_transfer(platform_gain: ArrayLike, *, label_gain: ArrayLike, weight: ArrayLike) -> NashDeal:
    """Return the deals of pairs that can pay each other.

    T = b S - D_l with S = D_p + D_l; a deal if and only if S >= 0, with T between -D_l and D_p (the zone). Promotion
    worth x to the label lowers T by (1 - b) x. Each side's gain may rest on its own belief: the zone is then the one
    that the two see together.

    platform_gain D_p, label_gain D_l: USD, payoff with the deal less payoff without it, their own transfer left out and
    all other contracts in force. weight b: the label's, in [0, 1]. All broadcast together.
    """
    of_platform, of_label, share = floats(platform_gain), floats(label_gain), floats(weight)
    require(
        [
            finite_fault("platform_gain", of_platform),
            finite_fault("label_gain", of_label),
            unit_fault("weight", share),
            together_fault("platform_gain, label_gain, weight", of_platform, of_label, share),
        ]
    )
    surplus = of_platform + of_label
    agreed = np.broadcast_to(surplus >= 0.0, np.broadcast_shapes(surplus.shape, share.shape))
    transfer = np.where(agreed, share * surplus - of_label, 0.0)
    # the gains are shares of the surplus, not differences of large sums, so that neither is ever negative
    return NashDeal(
        agreed=np.array(agreed),
        surplus=floats(np.broadcast_to(surplus, agreed.shape)),
        transfer=transfer,
        platform_gain=np.where(agreed, (1.0 - share) * surplus, 0.0),
        label_gain=np.where(agreed, share * surplus, 0.0),
    )


def nash_division(values: ArrayLike, *, disagreement: ArrayLike, weight: ArrayLike) -> FloatArray:
    """Return each side's payoff when what both bring can be divided freely.

    x_i = d_i + w_i (sum v - sum d), or the disagreement payoffs when the sum does not cover them.

    values, disagreement: (..., 2) USD of platform and label with and without the deal. weight: (...), the label's.
    Returns (..., 2).
    """
    brought, without, share = floats(values), floats(disagreement), floats(weight)
    require([sides_fault("values", brought), sides_fault("disagreement", without)])
    require(
        [
            form_fault("disagreement", without, brought.shape, "one pair of payoffs per pair of values"),
            finite_fault("values", brought),
            finite_fault("disagreement", without),
            unit_fault("weight", share),
            together_fault("values, weight", brought[..., 0], share),
        ]
    )
    surplus = np.maximum(brought.sum(axis=-1) - without.sum(axis=-1), 0.0)
    return without + np.stack([(1.0 - share) * surplus, share * surplus], axis=-1)
