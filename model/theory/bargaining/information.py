"""Bargaining when a side's value is its secret: sealed offers of both, and repeated offers of one.

Reference: Chatterjee and Samuelson (1983), Bargaining under incomplete information; Stokey (1981) and Gul, Sonnenschein
and Wilson (1986) on repeated offers; Fudenberg and Tirole (1991), ch. 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require
from model.theory.bargaining.checks import above_zero_fault, discount_fault, finite_fault, unit_fault


@dataclass(frozen=True, slots=True)
class SealedOffers:
    """The linear equilibrium of `sealed_offers`.

    bid_base, bid_slope: the platform with value v bids bid_base + bid_slope v; ask_base, ask_slope: the label likewise.
    deal_chance: probability that the bid reaches the ask. gains: expected gains of both, USD.
    possible_gains: what they would be if all deals with v >= c were made; efficiency: gains / possible_gains.
    """

    bid_base: float
    bid_slope: float
    ask_base: float
    ask_slope: float
    deal_chance: float
    gains: float
    possible_gains: float
    efficiency: float

    def price(self, value: ArrayLike, cost: ArrayLike, *, bid_weight: float = 0.5) -> FloatArray:
        """Return what is paid at these values and costs (they broadcast), nan where there is no deal."""
        bid = self.bid_base + self.bid_slope * floats(value)
        ask = self.ask_base + self.ask_slope * floats(cost)
        return np.where(bid >= ask, bid_weight * bid + (1.0 - bid_weight) * ask, np.nan)


def sealed_offers(
    values: tuple[float, float] = (0.0, 1.0), *, costs: tuple[float, float] = (0.0, 1.0), bid_weight: float = 0.5
) -> SealedOffers:
    """Return the linear equilibrium when the platform's value and the label's cost are both private and uniform.

    Both write down an offer; if the bid reaches the ask, k bid + (1-k) ask is paid. The bid is
    (v + k lowest ask) / (1 + k), the ask (c + (1-k) highest bid) / (2-k): on U[0, 1] with k = 1/2, 2v/3 + 1/12 and
    2c/3 + 1/4, a deal only if v - c >= 1/4. Deals that would pay both are lost, so that nobody gives himself away.

    values, costs: lowest and highest, USD. bid_weight k: in [0, 1]. The linear equilibrium exists where the ranges
    overlap so far that the highest bid stays below the highest ask and the lowest ask above the lowest bid.
    """
    (v0, v1), (c0, c1), k = values, costs, bid_weight
    require([_range_fault("values", v0, v1), _range_fault("costs", c0, c1), unit_fault("bid_weight", k)])
    # highest bid b = (v1 + k a) / (1 + k) and lowest ask a = (c0 + (1-k) b) / (2-k), solved for both
    highest_bid = ((2.0 - k) * v1 + k * c0) / 2.0
    lowest_ask = (c0 + (1.0 - k) * highest_bid) / (2.0 - k)
    bid_base, bid_slope = k * lowest_ask / (1.0 + k), 1.0 / (1.0 + k)
    ask_base, ask_slope = (1.0 - k) * highest_bid / (2.0 - k), 1.0 / (2.0 - k)
    slack = 1e-12 * (v1 - v0 + c1 - c0)  # at the ends of k an offer touches the other's last one
    bunched = highest_bid > ask_base + ask_slope * c1 + slack or lowest_ask < bid_base + bid_slope * v0 - slack
    rule = "overlap so far that no offer is sure to be accepted"
    way_out = "Give wider ranges: these have no linear equilibrium."
    require([Fault("values, costs", rule, (values, costs), way_out) if bunched or highest_bid < lowest_ask else None])
    # deals fill a triangle between the pair (v1, c0) and the line on which bid and ask are equal
    lowest_value, highest_cost = (lowest_ask - bid_base) / bid_slope, (highest_bid - ask_base) / ask_slope
    area = (v1 - lowest_value) * (highest_cost - c0) / 2.0
    chance = area / ((v1 - v0) * (c1 - c0))
    gains = chance * ((2.0 * v1 + lowest_value) - (2.0 * c0 + highest_cost)) / 3.0
    possible = _possible_gains(v0, v1, c0, c1)
    return SealedOffers(bid_base, bid_slope, ask_base, ask_slope, chance, gains, possible, gains / possible)


def _possible_gains(v0: float, v1: float, c0: float, c1: float) -> float:
    """Return E max(v - c, 0) of independent uniform v and c."""
    cubes = [max(edge, 0.0) ** 3 / 6.0 for edge in (v1 - c0, v1 - c1, v0 - c0, v0 - c1)]
    return (cubes[0] - cubes[1] - cubes[2] + cubes[3]) / ((v1 - v0) * (c1 - c0))


@dataclass(frozen=True, slots=True)
class Screening:
    """Falling offers to a side whose value is uniform on [0, highest].

    cutoff_ratio: the values still unserved shrink by this factor each round. first_offer, profit: USD, of the side that
    offers. offers: (rounds,) USD. served: (rounds,) probability of a deal by each round. mean_delay: expected rounds of
    waiting, 0 when all deals are made in the first.
    """

    cutoff_ratio: float
    first_offer: float
    profit: float
    offers: FloatArray
    served: FloatArray
    mean_delay: float


def screening(discount: float, *, highest: float = 1.0, rounds: int = 24) -> Screening:
    """Return the stationary equilibrium of an informed responder and offers that fall until one is accepted.

    With d per round for both sides: k = (1 - sqrt(1-d)) / d is the ratio of cutoffs, sqrt(1-d) k highest the first
    offer, half of it the profit; offers fall by k each round. As rounds shorten (d to 1) delay and profit vanish
    (Coase), so fix the round at what one exchange of offers takes, 1 to 4 weeks.

    discount d: per round, in (0, 1). highest: USD. rounds: how many to list.
    """
    require(
        [
            range_fault("discount", discount, low=0.0, high=1.0, open_low=True, open_high=True),
            above_zero_fault("highest", highest),
            range_fault("rounds", rounds, low=1, high=np.inf, open_high=True),
        ]
    )
    ratio = float((1.0 - np.sqrt(1.0 - discount)) / discount)
    first = float(np.sqrt(1.0 - discount)) * ratio * highest
    offers = first * ratio ** np.arange(rounds)
    served = 1.0 - ratio ** np.arange(1, rounds + 1)
    return Screening(ratio, first, first / 2.0, floats(offers), floats(served), ratio / (1.0 - ratio))


@dataclass(frozen=True, slots=True)
class ScreeningPlan:
    """One way to make two offers to a side of high or low value.

    first_offer, second_offer, profit: USD. delay_chance: that the first offer is refused; no_deal_chance: both are.
    """

    first_offer: float
    second_offer: float
    profit: float
    delay_chance: float
    no_deal_chance: float


def screening_two_types(high: float, *, low: float, high_chance: float, discount: float) -> dict[str, ScreeningPlan]:
    """Return the plans open to a side that makes two offers to another of value `high` or `low`, the best first.

    together: low at once, accepted by both. apart: high - d (high - low), which the high type likes as much as waiting
    for low; then low. hold_out, where P(high) > low / high: ask high twice; so many high types accept at once that
    asking those left for high is as good as asking them for low, and low types never agree. Ties: the earlier.

    high > low > 0: USD. high_chance: in [0, 1]. discount d: in [0, 1), between the two offers, for both sides.
    """
    rising = None if high > low else Fault("high", "is above low", (high, low), "Give the larger value as high.")
    require(
        [
            above_zero_fault("high", high),
            above_zero_fault("low", low),
            rising,
            unit_fault("high_chance", high_chance),
            discount_fault("discount", discount),
        ]
    )
    apart = high - discount * (high - low)
    profit_apart = high_chance * apart + (1.0 - high_chance) * discount * low
    plans = {
        "together": ScreeningPlan(low, low, low, 0.0, 0.0),
        "apart": ScreeningPlan(apart, low, profit_apart, 1.0 - high_chance, 0.0),
    }
    even = low / high  # the belief at which asking high and asking low are worth the same
    if high_chance > even:
        at_once = (high_chance - even) / (1.0 - even)
        profit = at_once * high + (1.0 - at_once) * discount * low
        plans["hold_out"] = ScreeningPlan(high, high, profit, 1.0 - at_once, 1.0 - high_chance)
    return dict(sorted(plans.items(), key=lambda plan: -plan[1].profit))


def _range_fault(place: str, low: float, high: float) -> Fault | None:
    if low < high:
        return finite_fault(place, [low, high])
    return Fault(place, "rise from lowest to highest", (low, high), "Give the lowest and then the highest.")
