"""Advertising at the opening: the start's spending and prices are met, segments differ, a ban leaves room."""

from __future__ import annotations

import numpy as np
import pytest

from model.facts.start import load_start
from model.foundation.errors import InputError
from model.spec.parameters import Parameters
from model.state.ad_markets import AUDIO, CHANNELS, INFEED, REWARDED, SEGMENTS, TIKTOK, TOPVIEW, ad_markets

START, PLAIN = load_start(), Parameters()
ADS = ad_markets(START, parameters=PLAIN)


def test_every_channel_takes_what_the_start_says() -> None:
    for name, market in START.markets.items():
        row, total = ADS.row(name), market.ads.digital_ad_spend_usd_bn.value * 1e9 / 12.0
        for channel in ("google", "facebook", "snap", "twitter"):
            spent = ADS.income[row, CHANNELS.index(channel)]
            assert spent == pytest.approx(market.ads.channel_shares[channel] * total)
        assert ADS.income[row, AUDIO] == pytest.approx(market.ads.channel_shares["audio"] * total)
        assert ADS.budgets[row].sum() == pytest.approx(total)
        if name != "IN":
            tiktok = market.tiktok
            assert ADS.income[row, TIKTOK].sum() == pytest.approx(tiktok.ad_revenue_usd_m.value * 1e6 / 12.0)
            assert ADS.income[row, INFEED] > 9 * ADS.income[row, TOPVIEW]  # TopView is 9% in every market
            assert ADS.cpm[row, INFEED] == tiktok.infeed_cpm_usd
            assert 1000.0 * ADS.clicks[row, INFEED] * tiktok.infeed_cpc_usd == pytest.approx(tiktok.infeed_cpm_usd)


def test_weights_are_the_parts_of_the_budgets_where_everything_is_on_sale() -> None:
    sells = ADS.on_sale.all(axis=1)
    np.testing.assert_allclose(ADS.weights[sells].sum(axis=2) + ADS.outside[sells], 1.0, rtol=1e-12)
    spent = np.einsum("ma,mak->mk", ADS.budgets, ADS.weights)
    np.testing.assert_allclose(spent, ADS.income, rtol=1e-9)
    parts = ADS.budgets / ADS.budgets.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(parts[sells], np.tile([0.30, 0.45, 0.25], (sells.sum(), 1)), rtol=1e-9)


def test_segments_differ_as_they_look_for_clicks() -> None:
    brand, performance = SEGMENTS.index("brand"), SEGMENTS.index("performance")
    google, relative = CHANNELS.index("google"), ADS.weights / ADS.outside[:, :, None]
    assert (relative[:, performance, google] > relative[:, brand, google]).all()
    assert (relative[:, brand, TOPVIEW] > relative[:, performance, TOPVIEW]).all()
    assert (ADS.click_value[performance] > ADS.click_value[brand]).all()
    # A brand's value on TopView, by hand: clicks 0.15 x 0.20 beside impressions 0.85 x 0.80.
    assert ADS.click_value[brand, TOPVIEW] == pytest.approx(0.03 / (0.03 + 0.68))


def test_values_give_back_the_shares() -> None:
    # s_ak / s_a0 = (value_ak / cpm_k)^(ces_sigma - 1), the outside at a price of 1.
    priced = ~np.isnan(ADS.cpm[0])
    pull = (ADS.values[:, :, priced] / ADS.cpm[:, None, priced]) ** (ADS.ces_sigma - 1.0)
    np.testing.assert_allclose(pull, ADS.weights[:, :, priced] / ADS.outside[:, :, None], rtol=1e-9)
    infeed = ADS.row("US"), slice(None), INFEED
    quotes = ADS.quotes(np.ones_like(ADS.income))
    whole = quotes.click_value[infeed] * 1000.0 * ADS.clicks[ADS.row("US"), INFEED] + quotes.impression_value[infeed]
    np.testing.assert_allclose(whole, ADS.values[infeed], rtol=1e-12)
    plain = ad_markets(START, parameters=PLAIN.replace({"ces_sigma": 1.0}))
    assert np.isnan(plain.values).all()
    assert np.isnan(plain.quotes(np.ones_like(plain.income)).value).all()


def test_the_ban_leaves_a_market_for_tiktok_by_the_law_of_the_others() -> None:
    india = ADS.row("IN")
    assert (~ADS.on_sale[india, TIKTOK]).all()
    assert ADS.on_sale[np.arange(20) != india].all()
    heads = {
        name: START.markets[name].ads.digital_ad_spend_usd_bn.value / START.markets[name].population[2022]
        for name in ("IN", "US")
    }
    users = 0.3 * START.markets["IN"].addressable_m
    wanted = 43.5 * (heads["IN"] / heads["US"]) ** 0.73 * 20.0 / 29.0 * users * 1e6 / 12.0
    assert ADS.income[india, TIKTOK].sum() == pytest.approx(wanted)
    assert 0.3 < ADS.cpm[india, INFEED] < 0.9  # below Indonesia's


def test_music_services_own_part_of_their_channels() -> None:
    ads = ad_markets(START, parameters=PLAIN, markets=["ID", "IN"], audio_usd=[1e6, 9e6], rewarded_usd=[5e5, 0.0])
    assert ads.own[0, AUDIO] == pytest.approx(1e6 / (0.012 * 2.61e9 / 12.0))
    assert ads.own[0, REWARDED] == pytest.approx(5e5 / (0.02 * 2.61e9 / 12.0))
    assert ads.income[1, AUDIO] == 9e6  # more than India's digital audio by the facts: all of it is theirs
    assert ads.own[1, AUDIO] == 1.0
    assert ads.markets == ("ID", "IN")


def test_a_market_does_not_depend_on_those_beside_it() -> None:
    alone = ad_markets(START, parameters=PLAIN, markets=["BR"])
    np.testing.assert_array_equal(alone.weights[0], ADS.weights[ADS.row("BR")])


def test_faults_come_together() -> None:
    with pytest.raises(InputError) as caught:
        ad_markets(START, parameters=PLAIN, markets=["BR", "XX", "YY"])
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError) as caught:
        ad_markets(START, parameters=PLAIN.replace({"ad_brand_part": 0.6, "ad_local_part": 0.6}), tiktok_scale=50.0)
    assert any("below 1" in str(fault) for fault in caught.value.faults)
    assert any("advertising US" in str(fault) for fault in caught.value.faults)
    with pytest.raises(InputError, match="BR"):
        ADS.row("Br")


def test_values_beyond_all_numbers_are_unknown() -> None:
    """Where channels are hardly substitutes a value is a part to a power of thousands."""
    near = ad_markets(START, parameters=PLAIN.replace({"ces_sigma": 1.0 + 1e-6}))
    assert not np.isinf(near.values).any()
    quotes = near.quotes(np.ones_like(near.income), appeal=1e150)
    assert not np.isinf(quotes.value).any()
    assert np.isnan(quotes.value).any()
    far = ad_markets(START, parameters=PLAIN.replace({"ces_sigma": 1.05}))
    assert np.isfinite(far.values).all()
