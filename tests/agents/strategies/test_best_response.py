"""Best response: to the top of the forked profit, no further than a step, and to Bertrand's prices without dynamics."""

import numpy as np
import pytest

from model.market.outlook import MarketOutlook
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from model.theory.nested_logit import nested_logit
from model.theory.pricing import bertrand_prices
from tests.agents.strategies.conftest import SMALL, STARTS, Stage, offer

ROW = {
    "rule": "best_response",
    "platform": "resso",
    "review_months": 3,
    "look_ahead_months": 7,
    "users": 60,
    "step": 0.2,
}
PRICE = ("price", "premium")


def staged(top, *, price=100.0, **more):
    """Return (rule, stage) where profit is a parabola in the logarithm of the price with its top there."""
    return Stage.of(
        {**ROW, **more}, offers={"resso": [offer("premium", price)]},
        profit=lambda now: 5.0 - np.log(now.get(PRICE, price) / top) ** 2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("top", "found"), [(110.0, 110.0), (95.0, 95.0), (300.0, 100 * np.exp(0.2)), (1.0, 100 * np.exp(-0.2))]
)
def test_goes_to_the_top_but_no_further_than_a_step(top: float, found: float) -> None:
    rule, stage = staged(top)
    ((month, name, tier, value),) = stage.live(rule, 3)
    assert (month, name, tier) == (1, "price", "premium")
    assert value == pytest.approx(found)


def test_stays_at_the_optimum() -> None:
    rule, stage = staged(100.0)
    moves = [value for *_, value in stage.live(rule, 3)]
    assert moves == pytest.approx([100.0] * len(moves))


def test_stays_where_nothing_depends_on_the_lever() -> None:
    rule, stage = Stage.of(ROW, offers={"resso": [offer("premium")]}, profit=lambda now: 3.0)
    assert stage.live(rule, 6) == []


def test_reviews_by_its_calendar_with_its_users_and_months() -> None:
    rule, stage = staged(150.0)
    assert [month for month, *_ in stage.live(rule, 7)] == [1, 4, 7]
    assert set(stage.asked) == {(7, 60)}
    assert len(stage.asked) == 3 * 5


def test_marketing_and_free_services() -> None:
    rule, stage = Stage.of(
        {**ROW, "lever": "marketing"}, offers={"resso": [offer("free_ads", 0.0, paid=False)]},
        profit=lambda now: -abs(now.get(("marketing", ""), 1.0)),
    )  # fmt: skip
    assert stage.live(rule, 1) == [(1, "marketing", "", pytest.approx(np.exp(-0.2)))]
    rule, stage = Stage.of(ROW, offers={"resso": [offer("free_ads", 0.0, paid=False)]}, profit=lambda now: 1.0)
    assert stage.live(rule, 4) == []
    rule, stage = Stage.of(ROW, offers={}, profit=lambda now: 1.0)
    assert stage.live(rule, 4) == []


def test_without_dynamics_two_firms_end_at_bertrands_prices() -> None:
    """Each moves by its own review on a static nested logit; the fixed point is theory's within 1%."""
    worth, slope, costs, share = np.array([[2.0, 1.2]]), np.array([0.35]), np.array([1.0, 2.0]), 0.3
    exact = bertrand_prices(
        worth, marginal_utility=slope, costs=costs, firms=[0, 1], nests=[0, 0], nest_sigma=0.4, rev_share=share
    ).prices
    assert np.ptp(exact) > 0.3  # no symmetric toy

    def profit(prices, own):
        value = np.concatenate([[0.0], worth[0] - slope[0] * prices])
        people = nested_logit(value[None, :], np.array([0, 1, 1]), nest_sigma=0.4)[0, 1:]
        return float(people[own] * ((1.0 - share) * prices[own] - costs[own]))

    prices = np.array([3.0, 12.0])
    for turn in range(80):
        own = turn % 2

        def ahead(now, own=own):
            tried = prices.copy()
            tried[own] = now.get(PRICE, prices[own])
            return profit(tried, own)

        rule, stage = Stage.of(ROW, offers={"resso": [offer("premium", prices[own])]}, profit=ahead)
        for *_, value in stage.live(rule, 1):
            prices[own] = value
    assert prices == pytest.approx(exact, rel=0.01)


def test_in_the_world_it_moves_to_what_forks_say_pays() -> None:
    """Of the steps that it could take, the one nearest to where it went is the best of the forked profits."""
    row = {"rule": "best_response", "platform": "spotify", "look_ahead_months": 4, "users": 600, "step": 0.4}
    plan = Scenario.from_mapping({**SMALL, "users": 600, "strategies": {"mine": row}})
    world = StreamingMarket(plan, starts=STARTS).world
    (move,) = world.firms.month(world)
    (own,) = (plan for plan, _ in world.firms.played)
    outlook = MarketOutlook(world, plan=own, last={one.market: one for one in world.records}, held={})
    price = outlook.offers("ID")[0].price if outlook.offers("ID")[0].tier == "individual" else 54_990.0
    steps = 0.4 * np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    profits = [
        outlook.ahead([outlook.set("price", "ID", price * np.exp(step), "individual")], months=4, users=600).profit(
            "ID"
        )
        for step in steps
    ]
    went = np.log(move.value / price)
    assert np.ptp(profits) > 0.0
    assert np.abs(steps - went).argmin() == int(np.argmax(profits))
