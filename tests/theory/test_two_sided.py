from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.theory.hotelling import hotelling_prices
from model.theory.two_sided import (
    ad_load_of_most_income,
    armstrong_members,
    armstrong_prices,
    rochet_tirole_prices,
)

UNEQUAL = {"transports": [3.0, 2.5], "benefits": [0.6, 1.9]}


def test_each_side_pays_less_by_what_it_is_worth_to_the_other() -> None:
    found = armstrong_prices([2.0, 1.0], **UNEQUAL)
    np.testing.assert_allclose(found.prices, [3.1, 2.9])
    assert found.profit == pytest.approx(1.5)
    plain = armstrong_prices([2.0, 1.0], transports=[3.0, 2.5], benefits=[0.0, 0.0])
    np.testing.assert_allclose(plain.prices[0], hotelling_prices([2.0, 2.0], transport=3.0)[0])


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_no_platform_gains_by_other_prices(first: float, second: float) -> None:
    costs, found = np.array([2.0, 1.0]), armstrong_prices([2.0, 1.0], **UNEQUAL)
    trial = found.prices + np.array([first, second])
    members = armstrong_members(trial - found.prices, **UNEQUAL)
    assert (trial - costs) @ members <= found.profit + 1e-9


def test_members_answer_each_other_and_a_dearer_platform_loses_on_both_sides() -> None:
    np.testing.assert_allclose(armstrong_members([0.0, 0.0], **UNEQUAL), 0.5)
    members = armstrong_members([0.5, 0.0], **UNEQUAL)
    for own, other, far, gain, gap in ((0, 1, 3.0, 0.6, 0.5), (1, 0, 2.5, 1.9, 0.0)):
        assert members[own] == pytest.approx(0.5 + (gain * (2.0 * members[other] - 1.0) - gap) / (2.0 * far))
    assert (members < 0.5).all()


@given(st.floats(0.0, 3.0), st.floats(0.2, 2.0), st.floats(0.2, 2.0))
def test_prices_per_use_meet_rochet_and_tiroles_condition_and_cannot_be_bettered(
    cost: float, one: float, two: float
) -> None:
    worths, spreads = np.array([1.0, 2.5]), np.array([one, two])

    def profit(prices: np.ndarray) -> float:
        return float((prices.sum() - cost) / np.prod(1.0 + np.exp((prices - worths) / spreads)))

    found = rochet_tirole_prices(cost, worths=worths, spreads=spreads)
    chance = 1.0 / (1.0 + np.exp((found.prices - worths) / spreads))
    margin = found.prices.sum() - cost
    np.testing.assert_allclose(found.prices / spreads * (1.0 - chance), found.prices / margin, rtol=1e-7, atol=1e-9)
    assert found.profit == pytest.approx(profit(found.prices), rel=1e-9)
    for step in np.array([[0.1, 0.0], [0.0, 0.1], [0.1, -0.1], [-0.1, 0.1], [-0.1, -0.1]]):
        assert profit(found.prices + step) <= found.profit * (1.0 + 1e-12)


@pytest.mark.parametrize("power", [1.0, 0.4, 0.05])
def test_the_load_of_most_income_does_not_depend_on_what_advertisers_pay(power: float) -> None:
    best = ad_load_of_most_income(0.02)
    loads = best * np.array([0.5, 0.9, 1.0, 1.1, 2.0])
    assert ((loads * np.exp(-0.02 * loads)) ** power).argmax() == 2


def test_faults() -> None:
    with pytest.raises(InputError, match="one platform take all"):
        armstrong_prices([1.0, 1.0], transports=[1.0, 1.0], benefits=[1.5, 1.5])
    with pytest.raises(InputError, match="spreads"):
        rochet_tirole_prices(1.0, worths=[1.0, 1.0], spreads=[1.0, 0.0])
    with pytest.raises(InputError, match="response"):
        ad_load_of_most_income(0.0)
