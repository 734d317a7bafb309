"""Alternating offers: published cases, limits and what a side's patience and options are worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.theory.bargaining.nash import nash_division
from model.theory.bargaining.rubinstein import (
    alternating_offers,
    alternating_offers_within,
    patience_weight,
    round_discounts,
)

patience = st.floats(0.0, 0.99)
chances = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("discounts", "share"),
    [((0.9, 0.9), 0.5263157894737), ((0.9, 0.8), 0.7142857142857), ((0.95, 0.9), 0.6896551724138)],
)
def test_endless_talks(discounts: tuple[float, float], share: float) -> None:
    np.testing.assert_allclose(alternating_offers(discounts).payoffs, [share, 1.0 - share], rtol=1e-9)


@pytest.mark.parametrize(("rounds", "share"), [(1, 1.0), (2, 0.2), (3, 0.92), (10, 0.576077312)])
def test_talks_that_end(rounds: int, share: float) -> None:
    assert alternating_offers_within([0.9, 0.8], rounds=rounds).payoffs[0] == pytest.approx(share, rel=1e-9)


def test_an_outside_option_binds_only_above_the_inside_share() -> None:
    got = alternating_offers([0.9, 0.9], outside=[[0.0, 0.6], [0.0, 0.4]])
    np.testing.assert_allclose(got.payoffs[:, 0], [0.4, 0.5263157895], rtol=1e-9)
    assert got.outside_binds.tolist() == [[False, True], [False, False]]
    own = alternating_offers([0.9, 0.9], outside=[0.6, 0.0])
    assert own.payoffs[0] == pytest.approx(1.0 - 0.9 * 0.4, rel=1e-9)  # the other keeps 1 - .6 as proposer
    assert own.outside_binds.tolist() == [True, False]


@pytest.mark.parametrize(
    ("length", "share"), [(1.0, 0.6993903946), (0.1, 0.6699943890), (0.01, 0.6669999444), (0.001, 0.6666999994)]
)
def test_shrinking_rounds(length: float, share: float) -> None:
    discounts = round_discounts([0.1, 0.2], round_length=length)
    assert alternating_offers(discounts).payoffs[0] == pytest.approx(share, rel=1e-9)


def test_breakdown_instead_of_impatience() -> None:
    got = alternating_offers([1.0, 1.0], breakdown=0.05, breakdown_values=[0.2, 0.3])
    assert got.payoffs[0] == pytest.approx(0.4564102564, rel=1e-9)
    assert got.payoffs[0] == pytest.approx((1.0 - 0.3 + 0.95 * 0.2) / 1.95, rel=1e-12)


@given(st.floats(0.02, 2.0), st.floats(0.02, 2.0))
def test_quick_rounds_tend_to_nash(rate_1: float, rate_2: float) -> None:
    weight = patience_weight([rate_1, rate_2])
    nash = nash_division([1.0, 0.0], disagreement=[0.0, 0.0], weight=1.0 - weight)
    quick = alternating_offers(round_discounts([rate_1, rate_2], round_length=1e-5)).payoffs
    np.testing.assert_allclose(quick, nash, atol=1e-4)


@given(st.floats(0.0, 0.5), st.floats(0.0, 0.5), st.floats(1e-7, 1e-5))
def test_rare_breakdown_tends_to_nash_over_what_it_leaves(z_1: float, z_2: float, q: float) -> None:
    quick = alternating_offers([1.0, 1.0], breakdown=q, breakdown_values=[z_1, z_2]).payoffs
    np.testing.assert_allclose(quick, nash_division([1.0, 0.0], disagreement=[z_1, z_2], weight=0.5), atol=1e-4)


@given(patience, patience, st.floats(0.0, 0.5), st.floats(0.0, 0.5), chances, st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_each_side_is_just_willing_to_accept(
    d_1: float, d_2: float, o_1: float, o_2: float, q: float, z_1: float, z_2: float
) -> None:
    got = alternating_offers([d_1, d_2], outside=[o_1, o_2], breakdown=q, breakdown_values=[z_1, z_2])
    other = alternating_offers([d_2, d_1], outside=[o_2, o_1], breakdown=q, breakdown_values=[z_2, z_1])
    waiting = q * z_2 + (1.0 - q) * d_2 * other.payoffs[0]
    assert got.agreed
    assert got.payoffs[1] == pytest.approx(max(o_2, waiting), abs=1e-9)
    assert other.payoffs[1] == pytest.approx(max(o_1, q * z_1 + (1.0 - q) * d_1 * got.payoffs[0]), abs=1e-9)
    assert bool(got.outside_binds[1]) == (o_2 > waiting) or o_2 == pytest.approx(waiting, abs=1e-9)
    long = alternating_offers_within(
        [d_1, d_2], rounds=3000, outside=[o_1, o_2], breakdown=q, breakdown_values=[z_1, z_2]
    )
    np.testing.assert_allclose(long.payoffs, got.payoffs, atol=1e-9)


@given(patience, patience, st.floats(0.0, 0.009))
def test_more_patience_and_a_better_option_raise_the_share(d_1: float, d_2: float, more: float) -> None:
    base = alternating_offers([d_1, d_2]).payoffs
    assert alternating_offers([d_1 + more, d_2]).payoffs[0] >= base[0] - 1e-12
    assert alternating_offers([d_1, d_2 + more]).payoffs[1] >= base[1] - 1e-12
    option = alternating_offers([d_1, d_2], outside=[[0.3, 0.0], [0.3 + more, 0.0]]).payoffs[:, 0]
    assert option[1] >= option[0] >= base[0] - 1e-12


def test_many_pairs_at_once_are_the_pairs_one_by_one() -> None:
    discounts = np.array([[[0.9, 0.8], [0.5, 0.99]], [[0.1, 0.2], [0.0, 0.7]]])
    options = np.array([[0.0, 0.3], [0.45, 0.1]])
    together = alternating_offers(discounts, outside=options, breakdown=[[0.0], [0.1]], breakdown_values=0.1)
    for row, column in np.ndindex(2, 2):
        alone = alternating_offers(
            discounts[row, column], outside=options[column], breakdown=[0.0, 0.1][row], breakdown_values=0.1
        )
        np.testing.assert_array_equal(together.payoffs[row, column], alone.payoffs)


def test_options_that_together_exceed_the_surplus_leave_no_deal() -> None:
    for got in (
        alternating_offers([0.9, 0.9], outside=[0.7, 0.6]),
        alternating_offers_within([0.9, 0.9], rounds=4, outside=[0.7, 0.6]),
    ):
        assert not got.agreed
        assert got.payoffs.tolist() == [0.7, 0.6]
        assert not got.outside_binds.any()
    assert not alternating_offers([0.9, 0.9], breakdown=0.1, breakdown_values=[0.7, 0.6]).agreed
    assert alternating_offers([0.9, 0.9], breakdown=0.0, breakdown_values=[0.7, 0.6]).agreed


def test_the_last_proposer_leaves_the_other_only_its_option() -> None:
    assert alternating_offers_within([0.9, 0.8], rounds=1, outside=[0.0, 0.25]).payoffs.tolist() == [0.75, 0.25]
    two = alternating_offers_within([0.9, 0.8], rounds=2, outside=[0.1, 0.0])
    np.testing.assert_allclose(two.payoffs, [1.0 - 0.8 * 0.9, 0.8 * 0.9], rtol=1e-12)


def test_faults_are_named() -> None:
    with pytest.raises(InputError, match="below 1"):
        alternating_offers([1.0, 1.0])
    with pytest.raises(InputError) as caught:
        alternating_offers([1.1, 0.9], outside=[0.0, np.nan], breakdown=-0.1)
    assert [f.place for f in caught.value.faults] == ["discounts", "outside", "breakdown"]
    with pytest.raises(InputError, match="two sides"):
        alternating_offers([0.9, 0.9, 0.9])
    with pytest.raises(InputError, match="rounds"):
        alternating_offers_within([0.9, 0.9], rounds=0)
    with pytest.raises(InputError, match="rates"):
        patience_weight([0.0, 0.0])
    with pytest.raises(InputError, match="round_length"):
        round_discounts([0.1, 0.2], round_length=0.0)
