"""Nash equilibria, pure and mixed, each one verified by what deviating alone would gain.

Two players: all of them (`two_players`). Three or four: all pure ones, those on every support of a game that is not too
large, the end of the branch of quantal responses, and what local solves from the starts given arrive at; others may
exist, and the sum of the indices tells some of the cases in which they do. Every method has a bounded number of steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, IntArray, floats, range_fault, require
from model.theory.games.every_support import MOST_SYSTEMS, support_equilibria, supports_of
from model.theory.games.payoffs import (
    Profile,
    checked_game,
    pure_profile,
    regrets,
    unit_game,
)
from model.theory.games.pure import TOLERANCE, pure_equilibria
from model.theory.games.quantal import logit_limit
from model.theory.games.regular import PLAYED, equilibrium_index, with_twins, without_twins
from model.theory.games.support import local_solve
from model.theory.games.two_players import extreme_equilibria

_SAME = 1e-6
"""Equilibria whose probabilities all differ by less than this count as one."""
POINTS = 16
"""Most points of each support from which it is solved."""


@dataclass(frozen=True, slots=True)
class Equilibria:
    """What `nash_equilibria` found.

    profiles: one profile per equilibrium, pure ones first. regrets: (n_equilibria, n_players), what deviating alone
    would gain, in the unit of the payoffs. complete: whether these are all equilibria; false for more than two players
    and for degenerate games, which may have a continuum. indices: (n_equilibria,) +1 or -1, 0 for one at a tie. ties:
    whether the game is degenerate, as far as is seen: then one mixed equilibrium is kept of those on the same
    strategies. supports: how many supports of three or four players were solved. starts: local solves tried.
    arrived: how many of them came to an equilibrium.
    """

    profiles: tuple[Profile, ...]
    regrets: FloatArray
    complete: bool
    indices: IntArray
    ties: bool
    supports: int
    starts: int
    arrived: int

    @property
    def missing(self) -> bool:
        """Whether some equilibrium is surely missing: without ties the indices of all of them sum to 1."""
        return not self.ties and int(self.indices.sum()) != 1


def nash_equilibria(
    payoffs: ArrayLike, *, starts: ArrayLike | None = None, enough: int | None = None, tolerance: float = TOLERANCE
) -> Equilibria:
    """Return the Nash equilibria of a game, pure and mixed.

    payoffs: (n_players, s_1, ..., s_n), any unit. starts: (n_starts, s_1 + ... + s_n) uniform numbers in (0, 1) from
    keyed draws, one row per local solve for three or four players, the first rows also for the points of each support
    (default none; two players need none). enough: local solves after which no more are tried unless some equilibrium
    is surely missing (default: all rows). tolerance: regret allowed, as a share of the player's payoff span.
    """
    table = checked_game(payoffs)
    require([range_fault("tolerance", tolerance, low=0.0, high=1.0)])
    draws = _checked_starts(table, starts)
    if len(table) == 2:
        return _of_two(table, tolerance=tolerance)
    return _of_more(table, draws, enough=len(draws) if enough is None else enough, tolerance=tolerance)


def _of_two(table: FloatArray, *, tolerance: float) -> Equilibria:
    unit = unit_game(table)
    mixed, degenerate = extreme_equilibria(unit)
    kept = _kept(unit, [*_pure(table, tolerance), *mixed], tolerance=tolerance)
    return _equilibria(table, kept, complete=not degenerate, ties=degenerate)


def _of_more(table: FloatArray, draws: FloatArray, *, enough: int, tolerance: float) -> Equilibria:
    """Return what is found of three or four players; strategies that are twins are looked at as one."""
    small, own = without_twins(table)
    unit, sizes = unit_game(small), small.shape[1:]
    rows = draws[:, np.concatenate(own)]
    n_supports = len(supports_of(sizes))
    points = min(POINTS, len(rows), MOST_SYSTEMS // max(n_supports, 1))
    candidates = support_equilibria(unit, -np.log(rows[:points]), tolerance=tolerance) if points else []
    end = logit_limit(small)
    candidates = [*_pure(small, tolerance), *candidates, *([end.profile] if end.converged else [])]
    kept = _kept(unit, candidates, tolerance=tolerance)
    tried = arrived = 0
    for row in rows:
        if tried >= enough and sum(equilibrium_index(unit, one) for one in kept) == 1:
            break
        found = local_solve(unit, start_profile(row, sizes=sizes), tolerance=tolerance)
        tried, arrived = tried + 1, arrived + (found is not None)
        kept = kept if found is None else _kept(unit, [*kept, found], tolerance=tolerance)
    indices = [equilibrium_index(unit, one) for one in kept]
    ties = small.shape != table.shape or 0 in indices
    whole = [with_twins(one, own) for one in _one_per_support(kept, indices)]
    whole = _kept(unit_game(table), [*_pure(table, tolerance), *whole], tolerance=tolerance)
    solved = n_supports if points else 0
    return _equilibria(table, whole, complete=False, ties=ties, supports=solved, starts=tried, arrived=arrived)


def _equilibria(
    table: FloatArray, kept: list[Profile], *, complete: bool, ties: bool, supports: int = 0, starts: int = 0,
    arrived: int = 0,
) -> Equilibria:  # fmt: skip
    unit = unit_game(table)
    gains = floats([regrets(table, one) for one in kept]).reshape(-1, len(table))
    indices = np.array([equilibrium_index(unit, one) for one in kept], dtype=np.int64)
    return Equilibria(tuple(kept), gains, complete, indices, ties, supports, starts, arrived)


def _pure(table: FloatArray, tolerance: float) -> list[Profile]:
    return [pure_profile(cell, sizes=table.shape[1:]) for cell in pure_equilibria(table, tolerance=tolerance)]


def _one_per_support(profiles: list[Profile], indices: list[int]) -> list[Profile]:
    """Return the profiles with the first alone of those at a tie that play the same strategies."""
    seen: set[tuple[bool, ...]] = set()
    kept = []
    for one, index in zip(profiles, indices, strict=True):
        support = tuple(bool(share > PLAYED) for share in np.concatenate(one))
        if index or support not in seen:
            kept.append(one)
        if not index:
            seen.add(support)
    return kept


def start_profile(uniforms: ArrayLike, *, sizes: tuple[int, ...]) -> Profile:
    """Return a start for a local solve: uniform on each simplex, then sharpened by a power drawn from the same numbers.

    uniforms: (s_1 + ... + s_n,) in (0, 1). sizes: (s_1, ..., s_n). Sharpened starts lie near edges and corners, where
    equilibria with few strategies are.
    """
    numbers = floats(uniforms)
    power = 1.0 + 4.0 * (numbers.sum() % 1.0)
    weights = [part**power for part in np.split(-np.log(numbers), np.cumsum(sizes)[:-1])]
    return tuple(part / part.sum() for part in weights)


def _checked_starts(payoffs: FloatArray, starts: ArrayLike | None) -> FloatArray:
    wanted = sum(payoffs.shape[1:])
    draws = np.empty((0, wanted)) if starts is None else floats(starts)
    right = draws.ndim == 2 and draws.shape[1] == wanted
    require(
        [
            None
            if right
            else Fault("starts", f"has {wanted} numbers per row", draws.shape, "Give one per strategy of any player."),
            range_fault("starts", draws, low=0.0, high=1.0, open_low=True, open_high=True),
        ]
    )
    return draws


def _kept(unit: FloatArray, profiles: Iterable[Profile], *, tolerance: float) -> list[Profile]:
    """Return the equilibria among profiles without repetitions, in the order of their first mention."""
    kept: list[Profile] = []
    for one in profiles:
        flat = np.concatenate(one)
        new = all(np.abs(flat - np.concatenate(other)).max() > _SAME for other in kept)
        if new and regrets(unit, one).max() <= tolerance:
            kept.append(one)
    return kept
