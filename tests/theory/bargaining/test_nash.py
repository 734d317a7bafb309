"""Money divided between two sides, and contracts on a royalty."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import lambertw

from model.foundation.errors import InputError
from model.theory.bargaining.contracts import royalty_only, two_part_contract
from model.theory.bargaining.nash import nash_division, nash_transfer
from model.theory.pricing import bertrand_prices

money = st.floats(-1e6, 1e6)
weights = st.floats(0.0, 1.0)


def test_a_sum_is_divided_by_weight_over_disagreement() -> None:
    np.testing.assert_allclose(nash_division([4.0, 10.0], disagreement=[2.0, 3.0], weight=0.3), [8.3, 5.7], rtol=1e-9)
    np.testing.assert_array_equal(nash_division([4.0, 10.0], disagreement=[8.0, 7.0], weight=0.3), [8.0, 7.0])


@given(money, money, weights)
def test_both_share_the_surplus_or_there_is_no_deal(d_p: float, d_l: float, b: float) -> None:
    deal = nash_transfer(d_p, label_gain=d_l, weight=b)
    assert bool(deal.agreed) == (d_p + d_l >= 0.0)
    if deal.agreed:
        size = 1e-9 * (1.0 + abs(d_p) + abs(d_l))
        assert deal.transfer == pytest.approx(b * (d_p + d_l) - d_l, abs=size)
        assert -d_l - size <= deal.transfer <= d_p + size
        assert deal.platform_gain == pytest.approx(d_p - deal.transfer, abs=size)
        assert deal.label_gain == pytest.approx(d_l + deal.transfer, abs=size)
        assert min(deal.platform_gain, deal.label_gain) >= 0.0
    else:
        assert (deal.transfer, deal.platform_gain, deal.label_gain) == (0.0, 0.0, 0.0)


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e4), st.floats(0.0, 0.5))
def test_the_transfer_is_linear_in_the_weight_with_the_surplus_as_slope(d_p: float, d_l: float, b: float) -> None:
    low, high = nash_transfer(d_p, label_gain=d_l, weight=[b, b + 0.5]).transfer
    assert high - low == pytest.approx(0.5 * (d_p + d_l), abs=1e-8)


@given(st.floats(0.0, 1e4), st.floats(-1e3, 1e4), st.floats(0.0, 1e4), weights)
def test_promotion_lowers_the_transfer_by_what_the_label_keeps_not(d_p: float, d_l: float, x: float, b: float) -> None:
    plain, promoted = nash_transfer(d_p + 1e3, label_gain=[d_l, d_l + x], weight=b).transfer
    assert plain - promoted == pytest.approx((1.0 - b) * x, abs=1e-8)


@given(money, money, weights, st.floats(1e-3, 1e3))
def test_the_unit_of_money_and_the_order_of_pairs_do_not_matter(d_p: float, d_l: float, b: float, unit: float) -> None:
    plain = nash_transfer([d_p, 3.0], label_gain=[d_l, 1.0], weight=b)
    scaled = nash_transfer([3.0 * unit, d_p * unit], label_gain=[unit, d_l * unit], weight=b)
    if abs(d_p + d_l) > 1e-6:
        np.testing.assert_allclose(scaled.transfer[::-1], plain.transfer * unit, rtol=1e-6, atol=1e-6 * unit)


def logit_gains(royalty: float) -> tuple[float, float]:
    """A monopoly with logit demand of value 2 and cost .5: its profit and the label's income, in closed form."""
    markup = 1.0 + float(lambertw(np.exp(2.0 - 0.5 - royalty - 1.0)).real)
    users = 1.0 - 1.0 / markup
    return (markup * users), royalty * users


@pytest.mark.parametrize(
    ("weight", "royalty"), [(0.2, 0.3514730918), (0.5, 0.8561822966), (0.8, 1.3128547971), (1.0, 1.5874199485)]
)
def test_royalty_without_lump_sum(weight: float, royalty: float) -> None:
    got = royalty_only(logit_gains, bounds=(0.0, 4.0), weight=weight)
    assert got.agreed
    assert got.royalty == pytest.approx(royalty, rel=1e-9)
    for change in np.linspace(-0.3, 0.3, 61):
        of_platform, of_label = logit_gains(royalty + change)
        product = of_platform ** (1.0 - weight) * of_label**weight
        assert product <= got.platform_gain ** (1.0 - weight) * got.label_gain**weight + 1e-12


@pytest.mark.parametrize(("solution", "royalty"), [("kalai_smorodinsky", 0.6476420762), ("egalitarian", 1.3198896278)])
def test_royalty_by_other_solutions(solution: str, royalty: float) -> None:
    assert royalty_only(logit_gains, bounds=(0.0, 4.0), solution=solution).royalty == pytest.approx(royalty, rel=1e-9)


def test_the_royalty_does_not_depend_on_the_bounds_or_on_a_sides_unit() -> None:
    plain = royalty_only(logit_gains, bounds=(0.0, 4.0), weight=0.4).royalty
    assert royalty_only(logit_gains, bounds=(-0.5, 3.1), weight=0.4).royalty == pytest.approx(plain, rel=1e-9)

    def in_cents(royalty: float) -> tuple[float, float]:
        of_platform, of_label = logit_gains(royalty)
        return of_platform, 100.0 * of_label

    assert royalty_only(in_cents, bounds=(0.0, 4.0), weight=0.4).royalty == pytest.approx(plain, rel=1e-9)
    fair = royalty_only(in_cents, bounds=(0.0, 4.0), solution="kalai_smorodinsky").royalty
    assert fair == pytest.approx(0.6476420762, rel=1e-8)


def test_kalai_smorodinsky_counts_only_royalties_that_harm_nobody() -> None:
    def with_promotion_cost(royalty: float) -> tuple[float, float]:
        return 3.0 - royalty, royalty - 1.0  # ideals 2 and 2 on [1, 3]: the middle

    got = royalty_only(with_promotion_cost, bounds=(0.0, 7.3), solution="kalai_smorodinsky")
    assert got.royalty == pytest.approx(2.0, rel=1e-9)
    assert royalty_only(with_promotion_cost, bounds=(0.0, 7.3), weight=0.25).royalty == pytest.approx(1.5, rel=1e-9)
    at_most = royalty_only(with_promotion_cost, bounds=(0.0, 7.3), weight=1.0)
    assert at_most.royalty == pytest.approx(3.0, abs=1e-6)
    assert at_most.platform_gain >= 0.0


def test_a_bound_may_be_best_and_there_may_be_no_deal() -> None:
    assert royalty_only(logit_gains, bounds=(0.0, 0.6), weight=0.8).royalty == 0.6
    assert royalty_only(logit_gains, bounds=(0.0, 0.6), solution="egalitarian").royalty == 0.6
    nobody = royalty_only(lambda r: (1.0 - r, r - 2.0), bounds=(0.0, 4.0))
    assert (nobody.agreed, nobody.royalty, nobody.label_gain) == (False, 0.0, 0.0)
    assert not two_part_contract(lambda r: (1.0 - r, r - 2.0), weight=0.5).agreed


def test_two_part_contract_prices_at_marginal_cost() -> None:
    got = two_part_contract(logit_gains, weight=0.3)
    price = bertrand_prices([[2.0]], marginal_utility=[1.0], costs=[0.5 + got.royalty], firms=[0], nests=[1])
    assert price.prices[0] == pytest.approx(2.2662486082, rel=1e-9)
    assert got.platform_gain + got.label_gain == pytest.approx(0.7662486082, rel=1e-9)
    assert got.label_gain == pytest.approx(0.3 * 0.7662486082, rel=1e-9)
    assert got.lump_sum == pytest.approx(got.label_gain, rel=1e-9)
    for weight in (0.2, 0.5, 0.8):
        alone = royalty_only(logit_gains, bounds=(0.0, 4.0), weight=weight)
        assert alone.platform_gain + alone.label_gain < 0.7662486082


def test_faults_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        nash_transfer(nan, label_gain=[1.0, 2.0], weight=[0.1, 0.2, 1.3])
    places = [fault.place for fault in caught.value.faults]
    assert places == ["platform_gain", "weight", "platform_gain, label_gain, weight"]
    with pytest.raises(InputError, match="two sides"):
        nash_division([1.0, 2.0, 3.0], disagreement=[0.0, 0.0], weight=0.5)
    with pytest.raises(InputError) as caught:
        royalty_only(logit_gains, bounds=(1.0, 1.0), weight=-0.1, solution="fair")
    assert [fault.place for fault in caught.value.faults] == ["bounds", "weight", "solution"]
    with pytest.raises(InputError, match="gains"):
        royalty_only(lambda r: (nan, r), bounds=(0.0, 1.0))
