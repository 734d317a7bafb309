"""Emulators: exact where the model is a parabola, sure of themselves where they may be, honest where they are poor."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.designs import latin_hypercube
from model.theory.emulator import fit_emulator, kernel, noise_of

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def points(count: int, dims: int, name: str = "points") -> Floats:
    return latin_hypercube(count, n_dims=dims, key=stream_key(1, name))


def noise(shape: tuple[int, ...], name: str = "noise") -> Floats:
    return ndtri(uniforms(stream_key(1, name), np.arange(int(np.prod(shape))))).reshape(shape)


def parabola(x: Floats) -> Floats:
    return np.column_stack([3.0 + x[:, 0] - 2.0 * x[:, 1] ** 2 + x[:, 0] * x[:, 1], 100.0 * x[:, 1]])


def wave(x: Floats) -> Floats:
    return np.column_stack([np.sin(6.0 * x[:, 0]) * (0.5 + x[:, 1]), np.exp(2.0 * x[:, 1])])


def test_a_parabola_is_met_and_the_scale_of_a_response_does_not_matter() -> None:
    x, fresh = points(60, 2), points(200, 2, "fresh")
    found = fit_emulator(x, responses=parabola(x))
    gap = np.abs(found.predict(fresh)[0] - parabola(fresh)) / parabola(fresh).std(axis=0)
    assert gap.max() < 2e-3
    assert (found.explained > 0.9999).all()


def test_what_is_no_parabola_is_learnt_by_the_process() -> None:
    x, fresh = points(80, 2), points(300, 2, "fresh")
    found = fit_emulator(x, responses=wave(x))
    error = np.sqrt(np.mean((found.expected(fresh) - wave(fresh)) ** 2, axis=0))
    assert (error < 0.03 * wave(fresh).std(axis=0)).all()
    assert np.allclose(found.expected(fresh), found.predict(fresh)[0], rtol=1e-12)


def test_repeated_points_measure_the_noise() -> None:
    x = points(120, 3)
    at = np.concatenate([x, x[:40]])
    groups = [*range(120), *range(40)]
    y = wave(at) + np.array([0.2, 0.5]) * noise((160, 2))
    found = fit_emulator(at, responses=y, groups=groups)
    assert np.sqrt(found.noise) == pytest.approx([0.2, 0.5], rel=0.25)
    assert noise_of(y, groups=range(160)) is None  # nothing was repeated


def test_its_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    x = points(90, 3)
    at, groups = np.concatenate([x, x[:20]]), [*range(90), *range(20)]
    found = fit_emulator(at, responses=wave(at) + 0.1 * noise((110, 2)), groups=groups)
    fresh = points(500, 3, "fresh")
    mean, variance = found.predict(fresh)
    inside = (np.abs(mean - wave(fresh)) < 1.645 * np.sqrt(variance)).mean(axis=0)
    assert (inside > 0.8).all()
    assert (np.abs(mean - wave(fresh)).mean(axis=0) < 0.1).all()  # closer to the truth than a single run


def test_an_emulator_of_too_few_runs_says_that_it_is_poor() -> None:
    x = points(16, 4)
    fresh = points(300, 4, "fresh")

    def rough(at: Floats) -> Floats:
        return np.sin(11.0 * at[:, :1]) * np.cos(7.0 * at[:, 1:2])

    found = fit_emulator(x, responses=rough(x))
    mean, variance = found.predict(fresh)
    square = float(np.mean((mean - rough(fresh)) ** 2))
    told = float(np.mean(variance + found.noise))
    assert found.explained[0] < 0.5
    assert told > 0.4 * square


def test_runs_of_one_point_are_left_out_together() -> None:
    """Else noise would count as skill: a run would be foretold by its twin."""
    x = points(40, 2)
    at, groups = np.concatenate([x, x]), [*range(40), *range(40)]
    own = noise((40, 1))
    found = fit_emulator(at, responses=np.concatenate([own, own]), groups=groups)
    assert found.explained[0] < 0.3


def test_the_kernel_is_materns_of_five_halves() -> None:
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern

    one, other = points(7, 3), points(5, 3, "other")
    lengths = np.array([0.5, 2.0, 9.0])
    theirs = (ConstantKernel(1.7) * Matern(lengths, nu=2.5))(one, other)
    assert np.allclose(kernel(one, other, lengths=lengths, height=1.7), theirs, atol=1e-12)


def test_the_same_runs_give_the_same_emulator() -> None:
    x = points(50, 3)
    y = wave(x) + 0.1 * noise((50, 2))
    first, again = (fit_emulator(x, responses=y).predict(x) for _ in range(2))
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()


@pytest.mark.parametrize(
    ("at", "y"),
    [
        (np.zeros((5, 2)), np.zeros((4, 1))),
        (np.full((5, 2), 1.5), np.zeros((5, 1))),
        (np.full((5, 2), 0.5), np.full((5, 1), np.nan)),
        (np.zeros((2, 1)), np.zeros((2, 1))),
    ],
)
def test_what_cannot_be_fitted_is_told(at: Floats, y: Floats) -> None:
    with pytest.raises(InputError):
        fit_emulator(at, responses=y)
