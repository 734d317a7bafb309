"""Payoffs of mixed strategies, and what a player could gain by deviating.

u_i(a, x) = sum over the others' strategies of payoff_i(a, others) * product of the others' probabilities; the regret of
player i at x is max_a u_i(a, x) - sum_a x_i(a) u_i(a, x), which is 0 for all exactly at a Nash equilibrium (Nash 1951).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, IntArray, floats, range_fault, require

Profile = tuple[FloatArray, ...]
"""One array of probabilities (s_i,) per player."""

FEWEST_PLAYERS, MOST_PLAYERS, MOST_STRATEGIES = 2, 4, 6


def checked_game(payoffs: ArrayLike) -> FloatArray:
    """Return payoffs (n_players, s_1, ..., s_n), checked: 2 to 4 players, 1 to 6 strategies each, finite numbers."""
    table = floats(payoffs)
    players = table.shape[0] if table.ndim else 0
    require(
        [
            None
            if FEWEST_PLAYERS <= players <= MOST_PLAYERS
            else Fault("payoffs", "are those of 2 to 4 players", players, "Give shape (n_players, s_1, ..., s_n)."),
            None
            if table.ndim == players + 1
            else Fault("payoffs", "have one axis per player after the first", table.shape, "Give (n, s_1, ..., s_n)."),
            None
            if all(1 <= size <= MOST_STRATEGIES for size in table.shape[1:])
            else Fault("payoffs", "have 1 to 6 strategies per player", table.shape[1:], "Leave out the weakest ones."),
            range_fault("payoffs", table, low=-np.inf, high=np.inf, open_low=True, open_high=True),
        ]
    )
    return table


def checked_profile(payoffs: FloatArray, profile: Sequence[ArrayLike]) -> Profile:
    """Return a profile as arrays, checked against the game: right lengths, probabilities that sum to 1 within 1e-9."""
    mixes, sizes = tuple(floats(mix) for mix in profile), payoffs.shape[1:]
    if tuple(mix.shape for mix in mixes) != tuple((size,) for size in sizes):
        shapes = [mix.shape for mix in mixes]
        require([Fault("profile", f"has {sizes} probabilities", shapes, "Give one array per player.")])
    places = [f"profile[{player}]" for player in range(len(mixes))]
    unit = [range_fault(place, mix, low=0.0, high=1.0) for place, mix in zip(places, mixes, strict=True)]
    sums = [
        range_fault(f"sum of {place}", mix.sum(), low=1.0 - 1e-9, high=1.0 + 1e-9)
        for place, mix in zip(places, mixes, strict=True)
    ]
    require([*unit, *sums])
    return mixes


def pure_profile(strategies: Sequence[int], *, sizes: Sequence[int]) -> Profile:
    """Return the profile in which each player plays one strategy: numbers from 0, of sizes (s_1, ..., s_n)."""
    return tuple(np.eye(size)[strategy] for strategy, size in zip(strategies, sizes, strict=True))


def strategy_payoffs(payoffs: ArrayLike, *, profile: Sequence[ArrayLike]) -> Profile:
    """Return what each strategy of each player earns against the others' mixes, u_i(a, x): one array (s_i,) per player.

    payoffs: (n_players, s_1, ..., s_n), any unit, which is the unit returned. profile: one array (s_i,) per player.
    """
    table = checked_game(payoffs)
    return against(table, checked_profile(table, profile))


def expected_payoffs(payoffs: ArrayLike, *, profile: Sequence[ArrayLike]) -> FloatArray:
    """Return what each player earns at a profile, (n_players,), in the unit of the payoffs."""
    table = checked_game(payoffs)
    mixes = checked_profile(table, profile)
    return floats([mix @ earned for mix, earned in zip(mixes, against(table, mixes), strict=True)])


def deviation_regrets(payoffs: ArrayLike, *, profile: Sequence[ArrayLike]) -> FloatArray:
    """Return the most that each player would gain by deviating alone, (n_players,) >= 0, in the unit of the payoffs."""
    table = checked_game(payoffs)
    return regrets(table, checked_profile(table, profile))


def payoff_spans(payoffs: FloatArray) -> FloatArray:
    """Return the largest less the smallest payoff of each player, (n_players,), or 1 where all are equal."""
    others = tuple(range(1, payoffs.ndim))
    spans = payoffs.max(axis=others) - payoffs.min(axis=others)
    return floats(np.where(spans > 0.0, spans, 1.0))


def unit_game(payoffs: FloatArray) -> FloatArray:
    """Return the same game with each player's payoffs moved and scaled to [0, 1]; its equilibria are the same."""
    form = (-1,) + (1,) * (payoffs.ndim - 1)
    least = payoffs.min(axis=tuple(range(1, payoffs.ndim)))
    return floats((payoffs - least.reshape(form)) / payoff_spans(payoffs).reshape(form))


def players_alike(payoffs: FloatArray) -> IntArray:
    """Return for each player the first one like it, (n_players,): if these swap places the game is the same."""
    first = np.arange(len(payoffs))
    slack = 1e-12 * payoff_spans(payoffs).max()
    for player in range(len(payoffs)):
        for other in range(player):
            order = np.arange(len(payoffs))
            order[[player, other]] = other, player
            swapped = payoffs[order].swapaxes(1 + player, 1 + other)
            if swapped.shape == payoffs.shape and np.abs(swapped - payoffs).max() <= slack:
                first[player] = first[other]
                break
    return first


def against(payoffs: FloatArray, mixes: Profile) -> Profile:
    """Return u_i(a, x) as `strategy_payoffs` does, without checks."""
    return tuple(_left(payoffs[player], mixes, (player,)) for player in range(len(mixes)))


def regrets(payoffs: FloatArray, mixes: Profile) -> FloatArray:
    """Return the regrets of `deviation_regrets`, without checks."""
    gains = [earned.max() - mix @ earned for mix, earned in zip(mixes, against(payoffs, mixes), strict=True)]
    return np.maximum(floats(gains), 0.0)


def pair_payoffs(payoffs: FloatArray, mixes: Profile, player: int, other: int) -> FloatArray:
    """Return what each strategy of `player` earns against each of `other`, all else mixed: (s_player, s_other)."""
    kept = _left(payoffs[player], mixes, (player, other))
    return kept if player < other else kept.T


def _left(table: FloatArray, mixes: Profile, kept: tuple[int, ...]) -> FloatArray:
    """Return one player's payoffs averaged over the mixes of all players but the kept ones."""
    for player in reversed(range(len(mixes))):
        if player not in kept:
            table = np.tensordot(table, mixes[player], axes=(player, 0))
    return floats(table)
