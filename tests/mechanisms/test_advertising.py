"""A month of advertising: the opening stands still, prices answer supply, budgets and clicks, hours answer the load."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts.start import load_start
from model.foundation.errors import InputError
from model.mechanisms.advertising import (
    ad_appeal,
    ad_supply,
    clear_month,
    hours_after_month,
    hours_at_load,
)
from model.spec.parameters import Parameters
from model.state.ad_markets import AUDIO, CHANNELS, INFEED, REWARDED, SEGMENTS, TIKTOK, TOPVIEW, ad_markets

START, PLAIN = load_start(), Parameters()
ADS = ad_markets(START, parameters=PLAIN)
HERE = ADS.on_sale[:, INFEED].astype(float)
US, IN, ID = (ADS.row(name) for name in ("US", "IN", "ID"))


def month(ads=ADS, *, appeal=1.0, budgets=1.0, **supply):
    usual = {"tiktok_hours": HERE, "tiktok_users": HERE, **supply}
    return clear_month(ads, supply=ad_supply(ads, **usual), appeal=appeal, budgets=budgets)


OPENING = month()


def test_the_opening_stands_still() -> None:
    np.testing.assert_allclose(OPENING.price[ADS.on_sale], 1.0, rtol=1e-11)
    np.testing.assert_allclose(OPENING.income[ADS.on_sale], ADS.income[ADS.on_sale], rtol=1e-9)
    assert OPENING.tiktok.sum() * 12 / 1e9 == pytest.approx(7.59, abs=0.01)
    assert OPENING.tiktok[IN] == 0.0
    assert np.isinf(OPENING.price[IN, TIKTOK]).all()
    # In-feed is sold by click, TopView by impression at three times the price; rivals' prices are indices.
    assert OPENING.quotes.cpm[US, INFEED] == pytest.approx(7.0)
    assert OPENING.quotes.cpm[US, TOPVIEW] == pytest.approx(21.0)
    assert OPENING.quotes.click_price[US, INFEED] == pytest.approx(0.6)
    assert np.isnan(OPENING.quotes.click_price[:, TOPVIEW:]).all()
    assert np.isnan(OPENING.quotes.cpm[:, CHANNELS.index("google")]).all()
    assert np.isnan(OPENING.quotes.cpm[IN, TIKTOK]).all()  # nothing to buy while TikTok is banned


def test_spending_is_conserved_and_income_is_price_times_supply() -> None:
    found = month(tiktok_hours=1.3 * HERE, infeed_load=1.2, budgets=np.linspace(0.7, 1.4, 60).reshape(20, 3))
    np.testing.assert_allclose(found.spend.sum(axis=2) + found.outside, found.budgets, rtol=1e-12)
    sold = ADS.income * ad_supply(ADS, tiktok_hours=1.3 * HERE, tiktok_users=HERE, infeed_load=1.2)
    price = np.where(np.isfinite(found.price), found.price, 0.0)
    np.testing.assert_allclose(found.income, price * sold, rtol=1e-10, atol=1e-6)


def test_infeed_is_supplied_by_hours_and_topview_by_users() -> None:
    supply = ad_supply(ADS, tiktok_hours=2.0, tiktok_users=3.0, infeed_load=1.1, topview_days=0.5)
    np.testing.assert_allclose(supply[:, INFEED], 2.0 * 1.1)
    np.testing.assert_allclose(supply[:, TOPVIEW], 3.0 * 0.5)
    others = np.arange(len(CHANNELS)) > TOPVIEW
    np.testing.assert_array_equal(supply[:, others], 1.0)


def test_more_time_on_tiktok_lowers_its_price_and_raises_its_income_by_the_elasticity() -> None:
    # A channel that is small to each of its advertisers: price falls by 1 / ces_sigma of the supply's growth.
    found = month(tiktok_hours=1.01 * HERE, tiktok_users=HERE)
    slope = np.log(found.price[US, INFEED]) / np.log(1.01)
    assert slope == pytest.approx(-1.0 / PLAIN.ces_sigma, abs=0.02)
    assert (found.price <= OPENING.price * (1 + 1e-9)).all()  # rivals lose too
    assert found.tiktok[US] > OPENING.tiktok[US]
    assert (found.income[:, 4:][HERE > 0] < OPENING.income[:, 4:][HERE > 0]).all()


@given(load=st.floats(0.2, 5.0), hours=st.floats(0.2, 3.0), budgets=st.floats(0.3, 3.0))
@settings(max_examples=25, deadline=None)
def test_prices_fall_with_load_and_hours_and_rise_with_budgets(load, hours, budgets) -> None:
    usual = month(tiktok_hours=hours * HERE, infeed_load=load, budgets=budgets)
    fuller = month(tiktok_hours=hours * HERE, infeed_load=1.1 * load, budgets=budgets)
    richer = month(tiktok_hours=hours * HERE, infeed_load=load, budgets=1.1 * budgets)
    there = HERE > 0
    assert (fuller.price[there, INFEED] < usual.price[there, INFEED]).all()
    assert (richer.price[there] > usual.price[there]).all()
    assert (richer.tiktok[there] > usual.tiktok[there]).all()


def test_music_services_share_one_price_of_their_own_impressions() -> None:
    ads = ad_markets(START, parameters=PLAIN, markets=["ID", "BR"], audio_usd=[1e6, 2e6], rewarded_usd=[2e5, 0.0])
    same = clear_month(ads, supply=ad_supply(ads, audio_usd=[1e6, 2e6], rewarded_usd=[2e5, 0.0]))
    np.testing.assert_allclose(same.price, 1.0, rtol=1e-11)
    double = ad_supply(ads, audio_usd=[2e6, 2e6], rewarded_usd=[4e6, 0.0])
    assert double[0, AUDIO] == pytest.approx(1.0 + 1e6 / ads.income[0, AUDIO])
    found = clear_month(ads, supply=double)
    assert found.price[0, AUDIO] < 1.0
    assert found.price[0, REWARDED] < found.price[0, AUDIO]  # 3.8 M more on 4.35 M a month of rewarded video
    np.testing.assert_allclose(found.price[1], 1.0, rtol=1e-11)
    gone = ad_supply(ads, audio_usd=[0.0, 0.0])
    assert gone[0, AUDIO] == pytest.approx(1.0 - ads.own[0, AUDIO])


def test_the_end_of_a_ban_brings_the_income_that_the_law_says_less_what_rivals_keep() -> None:
    found = month(tiktok_hours=1.0, tiktok_users=1.0)
    assert found.tiktok[IN] == pytest.approx(ADS.income[IN, TIKTOK].sum(), rel=0.06)
    assert (found.price[IN, 4:] < 1.0).all()
    others = np.arange(20) != IN
    np.testing.assert_array_equal(found.price[others], OPENING.price[others])


def test_adoption_and_clicks_raise_what_advertisers_pay() -> None:
    adopted = month(appeal=ad_appeal(ADS, adoption=1.5))
    slope = np.log(adopted.price[US, INFEED]) / np.log(1.5)
    assert slope == pytest.approx(1.0 / PLAIN.ces_sigma, abs=0.03)
    appeal = ad_appeal(ADS, click_rates={"tiktok_topview": 2.0})
    brand, performance = SEGMENTS.index("brand"), SEGMENTS.index("performance")
    by_hand = (1.0 + ADS.click_value[brand, TOPVIEW]) ** (PLAIN.ces_sigma - 1.0)
    np.testing.assert_allclose(appeal[:, brand, TOPVIEW], by_hand)
    assert (appeal[:, performance, TOPVIEW] > appeal[:, brand, TOPVIEW]).all()
    clicked = month(appeal=appeal)
    assert clicked.price[US, TOPVIEW] > 1.0 > clicked.price[US, INFEED]
    assert clicked.spend[US, performance, TOPVIEW] > OPENING.spend[US, performance, TOPVIEW]


def test_the_search_may_begin_at_last_month() -> None:
    supply = ad_supply(ADS, tiktok_hours=1.2 * HERE, tiktok_users=HERE)
    again = clear_month(ADS, supply=supply, previous=OPENING)
    np.testing.assert_allclose(again.price, clear_month(ADS, supply=supply).price, rtol=1e-11)


def test_spending_follows_worth_over_price_and_clicks_are_a_part_of_the_worth() -> None:
    appeal = ad_appeal(ADS, adoption=1.3, click_rates={"tiktok_infeed": 1.5})
    found = month(appeal=appeal, tiktok_hours=1.4 * HERE, budgets=1.2)
    quotes, priced = found.quotes, [INFEED, TOPVIEW, AUDIO, REWARDED]
    for row in (US, ID):
        pull = (quotes.value[row][:, priced] / quotes.cpm[row, priced]) ** (PLAIN.ces_sigma - 1.0)
        np.testing.assert_allclose(found.spend[row][:, priced] / found.outside[row][:, None], pull, rtol=1e-9)
        clicks = ADS.clicks[row, INFEED]
        assert quotes.click_price[row, INFEED] == pytest.approx(quotes.cpm[row, INFEED] / 1000.0 / clicks)
        whole = quotes.click_value[row, :, INFEED] * 1000.0 * clicks + quotes.impression_value[row, :, INFEED]
        np.testing.assert_allclose(whole, quotes.value[row, :, INFEED], rtol=1e-12)
        one = quotes.of(row)
        np.testing.assert_array_equal(one.cpm, quotes.cpm[row])
        np.testing.assert_array_equal(one.value, quotes.value[row])
    brand, performance = SEGMENTS.index("brand"), SEGMENTS.index("performance")
    assert quotes.click_value[US, performance, INFEED] > quotes.click_value[US, brand, INFEED]


def test_wrong_supplies_and_channels_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        ad_supply(ADS, tiktok_hours=-1.0, tiktok_users=np.nan)
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="tiktok_infeed"):
        ad_appeal(ADS, click_rates={"tiktok_infed": 1.0})


# --- hours answer the load --------------------------------------------------------------------------------------------


def test_one_more_advertisement_an_hour_costs_two_per_cent_of_the_hours() -> None:
    assert hours_at_load(6.0, opening=6.0, parameters=PLAIN) == 1.0
    assert hours_at_load(7.0, opening=6.0, parameters=PLAIN) == pytest.approx(0.98, abs=3e-4)
    slope = float(hours_at_load(6.0 + 1e-6, opening=6.0, parameters=PLAIN) - 1.0) / 1e-6
    assert slope == pytest.approx(-PLAIN.ad_load_response, rel=1e-4)
    assert hours_at_load(0.0, opening=6.0, parameters=PLAIN) > 1.0


def test_hours_stay_finite_where_an_opening_of_thousands_is_taken_off() -> None:
    parameters = PLAIN.replace({"ad_load_response": 0.2})
    far = hours_at_load([0.0, 4e5, 8e5], opening=4e5, parameters=parameters)
    assert far.tolist() == [pytest.approx(1000.0), 1.0, 0.0]


def test_hours_go_a_third_of_the_way_in_a_month_and_all_of_it_in_time() -> None:
    hours, target = np.ones(1), hours_at_load([10.0], opening=6.0, parameters=PLAIN)
    seen = []
    for _ in range(60):
        hours = hours_after_month(hours, ads_per_hour=[10.0], opening=6.0, parameters=PLAIN)
        seen.append(float(hours[0]))
    assert 1.0 - seen[0] == pytest.approx(0.33 * (1.0 - target[0]))
    np.testing.assert_allclose(seen, target[0] + (1.0 - target[0]) * 0.67 ** np.arange(1, 61), rtol=1e-12)
    assert seen[-1] == pytest.approx(target[0])
