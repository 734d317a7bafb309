"""Prices at which no firm gains by changing its own: Bertrand competition under logit and nested logit demand.

With L and G the parts of the demand slopes (dQ_j/dp_k = 1{j = k} L_j - G_jk), M_j what an offer leaves per user, and
tau_j the part of its price that the firm keeps, the first-order condition of offer j is
tau_j Q_j + L_j M_j - sum_{k of the same firm} G_jk M_k = 0; solved for M_j it is the fixed point of Morrow and Skerlos
(2011), which converges where the plain markup equation need not. Reference for the theory: Berry, Levinsohn and Pakes
(1995); the kink of per-subscriber minima is our own case distinction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import (
    FloatArray,
    IntArray,
    floats,
    range_fault,
    require,
    shape_fault,
    table_fault,
    user_weights,
)
from model.theory.nested_logit import nested_logit
from model.theory.substitution import slope_parts


@dataclass(frozen=True, slots=True)
class PriceEquilibrium:
    """Prices found by `bertrand_prices`, and how far it came.

    prices: (n_offers,) USD per month. margins: (n_offers,) USD per user and month after cost and royalty.
    demand: (n_offers,) people. converged: whether the last step was within the tolerance.
    steps: fixed-point steps taken. gap: largest change of a price in the last step, USD.
    """

    prices: FloatArray
    margins: FloatArray
    demand: FloatArray
    converged: bool
    steps: int
    gap: float


def bertrand_prices(
    utilities: ArrayLike,
    *,
    marginal_utility: ArrayLike,
    costs: ArrayLike,
    firms: ArrayLike,
    nests: ArrayLike,
    nest_sigma: float = 0.0,
    rev_share: ArrayLike = 0.0,
    minimum: ArrayLike = 0.0,
    weights: ArrayLike | None = None,
    start: ArrayLike | None = None,
    damping: float = 1.0,
    tolerance: float = 1e-12,
    max_steps: int = 10_000,
) -> PriceEquilibrium:
    """Return the prices that answer each other: every firm maximises sum_j (p_j - c_j - royalty_j) Q_j over its offers.

    The royalty per user is the greater of rev_share * price and the per-subscriber minimum. Where it changes from one
    to the other, at p = minimum / rev_share, profit has a kink: both branches are solved and clipped there.
    Without a minimum a revenue share acts as a cost of c / (1 - rev_share).

    utilities: (n_users, n_offers) without the price term; the outside option has utility 0 and a nest of its own.
    marginal_utility: (n_users,) above 0, utility lost per USD. costs: (n_offers,) USD per user and month.
    firms, nests: (n_offers,) whole numbers: whose offer it is, and its nest (offers of one number belong together).
    rev_share: in [0, 1), minimum: USD per user and month >= 0, each one number or (n_offers,).
    weights: (n_users,) people per user, default 1. start: (n_offers,) prices to begin from, default costs + 1 / slope.
    damping: part of each step taken, in (0, 1]. tolerance: USD.
    """
    terms = _Terms(utilities, marginal_utility, costs, firms, nests, nest_sigma, rev_share, minimum, weights)
    require(
        [
            range_fault("damping", damping, low=0.0, high=1.0, open_low=True),
            range_fault("max_steps", max_steps, low=1, high=np.inf),
        ]
    )
    prices = terms.first_guess() if start is None else floats(start).copy()
    require([shape_fault("start", prices, terms.costs.shape)])
    gap, steps = np.inf, 0
    while gap > tolerance and steps < max_steps:
        change = terms.answers(prices) - prices
        gap = float(np.max(np.abs(change)))
        prices = prices + damping * change
        steps += 1
    return PriceEquilibrium(prices, terms.margins(prices), terms.demand(prices)[1:], gap <= tolerance, steps, gap)


class _Terms:
    """Demand and contracts of one pricing problem, checked once; column 0 of its demand is the outside option."""

    def __init__(
        self,
        utilities: ArrayLike,
        marginal_utility: ArrayLike,
        costs: ArrayLike,
        firms: ArrayLike,
        nests: ArrayLike,
        nest_sigma: float,
        rev_share: ArrayLike,
        minimum: ArrayLike,
        weights: ArrayLike | None,
    ) -> None:
        gross = floats(utilities)
        require([table_fault("utilities", gross)])
        n_users, n_offers = gross.shape
        owner, groups = np.asarray(firms), np.asarray(nests)
        self.slope, self.costs = floats(marginal_utility), floats(costs)
        require(
            [
                shape_fault("marginal_utility", self.slope, (n_users,)),
                shape_fault("costs", self.costs, (n_offers,)),
                shape_fault("firms", owner, (n_offers,)),
                shape_fault("nests", groups, (n_offers,)),
                range_fault("marginal_utility", self.slope, low=0.0, high=np.inf, open_low=True, open_high=True),
                range_fault("costs", self.costs, low=-np.inf, high=np.inf, open_low=True, open_high=True),
                range_fault("rev_share", rev_share, low=0.0, high=1.0, open_high=True),
                range_fault("minimum", minimum, low=0.0, high=np.inf, open_high=True),
            ]
        )
        self.rev_share = np.broadcast_to(floats(rev_share), (n_offers,))
        self.minimum = np.broadcast_to(floats(minimum), (n_offers,))
        self.kink = np.divide(self.minimum, self.rev_share, out=np.full(n_offers, np.inf), where=self.rev_share > 0.0)
        self.people, self.nest_sigma = user_weights(weights, n_users), nest_sigma
        self.gross = np.concatenate([np.zeros((n_users, 1)), gross], axis=1)
        self.nests: IntArray = np.concatenate([[0], np.unique(groups, return_inverse=True)[1] + 1])
        self.same_firm = owner[:, None] == owner[None, :]

    def first_guess(self) -> FloatArray:
        """Return cost plus the markup of an offer without competitors and without users who mind."""
        return floats(self.costs + self.minimum + 1.0 / np.average(self.slope, weights=self.people))

    def chances(self, prices: FloatArray) -> FloatArray:
        """Return the probabilities (n_users, 1 + n_offers) at these prices."""
        value = self.gross.copy()
        value[:, 1:] -= self.slope[:, None] * prices
        return nested_logit(value, self.nests, nest_sigma=self.nest_sigma)

    def demand(self, prices: FloatArray) -> FloatArray:
        """Return the people outside and on each offer, (1 + n_offers,)."""
        return floats(self.people @ self.chances(prices))

    def margins(self, prices: FloatArray) -> FloatArray:
        """Return what each offer leaves per user after cost and royalty."""
        return floats(prices - self.costs - np.maximum(self.rev_share * prices, self.minimum))

    def answers(self, prices: FloatArray) -> FloatArray:
        """Return the prices of one Morrow-Skerlos step, each on the royalty's branch that holds or the kink."""
        chances = self.chances(prices)
        own, cross = slope_parts(
            chances, self.nests, nest_sigma=self.nest_sigma, marginal_utility=self.slope, weights=self.people
        )
        own, cross = own[1:], cross[1:, 1:]
        taken_over = (self.same_firm * cross) @ self.margins(prices)
        demand = (self.people @ chances)[1:]
        kept = 1.0 - self.rev_share
        on_share = ((taken_over - kept * demand) / own + self.costs) / kept
        on_minimum = (taken_over - demand) / own + self.costs + self.minimum
        return floats(np.maximum(np.minimum(on_minimum, self.kink), on_share))
