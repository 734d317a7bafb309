"""Local solves: from any start to a nearby equilibrium of 2 to 4 players, in a bounded number of steps.

A profile x with values v is an equilibrium when for each strategy a of player i both x_ia >= 0 and v_i - u_ia(x) >= 0
hold and one of them is 0, and probabilities sum to 1. With the function of Fischer (1992), f(p, q) = p + q -
sqrt(p^2 + q^2), that is a system of equations, solved by damped Gauss-Newton steps. The support found is then solved
exactly: equal payoffs on it, by Newton's method.
"""

from __future__ import annotations

import numpy as np

from model.theory.arrays import FloatArray, floats
from model.theory.games.payoffs import Profile, against, pair_payoffs, regrets

_PLAYED = 1e-6
"""Least probability of a strategy that counts as played when the support is read off."""


def local_solve(payoffs: FloatArray, start: Profile, *, tolerance: float, max_steps: int = 80) -> Profile | None:
    """Return an equilibrium found from a start, or None if the steps led nowhere.

    payoffs: (n, s_1, ..., s_n), each player's in [0, 1]. tolerance: largest regret of what is returned.
    """
    near = _complementarity_solve(payoffs, start, max_steps=max_steps)
    return settle_support(payoffs, near, tolerance=tolerance)


def settle_support(payoffs: FloatArray, near: Profile, *, tolerance: float, max_steps: int = 25) -> Profile | None:
    """Return the equilibrium on the support of a profile near one, or the profile itself where it is one already.

    None if neither has a regret within the tolerance.
    """
    for least in (_PLAYED, 1e-3):
        exact = _equal_payoffs_solve(payoffs, near, least=least, max_steps=max_steps)
        if exact is not None and regrets(payoffs, exact).max() <= tolerance:
            return exact
    return near if regrets(payoffs, near).max() <= tolerance else None


def payoff_slopes(payoffs: FloatArray, mixes: Profile) -> FloatArray:
    """Return the slopes of all u_ia in all x_jb, (sum s_i, sum s_i), 0 within a player's own block."""
    sizes = [mix.size for mix in mixes]
    edges = np.concatenate([[0], np.cumsum(sizes)])
    slopes = np.zeros((edges[-1], edges[-1]))
    for player in range(len(mixes)):
        for other in range(len(mixes)):
            if other != player:
                block = pair_payoffs(payoffs, mixes, player, other)
                slopes[edges[player] : edges[player + 1], edges[other] : edges[other + 1]] = block
    return slopes


def membership(mixes: Profile) -> FloatArray:
    """Return whose strategy each one is, (sum s_i, n_players) of 0 and 1."""
    return np.repeat(np.eye(len(mixes)), [mix.size for mix in mixes], axis=0)


def split(values: FloatArray, mixes: Profile) -> Profile:
    """Return a flat array as one array per player, with the sizes of `mixes`."""
    return tuple(np.split(values, np.cumsum([mix.size for mix in mixes])[:-1]))


def _complementarity_solve(payoffs: FloatArray, start: Profile, *, max_steps: int) -> Profile:
    owner = membership(start)
    n_strategies, n_players = owner.shape
    point = np.concatenate([np.concatenate(start), [earned.max() for earned in against(payoffs, start)]])
    damping = 1e-2

    def misses(at: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        x = at[:n_strategies]
        gap = owner @ at[n_strategies:] - np.concatenate(against(payoffs, split(x, start)))
        norm = np.hypot(x, gap)
        return np.concatenate([x + gap - norm, owner.T @ x - 1.0]), gap, np.maximum(norm, 1e-12)

    missed, gap, norm = misses(point)
    for _ in range(max_steps):
        if np.abs(missed).max() < 1e-12:
            break
        x = point[:n_strategies]
        by_x, by_gap = 1.0 - x / norm, 1.0 - gap / norm
        slopes = np.zeros((n_strategies + n_players,) * 2)
        slopes[:n_strategies, :n_strategies] = np.diag(by_x) - by_gap[:, None] * payoff_slopes(payoffs, split(x, start))
        slopes[:n_strategies, n_strategies:] = by_gap[:, None] * owner
        slopes[n_strategies:, :n_strategies] = owner.T
        square = slopes.T @ slopes
        step = np.linalg.solve(square + damping * np.eye(len(point)), -slopes.T @ missed)
        tried, tried_gap, tried_norm = misses(point + step)
        if tried @ tried < missed @ missed:
            point, missed, gap, norm = point + step, tried, tried_gap, tried_norm
            damping = max(damping * 0.2, 1e-14)
        else:
            damping *= 6.0
            if damping > 1e8:
                break
    return as_profile(split(point[:n_strategies], start))


def _equal_payoffs_solve(payoffs: FloatArray, near: Profile, *, least: float, max_steps: int) -> Profile | None:
    """Return the profile on the strategies played in `near` at which these earn the same, or None."""
    owner = membership(near)
    flat = np.concatenate(near)
    played = flat >= least
    if not (owner[played].sum(axis=0) > 0.0).all():
        return None
    flat = np.where(played, flat, 0.0)
    count, n_players = int(played.sum()), owner.shape[1]
    values = floats([earned.max() for earned in against(payoffs, split(flat, near))])
    for _ in range(max_steps):
        mixes = split(flat, near)
        missed = np.concatenate(
            [(np.concatenate(against(payoffs, mixes)) - owner @ values)[played], owner.T @ flat - 1.0]
        )
        if np.abs(missed).max() < 1e-15:
            break
        slopes = np.zeros((count + n_players,) * 2)
        slopes[:count, :count] = payoff_slopes(payoffs, mixes)[np.ix_(played, played)]
        slopes[:count, count:] = -owner[played]
        slopes[count:, :count] = owner[played].T
        step = np.linalg.lstsq(slopes, -missed, rcond=1e-12)[0]
        flat[played] += step[:count]
        values = values + step[count:]
        if not np.isfinite(flat).all() or np.abs(flat).max() > 1e3:
            return None
    return None if flat.min() < -1e-9 else as_profile(split(flat, near))


def as_profile(mixes: Profile) -> Profile:
    """Return probabilities: what is below 0 by rounding set to 0, each sum 1."""
    cut = [np.maximum(mix, 0.0) for mix in mixes]
    return tuple(mix / mix.sum() if mix.sum() > 0.0 else np.full(mix.size, 1.0 / mix.size) for mix in cut)
