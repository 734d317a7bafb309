"""Equilibria of three and four players by trying every set of strategies that could be played together.

On a support all strategies played by a player earn the same; with Newton's method that system is solved from a few
points of each support, all supports at once. A support on which one player mixes over more strategies than all others
together leave room for (s_i - 1 > sum over the others of s_j - 1) has a solution only in ties, and is left out. What is
found is exact to rounding; a support with several solutions may hide one of them from the few points.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import BoolArray, FloatArray, floats
from model.theory.games.payoffs import Profile, regrets
from model.theory.games.support import as_profile, membership, split

MOST_SUPPORTS, MOST_SYSTEMS = 10_000, 20_000
"""Supports of a game beyond which it is left to local solves, and most systems (supports times points) of one game."""
_LETTERS = "abcd"
_NEWTON_STEPS, _FARTHEST, _SOLVED = 40, 20.0, 1e-10
"""Steps of Newton's method, the largest number at which a solution is given up, and what counts as solved."""
_PLAYED = 1e-9
"""Least probability of a strategy that is played: nearer to 0 the solution belongs to a smaller support."""
_RIDGE = 1e-13
"""Put on the diagonal, so that a system that is singular by a tie takes a long step and not the whole batch down."""


@lru_cache(maxsize=32)
def supports_of(sizes: tuple[int, ...]) -> BoolArray:
    """Return every support with a mix in it that a game without ties can hold, (n_supports, sum s_i).

    sizes: (s_1, ..., s_n) strategies of each player. None, (0, sum s_i), of a game with more than `MOST_SUPPORTS`.
    """
    if prod(2**size - 1 for size in sizes) > MOST_SUPPORTS:
        return np.zeros((0, sum(sizes)), dtype=np.bool_)
    own = [[row for row in product((False, True), repeat=size) if any(row)] for size in sizes]
    rows = []
    for parts in product(*own):
        room = [sum(part) - 1 for part in parts]
        if sum(room) > 0 and all(2 * one <= sum(room) for one in room):
            rows.append([played for part in parts for played in part])
    return np.array(rows, dtype=np.bool_).reshape(-1, sum(sizes))


def support_equilibria(unit_payoffs: FloatArray, points: ArrayLike, *, tolerance: float) -> list[Profile]:
    """Return the equilibria in mixed strategies found on any support, in the order of the supports; none if too many.

    unit_payoffs: (n, s_1, ..., s_n), each player's in [0, 1]. points: (k, sum s_i) positive weights of strategies; on
    each support Newton's method starts once at each row. tolerance: largest regret.
    """
    sizes = unit_payoffs.shape[1:]
    supports, weights = supports_of(sizes), floats(points)
    if not len(supports) or len(supports) * len(weights) > MOST_SYSTEMS:
        return []
    played = np.repeat(supports, len(weights), axis=0)
    even: Profile = tuple(np.full(size, 1.0 / size) for size in sizes)
    owner = membership(even)
    x = np.where(played, np.tile(weights, (len(supports), 1)), 0.0)
    x, solved = _solve_all(unit_payoffs, x / (x @ owner @ owner.T), played, owner)
    inside = solved & (np.where(played, x, 1.0).min(axis=1) > _PLAYED)
    x, played = x[inside], played[inside]
    earned = _earned(unit_payoffs, x)
    best = np.stack([part.max(axis=1) for part in np.split(earned, np.cumsum(sizes)[:-1], axis=1)], axis=1)
    held = (np.where(played, best @ owner.T - earned, 0.0) <= tolerance).all(axis=1)
    found = [as_profile(split(row, even)) for row in x[held]]
    return [one for one in found if regrets(unit_payoffs, one).max() <= tolerance]


def _solve_all(
    payoffs: FloatArray, x: FloatArray, played: BoolArray, owner: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Return where strategies played earn the same, (k, sum s_i), and which of the k systems were solved."""
    width, n_players = owner.shape
    x, solved = x.copy(), np.zeros(len(x), dtype=np.bool_)
    values = (_earned(payoffs, x) * x) @ owner
    going = np.arange(len(x))
    for _ in range(_NEWTON_STEPS):
        if not len(going):
            break
        here, on = x[going], played[going]
        gaps = np.where(on, _earned(payoffs, here) - values[going] @ owner.T, here)
        missed = np.concatenate([gaps, here @ owner - 1.0], axis=1)
        done = np.abs(missed).max(axis=1) < _SOLVED
        solved[going[done]] = True
        going, here, on, missed = going[~done], here[~done], on[~done], missed[~done]
        slopes = np.zeros((len(going), width + n_players, width + n_players))
        slopes[:, :width, :width] = np.where(on[:, :, None], _slopes(payoffs, here), np.eye(width))
        slopes[:, :width, width:] = np.where(on[:, :, None], -owner, 0.0)
        slopes[:, width:, :width] = owner.T
        step = _steps(slopes, missed)
        x[going] += step[:, :width]
        values[going] += step[:, width:]
        near = np.isfinite(x[going]).all(axis=1) & (np.abs(x[going]).max(axis=1) < _FARTHEST)
        going = going[near]
    return x, solved


def _steps(slopes: FloatArray, missed: FloatArray) -> FloatArray:
    try:
        return floats(np.linalg.solve(slopes + _RIDGE * np.eye(slopes.shape[1]), -missed[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:
        return floats(-(np.linalg.pinv(slopes, rcond=1e-12) @ missed[:, :, None])[:, :, 0])


def _earned(payoffs: FloatArray, x: FloatArray) -> FloatArray:
    """Return what each strategy earns against the rest, (k, sum s_i), at k mixes (k, sum s_i)."""
    n = len(payoffs)
    mixes = np.split(x, np.cumsum(payoffs.shape[1:])[:-1], axis=1)
    return np.concatenate([_against(payoffs[player], mixes, (player,)) for player in range(n)], axis=1)


def _slopes(payoffs: FloatArray, x: FloatArray) -> FloatArray:
    """Return the slopes of all payoffs in all probabilities, (k, sum s_i, sum s_i), 0 within a player's own block."""
    sizes = payoffs.shape[1:]
    edges = np.concatenate([[0], np.cumsum(sizes)])
    mixes = np.split(x, edges[1:-1], axis=1)
    slopes = np.zeros((len(x), edges[-1], edges[-1]))
    for player in range(len(sizes)):
        for other in range(len(sizes)):
            if other != player:
                block = _against(payoffs[player], mixes, (player, other))
                slopes[:, edges[player] : edges[player + 1], edges[other] : edges[other + 1]] = block
    return slopes


def _against(table: FloatArray, mixes: list[FloatArray], kept: tuple[int, ...]) -> FloatArray:
    """Return one player's payoffs averaged over the mixes of all but the kept players, (k, s of each kept)."""
    axes = _LETTERS[: len(mixes)]
    others = [one for one in range(len(mixes)) if one not in kept]
    words = ",".join([axes, *(f"n{axes[one]}" for one in others)])
    left = "".join(axes[one] for one in kept)
    return floats(np.einsum(f"{words}->n{left}", table, *[mixes[one] for one in others], optimize=True))
