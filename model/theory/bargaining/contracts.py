"""Contracts on one royalty: how far a royalty alone can divide the gain, and what a lump sum beside it adds.

A royalty raises the price and so shrinks what is divided; with a lump sum the royalty falls to the label's marginal
cost and the sum does the dividing. Both sides' gains are given as a function of the royalty. Reference: Nash (1950);
Kalai and Smorodinsky (1975); Tirole (1988), ch. 4, on two-part contracts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, require
from model.theory.bargaining.checks import finite_fault, unit_fault
from model.theory.bargaining.frontier import SOLUTIONS
from model.theory.bargaining.nash import nash_transfer

Gains = Callable[[float], tuple[float, float]]
"""Gains of platform and label over no deal, USD, as a function of the royalty."""

GRID = 201


@dataclass(frozen=True, slots=True)
class RoyaltyContract:
    """A royalty, what is paid beside it, and what each side gains over no deal (all USD).

    agreed: whether some royalty within the bounds leaves neither side worse off than without a deal.
    royalty: in the unit of the gains' argument; lump_sum: platform to label. Both 0 without a deal.
    """

    agreed: bool
    royalty: float
    lump_sum: float
    platform_gain: float
    label_gain: float


NO_CONTRACT = RoyaltyContract(agreed=False, royalty=0.0, lump_sum=0.0, platform_gain=0.0, label_gain=0.0)


def royalty_only(
    gains: Gains, *, bounds: tuple[float, float], weight: float = 0.5, solution: str = "nash"
) -> RoyaltyContract:
    """Return the royalty that the solution picks where nothing else can be paid.

    nash: (1-b) G_p'(r) / G_p + b G_l'(r) / G_l = 0. kalai_smorodinsky: G_p / max G_p = G_l / max G_l, the largest gains
    being those among royalties that harm nobody. egalitarian: G_p = G_l.

    gains: smooth, the platform's falling in the royalty. bounds: lowest and highest royalty looked at.
    weight b: the label's, in [0, 1], for nash only. solution: one of `frontier.SOLUTIONS`.
    The royalty is right to about 1e-10 of the bounds' distance where gains are right to the last digits.
    """
    low, high = bounds
    require([*_bound_faults(low, high), unit_fault("weight", weight), _solution_fault(solution)])
    royalties = np.linspace(low, high, GRID)
    table = np.array([gains(float(royalty)) for royalty in royalties])
    require([finite_fault("gains", table)])
    good = (table >= 0.0).all(axis=1)
    if not good.any():
        return NO_CONTRACT
    table = np.where(good[:, None], table, 0.0)  # a royalty that harms a side is worth no more than no deal
    if solution == "nash":
        royalty = _nash_royalty(gains, royalties, table, weight)
    else:
        ideal = _ideals(gains, royalties, table) if solution == "kalai_smorodinsky" else np.ones(2)
        royalty = _balanced_royalty(gains, royalties, table, ideal)
    of_platform, of_label = gains(royalty)
    return RoyaltyContract(True, royalty, 0.0, float(of_platform), float(of_label))


def two_part_contract(gains: Gains, *, weight: float, label_cost: float = 0.0) -> RoyaltyContract:
    """Return the contract of a royalty and a lump sum.

    The royalty is the label's marginal cost, which makes the platform's price the one that maximises the joint gain;
    the lump sum is T = b S - D_l at that royalty.

    gains: as in `royalty_only`. weight b: the label's. label_cost: the label's cost per unit of the royalty's base.
    """
    require([finite_fault("label_cost", label_cost)])
    of_platform, of_label = gains(label_cost)
    deal = nash_transfer(of_platform, label_gain=of_label, weight=weight)
    if not bool(deal.agreed):
        return NO_CONTRACT
    return RoyaltyContract(True, label_cost, float(deal.transfer), float(deal.platform_gain), float(deal.label_gain))


def _nash_royalty(gains: Gains, royalties: FloatArray, table: FloatArray, weight: float) -> float:
    product = table[:, 0] ** (1.0 - weight) * table[:, 1] ** weight
    left, right = _around(royalties, int(np.argmax(product)))
    step = (right - left) * 0.02

    def slope(royalty: float) -> float:
        of_platform, of_label = gains(royalty)
        d_platform, d_label = _derivatives(gains, royalty, step)
        return (1.0 - weight) * d_platform * of_label + weight * d_label * of_platform

    if slope(left) > 0.0 > slope(right):
        return float(brentq(slope, left, right, xtol=1e-14, rtol=1e-14))
    return float(royalties[np.argmax(product)])  # the best royalty is a bound


def _balanced_royalty(gains: Gains, royalties: FloatArray, table: FloatArray, ideal: FloatArray) -> float:
    """Return the royalty of the largest smaller share of the ideals: where shares are equal, or the best bound."""
    left, right = _around(royalties, int(np.argmax((table / ideal).min(axis=1))))

    def ahead(royalty: float) -> float:
        of_platform, of_label = gains(royalty)
        return of_platform / float(ideal[0]) - of_label / float(ideal[1])

    if ahead(left) * ahead(right) < 0.0:
        return float(brentq(ahead, left, right, xtol=1e-14, rtol=1e-14))
    return _best(lambda royalty: min(np.divide(gains(royalty), ideal)), left, right)


def _ideals(gains: Gains, royalties: FloatArray, table: FloatArray) -> FloatArray:
    """Return each side's largest gain among royalties that leave the other no worse off than without a deal."""
    found = np.ones(2)
    for side in range(2):
        left, right = _around(royalties, int(np.argmax(table[:, side])))

        def of_other(royalty: float, other: int = 1 - side) -> float:
            return gains(royalty)[other]

        def of_side(royalty: float, side: int = side) -> float:
            return gains(royalty)[side]

        if of_other(left) * of_other(right) < 0.0:  # the other's patience ends in between
            edge = float(brentq(of_other, left, right, xtol=1e-14, rtol=1e-14))
            left, right = (left, edge) if of_other(left) > 0.0 else (edge, right)
        found[side] = gains(_best(of_side, left, right))[side]
    return np.where(found > 0.0, found, 1.0)


def _best(worth: Callable[[float], float], left: float, right: float) -> float:
    """Return the argument of the largest worth between two neighbours of the best point of the grid."""
    inside = minimize_scalar(lambda royalty: -worth(royalty), bounds=(left, right), method="bounded")
    return max((left, right, float(inside.x)), key=worth)


def _around(royalties: FloatArray, best: int) -> tuple[float, float]:
    return float(royalties[max(best - 1, 0)]), float(royalties[min(best + 1, len(royalties) - 1)])


def _derivatives(gains: Gains, royalty: float, step: float) -> tuple[float, float]:
    """Return both gains' slopes by differences of fourth order."""
    near = [gains(royalty + part * step) for part in (-2.0, -1.0, 1.0, 2.0)]
    slopes = [(a - d + 8.0 * (c - b)) / (12.0 * step) for a, b, c, d in zip(*near, strict=True)]
    return slopes[0], slopes[1]


def _bound_faults(low: float, high: float) -> list[Fault | None]:
    if low < high:
        return [finite_fault("bounds", [low, high])]
    return [Fault("bounds", "rise", (low, high), "Give the lowest and then the highest royalty.")]


def _solution_fault(solution: str) -> Fault | None:
    if solution in SOLUTIONS:
        return None
    return Fault("solution", "is a known solution", solution, f"Give one of {', '.join(SOLUTIONS)}.")
