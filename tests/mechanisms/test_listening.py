from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from model.mechanisms.listening import listen
from model.state.activity import MarketActivity
from model.state.country import Country

Settled = Callable[..., Country]


def month_of(country: Country, **changes: Any) -> MarketActivity:
    given = {
        "active": country.active, "platform": country.offers.platform, "nest": country.offers.nest,
        "available": country.available, "pull": np.ones(len(country.labels)), "second_share": 0.25,
        "weight": country.weight,
    }  # fmt: skip
    return listen(country.users, **{**given, **changes})


@pytest.mark.parametrize("market", ["ID", "IN", "US"])
def test_hours_are_conserved(market: str, settled: Settled) -> None:
    country = settled(market)
    n, users = country.active, country.users
    hours = month_of(country).hours.sum() / country.weight
    assert hours == pytest.approx(users.hours[:n][users.main[:n] > 0].sum(dtype=float), rel=1e-6)


def test_equals_a_plain_loop(settled: Settled) -> None:
    country = settled("IN", users=400)
    pull = np.linspace(0.5, 1.5, len(country.labels))
    users, offers = country.users, country.offers
    hours = np.zeros((len(offers), len(country.labels)))
    usage = np.zeros_like(hours)
    for i in range(country.active):
        for option, part in ((users.main[i], 0.75 if users.second[i] else 1.0), (users.second[i], 0.25)):
            if users.main[i] == 0 or option == 0:
                continue
            share = users.taste[:, i] * country.available[offers.platform[option]] * pull
            share = share / share.sum()
            hours[option] += users.hours[i] * part * share
            if offers.nest[option] == 2 and (option == users.second[i] or users.trial[i] == 0):
                usage[option] += share
    month = month_of(country, pull=pull)
    np.testing.assert_allclose(month.hours / country.weight, hours, rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(month.billed_usage / country.weight, usage, rtol=1e-5, atol=1e-3)


def test_heads(settled: Settled) -> None:
    country = settled("US")
    main, second = country.stocks()
    second[0] = 0
    month = month_of(country)
    np.testing.assert_allclose(month.users / country.weight, main + second, rtol=1e-12)
    np.testing.assert_allclose(month.main_users / country.weight, main, rtol=1e-12)
    paid = country.offers.nest == 2
    np.testing.assert_allclose((month.billed + month.in_trial)[paid], month.users[paid], rtol=1e-12)
    assert not month.billed[~paid].any()
    assert not month.in_trial[~paid].any()
    np.testing.assert_allclose(month.billed_usage.sum(axis=1), month.billed, rtol=1e-4, atol=country.weight * 1e-2)


def test_trials_are_not_billed(settled: Settled) -> None:
    country = settled("US")
    country.users.trial[:] = 1
    month = month_of(country)
    main = country.stocks()[0]
    paid = country.offers.nest == 2
    np.testing.assert_allclose(month.in_trial[paid] / country.weight, main[paid], rtol=1e-12)


def test_a_label_that_is_not_there_is_not_heard(settled: Settled) -> None:
    country = settled("ID")
    p = int(country.offers.platform[np.argmax(country.offers.targets("main"))])
    country.available[p] = 1.0
    before = month_of(country)
    country.available[p, 1] = 0.0
    after = month_of(country)
    mine = country.offers.platform == p
    assert before.hours[mine][:, 1].sum() > 0.0
    assert after.hours[mine][:, 1].sum() == 0.0
    np.testing.assert_array_equal(after.hours[~mine], before.hours[~mine])
    assert after.hours[mine].sum() == pytest.approx(before.hours[mine].sum(), rel=1e-5)


def test_no_catalogue_is_silence(settled: Settled) -> None:
    country = settled("ID")
    p = int(country.offers.platform[np.argmax(country.offers.targets("main"))])
    country.available[p] = 0.0
    month = month_of(country)
    mine = country.offers.platform == p
    assert month.users[mine].sum() > 0.0
    assert month.hours[mine].sum() == 0.0


def test_order_of_users_changes_nothing(settled: Settled) -> None:
    country = settled("IN")
    one = month_of(country)
    country.users = country.users.take(np.random.default_rng(0).permutation(country.active))
    other = month_of(country)
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))
