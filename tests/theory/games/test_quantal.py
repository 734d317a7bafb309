from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import ndtri, softmax

from model.foundation.errors import InputError
from model.theory.games.payoffs import deviation_regrets, payoff_spans, strategy_payoffs
from model.theory.games.quantal import logit_limit, quantal_response

Game = Callable[..., np.ndarray]
# Branches of nearly all games are followed to the end, not of each: hence the same games in every run (derandomize).
UNEVEN_PENNIES = np.array([[[9.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])


@pytest.mark.parametrize(
    ("precision", "first", "second"),
    [(0.5, 0.8306705917, 0.4180774666), (1.0, 0.8935763306, 0.3127803750), (2.0, 0.8607543943, 0.1910784943)],
)
def test_uneven_matching_pennies(precision: float, first: float, second: float) -> None:
    """Oracle O21, computed independently of this code before the project began."""
    got = quantal_response(UNEVEN_PENNIES, precision=precision)
    assert got.converged
    assert (got.profile[0][0], got.profile[1][0]) == pytest.approx((first, second), rel=1e-9)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**30),
    sizes=st.sampled_from([(2, 2), (3, 4), (6, 6), (2, 3, 2), (2, 2, 2, 2)]),
    precision=st.sampled_from([0.0, 0.5, 8.0, 200.0]),
)
def test_everyone_answers_by_the_logit_rule(game: Game, seed: int, sizes: tuple[int, ...], precision: float) -> None:
    payoffs = game(seed, *sizes)
    got = quantal_response(payoffs, precision=precision)
    assert got.converged
    assert got.precision == pytest.approx(precision, rel=1e-12)
    for mix, earned in zip(got.profile, strategy_payoffs(payoffs, profile=got.profile), strict=True):
        np.testing.assert_allclose(mix, softmax(precision * earned), rtol=1e-8, atol=1e-300)


def test_small_precision_is_followed_by_plain_iteration(game: Game) -> None:
    """Below the precision at which answers contract there is one response only, which iteration finds as well."""
    payoffs = game(4, 3, 4, 2)
    profile = quantal_response(payoffs, precision=0.7).profile
    again = tuple(np.full(size, 1.0 / size) for size in (3, 4, 2))
    for _ in range(200):
        again = tuple(softmax(0.7 * earned) for earned in strategy_payoffs(payoffs, profile=again))
    for mix, other in zip(profile, again, strict=True):
        np.testing.assert_allclose(mix, other, rtol=1e-10)


def test_the_branch_turns_back_and_its_first_passing_counts() -> None:
    """Stag hunt: from even odds the branch first goes to the safe strategy and stays there."""
    payoffs = np.array([[[4.0, 0.0], [3.0, 3.0]], [[4.0, 3.0], [0.0, 3.0]]])
    for precision in (0.5, 2.0, 50.0):
        assert quantal_response(payoffs, precision=precision).profile[0][1] > 0.5
    assert logit_limit(payoffs).profile[0] == pytest.approx([0.0, 1.0], abs=1e-9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**30), sizes=st.sampled_from([(2, 2), (4, 3), (6, 6), (3, 3, 3), (2, 2, 2, 2)]))
def test_the_branch_ends_at_a_nash_equilibrium(game: Game, seed: int, sizes: tuple[int, ...]) -> None:
    payoffs = game(seed, *sizes) * 1e6
    end = logit_limit(payoffs)
    assert end.converged
    assert (deviation_regrets(payoffs, profile=end.profile) <= 1e-9 * payoff_spans(payoffs)).all()


def test_it_stays_on_its_branch_where_another_comes_near(game: Game) -> None:
    """In this game a step that only looks at where it lands changes over, and goes back to precisions below 0."""
    payoffs = ndtri(game(205, 3, 3, 3))
    end = logit_limit(payoffs)
    assert end.converged
    assert (deviation_regrets(payoffs, profile=end.profile) <= 1e-9 * payoff_spans(payoffs)).all()


def test_limits_of_known_games(known: Game) -> None:
    assert logit_limit(known("prisoners")).profile[0] == pytest.approx([0.0, 1.0], abs=1e-12)
    assert logit_limit(known("coordination")).profile[0] == pytest.approx([1.0, 0.0], abs=1e-12)  # risk-dominant
    assert np.concatenate(logit_limit(UNEVEN_PENNIES).profile) == pytest.approx([0.5, 0.5, 0.1, 0.9], rel=1e-9)
    # where players and strategies are alike, other branches leave the even one, which goes straight on
    alike = np.stack([np.eye(2)] * 2)
    assert np.concatenate(quantal_response(alike, precision=30.0).profile) == pytest.approx([0.5] * 4)
    assert np.concatenate(logit_limit(alike).profile) == pytest.approx([0.5] * 4)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**30), players=st.integers(2, 3), size=st.integers(2, 4))
@example(seed=9, players=2, size=4)
@example(seed=22, players=2, size=4)
def test_who_are_alike_respond_alike(game: Game, seed: int, players: int, size: int) -> None:
    """Branches on which they differ cross the principal one in such games; it is not left for them."""
    own = ndtri(game(seed, *[size] * players)[0])
    for axis in range(2, players):
        own = own + np.swapaxes(own, 1, axis)  # who of the others does what is all one
    payoffs = np.stack([np.moveaxis(own, 0, player) for player in range(players)])
    for precision in (1.0, 10.0, 100.0):
        got = quantal_response(payoffs, precision=precision)
        assert got.converged
        for mix in got.profile[1:]:
            np.testing.assert_allclose(mix, got.profile[0], rtol=1e-12)


def test_unit_of_payoffs_and_names_do_not_matter(game: Game) -> None:
    payoffs = game(8, 3, 3)
    plain = quantal_response(payoffs, precision=6.0).profile
    dollars = quantal_response(1e6 * payoffs + 5e7, precision=6e-6).profile
    renamed = quantal_response(payoffs[:, ::-1], precision=6.0).profile
    for mix, other in zip(plain, dollars, strict=True):
        np.testing.assert_allclose(mix, other, rtol=1e-7)
    np.testing.assert_allclose(plain[0], renamed[0][::-1], rtol=1e-9)


def test_it_says_when_the_steps_run_out() -> None:
    short = quantal_response(UNEVEN_PENNIES, precision=1e4, max_steps=3)
    assert not short.converged
    assert 0.0 < short.precision < 1e4
    assert short.gap < 1e-9  # where it stopped is a point of the branch
    assert not logit_limit(UNEVEN_PENNIES, max_steps=1).converged
    with pytest.raises(InputError) as caught:
        quantal_response(UNEVEN_PENNIES, precision=-1.0, max_steps=0)
    assert [fault.place for fault in caught.value.faults] == ["precision", "max_steps"]
