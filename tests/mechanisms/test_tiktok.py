"""TikTok around the music: hours by cause, accounts by hand, own distribution, the value of expansion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.facts.start import load_start
from model.foundation.errors import InputError
from model.mechanisms.tiktok import (
    ShopTerms,
    ecosystem_accounts,
    expansion_value,
    integration_factor,
    own_share,
    own_share_at,
    shop_terms,
    tiktok_hours,
    with_own_distribution,
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


@given(
    weights=arrays(float, 5, elements=st.floats(0.01, 1.0)), own=st.floats(0.0, 0.9),
    taken=arrays(float, 5, elements=st.floats(0.1, 5.0)),
)  # fmt: skip
def test_labels_lose_just_what_own_distribution_wins(weights, own, taken) -> None:
    shares = weights / weights.sum()
    left = with_own_distribution(shares, own=own, taken=taken)
    assert left.sum() == pytest.approx(1.0 - own)
    assert ((left >= -1e-15) & (left <= shares + 1e-15)).all()
    np.testing.assert_allclose(with_own_distribution(shares, own=own), shares * (1.0 - own), rtol=1e-12)


def test_some_labels_lose_more_and_none_more_than_it_has() -> None:
    shares = np.array([0.6, 0.3, 0.1])
    np.testing.assert_allclose(with_own_distribution(shares, own=0.05, taken=[0, 0, 1.0]), [0.6, 0.3, 0.05])
    np.testing.assert_allclose(with_own_distribution(shares, own=0.2, taken=[0, 1.0, 9.0]), [0.6, 0.2, 0.0])
    with pytest.raises(InputError, match=r"\[0, 0\.1\]"):
        with_own_distribution(shares, own=0.2, taken=[0, 0, 1.0])


# --- what expansion is worth ------------------------------------------------------------------------------------------


def test_expansion_may_pay_through_the_ecosystem_though_music_loses() -> None:
    value = expansion_value(
        [np.array([-3.0, -1.0]), -6.0], ecosystem=[accounts(scale=1.1), accounts(scale=1.2)],
        without=[accounts(), accounts()],
    )  # fmt: skip
    # Advertising of 160 grows by 16 and 32, of which 60% is left.
    assert value.music == -10.0
    assert value.ecosystem == pytest.approx(0.6 * 48.0)
    assert value.total == pytest.approx(18.8)
    assert value.months == 2


def test_the_same_ecosystem_adds_exactly_nothing() -> None:
    value = expansion_value([1.0, 2.0], ecosystem=[accounts()] * 2, without=[accounts()] * 2)
    assert (value.ecosystem, value.total) == (0.0, 3.0)
    alone = expansion_value([1.0], ecosystem=[accounts()])
    assert alone.ecosystem == pytest.approx(float(accounts().profit.sum()))
    with pytest.raises(InputError, match="as many"):
        expansion_value([1.0], ecosystem=[accounts()] * 2)
