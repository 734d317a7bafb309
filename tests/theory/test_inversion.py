from __future__ import annotations

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.inversion import invert_shares
from model.theory.nested_logit import nested_logit

NESTS = np.array([0, 1, 2, 1, 2])
TRUTH = np.array([0.0, 0.7, -1.2, -0.4, 1.5])


def _keyed(name: str, *shape: int) -> np.ndarray:
    return uniforms(stream_key(8, name), np.arange(int(np.prod(shape)))).reshape(shape)


BASE = np.concatenate([np.zeros((60, 1)), 3.0 * (_keyed("base", 60, 4) - 0.5)], axis=1)
PEOPLE = 0.5 + _keyed("people", 60)
MASK = np.concatenate([np.ones((60, 1), bool), _keyed("mask", 60, 4) < 0.85], axis=1)


def target(sigma: float) -> np.ndarray:
    return PEOPLE @ nested_logit(BASE + TRUTH, NESTS, nest_sigma=sigma, allowed=MASK)


@pytest.mark.parametrize("sigma", [0.0, 0.4, 0.8])
@pytest.mark.parametrize("damping", [1.0, 0.5])
def test_recovers_the_utilities_that_made_the_demand(sigma: float, damping: float) -> None:
    found = invert_shares(
        BASE, target(sigma), NESTS, nest_sigma=sigma, allowed=MASK, weights=PEOPLE, damping=damping, max_steps=5000
    )
    assert found.converged
    assert found.gap <= 1e-12
    np.testing.assert_allclose(found.xi, TRUTH, atol=1e-9)


def test_plain_logit_has_the_closed_form_of_berry() -> None:
    share = np.array([0.4, 0.1, 0.2, 0.25, 0.05])
    found = invert_shares(np.zeros((1, 5)), share, NESTS, nest_sigma=0.0)
    np.testing.assert_allclose(found.xi, np.log(share / share[0]), atol=1e-10)


def test_nested_logit_has_the_closed_form_of_berry() -> None:
    share, sigma = np.array([0.4, 0.1, 0.2, 0.25, 0.05]), 0.6
    of_nest = np.array([0.4, 0.35, 0.25, 0.35, 0.25])
    wanted = np.log(share / share[0]) - sigma * np.log(share / of_nest)
    found = invert_shares(np.zeros((1, 5)), share, NESTS, nest_sigma=sigma)
    np.testing.assert_allclose(found.xi, wanted, atol=1e-10)


def test_only_proportions_of_the_target_count() -> None:
    once = invert_shares(BASE, target(0.3), NESTS, nest_sigma=0.3, allowed=MASK, weights=PEOPLE)
    scaled = invert_shares(BASE, 7e5 * target(0.3), NESTS, nest_sigma=0.3, allowed=MASK, weights=PEOPLE)
    np.testing.assert_allclose(scaled.xi, once.xi, atol=1e-10)


def test_a_warm_start_needs_fewer_steps_and_a_start_at_the_answer_none() -> None:
    cold = invert_shares(BASE, target(0.3), NESTS, nest_sigma=0.3, allowed=MASK, weights=PEOPLE)
    warm = invert_shares(
        BASE,
        target(0.3),
        NESTS,
        nest_sigma=0.3,
        allowed=MASK,
        weights=PEOPLE,
        start=np.add(TRUTH, [0.0, 0.01, 0.0, -0.01, 0.0]),
    )
    there = invert_shares(BASE, target(0.3), NESTS, nest_sigma=0.3, allowed=MASK, weights=PEOPLE, start=TRUTH)
    assert there.steps == 0
    assert there.converged
    assert warm.steps < cold.steps


def test_what_is_not_wanted_is_excluded() -> None:
    wanted = np.array([0.5, 0.2, 0.0, 0.1, 0.2])
    found = invert_shares(BASE, wanted, NESTS, nest_sigma=0.3, start=[0.0, 0.0, -np.inf, 0.0, 0.0])
    assert found.converged
    assert found.xi[2] == -np.inf
    shares = nested_logit(BASE + found.xi, NESTS, nest_sigma=0.3).mean(axis=0)
    np.testing.assert_allclose(shares, wanted, rtol=1e-10)


def test_an_offer_that_comes_back_starts_from_zero() -> None:
    gone = invert_shares(BASE, [0.5, 0.5, 0.0, 0.0, 0.0], NESTS, nest_sigma=0.0)
    back = invert_shares(BASE, [0.5, 0.3, 0.1, 0.05, 0.05], NESTS, nest_sigma=0.0, start=gone.xi)
    assert back.converged
    assert np.isfinite(back.xi).all()


def test_it_says_when_it_did_not_arrive() -> None:
    few = invert_shares(BASE, target(0.3), NESTS, nest_sigma=0.3, allowed=MASK, weights=PEOPLE, max_steps=2)
    assert not few.converged
    assert few.steps == 2
    shares = PEOPLE @ nested_logit(BASE + few.xi, NESTS, nest_sigma=0.3, allowed=MASK) / PEOPLE.sum()
    gap = np.abs(np.log(shares) - np.log(target(0.3) / target(0.3).sum())).max()
    assert few.gap == pytest.approx(gap, rel=1e-9)


def test_a_target_beyond_those_who_may_take_it_is_a_fault() -> None:
    mask = np.ones((60, 5), bool)
    mask[6:, 4] = False  # a tenth of the users
    with pytest.raises(InputError, match=r"wanted\[4\].*0\.1"):
        invert_shares(BASE, [0.5, 0.1, 0.1, 0.1, 0.2], NESTS, nest_sigma=0.0, allowed=mask)
    with pytest.raises(InputError, match="outside option"):
        invert_shares(BASE, [0.0, 0.4, 0.2, 0.2, 0.2], NESTS, nest_sigma=0.0)
    with pytest.raises(InputError) as caught:
        invert_shares(BASE, [0.5, -0.1, 0.1], NESTS, nest_sigma=0.0, damping=0.0)
    assert [f.place for f in caught.value.faults] == ["wanted", "wanted", "damping"]
