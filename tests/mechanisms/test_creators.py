"""Creators: income by hand, activity in closed form, bounded and slow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts.start import load_start
from model.foundation.errors import InputError
from model.foundation.months import parse_month
from model.mechanisms.creators import (
    activity_after_month,
    activity_wanted,
    ad_shares,
    creator_income,
    creators_at_opening,
    hours_from_activity,
    uses_from_activity,
)
from model.spec.parameters import Parameters
from tests.numbers import floats

START = load_start()
PLAIN = Parameters({
    "creator_eligible": 0.04, "creator_fund": 0.03, "creator_sponsors": 0.1, "creator_elasticity": 0.5,
    "creator_adjustment": 0.25, "creator_least": 0.5, "creator_most": 2.0, "creator_hours": 0.2, "creator_uses": 1.0,
})  # fmt: skip
MARKETS = ("US", "BR", "IN")
OPENING = creators_at_opening(
    START, markets=MARKETS, infeed_usd=[1e8, 1e7, 8e6], topview_usd=[1e7, 1e6, 1e6], streaming_usd=[2e6, 0.0, 1e5],
    parameters=PLAIN,
)  # fmt: skip


def test_income_at_the_opening_by_hand() -> None:
    people = 18.0 * 113.3e3
    # The programme: half of 4% of 100 M. Fund 3% and sponsors 10% of 110 M. Streaming 2 M.
    assert OPENING.creators[0] == pytest.approx(people)
    assert OPENING.income[0] == pytest.approx((2e6 + 3.3e6 + 11e6 + 2e6) / people)
    # Brazil has no programme.
    assert OPENING.income[1] == pytest.approx((0.33e6 + 1.1e6) / (16.0 * 66.64e3))


def test_where_tiktok_is_banned_creators_would_be_as_many_an_hour_as_elsewhere() -> None:
    an_hour = sorted(
        row.tiktok.creators_per_1000_users / row.tiktok.hours_per_user_month
        for row in START.markets.values() if row.tiktok.adult_mau_m > 0.0
    )  # fmt: skip
    middle = an_hour[len(an_hour) // 2]  # of 19
    hours = PLAIN.banned_tiktok_share * START.markets["IN"].addressable_m * 1e6 * PLAIN.banned_tiktok_hours
    assert OPENING.creators[2] == pytest.approx(middle / 1e3 * hours)
    assert OPENING.income[2] == pytest.approx((0.27e6 + 0.9e6 + 1e5) / OPENING.creators[2])
    twice = creators_at_opening(
        START, markets=MARKETS, infeed_usd=[1e8, 1e7, 8e6], topview_usd=[1e7, 1e6, 1e6],
        parameters=PLAIN.replace({"banned_tiktok_hours": 2.0 * PLAIN.banned_tiktok_hours}),
    )  # fmt: skip
    np.testing.assert_allclose(twice.creators / OPENING.creators, [1.0, 1.0, 2.0])


def test_while_tiktok_is_banned_there_are_no_creators_nor_a_fund() -> None:
    banned = creator_income(
        OPENING, infeed_usd=[1e8, 1e7, 0.0], ad_share=[0.5, 0.0, 1.0], streaming_usd=[2e6, 0.0, 1e5],
        users=[1.0, 1.1, 0.0], audience=[1.0, 1.1, 0.0], parameters=PLAIN,
    )  # fmt: skip
    np.testing.assert_allclose(banned.creators, OPENING.creators * [1.0, 1.1, 0.0])
    assert np.isnan(banned.per_creator[2])
    for line in (banned.programme, banned.fund, banned.sponsors, banned.streaming):
        assert line[2] == 0.0
    assert banned.per_creator[1] * banned.creators[1] == pytest.approx(0.33e6 + 1.1 * 1.1e6)


def test_the_programme_begins_in_its_month_or_by_the_lever() -> None:
    spring = ad_shares(OPENING, month=parse_month("2022-05"), parameters=PLAIN)
    np.testing.assert_array_equal(spring, [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(ad_shares(OPENING, month=parse_month("2022-06"), parameters=PLAIN), [0.5, 0.0, 0.0])
    now = ad_shares(OPENING, month=START.month, parameters=PLAIN)
    np.testing.assert_array_equal(now, [0.5, 0.0, 0.0])
    lever = ad_shares(OPENING, month=START.month, parameters=PLAIN, lever=[np.nan, 1.0, 0.0])
    np.testing.assert_array_equal(lever, [0.5, 1.0, 0.0])
    with pytest.raises(InputError) as caught:
        ad_shares(OPENING, month=START.month, parameters=PLAIN, lever=[-0.1, 1.2, np.nan])
    assert len(caught.value.faults) == 2


def test_what_creators_earn_adds_up_and_rises_with_the_lever() -> None:
    earned = [
        creator_income(OPENING, infeed_usd=[2e8, 1e7, 0.0], ad_share=share, streaming_usd=[1e6, 0.0, 0.0],
                       users=[1.1, 1.0, 0.0], audience=[1.2, 1.0, 0.0], parameters=PLAIN)
        for share in (0.0, 0.5, 1.0)
    ]  # fmt: skip
    np.testing.assert_allclose([one.programme[0] for one in earned], [0.0, 4e6, 8e6])
    for one in earned:
        total = one.from_tiktok + one.sponsors + one.streaming
        assert one.per_creator[0] * 1.1 * OPENING.creators[0] == pytest.approx(total[0])
    assert earned[2].sponsors[0] == pytest.approx(1.2 * 11e6)
    assert earned[0].per_creator[0] < earned[1].per_creator[0] < earned[2].per_creator[0]
    assert np.isnan(earned[0].per_creator[2])


def test_activity_in_closed_form() -> None:
    wanted = activity_wanted([4.0, 1.0, 0.25], opening=[1.0, 1.0, 1.0], parameters=PLAIN)
    np.testing.assert_allclose(wanted, [2.0, 1.0, 0.5])
    np.testing.assert_allclose(activity_wanted([2.25], opening=[1.0], parameters=PLAIN), 1.5)
    np.testing.assert_allclose(activity_wanted([1e6, 0.0], opening=[1.0, 1.0], parameters=PLAIN), [2.0, 0.5])
    np.testing.assert_array_equal(activity_wanted([np.nan, 3.0], opening=[np.nan, 0.0], parameters=PLAIN), [1.0, 1.0])


def test_activity_moves_a_part_of_the_way_each_month() -> None:
    activity, seen = np.ones(1), []
    for _ in range(40):
        activity = activity_after_month(activity, income=[2.25], opening=[1.0], parameters=PLAIN)
        seen.append(float(activity[0]))
    np.testing.assert_allclose(seen, 1.5 - 0.5 * 0.75 ** np.arange(1, 41), rtol=1e-12)


@given(income=st.floats(0.0, 1e3), more=st.floats(1.0, 10.0), elasticity=floats(0.0, 3.0))
def test_activity_stays_in_bounds_and_never_falls_with_income(income, more, elasticity) -> None:
    parameters = PLAIN.replace({"creator_elasticity": elasticity})
    low, high = (activity_wanted([one], opening=[1.0], parameters=parameters)[0] for one in (income, income * more))
    assert 0.5 <= low <= high <= 2.0


def test_the_opening_stands_still_and_no_elasticity_means_no_answer() -> None:
    same = creator_income(
        OPENING, infeed_usd=[1e8, 1e7, 8e6], streaming_usd=[2e6, 0.0, 1e5], parameters=PLAIN,
        ad_share=ad_shares(OPENING, month=START.month, parameters=PLAIN),
    )  # fmt: skip
    now = activity_after_month(np.ones(3), income=same.per_creator, opening=OPENING.income, parameters=PLAIN)
    np.testing.assert_array_equal(now, np.ones(3))
    rigid = PLAIN.replace({"creator_elasticity": 0.0})
    np.testing.assert_array_equal(activity_wanted([9.0], opening=[1.0], parameters=rigid), [1.0])


def test_activity_feeds_hours_and_uses() -> None:
    np.testing.assert_allclose(hours_from_activity([1.0, 2.0], parameters=PLAIN), [1.0, 2.0**0.2])
    np.testing.assert_allclose(uses_from_activity([1.0, 2.0], parameters=PLAIN), [1.0, 2.0])
