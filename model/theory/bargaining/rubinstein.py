"""Alternating offers: how patience, outside options and the risk of breakdown divide a surplus of 1.

Side 0 proposes first, then the sides take turns; discount factors are per round. Reference: Rubinstein (1982), Perfect
equilibrium in a bargaining model; Binmore, Rubinstein and Wolinsky (1986); Binmore, Shaked and Sutton (1989).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, floats, range_fault, require
from model.theory.bargaining.checks import (
    above_zero_fault,
    at_least_zero_fault,
    sides_fault,
    together_fault,
    unit_fault,
)


@dataclass(frozen=True, slots=True)
class Division:
    """How a surplus of 1 is divided, or not.

    agreed: (...) whether the outside options, and what a breakdown leaves, sum to no more than the surplus. Agreement
    is then immediate.
    payoffs: (..., 2) of the first proposer and the other; their outside options where not agreed.
    outside_binds: (..., 2) whether a side's outside option, not its patience, sets what it gets as responder.
    """

    agreed: BoolArray
    payoffs: FloatArray
    outside_binds: BoolArray


def alternating_offers(
    discounts: ArrayLike, *, outside: ArrayLike = 0.0, breakdown: ArrayLike = 0.0, breakdown_values: ArrayLike = 0.0
) -> Division:
    """Return the one subgame-perfect division when talks may go on for ever.

    A responder i accepts what is at least max(o_i, q z_i + (1-q) d_i y_i), y_i its share when it proposes next; so
    x_1 = 1 - max(o_2, q z_2 + (1-q) d_2 y_2) and likewise for 2. With q = 0 and no outside options that is
    x_1 = (1 - d_2) / (1 - d_1 d_2). An outside option binds only above the share it would have inside.

    discounts d: (..., 2) per round in [0, 1]; d_1 d_2 (1-q)^2 below 1. outside o: (..., 2) or one number, what a
    responder gets by leaving at once, of the surplus's unit 1. breakdown q: (...) chance that talks end after a
    rejection, in [0, 1]. breakdown_values z: (..., 2) or one number, what each then has.
    """
    patience, options, chance, ends = _checked(discounts, outside, breakdown, breakdown_values)
    require([_no_pressure_fault(patience, chance)])
    base, pull = chance[..., None] * ends, (1.0 - chance[..., None]) * patience
    # each side's responder value is the larger of two lines in the other's share, so the fixed point of the first
    # proposer's share is min over side 1's lines of max over side 0's: maps that rise with slope below 1 allow it
    share = np.full(chance.shape, np.inf)
    for level_1, slope_1 in ((options[..., 1], 0.0 * chance), (base[..., 1], pull[..., 1])):
        best = np.full(chance.shape, -np.inf)
        for level_0, slope_0 in ((options[..., 0], 0.0 * chance), (base[..., 0], pull[..., 0])):
            fixed = (1.0 - level_1 - slope_1 * (1.0 - level_0)) / (1.0 - slope_0 * slope_1)
            best = np.maximum(best, fixed)
        share = np.minimum(share, best)
    inside_0 = base[..., 0] + pull[..., 0] * share
    inside_1 = base[..., 1] + pull[..., 1] * (1.0 - np.maximum(options[..., 0], inside_0))
    agreed = _covers(options, ends, chance)
    binds = np.stack([options[..., 0] > inside_0, options[..., 1] > inside_1], axis=-1) & agreed[..., None]
    payoffs = np.where(agreed[..., None], np.stack([share, 1.0 - share], axis=-1), options)
    return Division(agreed, payoffs, binds)


def alternating_offers_within(
    discounts: ArrayLike,
    *,
    rounds: int,
    outside: ArrayLike = 0.0,
    breakdown: ArrayLike = 0.0,
    breakdown_values: ArrayLike = 0.0,
) -> Division:
    """Return the division when talks end after a number of rounds; whoever proposes last leaves the other its option.

    Backward from the last round, in which a rejection ends the talks with max(o_i, z_i) to the responder: the proposer
    of a round keeps 1 - max(o_i, q z_i + (1-q) d_i y_i), y_i the responder's share as the proposer of the next round.

    rounds: at least 1. Others as in `alternating_offers`; discount factors of 1 are allowed here.
    """
    patience, options, chance, ends = _checked(discounts, outside, breakdown, breakdown_values)
    require([range_fault("rounds", rounds, low=1, high=np.inf, open_high=True)])
    share = 1.0 - np.maximum(options, ends)[..., rounds % 2]
    binds = np.zeros(options.shape, dtype=np.bool_)
    for number in range(rounds - 1, 0, -1):
        responder = number % 2  # side 0 proposes in rounds 1, 3, 5, ...
        inside = chance * ends[..., responder] + (1.0 - chance) * patience[..., responder] * share
        binds[..., responder] = options[..., responder] > inside
        share = 1.0 - np.maximum(options[..., responder], inside)
    agreed = _covers(options, ends, np.ones_like(chance))
    payoffs = np.where(agreed[..., None], np.stack([share, 1.0 - share], axis=-1), options)
    return Division(agreed, payoffs, binds & agreed[..., None])


def round_discounts(rates: ArrayLike, *, round_length: ArrayLike) -> FloatArray:
    """Return the discount factors exp(-r length) of rounds of a given length.

    rates r: per unit of time, above 0. round_length: in the same unit, above 0. They broadcast together.
    """
    impatience, length = floats(rates), floats(round_length)
    require(
        [
            above_zero_fault("rates", impatience),
            above_zero_fault("round_length", length),
            together_fault("rates, round_length", impatience, length),
        ]
    )
    return np.exp(-impatience * length)


def patience_weight(rates: ArrayLike) -> FloatArray:
    """Return the bargaining weight r_2 / (r_1 + r_2) of side 0 to which alternating offers tend as rounds shorten.

    rates r: (..., 2) discount rates per unit of time, >= 0 and not both 0. Returns (...).
    """
    impatience = floats(rates)
    require([sides_fault("rates", impatience)])
    require([at_least_zero_fault("rates", impatience), above_zero_fault("rates, summed", impatience.sum(axis=-1))])
    return floats(impatience[..., 1] / impatience.sum(axis=-1))


def _covers(options: FloatArray, ends: FloatArray, chance: FloatArray) -> BoolArray:
    """Return where the surplus covers both sides' options, and both sides' ends where talks can break down."""
    reached = np.maximum(options.sum(axis=-1), np.where(chance > 0.0, ends.sum(axis=-1), 0.0))
    return np.asarray(reached <= 1.0)


def _checked(
    discounts: ArrayLike, outside: ArrayLike, breakdown: ArrayLike, breakdown_values: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    patience, options, chance, ends = (floats(v) for v in (discounts, outside, breakdown, breakdown_values))
    require([sides_fault("discounts", patience)])
    require(
        [
            unit_fault("discounts", patience),
            unit_fault("outside", options),
            unit_fault("breakdown", chance),
            unit_fault("breakdown_values", ends),
            together_fault("discounts, outside, breakdown_values", patience, options, ends, chance[..., None]),
        ]
    )
    form = np.broadcast_shapes(patience.shape, options.shape, ends.shape, chance[..., None].shape)
    wide = [np.broadcast_to(array, form) for array in (patience, options, ends)]
    return wide[0], wide[1], np.broadcast_to(chance, form[:-1]), wide[2]


def _no_pressure_fault(patience: FloatArray, chance: FloatArray) -> Fault | None:
    pressed = patience.prod(axis=-1) * (1.0 - chance) ** 2
    if bool(np.all(pressed < 1.0)):
        return None
    return Fault(
        "discounts",
        "are below 1 for one side at least, unless talks can break down",
        float(pressed.max()),
        "With no cost of waiting any division is an equilibrium: give a discount factor below 1.",
    )
