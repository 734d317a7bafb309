"""Joint gains of a pair from its licence, as a function of the licences in force: what decides who signs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import BoolArray, FloatArray, floats
from model.theory.bargaining.nash_in_nash import Payoffs, Users, per_user_royalties

LinkSurplus = Callable[[BoolArray, int, int], float]
"""Joint gain, USD, of platform p and label l from their licence, given the licences (P, L) in force (theirs or not)."""


def surplus_of_payoffs(payoffs: Payoffs) -> LinkSurplus:
    """Return the joint gains where contracts are lump sums: S_pl = change of Pi_p + Y_l when the licence is added.

    payoffs: net of transfers, called once per network and remembered.
    """
    known: dict[bytes, tuple[FloatArray, FloatArray]] = {}

    def remembered(network: BoolArray) -> tuple[FloatArray, FloatArray]:
        key = network.tobytes()
        if key not in known:
            known[key] = payoffs(network)
        return known[key]

    def surplus(network: BoolArray, platform: int, label: int) -> float:
        with_pair, without = _with_and_without(network, platform, label)
        (profits, incomes), (profits_0, incomes_0) = remembered(with_pair), remembered(without)
        return float(profits[platform] - profits_0[platform] + incomes[label] - incomes_0[label])

    return surplus


def surplus_of_royalties(
    users: Users, *, margins: ArrayLike, weights: ArrayLike, outside_gains: ArrayLike = 0.0
) -> LinkSurplus:
    """Return the joint gains where contracts are Nash-in-Nash royalties per user, retail prices fixed.

    S_pl = (q_p - q_p0) (m_p - R_p of others) + sum_{k != p} (q_k - q_k0) r_kl + x_pl, the others' royalties being
    those of the network in force. A low-margin entrant that draws users from better-paying rivals has a negative S:
    labels refuse it.

    users: of each platform as a function of the network, remembered. Others as in `per_user_royalties`.
    """
    margin, outside = floats(margins), floats(outside_gains)
    reached: dict[bytes, FloatArray] = {}
    settled: dict[bytes, FloatArray] = {}

    def users_at(network: BoolArray) -> FloatArray:
        key = network.tobytes()
        if key not in reached:
            reached[key] = floats(users(network))
        return reached[key]

    def royalties_at(network: BoolArray) -> FloatArray:
        key = network.tobytes()
        if key not in settled:
            without = np.zeros((*network.shape, network.shape[0]))
            for platform, label in np.argwhere(network):
                without[platform, label] = users_at(_with_and_without(network, int(platform), int(label))[1])
            settled[key] = per_user_royalties(
                users_at(network),
                users_without=without,
                margins=margin,
                weights=weights,
                links=network,
                outside_gains=outside,
            ).royalties
        return settled[key]

    def surplus(network: BoolArray, platform: int, label: int) -> float:
        with_pair, without = _with_and_without(network, platform, label)
        change = users_at(with_pair) - users_at(without)
        royalties = royalties_at(network)
        of_others = royalties[platform].sum() - royalties[platform, label]
        elsewhere = change @ royalties[:, label] - change[platform] * royalties[platform, label]
        promotion = float(np.broadcast_to(outside, network.shape)[platform, label])
        return float(change[platform] * (margin[platform] - of_others) + elsewhere + promotion)

    return surplus


def _with_and_without(network: BoolArray, platform: int, label: int) -> tuple[BoolArray, BoolArray]:
    with_pair, without = network.copy(), network.copy()
    with_pair[platform, label], without[platform, label] = True, False
    return with_pair, without
