"""The keyed search: draws stay in the cube, the better have the children, a known front is reached."""

from __future__ import annotations

import numpy as np
import pytest

from model.experiments.optimise.evolution import children, ranked, survivors
from model.foundation.rng import stream_key
from model.theory.designs import latin_hypercube
from model.theory.pareto import hypervolume

KEY = stream_key(1, "test")


def test_children_stay_in_the_cube_and_the_same_key_gives_the_same() -> None:
    parents = latin_hypercube(8, n_dims=3, key=KEY)
    aims = np.column_stack([parents[:, 0], 1.0 - parents[:, 0]])
    one = children(parents, aims, count=500, key=KEY)
    assert one.shape == (500, 3)
    assert one.min() >= 0.0
    assert one.max() <= 1.0
    assert np.array_equal(one, children(parents, aims, count=500, key=KEY))
    assert not np.array_equal(one, children(parents, aims, count=500, key=stream_key(2, "test")))
    edge = children(np.array([[0.0, 1.0, 0.0]] * 2), np.zeros((2, 1)), count=200, key=KEY)
    assert np.isfinite(edge).all()


def test_children_are_near_their_parents_and_the_better_have_more() -> None:
    parents = np.array([[0.2], [0.8]])
    drawn = children(parents, np.array([[1.0], [0.0]]), count=2000, key=KEY)[:, 0]
    assert (np.abs(drawn - 0.2) < 0.15).mean() > 0.6  # three quarters of the tournaments
    assert (np.abs(drawn - 0.8) < 0.15).mean() > 0.1


def test_who_stays() -> None:
    aims = np.array([[0.0, 4.0], [1.0, 3.0], [1.1, 2.9], [4.0, 0.0], [0.0, 0.0]])
    ranks, room = ranked(aims)
    assert ranks.tolist() == [0, 0, 0, 0, 1]
    assert np.isinf(room[[0, 3]]).all()
    assert survivors(aims, count=3).tolist() == [0, 3, 2]


def zdt1(x: np.ndarray) -> np.ndarray:
    """Zitzler, Deb and Thiele (2000), to be made small: the front is f2 = 1 - sqrt(f1), with 0 behind the first."""
    g = 1.0 + 9.0 * x[:, 1:].mean(axis=1)
    return -np.column_stack([x[:, 0], g * (1.0 - np.sqrt(x[:, 0] / g))])


def test_it_reaches_a_known_front() -> None:
    alive = latin_hypercube(40, n_dims=6, key=KEY)
    for generation in range(60):
        born = children(alive, zdt1(alive), count=40, key=stream_key(1, "zdt1", generation))
        both = np.concatenate([alive, born])
        alive = both[survivors(zdt1(both), count=40)]
    volume = hypervolume(zdt1(alive), reference=[-1.1, -1.1])
    assert volume == pytest.approx(0.21 + 2.0 / 3.0, abs=0.03)  # of the true front: 1.21 - 1/3
