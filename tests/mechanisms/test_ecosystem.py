"""Months of TikTok and advertising together: the opening stands still, and each lever acts through the others."""

from __future__ import annotations

import numpy as np
import pytest

from model.facts.start import load_start
from model.mechanisms.ad_growth import growth_since
from model.mechanisms.ecosystem import EcosystemInput, ecosystem_month, open_ecosystem
from model.spec.parameters import Parameters
from model.state.ad_markets import CHANNELS, INFEED, TOPVIEW

START, PLAIN = load_start(), Parameters()
MARKETS = tuple(START.markets)
US, IN, BR, ID = (MARKETS.index(name) for name in ("US", "IN", "BR", "ID"))


def months(count, *, parameters=PLAIN, grow=False, opening_options=None, **given):
    opening, state = open_ecosystem(START, markets=MARKETS, parameters=parameters, **(opening_options or {}))
    seen = []
    for month in range(count):
        growth = {"growth": growth_since(month, parameters=parameters)} if grow else {}
        lived = ecosystem_month(
            opening, state, month=START.month + month, given=EcosystemInput(**growth, **given), parameters=parameters
        )
        state = lived.after
        seen.append(lived)
    return opening, seen


def profit(one):
    return one.accounts.lines()["profit"]


def test_without_growth_and_levers_nothing_moves_for_two_years() -> None:
    opening, seen = months(24)
    for one in seen:
        np.testing.assert_allclose(one.hours.together, np.ones(20), rtol=1e-13)
        np.testing.assert_allclose(one.after.activity, np.ones(20), rtol=1e-13)
        np.testing.assert_allclose(one.ads.income[opening.ads.on_sale], opening.ads.income[opening.ads.on_sale])
    assert profit(seen[-1]) == pytest.approx(profit(seen[0]), rel=1e-12)
    assert seen[0].user_hours[IN] == 0.0


def test_the_opening_is_that_of_the_facts() -> None:
    opening, (first,) = months(1)
    for name, row in START.markets.items():
        if name == "IN":
            continue
        at = MARKETS.index(name)
        assert opening.load[at] == pytest.approx(row.tiktok.infeed_ads_per_hour, rel=5e-3)
        assert first.user_hours[at] == pytest.approx(row.tiktok.adult_mau_m * 1e6 * row.tiktok.hours_per_user_month)
    assert 3.0 < opening.load[IN] < 20.0  # what India's would be lies among the others'
    year = {line: 12 * usd / 1e9 for line, usd in first.accounts.lines().items()}
    assert year["infeed"] + year["topview"] == pytest.approx(7.59, abs=0.01)
    assert 0.05 < year["shop"] < 0.2
    assert 0.3 < year["creators"] / (0.03 * year["income"]) < 3.0
    assert year["profit"] > 0


def test_a_heavier_load_costs_hours_and_price_and_still_earns_more_at_first() -> None:
    _, usual = months(12)
    _, heavy = months(12, load=1.5)
    hours = [one.hours.together[US] for one in heavy]
    assert (np.diff(hours) < 0).all()
    long_run = np.exp(-PLAIN.ad_load_response * 0.5 * 16.25)
    assert heavy[-1].hours.load[US] == pytest.approx(long_run, rel=2e-3)
    assert heavy[0].ads.price[US, INFEED] < 1.0
    assert heavy[0].accounts.infeed[US] > heavy[-1].accounts.infeed[US] > usual[-1].accounts.infeed[US]


def test_a_larger_share_for_creators_brings_activity_hours_and_income_but_costs_more_at_once() -> None:
    lever = np.full(20, np.nan)
    lever[BR] = 1.0
    _, usual = months(36)
    _, given = months(36, ad_share=lever)
    assert given[0].accounts.profit[BR] < usual[0].accounts.profit[BR]
    assert given[-1].after.activity[BR] > 1.0
    assert given[-1].accounts.infeed[BR] > usual[-1].accounts.infeed[BR]
    others = np.arange(20) != BR
    np.testing.assert_array_equal(given[-1].accounts.profit[others], usual[-1].accounts.profit[others])
    _, none = months(36, ad_share=0.0)
    assert none[-1].after.activity[US] < 1.0 == usual[-1].after.activity[US]


def test_integration_and_missing_clips_move_hours_both_ways() -> None:
    _, tied = months(3, integration=1.0, users_part=0.2)
    np.testing.assert_allclose(tied[0].hours.integration, 1.0 + 0.2 * PLAIN.integration_hours)
    assert (tied[0].accounts.infeed > months(1)[1][0].accounts.infeed)[np.arange(20) != IN].all()
    _, muted = months(3, clips=0.98)
    assert muted[0].hours.together[US] == pytest.approx(0.98)
    assert profit(muted[0]) < profit(months(1)[1][0])
    options = {"integration": np.full(20, 1 / 3), "users_part": np.full(20, 0.1)}
    _, same = months(2, opening_options=options)
    np.testing.assert_array_equal(same[1].hours.integration, np.ones(20))


def test_the_ban_ends() -> None:
    allowed = np.ones(20, dtype=bool)
    _, seen = months(2, allowed=allowed)
    assert seen[0].accounts.infeed[IN] > 5e6
    assert seen[0].user_hours[IN] > 1e9
    gone = allowed.copy()
    gone[US] = False
    _, banned = months(2, allowed=gone)
    assert banned[1].accounts.income[US] == 0.0
    assert np.isinf(banned[1].ads.price[US, [INFEED, TOPVIEW]]).all()
    assert (banned[1].ads.income[US, 4:] > seen[1].ads.income[US, 4:]).all()


def test_music_services_that_sell_more_lower_the_price_of_audio_alone_with_them() -> None:
    options = {"audio_usd": np.full(20, 1e6), "rewarded_usd": np.full(20, 1e5)}
    _, usual = months(1, opening_options=options, audio_usd=1e6, rewarded_usd=1e5)
    _, more = months(1, opening_options=options, audio_usd=2e6, rewarded_usd=1e5)
    audio = CHANNELS.index("music_audio")
    np.testing.assert_allclose(usual[0].ads.price[:, audio], 1.0)
    assert (more[0].ads.price[:, audio] < 1.0).all()


def test_music_inside_tiktok_raises_its_profit() -> None:
    _, without = months(12, grow=True)
    _, tied = months(12, grow=True, integration=1.0, users_part=0.15)
    assert sum(profit(one) for one in tied) > sum(profit(one) for one in without)


def test_growth_raises_tiktok_above_the_market() -> None:
    _, seen = months(13, grow=True)
    gained = seen[12].ads.tiktok.sum() / seen[0].ads.tiktok.sum()
    assert 1.3 < gained < 1.6
    assert gained > seen[12].ads.income[:, 4:].sum() / seen[0].ads.income[:, 4:].sum() > 1.05
