"""The index of an equilibrium, +1 or -1, and games in which strategies are twins.

In a game without ties the indices of all equilibria sum to 1, so that their number is odd (Wilson 1971; Harsanyi 1973;
Ritzberger 1994): a list that sums to anything else lacks some. The index is the sign of the determinant of minus the
slopes of payoffs within the support; a pure equilibrium that nobody is indifferent to has +1.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from model.theory.arrays import BoolArray, FloatArray, floats
from model.theory.games.payoffs import Profile, against
from model.theory.games.support import payoff_slopes

PLAYED = 1e-9
"""Least probability of a strategy that is played; nearer to 0 it is rounding."""
_TIE = 1e-7
"""Payoffs in [0, 1] nearer than this are a tie, and so is a direction in which payoffs move less than this."""


def equilibrium_index(unit_payoffs: FloatArray, profile: Profile) -> int:
    """Return +1 or -1, or 0 where a tie leaves no index: an unplayed strategy pays as much, or mixes lie side by side.

    unit_payoffs: (n, s_1, ..., s_n), each player's in [0, 1]. profile: an equilibrium.
    """
    earned = against(unit_payoffs, profile)
    for mix, values in zip(profile, earned, strict=True):
        unplayed = values[mix <= PLAYED]
        if unplayed.size and unplayed.max() > values.max() - _TIE:
            return 0
    played = np.concatenate(profile) > PLAYED
    sizes = [int((mix > PLAYED).sum()) for mix in profile]
    room = block_diag(*[_differences(size) for size in sizes])
    if not room.shape[1]:
        return 1
    slopes = room.T @ payoff_slopes(unit_payoffs, profile)[np.ix_(played, played)] @ room
    if np.linalg.svd(slopes, compute_uv=False).min() < _TIE:
        return 0
    return int(np.linalg.slogdet(-slopes)[0])


def without_twins(payoffs: FloatArray) -> tuple[FloatArray, tuple[BoolArray, ...]]:
    """Return the game with one strategy of each set that gives everybody the same payoffs, and which were kept.

    payoffs: (n, s_1, ..., s_n). Kept: one array (s_i,) per player; of twins the first.
    """
    kept = []
    for player, size in enumerate(payoffs.shape[1:]):
        own = np.moveaxis(payoffs, player + 1, 0)
        kept.append(np.array([not any(np.array_equal(own[at], own[one]) for one in range(at)) for at in range(size)]))
    return floats(payoffs[np.ix_(np.ones(len(payoffs), dtype=np.bool_), *kept)]), tuple(kept)


def with_twins(profile: Profile, kept: tuple[BoolArray, ...]) -> Profile:
    """Return a profile of the game without twins as one of the whole game: the strategies left out are not played."""
    whole = []
    for mix, own in zip(profile, kept, strict=True):
        found = np.zeros(own.size)
        found[own] = mix
        whole.append(found)
    return tuple(whole)


def _differences(size: int) -> FloatArray:
    """Return directions in which probabilities keep their sum, (size, size - 1)."""
    return np.concatenate([np.eye(size - 1), -np.ones((1, size - 1))]) if size > 1 else np.zeros((1, 0))
