from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.theory.games import alpha_rank as module
from model.theory.games.alpha_rank import alpha_rank, log_fixation

Game = Callable[..., np.ndarray]


def test_coordination(known: Game) -> None:
    """Oracle O22, computed independently of this code before the project began."""
    got = alpha_rank(known("coordination"), alpha=0.1, population=10)
    expected = np.array([[0.5756497498, 0.0951542636], [0.0951542636, 0.2340417229]])
    np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_prisoners_dilemma(known: Game) -> None:
    """Oracle O23, likewise."""
    got = alpha_rank(known("prisoners"), alpha=0.5, population=20)
    assert got[1, 1] == pytest.approx(0.99985031875, rel=1e-9)
    assert [got[0, 1], got[1, 0]] == pytest.approx([7.4840625972e-5] * 2, rel=1e-9)
    assert got.sum() == pytest.approx(1.0, rel=1e-14)


def moves(payoffs: np.ndarray, alpha: float, population: int) -> np.ndarray:
    """The chain written out cell by cell from its definition."""
    sizes = payoffs.shape[1:]
    cells = list(itertools.product(*map(range, sizes)))
    chain = np.zeros((len(cells), len(cells)))
    for a, here in enumerate(cells):
        for b, there in enumerate(cells):
            changed = [player for player in range(len(sizes)) if here[player] != there[player]]
            if len(changed) == 1:
                gain = payoffs[(changed[0], *there)] - payoffs[(changed[0], *here)]
                rho = 1.0 / population
                if gain != 0.0:
                    rho = (1.0 - np.exp(-alpha * gain)) / (1.0 - np.exp(-alpha * population * gain))
                chain[a, b] = rho / (sum(sizes) - len(sizes))
    np.fill_diagonal(chain, 1.0 - chain.sum(axis=1))
    return chain


@pytest.mark.parametrize("sizes", [(2, 3), (3, 2, 2), (2, 2, 2, 3)])
def test_it_is_the_stationary_distribution_of_the_chain(game: Game, sizes: tuple[int, ...]) -> None:
    payoffs = np.floor(game(3, *sizes) * 5.0)  # some gains are 0
    chain = moves(payoffs, 0.2, 12)
    got = alpha_rank(payoffs, alpha=0.2, population=12).ravel()
    np.testing.assert_allclose(got @ chain, got, rtol=1e-12)
    assert got.sum() == pytest.approx(1.0, rel=1e-13)
    assert (got > 0.0).all()


def test_logarithms_agree_where_both_ways_work(game: Game) -> None:
    logs = module._log_rates(game(6, 3, 4, 2), 2.0, 30.0)
    plain = module._stationary(np.exp(logs))
    assert plain is not None
    np.testing.assert_allclose(module._stationary_by_logarithms(logs.copy()), plain, rtol=1e-11)


def test_strong_selection_keeps_the_strict_equilibria_and_underflows_nowhere(known: Game) -> None:
    assert alpha_rank(known("prisoners"), alpha=1e4)[1, 1] == pytest.approx(1.0, rel=1e-12)
    strong = alpha_rank(known("coordination"), alpha=300.0)
    assert strong[0, 0] == pytest.approx(1.0, rel=1e-12)  # leaving the better equilibrium is rarer by exp(-14,700)
    circle = alpha_rank(known("pennies"), alpha=1e3)
    np.testing.assert_allclose(circle, np.full((2, 2), 0.25), rtol=1e-12)


def test_no_selection_and_renaming(game: Game) -> None:
    payoffs = game(2, 3, 4)
    np.testing.assert_allclose(alpha_rank(payoffs, alpha=0.0), np.full((3, 4), 1.0 / 12.0), rtol=1e-12)
    renamed = alpha_rank(payoffs[:, [2, 0, 1]], alpha=3.0)
    np.testing.assert_allclose(renamed, alpha_rank(payoffs, alpha=3.0)[[2, 0, 1]], rtol=1e-11)


def test_fixation_is_a_chance_and_continuous_at_no_gain() -> None:
    gains = np.array([-1e9, -1.0, -1e-12, 0.0, 1e-12, 1.0, 1e9])
    logs = log_fixation(gains, alpha=1.0, population=50.0)
    assert (np.diff(logs) >= 0.0).all()
    assert np.exp(logs[2:5]) == pytest.approx([1 / 50] * 3, rel=1e-9)
    assert logs[-1] == pytest.approx(0.0, abs=1e-15)
    assert logs[1] == pytest.approx(np.log((1.0 - np.e) / (1.0 - np.exp(50.0))), rel=1e-12)


def test_faults_are_named(known: Game) -> None:
    with pytest.raises(InputError) as caught:
        alpha_rank(known("prisoners"), alpha=-1.0, population=1)
    assert [fault.place for fault in caught.value.faults] == ["alpha", "population"]
