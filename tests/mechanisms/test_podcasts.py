"""Podcasts and audiobooks: time between music and spoken word, money that licences of music do not see."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings

from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.mechanisms.podcasts import build_up, spoken_hours, with_spoken_word
from model.spec.parameters import Parameters
from model.spec.scenario import Scenario
from model.state.country import Country
from tests.numbers import floats

Settled = Callable[..., Country]
STARTS = StartStore(None)
DEFAULT = Parameters({})


def market(**changes: object) -> StreamingMarket:
    plan = {"start": "2022-10", "markets": ["BR"], "users": 1200, "months": 12, **changes}
    return StreamingMarket(Scenario.load("baseline").replace(plan), starts=STARTS)


def last(world: object, service: str = "spotify") -> dict[str, float]:
    """Accounts of a service in the last month, its hours and what all labels get from it."""
    record = world.records[-1]  # type: ignore[attr-defined]
    p = record.platforms.index(service)
    found = {name: float(line[p]) for name, line in record.settlement.accounts().items()}
    own = record.settlement.belongs[p]
    spoken = 0.0 if record.activity.spoken is None else float(record.activity.spoken @ own)
    found |= {"music": float(record.activity.hours.sum(axis=1) @ own), "spoken": spoken}
    return found | {"users": float(record.activity.users @ own)}


@settings(max_examples=60, deadline=None)
@given(index=floats(0.0, 10.0), share=floats(0.0, 0.9), new=floats(0.0, 1.0))
def test_hours_of_music_fall_by_what_spoken_word_takes(index: float, share: float, new: float) -> None:
    parameters = Parameters({"spoken_share": share, "spoken_new": new})
    spoken, music = spoken_hours(np.array([index, 0.0]), parameters)
    assert 0.0 <= spoken[0] < 1.0
    assert 0.0 < music[0] <= 1.0
    assert spoken[0] + music[0] == pytest.approx(1.0 + new * spoken[0])
    assert (spoken[1], music[1]) == (0.0, 1.0)


def test_one_point_is_the_declared_share_and_two_points_less_than_twice() -> None:
    spoken, _ = spoken_hours(np.array([1.0, 2.0]), DEFAULT)
    assert spoken[0] == pytest.approx(0.07)
    assert spoken[0] < spoken[1] < 2.0 * spoken[0]


def test_advertising_is_built_up_month_by_month_and_lost_with_the_index(settled: Settled) -> None:
    country = settled("BR").copy()
    p = country.platforms.index("spotify")
    parameters = Parameters({"spoken_ramp_months": 4})
    country.offers.podcasts[p] = 2.0
    built = []
    for _ in range(6):
        build_up(country, parameters)
        built.append(float(country.offers.podcasts_built[p]))
    assert built == [0.5, 1.0, 1.5, 2.0, 2.0, 2.0]
    assert country.offers.podcasts_built.sum() == 2.0
    country.offers.podcasts[p] = 0.5
    build_up(country, parameters)
    assert country.offers.podcasts_built[p] == 0.5


def test_without_podcasts_the_activity_itself_is_handed_on(settled: Settled) -> None:
    run = market(months=1)
    activity = run.records[0].activity
    assert with_spoken_word(activity, settled("BR"), DEFAULT) is activity
    plain, zero = run.fork(), run.fork(overrides={"platforms.spotify.podcasts.ALL": 0.0})
    for name, column in plain.run(1)[0].settlement.accounts().items():  # type: ignore[union-attr]
        other = zero.records[0] if zero.records else zero.run(1)[0]
        np.testing.assert_array_equal(other.settlement.accounts()[name], column)  # type: ignore[union-attr]
    assert plain.ledger.balances() == zero.ledger.balances()


def test_content_costs_at_once_and_advertising_comes_later() -> None:
    run = market(parameters={"beta_pod": 0.0, "spoken_ramp_months": 6})
    plain, wide = run.fork(), run.fork(overrides={"platforms.spotify.podcasts.ALL": 1.0})
    plain.run(1)
    wide.run(1)
    first, usual = last(wide), last(plain)
    assert first["users"] == usual["users"] > 0.0  # beta_pod is 0: nobody comes for them
    spoken = 0.07 * usual["music"]
    assert first["spoken"] == pytest.approx(spoken)
    assert first["music"] == pytest.approx(usual["music"] - 0.5 * spoken)
    dearer = first["other_content"] - usual["other_content"]
    more_ads = first["revenue_ads"] - usual["revenue_ads"]
    assert dearer == pytest.approx(0.08 * first["users"] + 0.03 * more_ads)
    assert first["operating_income"] < usual["operating_income"]
    plain.run(7)
    wide.run(7)
    assert last(wide)["revenue_ads"] - last(plain)["revenue_ads"] > 3.0 * more_ads > 0.0


def test_own_advertising_is_no_net_revenue_of_music_licences_and_the_books_balance() -> None:
    run = market(parameters={"beta_pod": 0.0, "spoken_ramp_months": 1, "spoken_cost": 0.0})
    loud, still = (run.fork(overrides={"platforms.spotify.podcasts.ALL": 1.0, "parameters.spoken_ad_load": minutes})
                   for minutes in (10.0, 0.0))  # fmt: skip
    loud.run(1)
    still.run(1)
    settlement = loud.records[-1].settlement
    assert settlement is not None
    spotify = np.array([name == "spotify" for name, _ in (("", ""), *loud.records[-1].offers)])
    paid = spotify & (settlement.income.subscription > 0.0)
    earned = settlement.income.ads[paid]
    assert (earned > 0.0).all()  # on paid tiers, which play no other advertising
    np.testing.assert_allclose(settlement.income.spoken[paid], 0.9 * earned)
    income = settlement.income
    np.testing.assert_allclose(
        income.net[paid], (income.subscription - income.app_store - income.payment)[paid], rtol=1e-12
    )
    assert last(loud)["royalties"] <= last(still)["royalties"]  # more is sold, so advertising on music is cheaper
    assert last(loud)["operating_income"] > last(still)["operating_income"]
    booked = loud.ledger.flows()
    there = (booked["payee"] == "platform:spotify:BR") & (booked["kind"] == "advertising")
    assert booked["amount_usd"][there].sum() == pytest.approx(last(loud)["revenue_ads"])
    balance = loud.ledger.balances()["platform:spotify:BR"]
    assert balance == pytest.approx(last(loud)["operating_income"], rel=1e-9)


@pytest.mark.parametrize("cut", [0.0, 0.5, 1.0])
def test_labels_get_less_of_the_money_only_by_the_declared_cut(cut: float) -> None:
    run = market(parameters={"beta_pod": 0.0})
    fork = run.fork(overrides={"platforms.spotify.podcasts.ALL": 2.0, "parameters.spoken_royalty_cut": cut})
    whole = run.fork(overrides={"platforms.spotify.podcasts.ALL": 2.0})
    fork.run(1)
    whole.run(1)
    record = fork.records[-1]
    assert record.settlement is not None
    assert whole.records[-1].settlement is not None
    option = 1 + record.offers.index(("spotify", "individual"))
    s, m = spoken_hours(np.array([2.0]), DEFAULT)
    part = float(s[0] / (s[0] + m[0]))
    ratio = record.settlement.royalties[option].sum() / whole.records[-1].settlement.royalties[option].sum()
    assert ratio == pytest.approx(1.0 - cut * part)
