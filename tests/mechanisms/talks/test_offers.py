"""Talks by offers: when there is a deal, what it pays, and what moves both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.mechanisms.talks import Rules, Stakes, Talk
from model.spec.parameters import Parameters

MONEY = st.floats(-1e7, 1e7, allow_subnormal=False)


@pytest.mark.parametrize("licensed", [False, True])
@pytest.mark.parametrize("most", [0.3, 0.9, 1.0, 1.1, 1.3])
def test_without_bluff_and_with_time_there_is_a_deal_if_and_only_if_there_is_a_zone(
    tables: Any, most: float, licensed: bool
) -> None:
    stakes = tables.stakes(1.0, most, present=0.0, licensed=licensed)
    rules = tables.rules(0.6, bluff=0.0)
    zones = 0
    for seed in range(40):
        talk = tables.open(stakes, rules, seed)
        zone = talk.platform.reservation >= talk.label.reservation
        # without learning from the outage reservations stay what they are: slopes are 0
        outcome = tables.play(stakes, rules, seed, longest_weeks=500)
        assert (outcome.kind == "deal") == zone
        assert not zone or outcome.least <= outcome.payment <= outcome.most
        zones += zone
    assert most != 1.0 or 5 < zones < 35


def test_a_higher_least_and_a_lower_most_make_deals_rarer(tables: Any, share_of: Any) -> None:
    rules = tables.rules()

    def deals(least: float, most: float) -> float:
        stakes = tables.stakes(least, most, present=0.0, licensed=False)
        return float(
            share_of(tables.many(stakes, rules, n=100, longest_weeks=60), lambda outcome: outcome.kind == "deal")
        )

    by_least = [deals(least, 1.0) for least in (0.4, 0.8, 1.0, 1.3)]
    by_most = [deals(1.0, most) for most in (1.6, 1.2, 1.0, 0.7)]
    for found in (by_least, by_most):
        assert found == sorted(set(found), reverse=True)  # strictly falling
        assert found[0] > 0.8
        assert found[-1] < 0.2


def test_better_old_terms_make_a_label_press_less_and_a_platform_more(tables: Any) -> None:
    rules = tables.rules()

    def pressing(present: float, side: str) -> int:
        stakes = tables.stakes(present=present)
        return sum(tables.open(stakes, rules, seed).pressing in (side, "both") for seed in range(200))

    presents = (0.1, 0.3, 0.5, 0.7, 0.95)
    label = [pressing(present, "label") for present in presents]
    platform = [pressing(present, "platform") for present in presents]
    assert label == sorted(label, reverse=True)
    assert platform == sorted(platform)
    assert label[0] > 150 > 20 > label[-1]
    assert platform[-1] > 150 > 20 > platform[0]


@pytest.mark.parametrize(
    ("present", "pressing"), [(0.19, "label"), (0.45, "label"), (0.53, ""), (0.67, ""), (0.75, "platform")]
)
def test_who_presses_gains_more_by_an_outage_than_by_old_terms(tables: Any, present: float, pressing: str) -> None:
    """a = 0.2, M = 1, w = 1/2, an outage of 6 months of 24: the label presses below 0.2 + 0.75 * 0.4 = 0.5."""
    rules = tables.rules(expected_outage_months=6.0, **tables.certain)
    assert tables.open(tables.stakes(present=present), rules).pressing == pressing


@pytest.mark.parametrize("side", ["label", "platform"])
def test_nobody_takes_less_than_its_reservation(tables: Any, side: str) -> None:
    talk = tables.open(tables.stakes(0.9, 0.9), tables.rules(other_view_spread=0.01), seed=5)
    seat = talk.label if side == "label" else talk.platform
    seat.view = seat.view.normal(seat.sign * seat.reservation - 1.0, spread=0.01)  # no hope of any more
    assert seat.gain(seat.reservation) == 0.0
    assert seat.accepts(seat.reservation)
    assert not seat.accepts(seat.reservation - seat.sign * 1e-9)


def test_both_press_when_old_terms_suit_neither(tables: Any) -> None:
    rules = tables.rules(**tables.certain)
    assert tables.open(tables.stakes(1.0, 0.2), rules).pressing == "both"


def test_demands_are_the_weights_part_of_what_each_expects(tables: Any) -> None:
    talk = tables.open(tables.stakes(), tables.rules(0.65, **tables.certain))
    assert talk.label.demand == pytest.approx(0.2 + 0.65 * 0.8, rel=1e-3)
    assert talk.platform.demand == pytest.approx(1.0 - 0.35 * 0.8, rel=1e-3)


def test_sides_see_the_other_through_their_own_belief(tables: Any) -> None:
    rules = tables.rules(promotion_belief_label=0.0, promotion_belief_platform=0.1, **tables.certain)
    talk = tables.open(tables.stakes(least_slope=-2.0, most_slope=3.0), rules)
    assert talk.label.reservation == pytest.approx(0.2)
    assert talk.platform.reservation == pytest.approx(1.3)
    assert talk.label.expects == pytest.approx(1.0)
    assert talk.platform.expects == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("licensed", [False, True])
def test_a_label_of_more_weight_is_paid_more(tables: Any, licensed: bool) -> None:
    stakes = tables.stakes(present=1.2 if licensed else 0.0, licensed=licensed)
    paid = [
        np.mean([o.payment for o in tables.many(stakes, tables.rules(weight)) if o.payment is not None])
        for weight in (0.1, 0.3, 0.5, 0.7, 0.9)
    ]
    assert paid == sorted(paid)
    assert paid[-1] > paid[0] + 0.3


def test_patience_gives_the_weight() -> None:
    rules = Rules.of(Parameters({"patience_rate": 0.2}), weight=0.65)
    assert rules.label_rate + rules.platform_rate == pytest.approx(0.2)
    assert rules.platform_rate / 0.2 == pytest.approx(0.65)
    assert rules.discount("label") == pytest.approx(np.exp(-0.07 * 12.0 / 52.0))


def test_a_refusal_teaches_the_proposer_and_nobody_else(tables: Any) -> None:
    stakes = tables.stakes(0.9, 1.0, present=0.0, licensed=False)
    talk = tables.open(stakes, tables.rules(proposer="label", private_value_spread=0.0))
    before = talk.label.view.mean, talk.platform.view.mean
    assert talk.week(0) is None
    assert talk.label.view.mean < before[0]
    assert talk.platform.view.mean == before[1]
    talk.week(1)
    assert talk.platform.view.mean < before[1]


def test_renewals_nobody_presses_for_stay_near_old_terms(tables: Any) -> None:
    rules = tables.rules(renewal_range=0.1, extension_cost=0.5, expected_outage_months=60.0)
    outcomes = tables.many(tables.stakes(0.1, 2.0, present=1.0), rules)
    assert {outcome.kind for outcome in outcomes} == {"deal"}
    assert all(0.9 - 1e-12 <= outcome.payment <= 1.1 + 1e-12 for outcome in outcomes)
    assert any(outcome.weeks_extended for outcome in outcomes)
    assert not any(outcome.weeks_out for outcome in outcomes)


def test_on_old_terms_the_wait_is_a_war_of_attrition(tables: Any) -> None:
    """The prize is 0.1 over 12 months, the cost 0.05 a month: 12 months until one of two gives in, and either may."""
    beliefs = {"promotion_belief_label": 0.2, "promotion_belief_platform": 0.0, "expected_outage_months": 60.0}
    rules = tables.rules(**beliefs, **tables.certain, extension_cost=0.05)
    stakes = tables.stakes(0.2, 1.2, most_slope=4.0, present=1.0, term_months=12)
    outcomes = tables.many(stakes, rules, n=500, weeks_before_end=0, longest_weeks=3000)
    assert np.mean([outcome.weeks_extended for outcome in outcomes]) == pytest.approx(52.0, rel=0.12)
    assert np.mean([outcome.payment > 1.0 for outcome in outcomes]) == pytest.approx(0.5, abs=0.08)
    assert {round(outcome.payment, 9) for outcome in outcomes} == {0.95, 1.05}


@pytest.mark.parametrize("week", [0, 1])
@pytest.mark.parametrize(("gives_in", "paid"), [("label", 0.97), ("platform", 1.05)])
def test_who_gives_in_takes_the_others_demand_but_not_what_is_worse_than_none(
    tables: Any, gives_in: str, paid: float, week: int
) -> None:
    """The window is 0.95 to 1.05, but the label would rather have no licence than 0.95."""
    beliefs = {"promotion_belief_label": 0.2, "promotion_belief_platform": 0.0, "expected_outage_months": 60.0}
    rules = tables.rules(**beliefs, **tables.certain)
    stakes = tables.stakes(0.37, 1.2, least_slope=3.0, most_slope=4.0, present=1.0)
    talk = Talk(stakes, rules=rules, draws=lambda name, week: 1e-9 if name == f"patience of {gives_in}" else 0.5)
    assert talk.licence_ended() == "extension"
    assert talk.week(week) == pytest.approx(paid)


def test_old_terms_go_on_when_talks_have_lasted_too_long(tables: Any) -> None:
    beliefs = {"promotion_belief_label": 0.2, "promotion_belief_platform": 0.0, "expected_outage_months": 60.0}
    rules = tables.rules(extension_cost=0.001, **beliefs, **tables.certain)
    stakes = tables.stakes(0.2, 1.2, most_slope=4.0, present=1.0)
    outcome = tables.play(stakes, rules, weeks_before_end=4, longest_weeks=10)
    assert (outcome.kind, outcome.payment, outcome.weeks, outcome.weeks_extended) == ("deal", 1.0, 10, 6)


@settings(max_examples=60, deadline=None)
@given(
    least=MONEY,
    least_slope=MONEY,
    most=MONEY,
    most_slope=MONEY,
    present=MONEY,
    licensed=st.booleans(),
    seed=st.integers(0, 999),
)
def test_the_unit_of_money_changes_nothing(
    tables: Any,
    least: float,
    least_slope: float,
    most: float,
    most_slope: float,
    present: float,
    licensed: bool,
    seed: int,
) -> None:
    """Times 8, since that is exact in binary numbers."""
    money = (least, least_slope, most, most_slope, present)
    one, eight = (
        tables.play(Stakes(*(factor * value for value in money), 24, licensed), tables.rules(), seed)
        for factor in (1.0, 8.0)
    )
    fields = ("kind", "pressed", "weeks", "weeks_extended", "weeks_out", "cause")
    assert [getattr(one, field) for field in fields] == [getattr(eight, field) for field in fields]
    assert (one.payment is None) == (eight.payment is None)
    if one.payment is not None:
        assert eight.payment == pytest.approx(8.0 * one.payment, rel=1e-12)


def test_ten_times_the_money_is_ten_times_the_payment(tables: Any) -> None:
    rules = tables.rules()
    one = tables.many(tables.stakes(present=1.2), rules, n=40)
    ten = tables.many(tables.stakes(2.0, 10.0, present=12.0), rules, n=40)
    assert [outcome.kind for outcome in one] == [outcome.kind for outcome in ten]
    paid = [outcome.payment for outcome in one if outcome.payment is not None]
    assert [outcome.payment for outcome in ten if outcome.payment is not None] == pytest.approx(
        [10.0 * p for p in paid]
    )
    assert len(paid) > 30


def test_an_agreed_talk_says_no_more(tables: Any) -> None:
    talk: Talk = tables.open(tables.stakes(present=0.0, licensed=False), tables.rules(**tables.certain))
    paid = talk.week(0)
    assert paid is not None
    assert talk.over
    assert talk.week(1) == paid
    assert talk.weeks == 0
