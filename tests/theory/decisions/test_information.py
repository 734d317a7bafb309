from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtri
from scipy.stats import norm

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.decisions.information import (
    information_per_unknown,
    normal_information,
    partial_information,
    perfect_information,
)
from model.theory.designs import sobol_points


def two_actions(n: int, *, mean: float, slopes: tuple[float, ...], seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes of "stay" (0) and "go" (mean + slopes @ x, x standard normal), and the unknowns x."""
    x = ndtri(sobol_points(n, n_dims=len(slopes), key=stream_key(seed, "unknowns")))
    return np.stack([np.zeros(n), mean + x @ slopes]), x


@pytest.mark.parametrize(("mean", "sigma"), [(0.0, 1.0), (0.7, 1.3), (-2.0, 1.5), (3.0, 0.4)])
def test_closed_form_is_the_integral(mean: float, sigma: float) -> None:
    with_it = quad(lambda g: max(g, 0.0) * norm.pdf(g, mean, sigma), 0.0, mean + 12 * sigma, points=[max(mean, 0.0)])[0]
    assert normal_information(mean, sigma=sigma) == pytest.approx(with_it - max(mean, 0.0), abs=1e-9)


def test_closed_form_without_spread() -> None:
    assert normal_information(0.0, sigma=0.0) == 0.0
    assert normal_information(0.0, sigma=1.0) == pytest.approx(1.0 / np.sqrt(2.0 * np.pi), rel=1e-12)


@pytest.mark.parametrize("mean", [0.0, 0.5, -1.5])
def test_two_actions_with_normal_unknowns(mean: float) -> None:
    slopes = (1.2, 0.8, 0.1)
    outcomes, x = two_actions(4096, mean=mean, slopes=slopes)
    sigma = float(np.hypot.reduce(slopes))
    assert perfect_information(outcomes) == pytest.approx(normal_information(mean, sigma=sigma), rel=0.02)
    for unknown, slope in enumerate(slopes):
        got = partial_information(outcomes, unknowns=x[:, unknown]).value
        assert got == pytest.approx(normal_information(mean, sigma=slope), abs=0.015)
    both = partial_information(outcomes, unknowns=x[:, :2])
    assert both.value == pytest.approx(normal_information(mean, sigma=np.hypot(1.2, 0.8)), rel=0.08)
    assert both.cells > 4


def test_unit_and_weights() -> None:
    outcomes, x = two_actions(512, mean=0.3, slopes=(1.0, 1.0))
    plain = partial_information(outcomes, unknowns=x[:, 0])
    dollars = partial_information(1e6 * outcomes + 5e8, unknowns=100.0 * x[:, 0])
    assert dollars.value == pytest.approx(1e6 * plain.value, rel=1e-6)
    assert dollars.cells == plain.cells
    counts = 1 + np.arange(512) % 3
    repeated = np.repeat(outcomes, counts, axis=1)
    assert perfect_information(outcomes, weights=counts) == pytest.approx(perfect_information(repeated), rel=1e-12)


@pytest.mark.parametrize(("n", "noise"), [(64, 1.0), (128, 3.0), (512, 0.0)])
@pytest.mark.parametrize("slope", [0.5, 1.2])
def test_what_knowing_is_worth_lies_between_its_ends_as_often_as_they_say(n: int, noise: float, slope: float) -> None:
    """Also where no gain is shown: the value is then 0, and the upper end says what it may be all the same."""
    truth, below, above = normal_information(0.3, sigma=slope), 0, 0
    for seed in range(100):
        x, luck = np.random.default_rng(seed).normal(size=(2, n))
        got = partial_information(np.stack([np.zeros(n), 0.3 + slope * x + noise * luck]), unknowns=x)
        assert 0.0 <= got.low <= got.value <= got.high
        below += truth < got.low
        above += truth > got.high
    assert below <= 10
    assert above <= 20


def test_an_upper_end_for_what_shows_no_gain() -> None:
    """Noise ten times the effect: no gain is shown, but it is not said to be worth nothing either."""
    x, luck = np.random.default_rng(3).normal(size=(2, 64))
    table = np.stack([np.zeros(64), 0.3 + 0.5 * x + 5.0 * luck])
    got = partial_information(table, unknowns=x)
    assert (got.value, got.low, got.cells) == (0.0, 0.0, 1)
    assert 0.1 < got.high < perfect_information(table) * 1.5
    best = partial_information(np.stack([np.zeros(64), np.full(64, -1.0)]), unknowns=x)
    assert best.high == 0.0


@pytest.mark.parametrize("seed", range(8))
def test_knowing_two_is_worth_no_less_than_knowing_one(seed: int) -> None:
    """With few futures cells of both are coarser than those of one alone, and used to gain less."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(64, 3))
    table = np.stack([np.zeros(64), np.sin(4.0 * x[:, 0]), 0.2 * x[:, 1]])
    each = [partial_information(table, unknowns=x[:, one]).value for one in range(3)]
    pair = partial_information(table, unknowns=x[:, :2])
    every = partial_information(table, unknowns=x)
    assert pair.value >= max(each[:2])
    assert every.value >= max(pair.value, *each)
    assert every.value <= perfect_information(table)
    assert pair.low <= pair.value <= pair.high


def test_unknowns_that_matter_not_are_worth_nothing() -> None:
    """Sixteen policies of pure noise: means of fine cells alone would find much to gain from any unknown."""
    outcomes = ndtri(uniforms(stream_key(1, "noise"), np.arange(16 * 2000)).reshape(16, 2000))
    unknowns = uniforms(stream_key(2, "unknowns"), np.arange(40 * 2000)).reshape(2000, 40)
    each = [partial_information(outcomes, unknowns=column) for column in unknowns.T]
    perfect = perfect_information(outcomes)
    assert perfect > 1.5
    assert np.mean([one.value for one in each]) < 0.02 * perfect
    assert np.mean([one.cells == 1 for one in each]) > 0.5
    assert max(one.value for one in each) < 0.1 * perfect


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**30),
    policies=st.integers(1, 5),
    futures=st.integers(1, 90),
    levels=st.sampled_from([2, 7, 10**6]),
    weighted=st.booleans(),
)
def test_values_are_in_order_on_every_table(
    seed: int, policies: int, futures: int, levels: int, weighted: bool
) -> None:
    def draw(name: str, *shape: int) -> np.ndarray:
        return uniforms(stream_key(seed, name), np.arange(int(np.prod(shape)))).reshape(shape)

    outcomes = np.floor(draw("outcomes", policies, futures) * levels) - levels / 3
    unknowns = np.floor(draw("unknowns", futures, 2) * levels)
    weights = draw("weights", futures) if weighted else None
    perfect = perfect_information(outcomes, weights=weights)
    slack = 1e-12 * levels
    for known in (unknowns[:, 0], unknowns):
        partial = partial_information(outcomes, unknowns=known, weights=weights)
        assert 0.0 <= partial.value <= partial.in_sample + slack
        assert partial.in_sample <= perfect + slack
    best = np.concatenate([outcomes, outcomes.max(axis=0, keepdims=True)])  # one policy always wins
    assert perfect_information(best, weights=weights) == 0.0
    assert partial_information(best, unknowns=unknowns, weights=weights).value == 0.0


def test_equal_values_are_never_told_apart() -> None:
    """A switch that is on or off gives two cells however many are asked for."""
    switch = np.arange(64) % 2.0
    outcomes = np.stack([np.zeros(64), np.where(switch > 0.0, 3.0, -1.0)])
    found = partial_information(outcomes, unknowns=switch)
    assert found.cells == 2
    assert found.value == pytest.approx(perfect_information(outcomes)) == pytest.approx(0.5)
    assert found.in_sample == pytest.approx(0.5)


def test_a_table_of_unknowns_gives_each_its_value() -> None:
    outcomes, x = two_actions(1024, mean=0.2, slopes=(1.5, 0.6, 0.0))
    each = information_per_unknown(outcomes, unknowns=x)
    assert each.shape == (3,)
    assert each[0] > each[1] > each[2] == pytest.approx(0.0, abs=0.01)
    assert each[1] == partial_information(outcomes, unknowns=x[:, 1]).value


def test_faults_are_named() -> None:
    outcomes, x = two_actions(16, mean=0.0, slopes=(1.0,))
    with pytest.raises(InputError, match="unknowns: has one row per future"):
        partial_information(outcomes, unknowns=x[:5])
    with pytest.raises(InputError, match="unknowns: lies in"):
        partial_information(outcomes, unknowns=np.full(16, np.inf))
    with pytest.raises(InputError, match="sigma"):
        normal_information(0.0, sigma=-1.0)


@pytest.mark.parametrize("often", [0.2, 0.5, 0.8])
def test_a_switch_is_learnt_whichever_way_it_is_coded(often: float) -> None:
    on = (np.arange(200) < 200 * often).astype(float)
    outcomes = np.array([np.where(on > 0.0, 10.0, 0.0), np.where(on > 0.0, 0.0, 10.0)])
    wanted = 10.0 - 10.0 * max(often, 1.0 - often)
    for coded in (on, 1.0 - on, 3.0 * on - 7.0):
        assert partial_information(outcomes, unknowns=coded).value == pytest.approx(wanted)
