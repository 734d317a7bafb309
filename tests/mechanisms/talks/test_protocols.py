"""What every way to talk keeps to, and what each is known for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from model.foundation.errors import InputError
from model.mechanisms.talks import PROTOCOLS, Rules, Stakes, Talk
from model.mechanisms.talks.protocols import CONVERSATIONS
from model.spec.parameters import Parameters
from tests.numbers import floats

MONEY = st.one_of(st.just(0.0), st.floats(-1e6, 1e6, allow_subnormal=False), st.floats(-1, 1, allow_subnormal=False))
KINDS = {True: {"deal", "walk-out stays"}, False: {"deal", "no deal"}}


def test_every_protocol_has_a_conversation() -> None:
    assert set(CONVERSATIONS) == set(PROTOCOLS)


@settings(max_examples=150, deadline=None)
@example(  # the last round is the licence's last week
    protocol="nash_in_nash", stakes=Stakes(-1.0, 0.0, 0.0, -1.0, -0.5, 1, True), weight=0.0, bluff=0.0, before_end=1,
    longest=1, pull=0.0, offered=0.0, seed=0,
)  # fmt: skip
@given(
    protocol=st.sampled_from(PROTOCOLS),
    stakes=st.builds(Stakes, MONEY, MONEY, MONEY, MONEY, MONEY, st.integers(1, 60), st.booleans()),
    weight=floats(0, 1),
    bluff=floats(0, 0.99),
    before_end=st.integers(0, 40),
    longest=st.integers(1, 80),
    pull=floats(-0.3, 0.3),
    offered=MONEY,
    seed=st.integers(0, 10_000),
)
def test_talks_end_in_time_in_a_known_way_and_harm_nobody(
    tables: Any,
    protocol: str,
    stakes: Stakes,
    weight: float,
    bluff: float,
    before_end: int,
    longest: int,
    pull: float,
    offered: float,
    seed: int,
) -> None:
    rules = tables.rules(weight, protocol=protocol, bluff=bluff)
    case = dict(weeks_before_end=before_end, longest_weeks=longest, true_pull=pull, offered=offered)
    outcome = tables.play(stakes, rules, seed, **case)
    assert outcome.kind in KINDS[stakes.licensed]
    assert outcome.weeks <= (max(longest, before_end) if stakes.licensed else longest)
    assert outcome.weeks_extended + outcome.weeks_out <= outcome.weeks
    assert (outcome.payment is None) == (outcome.kind != "deal")
    if outcome.payment is not None:
        assert outcome.least <= outcome.payment <= outcome.most
    else:
        assert outcome.cause in ("cannibalisation", "disagreement")
    if not stakes.licensed:
        assert (outcome.pressed, outcome.weeks_extended, outcome.weeks_out) == ("", 0, 0)
    elif outcome.weeks_out or outcome.kind == "walk-out stays":
        assert outcome.pressed
    assert tables.play(stakes, rules, seed, **case) == outcome


@pytest.mark.parametrize("licensed", [False, True])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_walk_aways_that_cross_give_no_deal(tables: Any, protocol: str, licensed: bool) -> None:
    stakes = tables.stakes(1.0, 0.4, present=0.7, licensed=licensed)
    rules = tables.rules(protocol=protocol, private_value_spread=0.1)
    for offered in (0.2, 0.7, 1.2):
        outcomes = tables.many(stakes, rules, n=20, offered=offered)
        assert {outcome.kind for outcome in outcomes} == {"walk-out stays" if licensed else "no deal"}
        assert {outcome.cause for outcome in outcomes} == {"cannibalisation"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_wide_zone_gives_a_deal(tables: Any, protocol: str) -> None:
    rules = tables.rules(protocol=protocol, **tables.certain)
    for licensed in (False, True):
        outcome = tables.play(tables.stakes(present=0.6 if licensed else 0.0, licensed=licensed), rules)
        assert outcome.kind == "deal"
        assert outcome.cause == ""
        assert outcome.weeks < 26


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_different_draws_give_different_talks(tables: Any, protocol: str) -> None:
    outcomes = tables.many(tables.stakes(0.6, present=1.2), tables.rules(protocol=protocol), n=10, offered=0.8)
    assert len({(outcome.least, outcome.most) for outcome in outcomes}) == 10


@settings(max_examples=60)
@given(weight=floats(0, 1), worth=floats(0, 0.7), pull=floats(-0.2, 0.2))
def test_promotion_lowers_the_nash_payment_by_the_platforms_weight(
    tables: Any, weight: float, worth: float, pull: float
) -> None:
    rules = tables.rules(weight, protocol="nash", private_value_spread=0.0, promotion_belief_spread=0.0)
    plain = tables.stakes(least_slope=-0.3)
    paid = [
        tables.play(stakes, rules, true_pull=pull).payment
        for stakes in (plain, replace(plain, least=plain.least - worth))
    ]
    assert paid[0] - paid[1] == pytest.approx((1.0 - weight) * worth, abs=1e-12)


def test_nash_divides_the_zone_as_the_licence_ends(tables: Any) -> None:
    outcome = tables.play(tables.stakes(), tables.rules(0.65, protocol="nash", **tables.certain))
    assert outcome.payment == pytest.approx(0.2 + 0.65 * 0.8)
    assert outcome.weeks == 25


def test_nash_signs_when_an_outage_has_opened_a_zone(tables: Any) -> None:
    rules = tables.rules(
        protocol="nash", promotion_belief_label=0.0, promotion_belief_platform=0.0, private_value_spread=0.0,
        outage_signal_spread=0.5,
    )  # fmt: skip
    stakes = tables.stakes(1.0, 0.9, least_slope=-10.0, present=0.7)
    learned = [o for o in tables.many(stakes, rules, n=30, true_pull=0.08) if o.weeks_out]
    assert len(learned) > 20
    assert all(o.kind == "deal" and o.cause == "disagreement" and o.weeks_out < 30 for o in learned)


@pytest.mark.parametrize("proposer", ["label", "platform"])
def test_rubinstein_divides_by_patience(tables: Any, proposer: str) -> None:
    rules = tables.rules(
        0.65, protocol="rubinstein", proposer=proposer, talks_breakdown_risk=0.0, patience_rate=2.0, **tables.certain
    )
    outcome = tables.play(tables.stakes(term_months=9), rules)  # an outage of 9 months leaves nothing outside
    label, platform = np.exp(-0.35 * 2.0 * 12 / 52), np.exp(-0.65 * 2.0 * 12 / 52)
    share = (1.0 - platform) / (1.0 - label * platform)
    if proposer == "platform":
        share = 1.0 - (1.0 - label) / (1.0 - label * platform)
    assert outcome.payment == pytest.approx(0.2 + 0.8 * share)
    assert outcome.weeks == 0


def test_rubinstein_comes_to_nash_as_patience_grows(tables: Any) -> None:
    rules = tables.rules(0.65, protocol="rubinstein", talks_breakdown_risk=0.0, patience_rate=0.001, **tables.certain)
    assert tables.play(tables.stakes(), rules).payment == pytest.approx(0.2 + 0.8 * 0.65, rel=1e-3)


def test_a_risk_of_breakdown_evens_out_patience(tables: Any) -> None:
    paid = [
        tables.play(
            tables.stakes(term_months=9),
            tables.rules(0.8, protocol="rubinstein", proposer="label", talks_breakdown_risk=risk, **tables.certain),
        ).payment
        for risk in (0.0, 0.05, 0.5)
    ]
    assert paid[0] > paid[1]  # both lose alike by a breakdown, however patient they are


@pytest.mark.parametrize("proposer", ["label", "platform"])
def test_a_final_offer_is_the_best_of_its_kind(tables: Any, proposer: str) -> None:
    rules = tables.rules(
        protocol="take_it_or_leave_it",
        proposer=proposer,
        promotion_belief_spread=0.0,
        private_value_spread=0.0,
        other_view_spread=0.3,
    )
    talk: Talk = tables.open(tables.stakes(), rules)
    grid = np.linspace(0.2, 1.0, 4001)
    worth = (grid - 0.2) * norm.sf(grid, 1.0, 0.3) if proposer == "label" else (1.0 - grid) * norm.cdf(grid, 0.2, 0.06)
    side = talk.label if proposer == "label" else talk.platform
    assert side.final_offer() == pytest.approx(grid[np.argmax(worth)], abs=0.031)
    talk.week(24)
    assert not talk.over
    talk.week(25, last=True)
    assert talk.over
    assert talk.payment == pytest.approx(side.final_offer())


def test_a_final_offer_refused_is_the_end(tables: Any) -> None:
    rules = tables.rules(protocol="take_it_or_leave_it", proposer="label")
    outcomes = tables.many(tables.stakes(0.8), rules, n=60)
    refused = [outcome for outcome in outcomes if outcome.kind == "walk-out stays"]
    assert 5 < len(refused) < 55
    assert all(outcome.pressed == "platform" and outcome.weeks == 26 for outcome in refused)


def test_the_payment_of_all_talks_together_holds_if_it_suits_both(tables: Any) -> None:
    rules = tables.rules(protocol="nash_in_nash", **tables.certain)
    assert tables.play(tables.stakes(), rules, offered=0.9).payment == 0.9
    assert tables.play(tables.stakes(), rules, offered=0.1).kind == "walk-out stays"
    assert tables.play(tables.stakes(), rules, offered=1.1).kind == "walk-out stays"


@pytest.mark.parametrize("longest", [26, 60])
def test_only_talks_by_offers_go_on_under_old_terms(tables: Any, longest: int) -> None:
    """Old terms would suit both, but the payment they are offered does not, and there is no other."""
    rules = tables.rules(protocol="nash_in_nash", **tables.certain)
    assert tables.open(tables.stakes(present=0.6), rules).pressing == ""
    outcome = tables.play(tables.stakes(present=0.6), rules, offered=1.1, longest_weeks=longest)
    assert (outcome.kind, outcome.weeks_extended, outcome.weeks_out) == ("walk-out stays", 0, longest - 26)
    assert longest == 26 or outcome.pressed == "both"


def test_bad_rules_and_stakes_are_named_all_at_once(tables: Any) -> None:
    with pytest.raises(InputError) as caught:
        Rules.of(Parameters(), weight=1.5, protocol="ofers", proposer="lable")
    assert [fault.place for fault in caught.value.faults] == ["weight", "protocol", "proposer"]
    assert "'offers'" in str(caught.value)
    with pytest.raises(InputError) as caught:
        tables.stakes(float("nan"), float("inf"), term_months=0)
    assert [fault.place for fault in caught.value.faults] == ["stakes.least", "stakes.most", "stakes.term_months"]
    with pytest.raises(InputError, match="offered"):
        Talk(tables.stakes(), rules=tables.rules(protocol="nash_in_nash"), draws=tables.middle)
