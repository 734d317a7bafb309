"""Outages: why they come, what they teach, how they end, and what they are called afterwards."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

APART = {"promotion_belief_label": 0.0, "promotion_belief_platform": 0.1}
TOGETHER = {"promotion_belief_label": 0.05, "promotion_belief_platform": 0.05}
CLEAR = {
    "promotion_belief_spread": 0.03,
    "private_value_spread": 0.05,
    "other_view_spread": 0.1,
    "expected_outage_months": 8.0,
    "bluff": 0.99,
}


def clips(tables: Any) -> Any:
    return tables.stakes(2.0, 15.0, least_slope=-60.0, present=7.0, term_months=30)


def test_optimism_on_both_sides_makes_outages(tables: Any, share_of: Any) -> None:
    apart, together = (
        share_of(tables.many(clips(tables), tables.rules(0.4, **beliefs, **CLEAR)), lambda outcome: outcome.weeks_out)
        for beliefs in (APART, TOGETHER)
    )
    assert apart > 0.25
    assert together < 0.5 * apart


def test_an_outage_that_teaches_ends_sooner_than_one_that_does_not(tables: Any) -> None:
    teaching, silent = (
        [
            outcome
            for outcome in tables.many(
                clips(tables), tables.rules(0.4, **APART, **CLEAR, outage_signal_spread=spread), longest_weeks=100
            )
            if outcome.pressed
        ]
        for spread in (0.5, 10.0)
    )
    assert len(teaching) == len(silent) > 30  # the same talks reach an outage
    assert all(outcome.kind == "deal" for outcome in teaching)
    assert 2.0 * np.mean([o.weeks_out for o in teaching]) < np.mean([o.weeks_out for o in silent])


def test_beliefs_and_views_come_to_the_truth(tables: Any) -> None:
    talk = tables.open(clips(tables), tables.rules(0.4, **APART, outage_signal_spread=0.5), seed=3)
    for month in range(40):
        talk.outage_month(month, true_pull=0.04)
    for side, across in ((talk.label, talk.platform), (talk.platform, talk.label)):
        assert side.belief == pytest.approx(0.04, abs=0.01)
        assert side.belief_spread < 0.01
        assert side.sign * side.view.mean == pytest.approx(across.reservation, abs=1.5)
        assert side.view.spread < 1.5


def test_one_month_moves_a_belief_by_its_precision(tables: Any) -> None:
    rules = tables.rules(**APART, promotion_belief_spread=0.03, outage_signal_spread=0.5)
    talk = tables.open(tables.stakes(least_slope=-2.0), rules)
    view = talk.platform.view.mean
    talk.outage_month(0, true_pull=0.04)
    weight = 0.03**2 / (0.03**2 + 0.02**2)
    assert talk.label.belief == pytest.approx(0.04 * weight)
    assert talk.platform.belief == pytest.approx(0.1 - 0.06 * weight)
    assert talk.label.reservation == pytest.approx(0.2 - 2.0 * 0.04 * weight)
    assert talk.platform.view.mean < view  # what it took the label to gain by promotion was too much


def test_a_pull_of_zero_is_learned_but_not_at_once(tables: Any) -> None:
    talk = tables.open(tables.stakes(least_slope=-2.0), tables.rules(**APART))
    talk.outage_month(0, true_pull=0.0)
    assert 0.0 < talk.platform.belief < 0.1


def test_a_value_of_zero_is_not_plain_to_see(tables: Any) -> None:
    """A loss and a promotion that cancel are both measured with error, so the sum is too."""
    rules = tables.rules(**TOGETHER, private_value_spread=0.0, promotion_belief_spread=0.0, outage_signal_spread=0.5)
    talk = tables.open(tables.stakes(3.0, 15.0, least_slope=-60.0), rules)
    assert talk.label.reservation == pytest.approx(0.0, abs=1e-12)
    talk.platform.view = talk.platform.view.normal(0.0, spread=1.0)
    talk.outage_month(0, true_pull=0.05)
    assert 0.5 < talk.platform.view.spread < 0.95


def test_new_stakes_move_the_reservations_and_the_views(tables: Any) -> None:
    talk = tables.open(tables.stakes(), tables.rules(**tables.certain))
    talk.outage_month(0, true_pull=0.0, stakes=tables.stakes(0.4, 0.9))
    assert talk.label.reservation == pytest.approx(0.4)
    assert talk.platform.reservation == pytest.approx(0.9)
    assert talk.label.expects == pytest.approx(0.9, rel=0.01)
    assert talk.platform.expects == pytest.approx(0.4, rel=0.01)


def test_an_outage_is_called_off_when_nobody_presses_any_more(tables: Any) -> None:
    rules = tables.rules(expected_outage_months=6.0, **tables.certain)
    talk = tables.open(tables.stakes(present=0.42), rules)
    assert talk.licence_ended() == "outage"
    assert talk.press() == "label"
    assert talk.regime == "outage"
    talk.outage_month(4, true_pull=0.0, stakes=tables.stakes(0.2, 0.6, present=0.42))
    assert talk.press() == ""
    assert talk.regime == "extension"
    assert talk.walked == "label"
    assert talk.label.gain(0.42) >= 0.0
    assert talk.platform.gain(0.42) >= 0.0


def test_old_terms_that_one_side_cannot_bear_never_go_on(tables: Any) -> None:
    talk = tables.open(tables.stakes(present=1.4), tables.rules(**tables.certain))
    talk.licence_ended()
    assert talk.pressing == "platform"
    assert talk.regime == "outage"
    assert talk.press() == "platform"


def test_both_causes_of_breakdown_arise_by_themselves(tables: Any) -> None:
    """A licence worth less to the platform than it costs the label; and one that both want, and view differently."""
    rules = tables.rules(0.5)
    poor = tables.many(tables.stakes(1.0, 0.9, present=1.2), rules)
    rich = tables.many(tables.stakes(0.5, 1.2, least_slope=-6.0, present=1.0), rules)
    causes_poor, causes_rich = (Counter(o.cause for o in outcomes if o.cause) for outcomes in (poor, rich))
    assert causes_poor["cannibalisation"] > 50
    assert causes_poor["disagreement"] > 5
    assert causes_rich["disagreement"] > 15
    assert causes_rich["cannibalisation"] < 0.1 * causes_rich["disagreement"]
    assert sum(o.kind == "walk-out stays" for o in poor) > 75 > 20 > sum(o.kind == "walk-out stays" for o in rich)
    for outcome in poor + rich:
        assert bool(outcome.cause) == (outcome.kind != "deal" or bool(outcome.pressed))


def test_the_cause_is_judged_by_the_truth_not_by_beliefs(tables: Any) -> None:
    """The label doubts promotion, so its own least is above the platform's most; at the true pull they could agree."""
    rules = tables.rules(promotion_belief_label=0.0, promotion_belief_platform=0.0, **tables.certain)
    talk = tables.open(tables.stakes(1.0, 0.8, least_slope=-10.0), rules)
    assert talk.label.reservation > talk.platform.reservation
    assert talk.cause(0.05) == "disagreement"
    assert talk.cause(0.01) == "cannibalisation"


def test_an_outage_that_ends_in_time_has_a_side_that_pressed_and_weeks(tables: Any) -> None:
    outcomes = tables.many(tables.stakes(0.17, 0.38, present=0.75), tables.rules(0.65))
    out = [outcome for outcome in outcomes if outcome.weeks_out]
    assert out
    for outcome in out:
        assert outcome.pressed == "platform"
        assert outcome.weeks == 26 + outcome.weeks_out + outcome.weeks_extended
