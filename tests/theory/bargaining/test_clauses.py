"""Most-favoured nation, minimum guarantee and the kink of a per-subscriber minimum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.integrate import quad
from scipy.optimize import brentq

from model.foundation.errors import InputError
from model.theory.bargaining.clauses import favoured_terms, favoured_transfer
from model.theory.bargaining.minima import between_at_kink, guarantee_value, kinked_royalty
from model.theory.bargaining.nash import nash_transfer
from model.theory.pricing import bertrand_prices

gain = st.floats(-50.0, 100.0)
weights = st.floats(0.0, 1.0)


def test_a_clause_makes_the_platform_a_harder_bargainer() -> None:
    got = favoured_transfer(30.0, label_gain=0.0, weight=0.5, pass_on=0.8)
    assert got.transfer == pytest.approx(8.3333333333, rel=1e-9)
    assert got.passed_on == pytest.approx(6.6666666667, rel=1e-9)
    for weight in (0.2, 0.5, 0.9):
        deal = favoured_transfer(30.0, label_gain=0.0, weight=weight, pass_on=0.8)
        assert deal.transfer == pytest.approx(weight * 30.0 / 1.8, rel=1e-12)
        assert deal.platform_gain == pytest.approx((1.0 - weight) * 30.0, rel=1e-12)


@given(gain, gain, weights, st.floats(0.0, 3.0), st.floats(-20.0, 40.0))
def test_no_other_transfer_has_a_larger_nash_product(d_p: float, d_l: float, b: float, k: float, t0: float) -> None:
    got = favoured_transfer(d_p, label_gain=d_l, weight=b, pass_on=k, others_terms=t0)
    tried = np.append(np.linspace(-d_l - 1.0, max(d_p, -d_l) + 1.0, 801), [-d_l, t0])
    of_platform = d_p - tried - k * np.maximum(tried - t0, 0.0)
    of_label = d_l + tried
    good = (of_platform >= 0.0) & (of_label >= 0.0)
    assert bool(got.agreed) == bool(good[-2])  # the least the label takes is a deal, or nothing is
    if not got.agreed:
        assert not good.any()
        assert (got.transfer, got.passed_on, got.platform_gain, got.label_gain) == (0.0, 0.0, 0.0, 0.0)
        return
    assert got.passed_on == pytest.approx(k * max(float(got.transfer) - t0, 0.0), abs=1e-9)
    assert got.platform_gain == pytest.approx(d_p - got.transfer - got.passed_on, abs=1e-9)
    assert min(got.platform_gain, got.label_gain) >= -1e-9
    best = (of_platform[good] ** (1.0 - b) * of_label[good] ** b).max()
    mine = max(float(got.platform_gain), 0.0) ** (1.0 - b) * max(float(got.label_gain), 0.0) ** b
    # powers near 0 magnify rounding of gains that are 0 in truth
    assert mine >= best * (1.0 - 1e-9) - 1e-6 or min(b, 1.0 - b) < 0.05


@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0), weights, st.floats(-20.0, 40.0))
def test_without_a_clause_it_is_the_plain_transfer(d_p: float, d_l: float, b: float, t0: float) -> None:
    plain = nash_transfer(d_p, label_gain=d_l, weight=b)
    got = favoured_transfer(d_p, label_gain=d_l, weight=b, pass_on=0.0, others_terms=t0)
    assert got.transfer == pytest.approx(plain.transfer, abs=1e-9)
    assert favoured_transfer(d_p, label_gain=d_l, weight=b, pass_on=5.0, others_terms=1e6).transfer == pytest.approx(
        plain.transfer, abs=1e-9
    )


def test_others_terms_hold_the_transfer_fast() -> None:
    paid = favoured_transfer(30.0, label_gain=0.0, weight=[0.2, 0.4, 0.6, 0.9], pass_on=0.8, others_terms=12.0)
    np.testing.assert_allclose(paid.transfer, [6.0, 12.0, 13.2, 19.8], rtol=1e-12)
    np.testing.assert_allclose(paid.passed_on, [0.0, 0.0, 0.96, 6.24], atol=1e-12)


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.tuples(
            hnp.arrays(float, n, elements=st.floats(0, 10)), hnp.arrays(float, (n, n), elements=weights)
        )
    )
)
def test_cascades_end_with_every_promise_kept(case: tuple[np.ndarray, np.ndarray]) -> None:
    terms, covered = case
    after = favoured_terms(terms, covered=covered)
    assert (after >= terms).all()
    assert after.max() == terms.max()
    assert (after[:, None] >= covered * after[None, :] - 1e-12).all()
    np.testing.assert_allclose(favoured_terms(after, covered=covered), after, rtol=1e-12)
    raised = after > terms
    # nobody gets more than somebody's promise
    assert (np.isclose((covered * after).max(axis=1), after) | ~raised).all()


def test_a_chain_of_clauses_passes_on_a_rise() -> None:
    covered = np.zeros((4, 4))
    covered[1, 0], covered[2, 1], covered[3, 2] = 1.0, 0.9, 1.0
    np.testing.assert_allclose(favoured_terms([10.0, 4.0, 3.0, 2.0], covered=covered), [10.0, 10.0, 9.0, 9.0])


def test_a_guarantee_on_uncertain_royalties() -> None:
    got = guarantee_value(100.0, rev_share=0.55, guarantee=50.0, spread=0.3)
    assert got.payment == pytest.approx(59.0705060245, rel=1e-9)
    assert got.binds_chance == pytest.approx(0.4334094123, rel=1e-9)
    assert got.top_up == pytest.approx(59.0705060245 - 55.0, rel=1e-8)


@given(st.floats(1.0, 100.0), st.floats(0.1, 1.0), st.floats(1.0, 100.0), st.floats(0.05, 1.0))
def test_a_guarantee_is_the_mean_over_its_outcomes(mean: float, share: float, floor: float, s: float) -> None:
    got = guarantee_value(mean, rev_share=share, guarantee=floor, spread=s)
    binds_below = (np.log(floor / (share * mean)) + s * s / 2.0) / s

    def density(z: float) -> float:
        return float(np.exp(-z * z / 2.0) / np.sqrt(2.0 * np.pi))

    def royalty(z: float) -> float:
        return float(share * mean * np.exp(s * z - s * s / 2.0))

    edge = float(np.clip(binds_below, -12.0, 12.0))
    expected = floor * quad(density, -12.0, edge)[0] + quad(lambda z: density(z) * royalty(z), edge, 14.0)[0]
    assert got.payment == pytest.approx(expected, rel=1e-6)
    assert got.binds_chance == pytest.approx(quad(density, -12.0, edge)[0], abs=1e-8)
    assert got.payment >= max(share * mean, floor) * (1.0 - 1e-12)
    assert got.top_up == pytest.approx(got.payment - share * mean, abs=1e-9 * got.payment)
    more = guarantee_value(mean, rev_share=share, guarantee=[floor, 1.1 * floor], spread=[s + 0.1, s])
    assert (more.payment >= got.payment - 1e-12).all()


@given(st.floats(0.0, 1e12), weights, st.floats(0.0, 1e12), st.floats(0.0, 3.0))
def test_no_terms_upset_the_value_of_a_guarantee(mean: float, share: float, floor: float, s: float) -> None:
    got = guarantee_value(mean, rev_share=share, guarantee=floor, spread=s)
    assert got.payment >= max(share * mean, floor) * (1.0 - 1e-12)
    assert got.payment <= (share * mean + floor) * (1.0 + 1e-12)
    assert 0.0 <= got.binds_chance <= 1.0
    assert 0.0 <= got.top_up <= floor


def test_a_sure_royalty_or_no_guarantee_is_plain() -> None:
    got = guarantee_value(
        [100.0, 100.0, 100.0, 0.0], rev_share=0.5, guarantee=[40.0, 60.0, 0.0, 7.0], spread=[0, 0, 0.3, 0.3]
    )
    assert got.payment.tolist() == [50.0, 60.0, 50.0, 7.0]
    assert got.top_up.tolist() == [0.0, 10.0, 0.0, 7.0]
    assert got.binds_chance.tolist() == [0.0, 1.0, 0.0, 1.0]


@pytest.mark.parametrize(("minimum", "price"), [(1.0, 2.2103227070), (1.3, 2.6), (1.6, 3.1247376509)])
def test_a_price_at_or_beside_the_kink(minimum: float, price: float) -> None:
    def best(kept: float, cost: float) -> float:
        """The monopoly price with logit demand of value 2 when `kept` of the price stays and `cost` is borne."""

        def slope(p: float) -> float:
            share = np.exp(2.0 - p) / (1.0 + np.exp(2.0 - p))
            return float(kept - (kept * p - cost) * (1.0 - share))

        return float(brentq(slope, 0.0, 50.0, xtol=1e-14, rtol=1e-14))

    kink = kinked_royalty(price, rev_share=0.5, minimum=minimum).kink
    got = between_at_kink(best(1.0, 0.2 + minimum), above=best(0.5, 0.2), kink=kink)
    # the oracle's first case lies above its kink of 2, the last one below its kink of 3.2
    assert got == pytest.approx(price, rel=1e-9)
    known = bertrand_prices(
        [[2.0]], marginal_utility=[1.0], costs=[0.2], firms=[0], nests=[1], rev_share=0.5, minimum=minimum
    )
    assert got == pytest.approx(known.prices[0], rel=1e-9)


@given(st.floats(0.0, 50.0), weights, st.floats(0.0, 20.0))
def test_the_royalty_is_the_greater_and_its_slopes_are_right(price: float, share: float, floor: float) -> None:
    got = kinked_royalty(price, rev_share=share, minimum=floor)
    assert got.royalty == max(share * price, floor)
    assert got.slope_below in (0.0, share)
    assert got.slope_above >= got.slope_below
    assert (got.slope_above == got.slope_below) or share * price == floor
    with np.errstate(over="ignore"):
        assert got.kink == (pytest.approx(np.float64(floor) / share) if share > 0.0 else np.inf)
    at_kink = kinked_royalty(8.0, rev_share=0.25, minimum=2.0)
    assert (at_kink.slope_below, at_kink.slope_above) == (0.0, 0.25)


def test_faults_are_named() -> None:
    with pytest.raises(InputError) as caught:
        favoured_transfer(np.nan, label_gain=np.inf, weight=-0.1, pass_on=-1.0, others_terms=np.nan)
    assert [f.place for f in caught.value.faults] == [
        "platform_gain",
        "label_gain",
        "weight",
        "pass_on",
        "others_terms",
    ]
    with pytest.raises(InputError) as caught:
        favoured_terms([1.0, -1.0], covered=[[0.0, 1.1], [0.0, 0.0]])
    assert [f.place for f in caught.value.faults] == ["terms", "covered"]
    with pytest.raises(InputError, match="covered"):
        favoured_terms([1.0, 1.0], covered=[0.0, 0.0])
    with pytest.raises(InputError) as caught:
        guarantee_value(-1.0, rev_share=1.1, guarantee=-1.0, spread=np.nan)
    assert [f.place for f in caught.value.faults] == ["revenue", "rev_share", "guarantee", "spread"]
    with pytest.raises(InputError) as caught:
        kinked_royalty([1.0, 2.0], rev_share=[0.1, 0.2, 0.3], minimum=-1.0)
    assert [f.place for f in caught.value.faults] == ["minimum", "prices, rev_share, minimum"]
