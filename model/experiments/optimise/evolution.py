"""The keyed evolutionary search: who has children, how they differ, who stays. No memory but the points themselves.

NSGA-II (Deb et al. 2002) with simulated binary crossover (Deb and Agrawal 1995) and polynomial mutation, all draws by
keys: the same question goes through the same points on any machine, so that a search that was stopped goes on as if it
had not been.
"""

from __future__ import annotations

import numpy as np

from model.foundation.rng import uniforms
from model.theory.arrays import FloatArray, IntArray, floats
from model.theory.pareto import crowding, front_ranks

CROSSED = 0.9
"""Probability that two parents mix."""
NEAR, NEARER = 15.0, 20.0
"""How near children stay to their parents when they mix, and when they mutate."""


def survivors(aims: FloatArray, *, count: int) -> IntArray:
    """Return the numbers of the points that stay, best first: by front, within a front by room. aims: (n, aims)."""
    ranks, room = ranked(aims)
    order = np.lexsort((np.arange(len(aims)), -room, ranks))
    return order[:count]


def ranked(aims: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the front and the room within it of each point, (n,) each."""
    ranks = front_ranks(aims)
    room = np.zeros(len(aims))
    for rank in range(int(ranks.max(initial=-1)) + 1):
        own = np.flatnonzero(ranks == rank)
        room[own] = crowding(aims[own])
    return ranks, room


def children(parents: FloatArray, aims: FloatArray, *, count: int, key: np.uint64) -> FloatArray:
    """Return children, (count, inputs), in the unit cube. parents: (n, inputs); aims: (n, aims), more is better."""
    n_inputs = parents.shape[1]
    draws = uniforms(key, np.arange(count * (5 + 4 * n_inputs))).reshape(count, 5 + 4 * n_inputs)
    first = _winners(aims, draws[:, :2])
    second = _winners(aims, draws[:, 2:4])
    mixed = _mixed(parents[first], parents[second], draws[:, 5 : 5 + 2 * n_inputs], whether=draws[:, 4])
    return _mutated(mixed, draws[:, 5 + 2 * n_inputs :])


def _winners(aims: FloatArray, draws: FloatArray) -> IntArray:
    """Return the better of two points drawn for each child. draws: (count, 2)."""
    order = np.empty(len(aims), dtype=np.int64)
    order[survivors(aims, count=len(aims))] = np.arange(len(aims))
    drawn = np.minimum((draws * len(aims)).astype(np.int64), len(aims) - 1)
    better: IntArray = np.where(order[drawn[:, 0]] <= order[drawn[:, 1]], drawn[:, 0], drawn[:, 1])
    return better


def _mixed(one: FloatArray, other: FloatArray, draws: FloatArray, *, whether: FloatArray) -> FloatArray:
    """Return one child of each pair by simulated binary crossover, each input mixed with probability 1/2."""
    n_inputs = one.shape[1]
    place, side = draws[:, :n_inputs], draws[:, n_inputs:]
    stretch = np.where(
        place <= 0.5, (2.0 * place) ** (1.0 / (NEAR + 1.0)), (0.5 / (1.0 - place)) ** (1.0 / (NEAR + 1.0))
    )
    sign = np.where(side < 0.25, 1.0, -1.0)
    child = 0.5 * ((1.0 + sign * stretch) * one + (1.0 - sign * stretch) * other)
    taken = (whether[:, None] < CROSSED) & (side < 0.5)
    return floats(np.clip(np.where(taken, child, one), 0.0, 1.0))


def _mutated(points: FloatArray, draws: FloatArray) -> FloatArray:
    """Return points of which each input is moved with probability 1 / inputs."""
    n_inputs = points.shape[1]
    moved, place = draws[:, :n_inputs] < 1.0 / n_inputs, draws[:, n_inputs:]
    power = 1.0 / (NEARER + 1.0)
    down = (2.0 * place + (1.0 - 2.0 * place) * (1.0 - points) ** (NEARER + 1.0)) ** power - 1.0
    up = 1.0 - (2.0 * (1.0 - place) + 2.0 * (place - 0.5) * points ** (NEARER + 1.0)) ** power
    with np.errstate(invalid="ignore"):
        step = np.where(place < 0.5, down, up)
    return floats(np.clip(np.where(moved, points + step, points), 0.0, 1.0))
