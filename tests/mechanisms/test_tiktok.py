"""TikTok around the music: hours by cause, accounts by hand, own distribution, the value of expansion."""

from __future__ import annotations

import numpy as np
import pytest

from model.facts.start import load_start
from model.foundation.errors import InputError
from model.mechanisms.tiktok import (
    ShopTerms,
    ecosystem_accounts,
    integration_factor,
    own_share,
    own_share_at,
    shop_terms,
    tiktok_hours,
)
from model.spec.parameters import Parameters

START = load_start()
PLAIN = Parameters({
    "integration_hours": 0.1, "tiktok_cost": 0.4, "own_start": 0.002, "own_ceiling": 0.03, "own_speed": 0.6,
})  # fmt: skip


def accounts(*, scale=1.0, games=None, parameters=PLAIN):
    return ecosystem_accounts(
        infeed_usd=scale * np.array([100.0, 50.0]), topview_usd=scale * np.array([10.0, 0.0]), hours=[1000.0, 400.0],
        users=[50.0, 20.0], shop=ShopTerms(np.array([0.1, 0.0]), np.array([0.02, 0.0])), creators_usd=[5.0, 1.0],
        clips_usd=[4.0, 2.0], games_usd=games, parameters=parameters,
    )  # fmt: skip


# --- hours ------------------------------------------------------------------------------------------------------------


def test_integration_by_hand() -> None:
    def factor(level, part, level_before=0.0, part_before=0.0):
        return float(integration_factor(level, users_part=part, opening_level=level_before, opening_part=part_before,
                                        parameters=PLAIN))  # fmt: skip

    assert factor(1.0, 0.5) == pytest.approx(1.05)  # half of the users spend a tenth more
    assert factor(0.0, 0.5) == factor(1.0, 0.0) == 1.0
    assert factor(0.4, 0.2, 0.4, 0.2) == 1.0  # the opening's own integration is in the opening's hours
    assert factor(0.0, 0.2, 0.4, 0.2) == pytest.approx(1 / 1.008)


def test_factors_multiply_and_each_is_told() -> None:
    hours = tiktok_hours(integration=[1.05, 1.0], clips=0.98, creators=[1.1, 1.0], load=[0.9, 1.0])
    np.testing.assert_allclose(hours.together, [1.05 * 0.98 * 1.1 * 0.9, 0.98])
    np.testing.assert_array_equal(hours.clips, [0.98, 0.98])
    np.testing.assert_array_equal(tiktok_hours().together, [1.0])
    with pytest.raises(InputError) as caught:
        tiktok_hours(clips=-0.1, load=np.nan)
    assert len(caught.value.faults) == 2


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_accounts_by_hand() -> None:
    found = accounts()
    np.testing.assert_allclose(found.shop, [2.0, 0.0])  # 1000 hours, 0.1 USD of sales each, 2% of it
    np.testing.assert_allclose(found.income, [112.0, 50.0])
    np.testing.assert_allclose(found.costs, [44.8, 20.0])
    np.testing.assert_allclose(found.profit, [112 - 5 - 4 - 44.8, 50 - 1 - 2 - 20])
    lines = found.lines()
    assert lines["income"] == pytest.approx(162.0)
    assert lines["profit"] == pytest.approx(
        lines["infeed"] + lines["topview"] + lines["shop"] + lines["games"] - lines["creators"] - lines["clips"]
        - lines["costs"]
    )  # fmt: skip


def test_games_are_an_optional_line() -> None:
    assert (accounts().games == 0.0).all()
    np.testing.assert_allclose(accounts(parameters=PLAIN.replace({"games_income": 0.2})).games, [10.0, 4.0])
    np.testing.assert_allclose(accounts(games=[7.0, 0.0]).income, [119.0, 50.0])


def test_the_shop_of_the_start_earns_its_take() -> None:
    terms = shop_terms(START, markets=("ID", "US"))
    month = START.markets["ID"].tiktok
    hours = month.adult_mau_m * 1e6 * month.hours_per_user_month
    sales = 12 * hours * terms.sales_per_hour[0]
    assert sales == pytest.approx(2.5e9, rel=0.01)  # Indonesia's sales of 2022
    assert (terms.take_rate[0], terms.sales_per_hour[1]) == (0.02, 0.0)


# --- own distribution -------------------------------------------------------------------------------------------------


def test_own_distribution_is_logistic() -> None:
    share = own_share(np.array([0.0, 1e4]), parameters=PLAIN)
    np.testing.assert_allclose(share, [0.002, 0.03])
    half = 12.0 * np.log(0.03 / 0.002 - 1.0) / 0.6
    assert own_share(half, parameters=PLAIN) == pytest.approx(0.015)
    early = own_share(np.array([0.0, 12e-4]), parameters=PLAIN.replace({"own_ceiling": 1.0}))
    assert np.log(early[1] / early[0]) * 1e4 == pytest.approx(0.6 * (1 - 0.002), rel=1e-3)
    np.testing.assert_array_equal(own_share([0.0, 50.0], parameters=PLAIN.replace({"own_start": 0.0})), [0.0, 0.0])
    np.testing.assert_array_equal(own_share([0.0, 50.0], parameters=PLAIN.replace({"own_start": 0.1})), [0.1, 0.1])
    for other in (PLAIN, PLAIN.replace({"own_speed": 0.3}), PLAIN.replace({"own_start": 0.1}), PLAIN):
        for month in (0, 7, 36):
            assert own_share_at(month, parameters=other) == float(own_share(month, parameters=other))
