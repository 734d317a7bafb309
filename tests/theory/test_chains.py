"""Chains draw from the density they are given, the same draws for the same key."""

from __future__ import annotations

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.foundation.rng import stream_key
from model.theory.chains import Chain, run_chain
from model.theory.designs import latin_hypercube

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
TRUE = np.array([[1.0, 0.8, 0.0], [0.8, 1.0, 0.0], [0.0, 0.0, 0.01]])
CENTRE = np.array([0.0, 3.0, -1.0])
INVERSE = np.linalg.inv(TRUE)


def normal(x: Floats) -> Floats:
    away = x - CENTRE
    return -0.5 * np.einsum("ij,jk,ik->i", away, INVERSE, away)


def drawn(name: str = "chain", steps: int = 4000) -> Chain:
    start = CENTRE + latin_hypercube(24, n_dims=3, key=stream_key(1, "start")) * 0.2
    return run_chain(normal, start=start, key=stream_key(1, name), steps=steps)


def test_a_normal_density_is_drawn_with_its_mean_spread_and_correlation() -> None:
    found = drawn()
    assert found.converged
    assert found.draws.mean(axis=0) == pytest.approx(CENTRE, abs=0.12)
    assert np.cov(found.draws, rowvar=False) == pytest.approx(TRUE, abs=0.12)
    assert found.draws[:, 2].std() == pytest.approx(0.1, rel=0.08)
    assert np.allclose(found.density, normal(found.draws))


def test_ends_of_a_box_are_kept() -> None:
    def box(x: Floats) -> Floats:
        return np.where(((x > 0.0) & (x < 1.0)).all(axis=1), 0.0, -np.inf)

    found = run_chain(box, start=latin_hypercube(20, n_dims=2, key=stream_key(1, "box")), key=stream_key(2, "box"))
    assert found.draws.min() > 0.0
    assert found.draws.max() < 1.0
    assert np.quantile(found.draws, [0.05, 0.5, 0.95]) == pytest.approx([0.05, 0.5, 0.95], abs=0.03)


def test_the_key_decides_the_draws() -> None:
    first, again, other = drawn(steps=200), drawn(steps=200), drawn("other", steps=200)
    assert (first.draws == again.draws).all()
    assert first.draws.shape != other.draws.shape or (first.draws != other.draws).any()


def test_a_chain_too_short_for_its_memory_says_so() -> None:
    assert not drawn(steps=40).converged


def test_wrong_beginnings_are_told() -> None:
    with pytest.raises(InputError, match="walkers"):
        run_chain(normal, start=np.zeros((4, 3)), key=stream_key(1, "few"))
    with pytest.raises(InputError, match="density"):
        run_chain(lambda x: np.full(len(x), -np.inf), start=np.zeros((8, 3)), key=stream_key(1, "none"))
