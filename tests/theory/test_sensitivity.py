from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.designs import sobol_points
from model.theory.sensitivity import (
    MorrisEffects,
    SobolIndices,
    morris_design,
    morris_effects,
    sobol_design,
    sobol_indices,
)

Function = Callable[[np.ndarray], np.ndarray]
KEY = stream_key(1, "bootstrap")


def ishigami(u: np.ndarray) -> np.ndarray:
    """sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 for x in (-pi, pi): Ishigami and Homma (1990)."""
    x = np.pi * (2.0 * u - 1.0)
    return np.sin(x[..., 0]) + 7.0 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])


def ishigami_parts() -> tuple[np.ndarray, np.ndarray, float]:
    """First and total indices, and the variance, in closed form."""
    b, fourth, eighth = 0.1, np.pi**4, np.pi**8
    alone = np.array([0.5 * (1.0 + b * fourth / 5.0) ** 2, 49.0 / 8.0, 0.0])
    together = 8.0 * b * b * eighth / 225.0
    variance = alone.sum() + together
    return alone / variance, (alone + together * np.array([1, 0, 1])) / variance, variance


def indices(function: Function, n: int, dims: int, seed: int = 1, **terms: float) -> SobolIndices:
    base = sobol_points(n, n_dims=2 * dims, key=stream_key(seed, "base"))
    return sobol_indices(function(sobol_design(base)), key=KEY, **terms)


def effects(function: Function, n: int, dims: int, levels: int = 4) -> MorrisEffects:
    points = morris_design(n, n_dims=dims, key=stream_key(2, "paths"), levels=levels)
    return morris_effects(function(points), points=points)


def test_ishigami_in_closed_form() -> None:
    first, total, variance = ishigami_parts()
    assert first == pytest.approx([0.3139, 0.4424, 0.0], abs=1e-4)  # as published
    got = indices(ishigami, 4096, 3)
    np.testing.assert_allclose(got.first, first, atol=0.01)
    np.testing.assert_allclose(got.total, total, atol=0.01)
    assert got.variance == pytest.approx(variance, rel=0.01)
    assert got.mean == pytest.approx(3.5, abs=0.02)
    for interval, truth in ((got.first_interval, first), (got.total_interval, total)):
        assert (interval[0] <= truth).all()
        assert (interval[1] >= truth).all()
        assert (interval[1] - interval[0]).max() < 0.1


def test_a_linear_function_divides_the_variance_by_its_slopes() -> None:
    slopes = np.array([3.0, 1.0, 0.0, -2.0])
    got = indices(lambda u: 100.0 + u @ slopes, 1024, 4)
    np.testing.assert_allclose(got.first, slopes**2 / 14.0, atol=0.02)
    np.testing.assert_allclose(got.total, slopes**2 / 14.0, atol=0.02)
    assert got.variance == pytest.approx(14.0 / 12.0, rel=0.01)
    assert got.total[2] == 0.0


def test_a_product_is_interaction_alone() -> None:
    got = indices(lambda u: (u[..., 0] - 0.5) * (u[..., 1] - 0.5), 2048, 2)
    np.testing.assert_allclose(got.first, [0.0, 0.0], atol=0.03)
    np.testing.assert_allclose(got.total, [1.0, 1.0], atol=0.05)


def test_unit_and_level_of_the_outcome_do_not_matter() -> None:
    plain = indices(ishigami, 256, 3)
    dollars = indices(lambda u: 3e100 * ishigami(u), 256, 3)
    raised = indices(lambda u: ishigami(u) + 1e6, 256, 3)
    np.testing.assert_allclose(dollars.first, plain.first, rtol=1e-9)
    np.testing.assert_allclose(raised.first, plain.first, atol=1e-6)
    np.testing.assert_allclose(dollars.total_interval, plain.total_interval, rtol=1e-9)


def test_an_outcome_that_never_changes_depends_on_nothing() -> None:
    got = indices(lambda u: np.full(u.shape[:-1], 7.0), 16, 3)
    assert (got.first == 0.0).all()
    assert (got.total == 0.0).all()
    assert got.variance == 0.0


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """Over random (not Sobol') base points, where the bootstrap's assumption of independent rows holds."""
    truth = np.array([9.0, 1.0]) / 10.0
    hits = []
    for seed in range(120):
        base = uniforms(stream_key(seed, "random"), np.arange(400 * 4)).reshape(400, 4)
        got = sobol_indices(sobol_design(base) @ [3.0, 1.0], key=KEY, resamples=200, level=0.9)
        for interval in (got.first_interval, got.total_interval):
            hits.append((interval[0] <= truth) & (truth <= interval[1]))
    assert 0.84 < np.mean(hits) < 0.95


def test_the_same_key_gives_the_same_interval_and_a_higher_level_a_wider_one() -> None:
    one, again, wide = (indices(ishigami, 64, 3, level=level) for level in (0.5, 0.5, 0.99))
    np.testing.assert_array_equal(one.first_interval, again.first_interval)
    assert (wide.first_interval[0] < one.first_interval[0]).all()
    assert (wide.total_interval[1] > one.total_interval[1]).all()


def test_sobol_design_takes_one_column_at_a_time() -> None:
    base = np.arange(12.0).reshape(2, 6)
    got = sobol_design(base)
    expected = [[0, 1, 2], [3, 4, 5], [3, 1, 2], [0, 4, 2], [0, 1, 5]]
    np.testing.assert_array_equal(got[0], expected)
    assert got.shape == (2, 5, 3)


# --- Morris -----------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**30), paths=st.integers(1, 20), dims=st.integers(1, 12), half=st.sampled_from([1, 2, 3, 5])
)
def test_morris_paths_change_each_input_once(seed: int, paths: int, dims: int, half: int) -> None:
    points = morris_design(paths, n_dims=dims, key=stream_key(seed, "paths"), levels=2 * half)
    assert points.shape == (paths, dims + 1, dims)
    on_grid = points * (2 * half - 1)
    np.testing.assert_allclose(on_grid, np.round(on_grid), atol=1e-9)
    assert points.min() >= 0.0
    assert points.max() <= 1.0 + 1e-12
    steps = np.diff(points, axis=1)
    np.testing.assert_allclose(np.abs(steps).sum(axis=1), half / (2 * half - 1), rtol=1e-12)
    assert ((steps != 0.0).sum(axis=2) == 1).all()


def test_morris_levels_directions_and_orders_are_even() -> None:
    points = morris_design(3000, n_dims=3, key=KEY)
    levels = np.bincount(np.round(points[:, 0].ravel() * 3).astype(int), minlength=4) / 9000
    assert levels == pytest.approx([0.25] * 4, abs=0.02)
    steps = np.diff(points, axis=1)
    assert np.mean(steps.sum(axis=1) > 0.0) == pytest.approx(0.5, abs=0.02)
    assert np.mean(steps[:, 0] != 0.0, axis=0) == pytest.approx([1 / 3] * 3, abs=0.03)


def test_effects_of_a_linear_function_are_its_slopes() -> None:
    slopes = np.array([3.0, 0.0, -2.0, 0.5])
    got = effects(lambda u: 10.0 + u @ slopes, 10, 4)
    np.testing.assert_allclose(got.mean, slopes, atol=1e-12)
    np.testing.assert_allclose(got.mean_size, np.abs(slopes), atol=1e-12)
    np.testing.assert_allclose(got.sigma, 0.0, atol=1e-12)
    np.testing.assert_allclose(got.mean_size_interval, np.abs([slopes, slopes]), atol=1e-12)


def test_effects_that_cancel_have_size_and_spread() -> None:
    """y = (x1 - 1/2) x2': the slope in x1 is x2, that in x2 is x1 - 1/2, on levels 0, 1/3, 2/3, 1 (steps of 2/3)."""
    got = effects(lambda u: (u[..., 0] - 0.5) * u[..., 1], 4000, 2)
    # x2 is at any of four levels while x1 moves: mean 1/2, variance 5/36; x1 - 1/2 likewise around 0, sizes 1/2 and 1/6
    assert got.mean == pytest.approx([0.5, 0.0], abs=0.02)
    assert got.mean_size == pytest.approx([0.5, 1 / 3], abs=0.02)
    assert got.sigma == pytest.approx([np.sqrt(5) / 6] * 2, abs=0.01)
    for interval, truth in ((got.mean_size_interval, [0.5, 1 / 3]), (got.sigma_interval, [np.sqrt(5) / 6] * 2)):
        assert (interval[0] < truth).all()
        assert (interval[1] > truth).all()
        assert (interval[1] - interval[0]).max() < 0.03


@pytest.mark.parametrize("paths", [4, 10, 20])
def test_intervals_of_few_paths_cover_the_truth(paths: int) -> None:
    """A bootstrap over four paths held the size in 73% and the spread in 44% of cases."""
    many = effects(ishigami, 20_000, 3)
    sizes, spreads, means = [], [], []
    for seed in range(250):
        points = morris_design(paths, n_dims=3, key=stream_key(seed, "few"))
        got = morris_effects(ishigami(points), points=points)
        for interval, truth, hits in (
            (got.mean_size_interval, many.mean_size, sizes), (got.sigma_interval, many.sigma, spreads),
            (got.mean_interval, many.mean, means),
        ):  # fmt: skip
            slack = 1e-2
            hits.append((interval[0] - slack <= truth) & (truth <= interval[1] + slack))
    assert (np.mean(sizes, axis=0) > 0.82).all()
    assert (np.mean(spreads, axis=0) > 0.82).all()
    assert (np.mean(means, axis=0) > 0.82).all()


def test_morris_ranks_the_inputs_of_ishigami() -> None:
    got = effects(ishigami, 500, 3, levels=8)
    assert got.sigma.min() > 3.0  # none of them is linear, none without effect
    assert got.mean_size.min() > 3.0


def test_faults_are_named() -> None:
    points = morris_design(4, n_dims=3, key=KEY)
    for place, call in {
        "base": lambda: sobol_design(np.zeros((4, 3))),
        "outcomes": lambda: sobol_indices(np.zeros((4, 2)), key=KEY),
        "outcomes: lies in": lambda: sobol_indices(np.full((4, 4), np.nan), key=KEY),
        "level": lambda: sobol_indices(np.zeros((4, 4)), key=KEY, level=90.0),
        "levels: is even": lambda: morris_design(4, n_dims=3, key=KEY, levels=5),
        "outcomes: has shape": lambda: morris_effects(np.zeros((4, 3)), points=points),
        "points: are paths": lambda: morris_effects(np.zeros((4, 4)), points=np.zeros((4, 4))),
        "points: change each": lambda: morris_effects(np.zeros((4, 4)), points=np.zeros((4, 4, 3))),
    }.items():
        with pytest.raises(InputError, match=place):
            call()


# --- another package as witness ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_salib_says_the_same() -> None:
    sobol = pytest.importorskip("SALib.analyze.sobol", reason="SALib is in the extra `calibrate`")
    morris = pytest.importorskip("SALib.analyze.morris")
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}
    design = sobol_design(sobol_points(512, n_dims=6, key=KEY))
    outcomes = ishigami(design)
    order = [0, 2, 3, 4, 1]  # there A, the mixed ones, B
    theirs = sobol.analyze(problem, outcomes[:, order].ravel(), calc_second_order=False, seed=1)
    ours = sobol_indices(outcomes, key=KEY, level=0.95)
    np.testing.assert_allclose(ours.first, theirs["S1"], atol=1e-6)  # it subtracts the mean of all runs, not of A and B
    np.testing.assert_allclose(ours.total, theirs["ST"], rtol=1e-9)
    half = 0.5 * np.diff(ours.total_interval, axis=0)[0]
    np.testing.assert_allclose(half, theirs["ST_conf"], rtol=0.35)

    points = morris_design(60, n_dims=3, key=KEY)
    theirs = morris.analyze(problem, points.reshape(-1, 3), ishigami(points).ravel(), num_levels=4, seed=1)
    found = morris_effects(ishigami(points), points=points)
    np.testing.assert_allclose(found.mean, theirs["mu"], atol=1e-12)
    np.testing.assert_allclose(found.mean_size, theirs["mu_star"], rtol=1e-9)
    np.testing.assert_allclose(found.sigma, theirs["sigma"], rtol=1e-9)
