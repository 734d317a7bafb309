"""Delay: optimism, learning by an outage, war of attrition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from model.foundation.errors import InputError
from model.theory.bargaining.delay import (
    agreement_month,
    attrition,
    attrition_discounted,
    learned_beliefs,
    optimistic_talks,
)

chances = st.floats(0.0, 1.0)


@given(chances, chances, chances)
def test_two_rounds_are_delayed_by_enough_optimism(a: float, b: float, d: float) -> None:
    got = optimistic_talks([[0.5, 0.5], [a, b]], discount=d)
    assert bool(got.agrees[0]) == (d * a + d * b <= 1.0)
    assert got.first_agreement == (0 if got.agrees[0] else 1)
    assert got.agrees[1]


@given(hnp.arrays(float, (6, 2), elements=chances), chances)
def test_what_talks_are_believed_to_be_worth(beliefs: np.ndarray, d: float) -> None:
    got = optimistic_talks(beliefs, discount=d)
    np.testing.assert_allclose(got.worth[-1], beliefs[-1])
    for number in range(5):
        later = d * got.worth[number + 1]
        for side in range(2):
            if got.agrees[number]:
                # as proposer: what is left when the other gets its waiting value; else one's own waiting value
                expected = beliefs[number, side] * (1 - later[1 - side]) + (1 - beliefs[number, side]) * later[side]
            else:
                expected = later[side]
            assert got.worth[number, side] == pytest.approx(expected, abs=1e-12)


@given(chances, st.floats(0.0, 0.999))
def test_sides_that_share_beliefs_agree_at_once(a: float, d: float) -> None:
    got = optimistic_talks([[a, 1.0 - a]] * 8, discount=d)
    assert got.first_agreement == 0
    assert got.worth[0].sum() <= 1.0 + 1e-12


def test_beliefs_that_just_fit_do_not_delay() -> None:
    assert optimistic_talks([[0.5, 0.5], [0.25, 0.75]], discount=1.0).agrees.tolist() == [True, True]


def test_lasting_optimism_does_not_delay_but_a_near_event_does() -> None:
    assert optimistic_talks([[0.9, 0.9]] * 200, discount=0.99).first_agreement == 0
    assert optimistic_talks([[0.9, 0.9]] * 40, discount=0.99).first_agreement == 39  # all wait for a near end
    early = [[0.5, 0.5]] * 5 + [[1.0, 1.0]]  # both are sure to have the last word
    assert optimistic_talks(early, discount=0.95).first_agreement > 0
    assert optimistic_talks(early, discount=0.5).first_agreement == 0


def test_an_outage_teaches_both_sides() -> None:
    means, spreads = learned_beliefs([10.0, 2.0], spread=[3.0, 1.5], signals=[4.0, 5.0, 3.0], signal_spread=2.0)
    precision = 1 / 9 + 3 / 4
    assert means[3, 0] == pytest.approx((10 / 9 + 12 / 4) / precision, rel=1e-12)
    assert spreads[3, 0] == pytest.approx(precision**-0.5, rel=1e-12)
    np.testing.assert_array_equal(means[0], [10.0, 2.0])
    np.testing.assert_array_equal(spreads[0], [3.0, 1.5])
    assert (np.diff(np.abs(means[:, 0] - means[:, 1])) < 0.0).all()
    sure, still = learned_beliefs([10.0], spread=[0.0], signals=[0.0] * 5, signal_spread=1.0)
    assert (sure == 10.0).all()
    assert (still == 0.0).all()


@given(hnp.arrays(float, 5, elements=st.floats(-10, 10)), st.floats(0.0, 5.0), st.floats(0.1, 5.0))
def test_learning_month_by_month_is_learning_at_once(signals: np.ndarray, spread: float, noise: float) -> None:
    means, spreads = learned_beliefs([3.0], spread=[spread], signals=signals, signal_spread=noise)
    mean, width = np.array([3.0]), np.array([spread])
    for month, signal in enumerate(signals):
        path, narrower = learned_beliefs(mean, spread=width, signals=[signal], signal_spread=noise)
        mean, width = path[1], narrower[1]
        np.testing.assert_allclose(means[month + 1], mean, atol=1e-9)
        np.testing.assert_allclose(spreads[month + 1], width, atol=1e-9)


def test_talks_end_when_each_sides_own_view_leaves_a_zone() -> None:
    promotion, _ = learned_beliefs([10.0, 2.0], spread=[3.0, 3.0], signals=[6.0] * 12, signal_spread=6.0)
    # the platform offers no money for what it gives in promotion; the label wants 3 besides
    month = agreement_month(8.0 - promotion[:, 0], label_gains=promotion[:, 1] - 3.0)
    assert month > 0
    gains = 8.0 - promotion[:, 0] + promotion[:, 1] - 3.0
    assert gains[month] >= 0.0 > gains[month - 1]
    both = agreement_month([[1.0, -5.0], [1.0, -5.0]], label_gains=[[-2.0, 1.0], [-1.0, 1.0]])
    assert both.tolist() == [1, -1]


def test_war_of_attrition() -> None:
    got = attrition([10.0, 6.0], costs=[1.0, 0.5])
    np.testing.assert_allclose(got.hazards, [0.0833333333, 0.1], rtol=1e-9)
    assert got.mean_delay == pytest.approx(5.4545454545, rel=1e-9)
    assert got.first_concedes == pytest.approx(0.4545454545, rel=1e-9)
    waiting = attrition_discounted([0.1, 0.1], conceding=[4.0, 4.0], winning=[6.0, 6.0])
    np.testing.assert_allclose(waiting.hazards, [0.2, 0.2], rtol=1e-9)
    assert waiting.mean_delay == pytest.approx(2.5, rel=1e-9)


@given(*[st.floats(0.1, 100.0)] * 4)
def test_each_side_is_indifferent_to_holding_out(v_1: float, v_2: float, c_1: float, c_2: float) -> None:
    got = attrition([v_1, v_2], costs=[c_1, c_2])
    assert got.hazards[1] * v_1 == pytest.approx(c_1)
    assert got.hazards[0] * v_2 == pytest.approx(c_2)
    swapped = attrition([v_2, v_1], costs=[c_2, c_1])
    assert swapped.mean_delay == pytest.approx(got.mean_delay)
    assert swapped.first_concedes == pytest.approx(1.0 - got.first_concedes)
    discounted = attrition_discounted([0.1, 0.3], conceding=[c_1, c_2], winning=[c_1 + v_1, c_2 + v_2])
    assert discounted.hazards[1] * v_1 == pytest.approx(0.1 * c_1)
    assert discounted.hazards[0] * v_2 == pytest.approx(0.3 * c_2)


def test_who_pays_nothing_for_waiting_never_makes_the_other_give_in() -> None:
    got = attrition([[10.0, 6.0], [10.0, 6.0]], costs=[[0.0, 0.0], [0.0, 1.0]])
    assert got.mean_delay.tolist() == [np.inf, 6.0]
    assert np.isnan(got.first_concedes[0])
    assert got.first_concedes[1] == 1.0


def test_faults_are_named() -> None:
    with pytest.raises(InputError) as caught:
        optimistic_talks([[0.5, 1.5]], discount=np.nan)
    assert [f.place for f in caught.value.faults] == ["beliefs", "discount"]
    with pytest.raises(InputError, match="rounds by sides"):
        optimistic_talks([0.5, 0.5], discount=0.9)
    with pytest.raises(InputError) as caught:
        learned_beliefs([1.0], spread=[-1.0], signals=[np.nan], signal_spread=0.0)
    assert [f.place for f in caught.value.faults] == ["spread", "signals", "signal_spread"]
    with pytest.raises(InputError, match="signals"):
        learned_beliefs([1.0], spread=[1.0], signals=[[1.0]], signal_spread=1.0)
    with pytest.raises(InputError, match="at least one month"):
        agreement_month([], label_gains=[])
    with pytest.raises(InputError, match="go together"):
        agreement_month([1.0, 2.0], label_gains=[1.0, 2.0, 3.0])
    with pytest.raises(InputError) as caught:
        attrition([0.0, 1.0], costs=[-1.0, 1.0])
    assert [f.place for f in caught.value.faults] == ["prizes", "costs"]
    with pytest.raises(InputError, match="winning less conceding"):
        attrition_discounted([0.1, 0.1], conceding=[4.0, 4.0], winning=[4.0, 6.0])
