"""Platforms with two sides: prices where each side minds how many of the other there are, or what they do to it.

Reference: Armstrong (2006), Competition in two-sided markets, for the line of two platforms; Rochet and Tirole (2003),
Platform competition in two-sided markets, for a price per use on either side; Rochet and Tirole (2006) and Anderson and
Coate (2005) for a platform that is free of charge and lives by advertising.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require, shape_fault


@dataclass(frozen=True, slots=True, eq=False)
class TwoSidedPrices:
    """Prices of both sides, (2,) USD per member or use, and the profit of a platform per person or possible use."""

    prices: FloatArray
    profit: float


def armstrong_prices(costs: ArrayLike, *, transports: ArrayLike, benefits: ArrayLike) -> TwoSidedPrices:
    """Return the symmetric prices of two platforms at the ends of two lines, where everybody joins one.

    A member of side i pays cost_i + transport_i - benefit_j: less by what it is worth to the other side; a platform
    earns half of transport_1 + transport_2 - benefit_1 - benefit_2. costs f: (2,) USD per member. transports t: (2,)
    USD. benefits b: (2,), USD that a member of side i has of the whole other side on its platform. There is such an
    equilibrium only if 4 t_1 t_2 > (b_1 + b_2)^2: else one platform would take all.
    """
    spent, far, gain = floats(costs), floats(transports), floats(benefits)
    require([shape_fault(name, values, (2,)) for name, values in (("costs", spent), ("transports", far))])
    require([
        shape_fault("benefits", gain, (2,)),
        range_fault("transports", far, low=0.0, high=np.inf, open_low=True, open_high=True),
        _tipping_fault(far, gain),
    ])  # fmt: skip
    return TwoSidedPrices(floats(spent + far - gain[::-1]), 0.5 * float(far.sum() - gain.sum()))


def armstrong_members(price_gaps: ArrayLike, *, transports: ArrayLike, benefits: ArrayLike) -> FloatArray:
    """Return the parts (..., 2) of both sides on the first platform, if it charges them `price_gaps` more.

    n_i = 1/2 - (b_i g_j + t_j g_i) / (2 (t_1 t_2 - b_1 b_2)), where each side answers the other; gaps so wide that
    a side would leave altogether are cut to 0 or 1.
    price_gaps g: (..., 2) USD. transports, benefits: (2,), as in `armstrong_prices`.
    """
    gaps, far, gain = floats(price_gaps), floats(transports), floats(benefits)
    require([_tipping_fault(far, gain)])
    moved = gain * gaps[..., ::-1] + far[::-1] * gaps
    return floats(np.clip(0.5 - moved / (2.0 * (far.prod() - gain.prod())), 0.0, 1.0))


def rochet_tirole_prices(cost: float, *, worths: ArrayLike, spreads: ArrayLike) -> TwoSidedPrices:
    """Return the prices per use of a monopoly platform whose sides use it with logit chances.

    A use needs both sides; side i agrees with chance D_i = 1 / (1 + exp((p_i - v_i) / s_i)). Profit
    (p_1 + p_2 - cost) D_1 D_2 is highest where the margin m = p_1 + p_2 - cost is -D_i / D_i' of both sides, that is
    p_i / (p_1 + p_2 - cost) is side i's elasticity: p_i = v_i - s_i ln(m / s_i - 1), one equation in m.
    cost: USD per use. worths v: (2,) USD. spreads s: (2,) USD, above 0.
    """
    value, scale = floats(worths), floats(spreads)
    require([
        shape_fault("worths", value, (2,)),
        shape_fault("spreads", scale, (2,)),
        range_fault("spreads", scale, low=0.0, high=np.inf, open_low=True, open_high=True),
    ])  # fmt: skip
    widest = float(scale.max())

    def prices(margin: float) -> FloatArray:
        return floats(value - scale * np.log(margin / scale - 1.0))

    def excess(log_more: float) -> float:
        margin = widest * (1.0 + np.exp(log_more))
        return float(prices(margin).sum() - cost - margin)

    low, high = -1.0, 1.0
    while excess(low) < 0.0:
        low -= 10.0
    while excess(high) > 0.0:
        high += 1.0
    margin = widest * (1.0 + float(np.exp(brentq(excess, low, high, xtol=1e-14, rtol=1e-14))))
    found = prices(margin)
    chances = 1.0 / (1.0 + np.exp((found - value) / scale))
    return TwoSidedPrices(found, margin * float(chances.prod()))


def ad_load_of_most_income(response: float) -> float:
    """Return the advertisements an hour at which a platform that is free to its users earns most: 1 / response.

    Hours fall with the load a as exp(-response a), so impressions are S = a exp(-response a). As long as more of them
    bring more income, whatever advertisers pay, income is highest where S is: where one more advertisement costs as
    large a part of the hours as it adds to the load. response: part of the hours lost per advertisement an hour.
    """
    require([range_fault("response", response, low=0.0, high=np.inf, open_low=True, open_high=True)])
    return 1.0 / response


def _tipping_fault(transports: FloatArray, benefits: FloatArray) -> Fault | None:
    room = float(4.0 * transports.prod() - benefits.sum() ** 2)
    if room > 0.0:
        return None
    way_out = "Benefits this strong let one platform take all: give weaker ones or longer lines."
    return Fault("benefits", "are weak: (b1 + b2)^2 below 4 t1 t2", float(benefits.sum()), way_out)
