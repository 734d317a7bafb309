from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.theory.games.payoffs import (
    deviation_regrets,
    expected_payoffs,
    pair_payoffs,
    players_alike,
    pure_profile,
    strategy_payoffs,
)
from model.theory.games.pure import pure_equilibria

Game = Callable[..., np.ndarray]
SIZES = [(2, 3), (6, 6), (2, 3, 4), (3, 1, 2), (2, 3, 2, 4)]


def mixes_of(game: Game, sizes: tuple[int, ...]) -> list[np.ndarray]:
    weights = [game(5, size, 1)[0, :, 0] + 0.1 for size in sizes]
    return [weight / weight.sum() for weight in weights]


def by_hand(payoffs: np.ndarray, mixes: list[np.ndarray]) -> np.ndarray:
    """Expected payoffs, cell by cell."""
    total = np.zeros(len(mixes))
    for cell in itertools.product(*(range(mix.size) for mix in mixes)):
        chance = np.prod([mix[strategy] for mix, strategy in zip(mixes, cell, strict=True)])
        total += chance * payoffs[(slice(None), *cell)]
    return total


@pytest.mark.parametrize("sizes", SIZES)
def test_payoffs_are_those_added_up_cell_by_cell(game: Game, sizes: tuple[int, ...]) -> None:
    payoffs, mixes = game(1, *sizes), mixes_of(game, sizes)
    np.testing.assert_allclose(expected_payoffs(payoffs, profile=mixes), by_hand(payoffs, mixes), rtol=1e-13)
    earned = strategy_payoffs(payoffs, profile=mixes)
    regrets = deviation_regrets(payoffs, profile=mixes)
    for player, size in enumerate(sizes):
        for strategy in range(size):
            changed = [*mixes[:player], np.eye(size)[strategy], *mixes[player + 1 :]]
            assert earned[player][strategy] == pytest.approx(by_hand(payoffs, changed)[player], rel=1e-13)
        assert regrets[player] == pytest.approx(earned[player].max() - by_hand(payoffs, mixes)[player], abs=1e-13)


@pytest.mark.parametrize("sizes", SIZES)
def test_payoffs_against_one_other_player(game: Game, sizes: tuple[int, ...]) -> None:
    payoffs, mixes = game(2, *sizes), tuple(mixes_of(game, sizes))
    earned = strategy_payoffs(payoffs, profile=mixes)
    for player, other in itertools.permutations(range(len(sizes)), 2):
        pair = pair_payoffs(payoffs, mixes, player, other)
        assert pair.shape == (sizes[player], sizes[other])
        np.testing.assert_allclose(pair @ mixes[other], earned[player], rtol=1e-13)


@settings(deadline=None)
@given(seed=st.integers(0, 2**30), sizes=st.sampled_from(SIZES), levels=st.sampled_from([2, 5, 10**6]))
def test_pure_equilibria_are_the_cells_without_regret(
    game: Game, seed: int, sizes: tuple[int, ...], levels: int
) -> None:
    payoffs = np.floor(game(seed, *sizes) * levels)  # few levels: many ties
    found = {tuple(cell) for cell in pure_equilibria(payoffs).tolist()}
    for cell in itertools.product(*map(range, sizes)):
        regret = deviation_regrets(payoffs, profile=pure_profile(cell, sizes=sizes)).max()
        assert (regret == 0.0) == (cell in found)


def test_known_games_in_pure_strategies(known: Game) -> None:
    got = {name: pure_equilibria(known(name)).tolist() for name in ("prisoners", "pennies", "sexes", "dominance")}
    assert got == {"prisoners": [[1, 1]], "pennies": [], "sexes": [[0, 0], [1, 1]], "dominance": [[0, 1]]}


def test_regret_of_the_tempted_and_epsilon_equilibria(known: Game) -> None:
    both_silent = pure_profile([0, 0], sizes=(2, 2))
    assert deviation_regrets(known("prisoners"), profile=both_silent) == pytest.approx([2.0, 2.0])
    assert [0, 0] not in pure_equilibria(known("prisoners"), tolerance=0.39).tolist()
    assert [0, 0] in pure_equilibria(known("prisoners"), tolerance=0.41).tolist()


def test_players_alike(known: Game, volunteer_game: Game, game: Game) -> None:
    assert players_alike(known("prisoners")).tolist() == [0, 0]
    assert players_alike(known("sexes")).tolist() == [0, 1]  # alike only if strategies swap names as well
    assert players_alike(game(1, 2, 3)).tolist() == [0, 1]
    volunteers = volunteer_game(4, 0.4)
    assert players_alike(volunteers).tolist() == [0, 0, 0, 0]
    volunteers[1] *= 2.0
    assert players_alike(volunteers).tolist() == [0, 1, 0, 0]


def test_faults_are_named() -> None:
    with pytest.raises(InputError, match="2 to 4 players"):
        pure_equilibria(np.zeros((1, 2)))
    with pytest.raises(InputError, match="one axis per player"):
        pure_equilibria(np.zeros((2, 2)))
    with pytest.raises(InputError, match="1 to 6 strategies"):
        pure_equilibria(np.zeros((2, 7, 2)))
    with pytest.raises(InputError, match="payoffs: lies in"):
        pure_equilibria(np.full((2, 2, 2), np.nan))
    with pytest.raises(InputError, match="one array per player"):
        expected_payoffs(np.zeros((2, 2, 2)), profile=[[1.0], [0.5, 0.5]])
    with pytest.raises(InputError) as caught:
        expected_payoffs(np.zeros((2, 2, 2)), profile=[[0.7, 0.7], [1.5, -0.5]])
    assert [fault.place for fault in caught.value.faults] == ["profile[1]", "sum of profile[0]"]
