"""Royalty cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.theory.royalties import BINDING, greater_of, pro_rata_shares, recoupment, user_centric_shares


def owed(*, usage=0.25, rev_share=0.5, net=1000.0, sub_min=0.0, subs=0.0, stream_min=0.0, streams=0.0):
    def cell(value: float) -> np.ndarray:
        return np.array([[value]])

    amount, binding = greater_of(
        cell(usage),
        rev_share=cell(rev_share),
        net_revenue=np.array([net]),
        per_subscriber_minimum=cell(sub_min),
        subscriptions=np.array([subs]),
        per_stream_minimum=cell(stream_min),
        streams=np.array([streams]),
    )
    return amount[0, 0], BINDING[binding[0, 0]]


@pytest.mark.parametrize(
    ("case", "amount", "binding"),
    [
        (dict(sub_min=1.0, subs=400, stream_min=0.001, streams=300_000), 125.0, "revenue_share"),
        (dict(sub_min=2.0, subs=400, stream_min=0.001, streams=300_000), 200.0, "per_subscriber_minimum"),
        (dict(sub_min=2.0, subs=400, stream_min=0.01, streams=300_000), 750.0, "per_stream_minimum"),
        (dict(sub_min=1.25, subs=400), 125.0, "revenue_share"),  # a tie goes to the revenue share
        (dict(net=0.0, stream_min=0.002, streams=1e6), 500.0, "per_stream_minimum"),
        (dict(usage=0.0, sub_min=2.0, subs=400), 0.0, "nothing"),
    ],
)
def test_the_greater_of_three_terms_by_hand(case, amount, binding):
    assert owed(**case) == (pytest.approx(amount), binding)


def test_different_labels_of_one_offer_may_be_bound_by_different_terms():
    amount, binding = greater_of(
        np.array([[0.75, 0.25]]),
        rev_share=np.array([[0.5, 0.52]]),
        net_revenue=np.array([100.0]),
        per_subscriber_minimum=np.array([[0.6, 0.0]]),
        subscriptions=np.array([100.0]),
        per_stream_minimum=np.zeros((1, 2)),
        streams=np.array([5000.0]),
    )
    np.testing.assert_allclose(amount, [[45.0, 13.0]])
    assert [BINDING[code] for code in binding[0]] == ["per_subscriber_minimum", "revenue_share"]


def test_pro_rata_follows_hours_and_user_centric_follows_people():
    # One heavy listener (30 h, all label A), one light listener (10 h, all label B), both pay the same.
    hours, usage = np.array([[30.0, 10.0]]), np.array([[1.0, 1.0]])
    np.testing.assert_allclose(pro_rata_shares(hours), [[0.75, 0.25]])
    np.testing.assert_allclose(user_centric_shares(usage, hours=hours), [[0.5, 0.5]])


def test_shares_of_an_offer_that_nobody_plays_are_zero_not_nan():
    nothing = np.zeros((2, 3))
    assert not pro_rata_shares(nothing).any()
    assert not user_centric_shares(nothing, hours=nothing).any()
    np.testing.assert_allclose(user_centric_shares(nothing, hours=np.ones((2, 3))), 1 / 3)


@given(arrays(np.float64, (3, 4), elements=st.floats(0, 1e6)), st.floats(1, 100))
def test_shares_add_to_one_and_ignore_scale_and_order(hours, factor):
    shares = pro_rata_shares(hours)
    listening = hours.sum(axis=1) > 1e-200
    np.testing.assert_allclose(shares.sum(axis=1)[listening], 1.0)
    np.testing.assert_allclose(pro_rata_shares(hours * factor)[listening], shares[listening], atol=1e-9)
    np.testing.assert_array_equal(pro_rata_shares(hours[::-1]), shares[::-1])


def test_recoupment_over_fourteen_months_by_hand():
    # Deal 0: guarantee 120 a year, contract year starts in the first month, earns 8 a month: 96 earned, 24 missing.
    # Deal 1: the same, but the contract year ends after four months: 40 owed, 32 earned, 8 missing; the next year is
    # open. Deal 2: earns 30 in month 1, then 8: 118 in its year, 2 missing; the 30 does not help the open second year.
    earned = np.full((14, 3), 8.0)
    earned[0, 2] = 30.0
    due = recoupment(earned, guarantee_per_year=np.full(3, 120.0), first_month_of_year=np.array([0, 8, 0]))
    expected = np.zeros((14, 3))
    expected[11, 0], expected[3, 1], expected[11, 2] = 24.0, 8.0, 2.0
    np.testing.assert_allclose(due, expected)


@given(arrays(np.float64, (24, 2), elements=st.floats(0, 100)), st.floats(0, 1000))
def test_in_every_full_year_a_label_gets_the_greater_of_guarantee_and_royalties(earned, guarantee):
    due = recoupment(earned, guarantee_per_year=np.full(2, guarantee), first_month_of_year=np.zeros(2, dtype=np.int64))
    for year in (slice(0, 12), slice(12, 24)):
        received = (earned + due)[year].sum(axis=0)
        np.testing.assert_allclose(received, np.maximum(earned[year].sum(axis=0), guarantee), rtol=1e-12, atol=1e-9)
