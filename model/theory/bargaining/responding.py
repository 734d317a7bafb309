"""Nash-in-Nash royalties when retail prices answer them: every pair foresees the prices that its royalty brings about.

Reference: Horn and Wolinsky (1988); Crawford and Yurukoglu (2012); Crawford, Lee, Whinston and Yurukoglu (2018).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import root

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, floats, require
from model.theory.bargaining.checks import above_zero_fault, finite_fault, form_fault, network_fault, spread

RetailMarket = Callable[[FloatArray, BoolArray], tuple[FloatArray, FloatArray]]
"""Margins (P,) USD per user after `costs`, and users (P,), at the prices that answer each other, as a function of the
platforms' costs per user with royalties (P,) and the licences in force (P, L)."""


@dataclass(frozen=True, slots=True)
class RespondingRoyalties:
    """What `responding_royalties` found.

    converged: whether some start led to a solution at which every side of every licence gains.
    royalties: (P, L) USD per user, of the first such start; 0 without a licence, nan where none converged.
    platform_gains, label_gains: (P, L) USD over dropping the licence. arrivals: starts that led to these royalties.
    others: further solutions with gains, each (P, L), empty where all starts that arrive agree.
    """

    converged: bool
    royalties: FloatArray
    platform_gains: FloatArray
    label_gains: FloatArray
    arrivals: int
    others: tuple[FloatArray, ...]


def responding_royalties(
    market: RetailMarket,
    *,
    costs: ArrayLike,
    links: ArrayLike,
    weights: ArrayLike,
    starts: Sequence[ArrayLike],
    outside_gains: ArrayLike = 0.0,
    step: float = 1e-4,
    tolerance: float = 1e-7,
) -> RespondingRoyalties:
    """Return royalties at which each licence in force maximises its Nash product, prices answering all royalties.

    With u and v the gains of platform and label over dropping their licence, all other royalties standing and prices
    answering: (1-b) v du/dr_pl + b u dv/dr_pl = 0 for every licence, solved by Powell's hybrid method from each start.
    A root at which some gain is not above 0 is no bargain and is passed over.

    market: see `RetailMarket`; called about 2 P + n + 1 times per evaluation with n licences.
    costs: (P,) USD per user without royalties. links: (P, L). weights b: labels', one number or (P, L).
    starts: royalties (P, L) to begin from; several, as solutions need not be unique.
    outside_gains: one number or (P, L), USD that the label gains from the licence elsewhere.
    step: USD, of the central differences in a platform's royalty. tolerance: on the conditions, relative to gains.
    """
    case = _Responses(market, costs, links, weights, outside_gains, step)
    begins = [floats(start) for start in starts]
    form = case.links.shape
    require(
        [
            above_zero_fault("step", step),
            above_zero_fault("tolerance", tolerance),
            *[form_fault(f"starts[{i}]", begin, form, "one royalty per licence") for i, begin in enumerate(begins)],
            *[finite_fault(f"starts[{i}]", begin) for i, begin in enumerate(begins)],
            None if begins else Fault("starts", "holds at least one table", 0, "Give royalties to begin from."),
        ]
    )
    found = [case.solve(begin, tolerance) for begin in begins]
    solutions = [royalties for royalties in found if royalties is not None]
    if not solutions:
        nothing = np.where(case.links, np.nan, 0.0)
        return RespondingRoyalties(False, nothing, nothing, nothing, 0, ())
    first, *later = solutions
    others: list[FloatArray] = []
    for royalties in later:
        if not any(_same(royalties, known) for known in (first, *others)):
            others.append(royalties)
    of_platforms, of_labels, _, _ = case.gains(first)
    arrivals = sum(_same(royalties, first) for royalties in solutions)
    return RespondingRoyalties(True, first, of_platforms, of_labels, arrivals, tuple(others))


def _same(one: FloatArray, other: FloatArray) -> bool:
    return bool(np.allclose(one, other, rtol=1e-4, atol=1e-6))


class _Responses:
    """The pairs' gains and slopes at any royalties."""

    def __init__(
        self,
        market: RetailMarket,
        costs: ArrayLike,
        links: ArrayLike,
        weights: ArrayLike,
        outside_gains: ArrayLike,
        step: float,
    ) -> None:
        self.market, self.step = market, step
        self.links = np.array(links, dtype=np.bool_)
        require([network_fault("links", self.links)])
        self.costs = floats(costs)
        n_platforms = self.links.shape[0]
        require(
            [
                form_fault("costs", self.costs, (n_platforms,), "one cost per platform"),
                finite_fault("costs", self.costs),
            ]
        )
        self.weights = spread("weights", weights, self.links.shape, weights=True)
        self.outside = spread("outside_gains", outside_gains, self.links.shape)

    def solve(self, start: FloatArray, tolerance: float) -> FloatArray | None:
        """Return the royalties found from a start, or None where none are found or somebody does not gain."""
        found = root(self._conditions, start[self.links], method="hybr", options={"xtol": 1e-11})
        royalties = self._table(found.x)
        of_platforms, of_labels, _, _ = self.gains(royalties)
        if not bool(np.all(of_platforms[self.links] > 0.0) and np.all(of_labels[self.links] > 0.0)):
            return None
        scale = (np.abs(of_platforms) * np.abs(of_labels))[self.links].max(initial=0.0)
        # the hybrid method may stop at the noise of the differences and call it no progress: the conditions decide
        return royalties if np.abs(found.fun).max(initial=0.0) <= tolerance * max(scale, 1e-12) else None

    def gains(self, royalties: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return each licence's gains of platform and label (P, L) and their slopes in its royalty."""
        owed = royalties.sum(axis=1)
        margins, users = self.market(self.costs + owed, self.links)
        profit, income = margins * users, users @ royalties
        d_profit, d_users = self._slopes(owed)
        of_platforms, of_labels = np.zeros(self.links.shape), np.zeros(self.links.shape)
        for platform, label in np.argwhere(self.links):
            fewer, kept = self.links.copy(), royalties.copy()
            fewer[platform, label], kept[platform, label] = False, 0.0
            margins_without, users_without = self.market(self.costs + kept.sum(axis=1), fewer)
            of_platforms[platform, label] = profit[platform] - margins_without[platform] * users_without[platform]
            of_labels[platform, label] = income[label] - users_without @ kept[:, label]
        of_labels = np.where(self.links, of_labels + self.outside, 0.0)
        platform_slopes = np.where(self.links, d_profit[:, None], 0.0)
        label_slopes = np.where(self.links, users[:, None] + d_users @ royalties, 0.0)
        return of_platforms, of_labels, platform_slopes, label_slopes

    def _slopes(self, owed: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how a platform's own profit (P,) and all users (P, P) answer what it owes per user."""
        d_profit, d_users = np.zeros(len(owed)), np.zeros((len(owed), len(owed)))
        for platform in np.flatnonzero(self.links.any(axis=1)):
            shift = np.zeros(len(owed))
            shift[platform] = self.step
            margins_up, users_up = self.market(self.costs + owed + shift, self.links)
            margins_down, users_down = self.market(self.costs + owed - shift, self.links)
            change = margins_up[platform] * users_up[platform] - margins_down[platform] * users_down[platform]
            d_profit[platform] = change / (2.0 * self.step)
            d_users[platform] = (users_up - users_down) / (2.0 * self.step)
        return d_profit, d_users

    def _conditions(self, flat: FloatArray) -> FloatArray:
        u, v, du, dv = self.gains(self._table(flat))
        return floats(((1.0 - self.weights) * v * du + self.weights * u * dv)[self.links])

    def _table(self, flat: FloatArray) -> FloatArray:
        royalties = np.zeros(self.links.shape)
        royalties[self.links] = flat
        return royalties
