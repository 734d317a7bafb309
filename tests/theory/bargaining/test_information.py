"""Private values: sealed offers of both sides, falling offers of one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.theory.bargaining.information import screening, screening_two_types, sealed_offers


def test_chatterjee_and_samuelson() -> None:
    got = sealed_offers()
    np.testing.assert_allclose(
        [got.bid_base, got.bid_slope, got.ask_base, got.ask_slope], [1 / 12, 2 / 3, 1 / 4, 2 / 3]
    )
    assert got.deal_chance == pytest.approx(9 / 32, rel=1e-9)
    assert got.gains == pytest.approx(9 / 64, rel=1e-9)
    assert got.efficiency == pytest.approx(27 / 32, rel=1e-9)
    price = got.price([0.7, 0.7, 1.0], [0.4, 0.5, 0.0])
    np.testing.assert_allclose(price[[0, 2]], [(0.7 * 2 / 3 + 1 / 12 + 0.4 * 2 / 3 + 1 / 4) / 2, 0.5], rtol=1e-12)
    assert np.isnan(price[1])


@given(st.floats(0.0, 1.0), st.floats(-50.0, 50.0), st.floats(0.1, 100.0), st.floats(-0.2, 0.2), st.floats(0.8, 1.2))
def test_nobody_gains_by_another_offer(k: float, low: float, width: float, shift: float, wider: float) -> None:
    values, costs = (low, low + width), (low + shift * width, low + (shift + wider) * width)
    try:
        got = sealed_offers(values, costs=costs, bid_weight=k)
    except InputError as refused:
        assume("overlap" not in str(refused))
        raise
    value, cost = np.linspace(*values, 401), np.linspace(*costs, 401)
    bids, asks = got.bid_base + got.bid_slope * value, got.ask_base + got.ask_slope * cost
    slack = 1e-9 * (width + abs(low))

    def bidding(bid: np.ndarray, own: float) -> np.ndarray:
        """Expected gain of a bid: asks are uniform between the first and the last."""
        accepted = np.clip(bid, asks[0], asks[-1])
        chance = (accepted - asks[0]) / (asks[-1] - asks[0])
        return np.asarray(chance * (own - k * bid - (1.0 - k) * (asks[0] + accepted) / 2.0))

    def asking(ask: np.ndarray, own: float) -> np.ndarray:
        accepted = np.clip(ask, bids[0], bids[-1])
        chance = (bids[-1] - accepted) / (bids[-1] - bids[0])
        return np.asarray(chance * (k * (bids[-1] + accepted) / 2.0 + (1.0 - k) * ask - own))

    others = np.linspace(min(bids[0], asks[0]), max(bids[-1], asks[-1]), 301)
    for own, bid in zip(value[::50], bids[::50], strict=True):
        assert max(float(bidding(bid, own)), 0.0) >= bidding(others, own).max() - slack
    for own, ask in zip(cost[::50], asks[::50], strict=True):
        assert max(float(asking(ask, own)), 0.0) >= asking(others, own).max() - slack
    deal = bids[:, None] >= asks
    surplus = value[:, None] - cost
    assert got.deal_chance == pytest.approx(deal.mean(), abs=0.01)
    assert got.gains == pytest.approx((deal * surplus).mean(), abs=0.01 * width)
    assert got.possible_gains == pytest.approx(np.maximum(surplus, 0.0).mean(), abs=0.01 * width)
    assert 0.0 < got.efficiency <= 1.0


@pytest.mark.parametrize(
    ("discount", "ratio", "offer"),
    [
        (0.5, 0.585786437627, 0.414213562373),
        (0.9, 0.759746926648, 0.240253073352),
        (0.99, 0.909090909091, 0.090909090909),
    ],
)
def test_falling_offers(discount: float, ratio: float, offer: float) -> None:
    got = screening(discount)
    assert got.cutoff_ratio == pytest.approx(ratio, rel=1e-9)
    assert got.first_offer == pytest.approx(offer, rel=1e-9)
    assert got.profit == pytest.approx(offer / 2.0, rel=1e-9)


@given(st.floats(0.05, 0.97), st.floats(0.1, 1e3))
def test_the_cutoff_type_is_indifferent_and_profit_adds_up(d: float, highest: float) -> None:
    got = screening(d, highest=highest, rounds=2000)
    cutoff = got.cutoff_ratio * highest
    assert cutoff - got.offers[0] == pytest.approx(d * (cutoff - got.offers[1]), rel=1e-9)
    masses = np.diff(got.served, prepend=0.0)
    ages = np.arange(2000)
    assert got.profit == pytest.approx((d**ages * masses) @ got.offers, rel=1e-6)
    assert got.mean_delay == pytest.approx(ages @ masses, rel=1e-6)


def test_short_rounds_leave_no_profit() -> None:
    weekly, daily = (screening(float(np.exp(-0.1 * length / 52))) for length in (1.0, 1 / 7))
    assert daily.profit < weekly.profit < screening(0.9).profit
    assert daily.mean_delay / 7 < weekly.mean_delay  # in weeks: more rounds, but less time


def test_two_types_told_apart() -> None:
    plan = screening_two_types(10.0, low=4.0, high_chance=0.6, discount=0.9)["apart"]
    assert plan.first_offer == pytest.approx(4.6, rel=1e-9)
    assert plan.profit == pytest.approx(4.2, rel=1e-9)
    assert plan.delay_chance == pytest.approx(0.4, rel=1e-9)
    assert plan.no_deal_chance == 0.0


def best_by_search(high: float, low: float, chance: float, d: float) -> float:
    """The offering side's best profit over a grid of first offers, the rest worked out by sequential rationality."""
    best = 0.0
    even = low / high
    for offer in np.append(np.linspace(0.01, high, 2001), [low, high - d * (high - low)]):
        if offer <= low:
            profit = offer
        elif offer <= high - d * (high - low) + 1e-12:
            profit = chance * offer + (1.0 - chance) * d * low
        elif chance <= even:  # all wait for the low offer that surely follows
            profit = d * low
        else:  # enough accept that the second offer may be high with the chance that keeps them indifferent
            now = (chance - even) / (1.0 - even)
            profit = now * offer + (1.0 - now) * d * low
        best = max(best, profit)
    return best


@given(st.floats(1.0, 10.0), st.floats(0.1, 0.95), st.floats(0.0, 1.0), st.floats(0.0, 0.99))
def test_the_best_plan_is_the_best_first_offer(high: float, part: float, chance: float, d: float) -> None:
    plans = screening_two_types(high, low=part * high, high_chance=chance, discount=d)
    profits = [plan.profit for plan in plans.values()]
    assert profits == sorted(profits, reverse=True)
    assert profits[0] == pytest.approx(best_by_search(high, part * high, chance, d), rel=1e-9)
    assert ("hold_out" in plans) == (chance > part * high / high)


def test_holding_out_may_beat_telling_apart() -> None:
    plans = screening_two_types(10.0, low=4.0, high_chance=0.6, discount=0.9)
    assert list(plans) == ["hold_out", "apart", "together"]
    held = plans["hold_out"]
    # a third of all accept 10 at once; of the others 40% are high, so that 10 and 4 are worth the same
    assert held.profit == pytest.approx(10.0 / 3.0 + 0.9 * 4.0 * 2.0 / 3.0, rel=1e-12)
    assert (held.delay_chance, held.no_deal_chance) == (pytest.approx(2.0 / 3.0), pytest.approx(0.4))
    assert list(screening_two_types(10.0, low=9.0, high_chance=0.3, discount=0.9)) == ["together", "apart"]


def test_faults_are_named() -> None:
    with pytest.raises(InputError) as caught:
        sealed_offers((1.0, 1.0), costs=(0.0, np.inf), bid_weight=1.5)
    assert [f.place for f in caught.value.faults] == ["values", "costs", "bid_weight"]
    for values, costs in (((10.0, 11.0), (0.0, 1.0)), ((0.0, 1.0), (10.0, 11.0))):
        with pytest.raises(InputError, match="overlap"):
            sealed_offers(values, costs=costs)
    for discount in (0.0, 1.0, np.nan):
        with pytest.raises(InputError, match="discount"):
            screening(discount)
    with pytest.raises(InputError) as caught:
        screening_two_types(3.0, low=4.0, high_chance=1.2, discount=1.0)
    assert [f.place for f in caught.value.faults] == ["high", "high_chance", "discount"]
