"""Games that everyone knows, as arrays (n_players, s_1, ..., s_n), and games of keyed numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from model.foundation.rng import stream_key, uniforms

KNOWN = {
    "prisoners": [[[3, 0], [5, 1]], [[3, 5], [0, 1]]],
    "pennies": [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]],
    "sexes": [[[2, 0], [0, 1]], [[1, 0], [0, 2]]],
    "coordination": [[[2, 0], [0, 1]], [[2, 0], [0, 1]]],
    "dominance": [[[4, 3], [2, 1]], [[1, 2], [5, 3]]],
}
Game = Callable[..., np.ndarray]


def volunteers(players: int, cost: float) -> np.ndarray:
    """Everyone gains 1 if anyone volunteers (strategy 0), who pays the cost."""
    payoffs = np.ones((players,) + (2,) * players)
    payoffs[(slice(None), *[1] * players)] = 0.0
    for player in range(players):
        np.moveaxis(payoffs[player], player, 0)[0] -= cost
    return payoffs


def keyed_game(seed: int, *sizes: int) -> np.ndarray:
    shape = (len(sizes), *sizes)
    return uniforms(stream_key(seed, "game"), np.arange(int(np.prod(shape)))).reshape(shape)


def keyed_starts(seed: int, count: int, *sizes: int) -> np.ndarray:
    return uniforms(stream_key(seed, "starts"), np.arange(count * sum(sizes))).reshape(count, sum(sizes))


@pytest.fixture
def known() -> Game:
    return lambda name: np.array(KNOWN[name], dtype=np.float64)


@pytest.fixture
def volunteer_game() -> Game:
    return volunteers


@pytest.fixture(scope="session")
def game() -> Game:
    return keyed_game


@pytest.fixture(scope="session")
def starts() -> Game:
    return keyed_starts
