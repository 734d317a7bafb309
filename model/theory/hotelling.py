"""Two services at the ends of a line of tastes: Hotelling's prices, and the same line blurred by logit tastes.

A person at x in [0, 1] has the utility v - transport x - p of the service at 0 and v - transport (1 - x) - q of that at
1; everybody takes one of them. With a taste term of the extreme value kind and scale `taste` (USD) on top, demand is a
logit of many tastes; as `taste` falls to 0 it is Hotelling's line, as `transport` does a plain logit of two.
Reference: Hotelling (1929); d'Aspremont, Gabszewicz and Thisse (1979); de Palma, Ginsburgh, Papageorgiou and Thisse
(1985) for the blurred line.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require, shape_fault


def hotelling_prices(costs: ArrayLike, *, transport: float, income: ArrayLike = 0.0) -> FloatArray:
    """Return the prices (2,) at which neither end gains by another: transport + (2 k_i + k_j) / 3, k = cost - income.

    costs: (2,) USD per person. transport: USD from one end to the other, above 0. income: one number or (2,), USD that
    a person brings besides the price, as from advertisers who reach people on either service: it lowers the prices like
    a cost that is not there, so equal incomes are passed on in full. The costs, incomes taken off, differ by at most
    three times the transport, else one service has everybody.
    """
    spent = floats(costs)
    require([shape_fault("costs", spent, (2,)), _above_zero("transport", transport)])
    net = spent - np.broadcast_to(floats(income), (2,))
    if abs(float(net[0] - net[1])) > 3.0 * transport:
        way_out = "One service takes everybody: such a market has no prices of this kind."
        require([Fault("costs", "differ by at most three times the transport", float(net[0] - net[1]), way_out)])
    return floats(transport + (2.0 * net + net[::-1]) / 3.0)


def blurred_line_share(price_gap: ArrayLike, *, transport: float, taste: float) -> FloatArray:
    """Return the share of the service at 0 where it costs `price_gap` more than the one at 1.

    The integral over x of 1 / (1 + exp((transport (2x - 1) + gap) / taste)), which is
    1 - taste / (2 transport) (L((gap + transport) / taste) - L((gap - transport) / taste)) with L(u) = ln(1 + e^u).
    price_gap: any shape, USD. transport, taste: USD, above 0.
    """
    gap = floats(price_gap)
    require([_above_zero("transport", transport), _above_zero("taste", taste)])
    far, near = np.logaddexp(0.0, (gap + transport) / taste), np.logaddexp(0.0, (gap - transport) / taste)
    return floats(1.0 - taste / (2.0 * transport) * (far - near))


def blurred_line_price(cost: float, *, transport: float, taste: float) -> float:
    """Return the price of two services of equal cost on the blurred line: cost + transport / tanh(transport / 2 taste).

    It tends to cost + transport (Hotelling) as taste falls to 0, and to cost + 2 taste (logit of two services without
    an outside option) as transport does. cost: USD. transport, taste: USD, above 0.
    """
    require([_above_zero("transport", transport), _above_zero("taste", taste)])
    return float(cost + transport / np.tanh(transport / (2.0 * taste)))


def _above_zero(place: str, value: float) -> Fault | None:
    return range_fault(place, value, low=0.0, high=np.inf, open_low=True, open_high=True)
