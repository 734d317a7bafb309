from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from model.foundation.errors import InputError
from model.theory.hotelling import blurred_line_price, blurred_line_share, hotelling_prices


def share(gap: float, transport: float) -> float:
    return float(np.clip(0.5 - gap / (2.0 * transport), 0.0, 1.0))


@given(st.floats(0.0, 5.0), st.floats(0.0, 5.0), st.floats(2.0, 6.0))
def test_neither_end_gains_by_another_price(first: float, second: float, transport: float) -> None:
    prices = hotelling_prices([first, second], transport=transport)
    for own, other in ((0, 1), (1, 0)):
        cost = (first, second)[own]
        here = (prices[own] - cost) * share(prices[own] - prices[other], transport)
        for step in (-0.5, -0.01, 0.01, 0.5):
            there = prices[own] + step
            assert (there - cost) * share(there - prices[other], transport) <= here + 1e-9


def test_income_is_passed_on_in_full_and_unequal_costs_by_thirds() -> None:
    np.testing.assert_allclose(hotelling_prices([2.0, 2.0], transport=3.0, income=0.7), [4.3, 4.3])
    np.testing.assert_allclose(hotelling_prices([2.0, 2.6], transport=3.0), [5.2, 5.4])


@pytest.mark.parametrize("gap", [-5.0, -0.4, 0.0, 1.7])
def test_the_blurred_share_is_the_integral_over_the_line(gap: float) -> None:
    area, _ = quad(lambda x: 1.0 / (1.0 + np.exp((3.0 * (2.0 * x - 1.0) + gap) / 0.6)), 0.0, 1.0, epsabs=1e-13)
    assert blurred_line_share(gap, transport=3.0, taste=0.6) == pytest.approx(area, abs=1e-12)


@given(st.floats(0.05, 3.0), st.floats(0.2, 5.0))
def test_the_blurred_price_is_the_best_answer_to_itself(taste: float, transport: float) -> None:
    price = blurred_line_price(1.0, transport=transport, taste=taste)

    def profit(own: float) -> float:
        return (own - 1.0) * float(blurred_line_share(own - price, transport=transport, taste=taste))

    assert all(profit(price * (1.0 + step)) <= profit(price) + 1e-12 for step in (-0.2, -0.01, 0.01, 0.2))


def test_limits_of_the_blurred_line() -> None:
    assert blurred_line_price(2.0, transport=3.0, taste=1e-3) == pytest.approx(5.0, rel=1e-12)
    assert blurred_line_price(2.0, transport=1e-5, taste=1.5) == pytest.approx(5.0, rel=1e-9)
    assert blurred_line_share(1.0, transport=3.0, taste=1e-4) == pytest.approx(1.0 / 3.0, rel=1e-9)


def test_faults() -> None:
    with pytest.raises(InputError, match="three times the transport"):
        hotelling_prices([0.0, 10.0], transport=3.0)
    with pytest.raises(InputError, match="transport"):
        blurred_line_price(1.0, transport=0.0, taste=1.0)
    with pytest.raises(InputError, match="taste"):
        blurred_line_share(1.0, transport=1.0, taste=-1.0)
