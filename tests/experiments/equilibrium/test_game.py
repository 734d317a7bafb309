"""Games with noise in numbers: draws, regrets and least costs agree with what they are made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.experiments.equilibrium.game import Game, _gains, pure_cells
from model.experiments.equilibrium.resampling import draw_weights, random_halves
from model.theory.games.payoffs import deviation_regrets
from model.theory.games.pure import pure_equilibria

SHAPES = st.sampled_from([(2, 2), (3, 2), (2, 4), (2, 2, 3), (3, 2, 2)])


def tables(shape: tuple[int, ...], *, seed: int, replicates: int) -> np.ndarray:
    size = (replicates, len(shape), *shape)
    return np.random.default_rng(seed).normal(size=size)


@settings(max_examples=30, deadline=None)
@given(shape=SHAPES, seed=st.integers(0, 10_000))
def test_pure_cells_and_gains_of_many_games_are_those_of_each(shape: tuple[int, ...], seed: int) -> None:
    games = tables(shape, seed=seed, replicates=5)
    cells = pure_cells(games)
    mixes = tuple(np.random.default_rng(seed).dirichlet(np.ones(size)) for size in shape)
    gains = _gains(games, mixes)
    for one, table in enumerate(games):
        assert np.argwhere(cells[one]).tolist() == pure_equilibria(table).tolist()
        assert gains[one] == pytest.approx(deviation_regrets(table, profile=mixes), abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_least_cost_of_a_pure_equilibrium_is_that_of_its_cheapest_deviation(seed: int) -> None:
    game = Game(tables((3, 3), seed=seed, replicates=6), draws=50, seed=1)
    for one in game.found:
        if not one.pure:
            assert one.least_cost is None
            continue
        row, column = one.cell
        first, second = game.mean[0][:, column], game.mean[1][row]
        costs = [*(first[row] - np.delete(first, row)), *(second[column] - np.delete(second, column))]
        assert one.least_cost is not None
        assert one.least_cost.mean == pytest.approx(min(costs))
        assert one.stability == game.pure_shares[one.cell]


@pytest.mark.parametrize(("replicates", "size"), [(8, 2), (8, 3), (16, 3)])
def test_the_interval_of_the_least_cost_holds_it_as_often_as_it_says(replicates: int, size: int) -> None:
    """All deviations from the first profile cost 1: the least of noisy costs lies below, its interval must not."""
    hits = lows = 0
    for seed in range(300):
        payoffs = np.zeros((replicates, 2, size, size))
        payoffs[:, :, 0, 0] = 1.0
        payoffs += np.random.default_rng(seed).normal(size=payoffs.shape)
        cost, _ = Game(payoffs, draws=20, seed=seed)._least_cost((0, 0))
        assert cost is not None
        assert cost.low <= cost.mean <= cost.high
        hits += cost.low <= 1.0 <= cost.high
        lows += cost.high < 1.0
    assert hits >= 0.86 * 300
    assert lows <= 0.09 * 300


def test_halves_are_judged_on_the_other_half_and_its_noise_is_in_the_interval() -> None:
    """Half of the replicates say that the first's s0 pays more, half that s1 does: one half finds what others leave."""
    payoffs = np.zeros((4, 2, 2, 2))
    payoffs[:2, 0, 0], payoffs[2:, 0, 1] = 3.0, 1.0
    payoffs[:, 0] += 0.1 * np.random.default_rng(1).normal(size=(4, 2, 2))
    payoffs[:, 1, :, 0] = 1.0
    game = Game(payoffs, draws=50, seed=2)
    halves = random_halves(4, splits=10, seed=2)
    wanted: dict[int, list[float]] = {0: [], 1: []}
    for one, other in halves:
        ahead = (payoffs[one, 0, 0, 0] - payoffs[one, 0, 1, 0]).mean()
        there = (payoffs[other, 0, 0, 0] - payoffs[other, 0, 1, 0]).mean()
        wanted[int(ahead < 0.0)].append(max(0.0, -there if ahead > 0.0 else there))
    assert wanted[0]
    assert wanted[1]
    assert {one.support: one.halves for one in game.held_out} == {
        ((0,), (0,)): len(wanted[0]), ((1,), (0,)): len(wanted[1])
    }  # fmt: skip
    for one in game.held_out:
        own = wanted[one.support[0][0]]
        assert one.regret.mean == pytest.approx(np.mean(own))
        assert one.share == len(own) / 20
        assert one.regret.low < one.regret.mean < one.regret.high  # draws within the halves that judge
    assert max(one.regret.mean for one in game.held_out) >= 1.0


def test_what_is_dominant_is_told_apart_from_what_does_as_well() -> None:
    noise = 0.01 * np.random.default_rng(1).normal(size=(6, 1, 1))
    payoffs = np.zeros((6, 2, 3, 3))
    payoffs[:, 0] = np.array([2.0, 1.0, 0.0])[:, None] + noise
    payoffs[:, 1] = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [2.0, 2.0, 2.0]]) + noise
    game = Game(payoffs, draws=50, seed=1)
    first, second = game.dominant(0), game.dominant(1)
    assert first is not None
    assert second is not None
    assert (first.strategies, first.strict, first.share) == ((0,), True, 1.0)
    assert (second.strategies, second.strict, second.share) == ((0, 1), False, 1.0)
    flat = Game(np.ones((4, 2, 2, 2)), draws=20, seed=1)
    assert flat.dominant(0) is None  # all is the same: nothing is best


def test_regret_that_is_rounding_is_nothing() -> None:
    game = Game(1e9 * tables((3, 3), seed=11, replicates=8), draws=50, seed=1)
    assert [one.regret.mean for one in game.found] == [0.0] * len(game.found)


def test_bootstrap_draws_take_each_replicate_as_often_as_the_next() -> None:
    weights = draw_weights(6, draws=4000, seed=3)
    assert weights.sum(axis=1) == pytest.approx(1.0)
    assert weights.mean(axis=0) == pytest.approx(1 / 6, abs=0.01)
    assert (weights * 6).var() == pytest.approx(5 / 6, abs=0.05)  # that of a count of six with chance 1/6
    assert not np.array_equal(weights, draw_weights(6, draws=4000, seed=4))
    assert np.array_equal(weights, draw_weights(6, draws=4000, seed=3))


def test_halves_are_halves_and_each_comes_twice() -> None:
    halves = random_halves(7, splits=5, seed=1)
    assert len(halves) == 10
    for one, other in halves:
        assert sorted([*one, *other]) == list(range(7))
        assert abs(len(one) - len(other)) == 1
    assert len({tuple(one) for one, _ in halves}) > 5
    assert random_halves(3, splits=5, seed=1) == []


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    truth, hits = 1.0, 0
    for seed in range(200):
        payoffs = np.zeros((24, 2, 2, 2))
        payoffs[:, 0, 1] = truth + np.random.default_rng(seed).normal(size=(24, 2))
        payoffs[:, 1, :, 0] = 10.0
        game = Game(payoffs, draws=200, seed=seed)
        drawn = np.quantile(game.drawn[:, 0, 1, 0], [0.05, 0.95])
        hits += drawn[0] <= truth <= drawn[1]
    assert 0.82 <= hits / 200 <= 0.95


def test_strategies_that_are_the_same_are_told() -> None:
    payoffs = tables((2, 3), seed=1, replicates=4)
    payoffs[..., 2] = payoffs[..., 0]
    game = Game(payoffs, draws=50, seed=1)
    assert game.alike(1) == [(0, 2)]
    assert game.alike(0) == []
