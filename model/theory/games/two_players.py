"""All equilibria of two players by the vertices of their best-response polytopes.

With payoffs made positive, P = {x >= 0, B'x <= 1} and Q = {Ay <= 1, y >= 0}. A pair of vertices at which every strategy
of both players is unplayed or a best reply is, scaled to sum 1, an equilibrium; all equilibria are such pairs, or
mixtures of such pairs in degenerate games (Mangasarian 1964; von Stengel 2002). A strategy's weight and its payoff are
compared within a tolerance, so equilibria are not lost to rounding. At most C(12, 6) = 924 corners a side: no search,
so it always ends.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np

from model.theory.arrays import BoolArray, FloatArray, IntArray, floats
from model.theory.games.payoffs import Profile

_BINDING = 1e-9
"""A constraint nearer than this to its bound binds; payoffs lie in [1, 2], probabilities in [0, 1]."""
_WORST_CONDITION = 1e11
"""Corners of constraints that are nearly parallel are left out: their position would be rounding alone."""


def extreme_equilibria(unit_payoffs: FloatArray) -> tuple[list[Profile], bool]:
    """Return the extreme equilibria of a game of two, and whether the game is degenerate.

    unit_payoffs: (2, s_1, s_2) in [0, 1]. Not degenerate: no mix has more pure best replies than strategies it plays,
    and the equilibria are all there are, an odd number. Degenerate: there may be a continuum, spanned by these.
    """
    first, second = unit_payoffs[0] + 1.0, unit_payoffs[1] + 1.0
    columns = first.shape[1]
    own, own_binds, own_degenerate = _vertices(second.T)
    other, other_binds, other_degenerate = _vertices(first)
    # strategies in one order: the rows' first, then the columns'
    other_binds = np.concatenate([other_binds[:, columns:], other_binds[:, :columns]], axis=1)
    unlabelled = (~own_binds).astype(np.int64) @ (~other_binds).astype(np.int64).T
    found: list[Profile] = []
    for left, right in np.argwhere(unlabelled == 0):
        x, y = own[left], other[right]
        if x.sum() > 0.0 and y.sum() > 0.0:  # at the origin all strategies are unplayed: no equilibrium
            found.append((x / x.sum(), y / y.sum()))
    return found, own_degenerate or other_degenerate


def _vertices(replies: FloatArray) -> tuple[FloatArray, BoolArray, bool]:
    """Return the vertices of {x >= 0, replies @ x <= 1}, which constraints bind at each, and whether too many do.

    replies: (n_replies, n), positive. Returns (k, n), (k, n + n_replies): weights at 0 first, then best replies.
    """
    n_replies, size = replies.shape
    sides = np.concatenate([-np.eye(size), replies])
    bounds = np.concatenate([np.zeros(size), np.ones(n_replies)])
    bases = _bases(size + n_replies, size)
    systems = sides[bases]
    sound = np.linalg.cond(systems) < _WORST_CONDITION
    corners = np.linalg.solve(systems[sound], bounds[bases[sound]][:, :, None])[:, :, 0]
    slack = bounds - corners @ sides.T
    inside = (slack >= -_BINDING).all(axis=1)
    corners, binds = corners[inside], np.abs(slack[inside]) <= _BINDING
    crowded = bool((binds.sum(axis=1) > size).any())
    kept = np.sort(np.unique(binds, axis=0, return_index=True)[1])  # where too many bind, a corner comes several times
    exact = np.where(binds[kept, :size], 0.0, corners[kept])
    return floats(exact), binds[kept], crowded


@lru_cache(maxsize=64)
def _bases(constraints: int, size: int) -> IntArray:
    """Return every choice of `size` constraints, (n_choices, size)."""
    return np.array(list(combinations(range(constraints), size)), dtype=np.int64)
