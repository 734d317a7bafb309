from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.foundation.rng import stream_key
from model.theory.designs import grid_points, latin_hypercube, sobol_points

KEY, OTHER = stream_key(1, "design"), stream_key(2, "design")


def test_grid_is_every_combination() -> None:
    expected = list(itertools.product([0.0, 0.5, 1.0], [0.5], [0.0, 1.0]))
    np.testing.assert_array_equal(grid_points([3, 1, 2]), expected)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 200), dims=st.integers(1, 30), seed=st.integers(0, 2**30))
def test_latin_hypercube_has_one_point_per_slice(n: int, dims: int, seed: int) -> None:
    points = latin_hypercube(n, n_dims=dims, key=stream_key(seed, "lhs"))
    assert points.shape == (n, dims)
    assert (np.sort(np.floor(points * n), axis=0) == np.arange(n)[:, None]).all()


def test_latin_hypercube_pairs_slices_at_random_and_fills_them() -> None:
    points = latin_hypercube(4000, n_dims=6, key=KEY)
    assert np.abs(np.corrcoef(points.T) - np.eye(6)).max() < 0.06
    places = (points * 4000) % 1.0
    assert places.mean(axis=0) == pytest.approx([0.5] * 6, abs=0.02)
    assert places.var(axis=0) == pytest.approx([1 / 12] * 6, rel=0.07)  # five standard errors


@settings(max_examples=25, deadline=None)
@given(power=st.integers(0, 9), dims=st.integers(1, 60), seed=st.integers(0, 2**30), block=st.integers(0, 3))
def test_sobol_points_are_balanced_in_every_dimension(power: int, dims: int, seed: int, block: int) -> None:
    n = 2**power
    points = sobol_points(n, n_dims=dims, key=stream_key(seed, "sobol"), first=block * n)
    assert (np.sort(np.floor(points * n), axis=0) == np.arange(n)[:, None]).all()


def test_sobol_points_are_balanced_in_two_dimensions() -> None:
    """The first two are a (0, 2)-sequence in base 2: every box of area 2^-8 of any shape holds one point of 256."""
    points = sobol_points(256, n_dims=2, key=KEY)
    for across in range(9):
        boxes = np.floor(points * [2**across, 2 ** (8 - across)]) @ [1000.0, 1.0]
        assert len(set(boxes)) == 256


def test_sobol_integrates_better_than_random_points_and_without_bias() -> None:
    """The mean of prod(2 x) is 1; of random points its standard error at 1,024 would be about 0.037."""
    means = [(2.0 * sobol_points(1024, n_dims=4, key=stream_key(s, "m"))).prod(axis=1).mean() for s in range(60)]
    assert np.std(means) < 0.008
    assert np.mean(means) == pytest.approx(1.0, abs=4 * np.std(means) / np.sqrt(60))


def test_more_sobol_points_extend_fewer() -> None:
    many = sobol_points(1000, n_dims=7, key=KEY)
    np.testing.assert_array_equal(sobol_points(100, n_dims=7, key=KEY), many[:100])
    np.testing.assert_array_equal(sobol_points(1, n_dims=7, key=KEY), many[:1])
    np.testing.assert_array_equal(sobol_points(37, n_dims=7, key=KEY, first=512), many[512:549])
    np.testing.assert_array_equal(sobol_points(1000, n_dims=3, key=KEY), many[:, :3])


def test_same_key_same_points_other_key_other_points() -> None:
    for points in (
        lambda key: sobol_points(64, n_dims=5, key=key),
        lambda key: latin_hypercube(64, n_dims=5, key=key),
    ):
        np.testing.assert_array_equal(points(KEY), points(KEY))
        assert np.abs(points(KEY) - points(OTHER)).min() > 0.0
        assert (points(KEY) > 0.0).all()
        assert (points(KEY) < 1.0).all()


def test_faults_are_named() -> None:
    for call in (
        lambda: grid_points([]),
        lambda: grid_points([3, 0]),
        lambda: grid_points([300] * 4),
        lambda: latin_hypercube(0, n_dims=2, key=KEY),
        lambda: latin_hypercube(5, n_dims=0, key=KEY),
        lambda: sobol_points(4, n_dims=2, key=KEY, first=-1),
        lambda: sobol_points(4, n_dims=30_000, key=KEY),
    ):
        with pytest.raises(InputError):
            call()
