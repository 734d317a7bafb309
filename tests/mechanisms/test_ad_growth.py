"""Growth of advertising, and TikTok's income of 2022 foretold from the two years before."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from model.facts.book import FactBook
from model.facts.start import load_start
from model.foundation.errors import InputError
from model.mechanisms.ad_growth import (
    adoption_2020_2021,
    adoption_behind,
    growth_since,
    income_ratio,
    tiktok_patterns,
    tiktok_years,
)
from model.spec.parameters import Parameters
from model.state.ad_markets import ad_markets

START, PLAIN = load_start(), Parameters()
ADS = ad_markets(START, parameters=PLAIN)


def test_growth_by_hand() -> None:
    now = growth_since(0.0, parameters=PLAIN)
    assert (now.budgets, now.adoption, now.infeed_load) == (1.0, 1.0, 1.0)
    steady = PLAIN.replace({"adoption_fade": 0.0, "adoption_growth": 0.02, "ad_load_growth": 0.01})
    year = growth_since(12.0, parameters=steady)
    assert year.budgets == pytest.approx(1.1)
    assert year.adoption == pytest.approx(math.exp(0.24))
    assert year.infeed_load == pytest.approx(math.exp(0.12))
    far = growth_since(1e4, parameters=PLAIN.replace({"ad_budget_growth": 0.0}))
    assert far.adoption == pytest.approx(math.exp(PLAIN.adoption_growth / PLAIN.adoption_fade))
    slow = growth_since(24.0, parameters=PLAIN.replace({"adoption_fade": 1e-9})).adoption
    assert slow == pytest.approx(math.exp(24.0 * PLAIN.adoption_growth), rel=1e-6)
    with pytest.raises(InputError):
        growth_since(-1.0, parameters=PLAIN)


def test_adoption_behind_an_income_gives_it_back() -> None:
    for income in (0.2, 1.0, 2.5):
        adoption = adoption_behind(ADS, income=income, users=1.3, budgets=1.1)
        assert income_ratio(ADS, users=1.3, budgets=1.1, adoption=adoption) == pytest.approx(income, rel=1e-9)
    assert adoption_behind(ADS, income=1.0, users=1.0, budgets=1.0) == pytest.approx(1.0)
    with pytest.raises(InputError):
        adoption_behind(ADS, income=1e4, users=1.0, budgets=1.0)


def test_a_small_channel_grows_by_the_closed_form() -> None:
    # income ~ (budget x adoption)^(1/sigma) x supply^(1 - 1/sigma) where the channel is small and budgets are fixed.
    tiny = ad_markets(START, parameters=PLAIN.replace({"ad_price_elasticity": -1.0}), tiktok_scale=1e-4)
    found = income_ratio(tiny, users=1.4, budgets=1.0, adoption=1.7)
    assert found == pytest.approx(1.7 ** (1 / 1.5) * 1.4 ** (0.5 / 1.5), rel=1e-3)


def test_the_record_is_that_of_the_facts() -> None:
    record = tiktok_years()
    assert (record.income_2020, record.income_2021) == (1.41, 3.88)
    assert math.exp(record.users_2020_2021 * 21 / 12) == pytest.approx(1000 / 508)
    assert 0.1 < record.users_2021_2022 < record.users_2020_2021


def test_two_thousand_twenty_two_is_foretold_without_its_level() -> None:
    level, part = tiktok_patterns(START, parameters=PLAIN)
    assert level.name == "P14a"
    assert (level.low, level.high) == (7.5, 15.0)
    assert level.verdict == ("hit" if level.low <= level.model <= level.high else "miss")
    assert level.model == pytest.approx(10.1, abs=0.1)
    assert part.verdict == "input"
    # Half the level of 2022 in every market and in the rest of the world: the same forecast.
    halved = replace(
        START,
        markets={
            name: replace(
                market, tiktok=replace(market.tiktok, ad_revenue_usd_m=_halved(market.tiktok.ad_revenue_usd_m))
            )
            for name, market in START.markets.items()
        },
        tiktok_rest_ad_revenue_usd_m=_halved(START.tiktok_rest_ad_revenue_usd_m),
    )
    assert tiktok_patterns(halved, parameters=PLAIN)[0].model == pytest.approx(level.model, rel=0.02)


def _halved(level):
    return replace(level, value=level.value / 2)


def test_a_model_without_growth_would_miss() -> None:
    still = income_ratio(ADS, users=1.0, budgets=1.0, adoption=1.0) * tiktok_years().income_2021
    assert still == pytest.approx(3.88)
    assert still < 7.5


def test_the_past_growth_of_adoption_is_faster_than_the_declared_growth_ahead() -> None:
    past = math.log(adoption_2020_2021(START, parameters=PLAIN)) / 12.0
    assert past == pytest.approx(0.098, abs=0.005)
    assert past > PLAIN.adoption_growth > 0.0


def test_declared_growth_is_the_forecast_of_april_2022_cut_as_it_was_for_2022() -> None:
    book = FactBook.load()
    year_2021, april, cut, two_years_on = (
        book.get(fact).number for fact in ("adv-0002", "adv-0003", "adv-0004", "adv-0006")
    )
    part = math.log(cut / year_2021) / math.log(april / year_2021)
    wanted = math.exp(part * math.log(two_years_on / april))
    ahead = growth_since(24.0, parameters=PLAIN)
    found = income_ratio(ADS, users=1.0, budgets=ahead.budgets, adoption=ahead.adoption)
    assert found == pytest.approx(wanted, rel=0.03)
    assert np.isfinite(found)
