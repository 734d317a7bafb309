"""The change of the inclusive value, what all offers together are worth to a user, split by driver exactly.

With I = ln sum_g (sum_{o in g} exp(V_o / lambda))^lambda over the offers that the user may take, the change between two
moments is first split between the utilities and the reasons why offers may be taken (awareness, access, being open):
the Shapley value of the game in which each of them is that of the first or of the second moment. The part of the
utilities is split by the terms they are sums of: along the straight line from V to V', dI = sum_o P_o dV_o, so a term's
part is the integral of sum_o P_o times its change (Aumann and Shapley 1974, Values of non-atomic games). All parts add
up to the change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import factorial

import numpy as np
from numpy.typing import NDArray

from model.experiments.explaining.moments import Pair
from model.experiments.explaining.shares import Plan, shares
from model.theory.choice import consumer_surplus, nested_logit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
NODES = 16
MOST_PIECES = 4096
CLOSE = 1e-11
NESTING = "nesting"


def inclusive_value(utility: Floats, nests: NDArray[np.int32], *, nest_sigma: float, allowed: Flags) -> Floats:
    """Return (n,) logit units: the expected best of the options that each user may take."""
    return consumer_surplus(
        utility, nests, nest_sigma=nest_sigma, marginal_utility=np.ones(utility.shape[0]), allowed=allowed
    )


def worth_change(pair: Pair) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Return (before, after, parts by driver), (n,) each, of the users of a pair."""
    one, other = pair.parts()
    may = pair.first.may(pair.first_at), pair.second.may(pair.second_at)
    sigmas = pair.first.parameters.nest_sigma, pair.second.parameters.nest_sigma
    reasons = [*may[0], *([NESTING] if sigmas[0] != sigmas[1] else [])]
    nests = pair.first.country.offers.nest
    before, gap = _total(one), {name: other[name] - one[name] for name in one}
    after = _total(other)

    def ground(sides: Sequence[int]) -> tuple[Flags, float]:
        """Return who may take what, and the likeness in nests, with each reason as at one of the two moments."""
        allowed = np.logical_and.reduce([may[side][name] for name, side in zip(may[0], sides, strict=False)])
        return allowed, sigmas[sides[-1]] if NESTING in reasons else sigmas[0]

    values: dict[int, Floats] = {}
    paths: dict[str, Floats] = {name: np.zeros(len(pair)) for name in gap}
    count = 1 + len(reasons)
    for sides in product((0, 1), repeat=len(reasons)):
        allowed, sigma = ground(sides)
        group = sum(side << at + 1 for at, side in enumerate(sides))
        for utility, bit in ((before, 0), (after, 1)):
            values[group | bit] = inclusive_value(utility, nests, nest_sigma=sigma, allowed=allowed)
        chance = mean_chance(before, after, nests, nest_sigma=sigma, allowed=allowed,
                             change=values[group | 1] - values[group])  # fmt: skip
        taken = sum(sides)
        weight = factorial(taken) * factorial(count - taken - 1) / factorial(count)
        for name, term in gap.items():
            paths[name] += weight * (chance * term).sum(axis=1)
    split, _ = shares(Plan(count, tuple(range(2**count))), values.__getitem__)
    parts = {**paths, **{name: split[at + 1] for at, name in enumerate(reasons)}}
    return values[0], values[2**count - 1], parts


def _total(parts: Mapping[str, Floats]) -> Floats:
    found: Floats = np.sum(list(parts.values()), axis=0)
    return found


def mean_chance(
    before: Floats, after: Floats, nests: NDArray[np.int32], *, nest_sigma: float, allowed: Flags, change: Floats
) -> Floats:
    """Return (n, J+1): the chance of each option, averaged along the straight line from `before` to `after`.

    By Gauss and Legendre's rule on as many pieces as it takes for sum_o chance_o dV_o to meet the change of the
    inclusive value, user by user. change: (n,).
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    step = after - before
    found = np.zeros_like(before)
    left, pieces = np.arange(before.shape[0]), 1
    while left.size:
        total = np.zeros((left.size, before.shape[1]))
        for piece in range(pieces):
            for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
                at = (piece + 0.5 * (1.0 + node)) / pieces
                chance = nested_logit(before[left] + at * step[left], nests, nest_sigma=nest_sigma,
                                      allowed=allowed[left])  # fmt: skip
                total += 0.5 * weight / pieces * chance
        found[left] = total
        missed = np.abs((total * step[left]).sum(axis=1) - change[left])
        left = left[missed > CLOSE * np.maximum(1.0, np.abs(change[left]))]
        pieces *= 4
        if pieces > MOST_PIECES:
            break
    return found
