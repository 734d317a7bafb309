"""Nash-in-Nash: every pair bargains as if all other contracts stood, and all contracts answer each other.

Here the contracts are royalties per user with retail prices fixed, which makes them the solution of one linear system,
or lump sums. With prices that respond see `responding`. Nash-in-Nash divides what a network of licences yields; which
licences exist is decided in `networks`. Reference: Horn and Wolinsky (1988); Crawford and Yurukoglu (2012); Collard-
Wexler, Gowrisankaran and Lee (2019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, floats, range_fault, require
from model.theory.bargaining.checks import at_least_zero_fault, finite_fault, form_fault, network_fault, spread
from model.theory.bargaining.nash import NashDeal, nash_transfer

Users = Callable[[BoolArray], FloatArray]
"""Users of each platform (P,) as a function of the licences in force (P, L)."""

Payoffs = Callable[[BoolArray], tuple[FloatArray, FloatArray]]
"""Payoffs of platforms (P,) and labels (L,), transfers left out, as a function of the licences in force (P, L)."""


@dataclass(frozen=True, slots=True)
class Royalties:
    """Royalties per user at which no pair wants another, given all others.

    royalties: (P, L) USD per user and month, 0 without a licence. surplus: (P, L) USD, joint gain of each pair from its
    licence, all others in force; nan without one. A negative surplus: the pair would rather part (see `networks`).
    influence: (n, n) how each royalty answers the others, over the licences in force in order of platform, then label.
    spectral_radius: largest size of an eigenvalue of the influence; above 1 undamped talks in turns would diverge.
    """

    royalties: FloatArray
    surplus: FloatArray
    influence: FloatArray
    spectral_radius: float


def per_user_royalties(
    users: ArrayLike,
    *,
    users_without: ArrayLike,
    margins: ArrayLike,
    weights: ArrayLike,
    links: ArrayLike,
    outside_gains: ArrayLike = 0.0,
) -> Royalties:
    """Return the royalties of all licences in force at once, retail prices fixed.

    r_pl q_p = b [(q_p - q_p0) (m_p - R_p without l) + D] - D with D = sum_{k != p} (q_k - q_k0) r_kl + x_pl, the
    label's gain besides its royalty: what it loses at rivals, and promotion. Written r = c + K r and solved.

    users q: (P,) with all licences in force, above 0 where a platform has one. users_without q0: (P, L, P), [p, l] the
    users of all platforms when only the licence of p and l drops. margins m: (P,) USD per user before royalties.
    weights b: labels', one number or (P, L), in [0, 1]. links: (P, L) True where a licence is in force.
    outside_gains x: one number or (P, L), USD a month that the label gains from the licence elsewhere.
    """
    case = _Case(users, users_without, margins, weights, links, outside_gains)
    constant, influence = case.system()
    solved = np.linalg.solve(np.eye(len(constant)) - influence, constant)
    royalties = np.zeros(case.links.shape)
    royalties[case.links] = solved
    sizes = np.abs(np.linalg.eigvals(influence)) if len(constant) else np.zeros(1)
    return Royalties(royalties, case.surplus(royalties), influence, float(sizes.max()))


def talks_in_turns(
    start: ArrayLike, *, constant: ArrayLike, influence: ArrayLike, damping: float = 0.5, rounds: int = 100
) -> FloatArray:
    """Return the path of royalties when all pairs renegotiate again and again, each answering the round before.

    r <- (1 - damping) r + damping (c + K r). Undamped (1) it diverges when the spectral radius of K passes 1, which
    strong labels with complementary catalogues reach; for learning how talks may overshoot, not for solving.

    start, constant c: (n,). influence K: (n, n). damping: in (0, 1]. Returns (rounds + 1, n), the start first.
    """
    current, base, pull = floats(start), floats(constant), floats(influence)
    require(
        [
            form_fault("constant", base, current.shape, "one number per royalty"),
            form_fault("influence", pull, 2 * current.shape, "one row and column per royalty"),
            *[finite_fault(n, v) for n, v in (("start", current), ("constant", base), ("influence", pull))],
            range_fault("damping", damping, low=0.0, high=1.0, open_low=True),
            range_fault("rounds", rounds, low=0, high=np.inf, open_high=True),
        ]
    )
    path = np.empty((rounds + 1, *current.shape))
    path[0] = current
    for number in range(rounds):
        path[number + 1] = (1.0 - damping) * path[number] + damping * (base + pull @ path[number])
    return path


def lump_sum_transfers(payoffs: Payoffs, *, links: ArrayLike, weights: ArrayLike) -> NashDeal:
    """Return the transfers (P, L) of all licences in force, each pair taking the other licences as given.

    D_p = Pi_p(A) - Pi_p(A without pl), D_l likewise, T = b S - D_l. Lump sums of other pairs cancel in the gains, so no
    fixed point is needed. A pair with a negative surplus is not agreed: the network A is then not stable.

    payoffs: called once with A and once per licence. links A: (P, L). weights b: labels', one number or (P, L).
    """
    network = np.array(links, dtype=np.bool_)
    require([network_fault("links", network)])
    shares = spread("weights", weights, network.shape, weights=True)
    of_platforms, of_labels = payoffs(network)
    gain_platform, gain_label = np.zeros(network.shape), np.zeros(network.shape)
    for platform, label in np.argwhere(network):
        fewer = network.copy()
        fewer[platform, label] = False
        platforms_without, labels_without = payoffs(fewer)
        gain_platform[platform, label] = of_platforms[platform] - platforms_without[platform]
        gain_label[platform, label] = of_labels[label] - labels_without[label]
    deals = nash_transfer(gain_platform, label_gain=gain_label, weight=shares)
    return NashDeal(deals.agreed & network, deals.surplus, deals.transfer, deals.platform_gain, deals.label_gain)


class _Case:
    """One market with fixed retail prices, its arrays checked."""

    def __init__(
        self,
        users: ArrayLike,
        users_without: ArrayLike,
        margins: ArrayLike,
        weights: ArrayLike,
        links: ArrayLike,
        outside_gains: ArrayLike,
    ) -> None:
        self.links = np.array(links, dtype=np.bool_)
        require([network_fault("links", self.links)])
        n_platforms, n_labels = self.links.shape
        self.users, self.margins = floats(users), floats(margins)
        without = floats(users_without)
        form = (n_platforms, n_labels, n_platforms)
        require(
            [
                form_fault("users", self.users, (n_platforms,), "one number per platform"),
                form_fault("margins", self.margins, (n_platforms,), "one number per platform"),
                form_fault("users_without", without, form, "users of all platforms per dropped licence"),
            ]
        )
        require(
            [
                at_least_zero_fault("users", self.users),
                at_least_zero_fault("users_without", without[self.links]),
                finite_fault("margins", self.margins),
                self._empty_fault(),
            ]
        )
        self.weights = spread("weights", weights, self.links.shape, weights=True)
        self.outside = spread("outside_gains", outside_gains, self.links.shape)
        self.change = self.users - without  # (P, L, P) users each licence brings to each platform

    def _empty_fault(self) -> Fault | None:
        empty = self.links.any(axis=1) & (self.users <= 0.0)
        if not empty.any():
            return None
        way_out = "Leave the licences of a platform without users out of the network."
        return Fault("users", "are above 0 where a licence is in force", int(np.argmax(empty)), way_out)

    def system(self) -> tuple[FloatArray, FloatArray]:
        """Return c (n,) and K (n, n) of r = c + K r over the licences in force."""
        platforms, labels = np.nonzero(self.links)
        share, own = self.weights[self.links], self.change[platforms, labels, platforms]
        size = self.users[platforms]
        constant = (share * own * self.margins[platforms] - (1.0 - share) * self.outside[self.links]) / size
        same_platform = (platforms[:, None] == platforms) & (labels[:, None] != labels)
        same_label = (labels[:, None] == labels) & (platforms[:, None] != platforms)
        elsewhere = self.change[platforms, labels][:, platforms]  # (n, n) users at the column's platform
        influence = -(same_platform * (share * own)[:, None] + same_label * (1.0 - share)[:, None] * elsewhere)
        return constant, influence / size[:, None]

    def surplus(self, royalties: FloatArray) -> FloatArray:
        """Return the joint gain (P, L) of each licence in force at these royalties, nan for the others."""
        left = self.margins[:, None] - (royalties.sum(axis=1, keepdims=True) - royalties)
        own = np.einsum("plp->pl", self.change)
        everywhere = np.einsum("plk,kl->pl", self.change, royalties)
        joint = own * left + everywhere - own * royalties + self.outside
        return np.where(self.links, joint, np.nan)
