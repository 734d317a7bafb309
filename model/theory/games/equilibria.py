"""Nash equilibria, pure and mixed, each one verified by what deviating alone would gain.

Two players: all of them (`two_players`). Three or four: all pure ones, the end of the branch of quantal responses, and
what local solves from the starts given arrive at; others may exist. Every method has a bounded number of steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require
from model.theory.games.payoffs import (
    Profile,
    checked_game,
    pure_profile,
    regrets,
    unit_game,
)
from model.theory.games.pure import TOLERANCE, pure_equilibria
from model.theory.games.quantal import logit_limit
from model.theory.games.support import local_solve
from model.theory.games.two_players import extreme_equilibria

_SAME = 1e-6
"""Equilibria whose probabilities all differ by less than this count as one."""


@dataclass(frozen=True, slots=True)
class Equilibria:
    """What `nash_equilibria` found.

    profiles: one profile per equilibrium, pure ones first. regrets: (n_equilibria, n_players), what deviating alone
    would gain, in the unit of the payoffs. complete: whether these are all equilibria; false for more than two players
    and for degenerate games, which may have a continuum. starts: local solves tried. arrived: how many of them came
    to an equilibrium.
    """

    profiles: tuple[Profile, ...]
    regrets: FloatArray
    complete: bool
    starts: int
    arrived: int


def nash_equilibria(payoffs: ArrayLike, *, starts: ArrayLike | None = None, tolerance: float = TOLERANCE) -> Equilibria:
    """Return the Nash equilibria of a game, pure and mixed.

    payoffs: (n_players, s_1, ..., s_n), any unit. starts: (n_starts, s_1 + ... + s_n) uniform numbers in (0, 1) from
    keyed draws, one row per local solve for three or four players (default none; two players need none).
    tolerance: regret allowed, as a share of the player's payoff span.
    """
    table = checked_game(payoffs)
    require([range_fault("tolerance", tolerance, low=0.0, high=1.0)])
    draws = _checked_starts(table, starts)
    unit = unit_game(table)
    candidates = [pure_profile(cell, sizes=table.shape[1:]) for cell in pure_equilibria(table, tolerance=tolerance)]
    degenerate, arrived = True, 0
    if len(table) == 2:
        mixed, degenerate = extreme_equilibria(unit)
        candidates += mixed
        draws = draws[:0]
    else:
        end = logit_limit(table)
        candidates += [end.profile] if end.converged else []
        for row in draws:
            found = local_solve(unit, start_profile(row, sizes=table.shape[1:]), tolerance=tolerance)
            arrived += found is not None
            candidates += [] if found is None else [found]
    kept = _different(one for one in candidates if regrets(unit, one).max() <= tolerance)
    gains = floats([regrets(table, one) for one in kept]).reshape(-1, len(table))
    return Equilibria(kept, gains, not degenerate, len(draws), arrived)


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


def _different(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """Return the profiles without repetitions, in the order of their first mention."""
    kept: list[Profile] = []
    for one in profiles:
        flat = np.concatenate(one)
        if all(np.abs(flat - np.concatenate(other)).max() > _SAME for other in kept):
            kept.append(one)
    return tuple(kept)
