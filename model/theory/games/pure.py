"""Equilibria in pure strategies: cells of the table from which no player gains by moving alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import IntArray, range_fault, require
from model.theory.games.payoffs import checked_game, payoff_spans

TOLERANCE = 1e-9
"""Regret at most, as a share of the span of the player's payoffs: the rounding of expected payoffs."""


def pure_equilibria(payoffs: ArrayLike, *, tolerance: float = TOLERANCE) -> IntArray:
    """Return all pure Nash equilibria as strategy numbers, (n_equilibria, n_players), in the order of the table.

    payoffs: (n_players, s_1, ..., s_n), any unit. tolerance: regret allowed, as a share of the player's payoff span;
    with a larger one these are the epsilon-equilibria. Reference: Nash (1951).
    """
    table = checked_game(payoffs)
    require([range_fault("tolerance", tolerance, low=0.0, high=1.0)])
    stays = np.ones(table.shape[1:], dtype=np.bool_)
    for player, span in enumerate(payoff_spans(table)):
        own = table[player]
        stays &= own.max(axis=player, keepdims=True) - own <= tolerance * span
    return np.argwhere(stays)
