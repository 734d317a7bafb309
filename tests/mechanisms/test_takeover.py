"""A takeover moves everybody to a tier of their kind or lets them choose again, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model.market.entry import add_offers
from model.mechanisms.levers import apply_settings, begin_month
from model.mechanisms.takeover import take_over
from model.spec.parameters import Parameters
from model.spec.settings import Setting
from model.spec.timeline import NewOffer
from model.state.country import Country
from model.state.offers import PAID

Settled = Callable[..., Country]


def held(country: Country, service: str, which: str = "main") -> dict[str, int]:
    """Simulated people by tier of a service."""
    mine = getattr(country.users, which)
    return {tier: int((mine == j).sum()) for j, (owner, tier) in enumerate(country.offers.names) if owner == service}


def of_service(country: Country, service: str) -> np.ndarray[Any, Any]:
    return country.offers.platform[country.users.main] == country.platforms.index(service)


def test_free_go_to_free_and_paid_to_paid(settled: Settled) -> None:
    country, before = settled("IN"), settled("IN")
    nest = before.offers.nest[before.users.main]
    was = of_service(before, "wynk")
    country.users.access[was] |= np.uint32(1)  # everybody can pay, as the payers among them can
    take_over(country, service="spotify", absorbed="wynk")
    free, paid = was & (nest == 1), was & (nest == PAID)
    assert free.sum() > 100
    assert paid.sum() > 0
    names = country.offers.names
    assert {names[j] for j in country.users.main[free]} == {("spotify", "free_ads")}
    assert {names[j] for j in country.users.main[paid]} == {("spotify", "individual")}
    np.testing.assert_array_equal(country.users.main[~was], before.users.main[~was])
    closed = [j for j, (owner, _) in enumerate(names) if owner == "wynk"]
    assert not country.offers.is_open[closed].any()
    assert not np.isin(country.users.second, closed).any()


def test_habit_is_partly_lost_by_those_who_move_and_kept_by_others(settled: Settled) -> None:
    country, before = settled("IN"), settled("IN")
    country.merger_habit = 0.25
    was = of_service(before, "wynk")
    take_over(country, service="spotify", absorbed="wynk")
    np.testing.assert_allclose(country.users.tenure[was], 0.25 * before.users.tenure[was], rtol=1e-6)
    np.testing.assert_array_equal(country.users.tenure[~was], before.users.tenure[~was])
    bit = np.uint32(1 << country.platforms.index("spotify"))
    assert np.all(country.users.aware[was] & bit)


def test_moves_are_counted_once_and_people_conserved(settled: Settled) -> None:
    country, before = settled("IN", growth=True), settled("IN", growth=True)
    take_over(country, service="spotify", absorbed="wynk")
    change = country.stocks()[0] - before.stocks()[0]
    moved = np.zeros(len(country.offers))
    for (source, goal), people in country.carried.items():
        moved[source] -= people
        moved[goal] += people
    np.testing.assert_allclose(change * country.weight, moved, atol=1e-6)
    assert change.sum() == 0
    assert sum(country.carried.values()) > 0
    begin_month(country)
    assert country.carried == {}


def test_one_service_is_nobodys_second_beside_itself(settled: Settled) -> None:
    country, before = settled("IN"), settled("IN")
    pair = [before.platforms.index(name) for name in ("spotify", "wynk")]
    main, second = (before.offers.platform[column] for column in (before.users.main, before.users.second))
    both = np.isin(main, pair) & np.isin(second, pair)
    beside = ~np.isin(main, pair) & (second == pair[1])
    assert both.any()
    assert beside.any()
    take_over(country, service="spotify", absorbed="wynk")
    assert not country.users.second[both].any()
    names = country.offers.names
    assert {names[j][0] for j in country.users.second[beside]} == {"spotify"}


def test_who_finds_no_tier_of_the_kind_chooses_again(settled: Settled, parameters: Parameters, reference: Any) -> None:
    """Gaana sells no free tier in October 2022: listeners of Wynk who listen free must look for themselves."""
    country, before = settled("IN"), settled("IN")
    free = [before.offers.position("wynk", tier) for tier in ("free_ads", "bundle")]
    was = np.isin(before.users.main, free)
    take_over(country, service="gaana", absorbed="wynk")
    np.testing.assert_array_equal(country.users.main[was], before.users.main[was])
    reference.live(country, parameters, months=1)
    assert not np.isin(country.users.main[: country.active], free).any()


def test_the_tier_of_the_same_name_then_the_nearest_price_that_one_has_access_to(settled: Settled) -> None:
    country = settled("IN")
    offers, users = country.offers, country.users
    tiers = {tier: offers.position("spotify", tier) for tier in ("individual", "student", "family_per_head")}
    users.access[:] = np.array([1, 1 | 2, 4, 1], np.uint32)[np.arange(len(users)) % 4]
    users.main[:] = np.array([offers.position("jiosaavn", "individual")])
    who = np.arange(len(users)) % 4
    take_over(country, service="spotify", absorbed="jiosaavn")
    assert set(users.main[who == 0].tolist()) == {tiers["individual"]}
    assert set(users.main[who == 1].tolist()) == {tiers["individual"]}
    assert set(users.main[who == 2].tolist()) == {tiers["family_per_head"]}
    users.main[:] = offers.position("gaana", "premium")  # 25 INR: nearest the family's price a head
    take_over(country, service="spotify", absorbed="gaana")
    assert offers.price_local[tiers["family_per_head"]] < offers.price_local[tiers["individual"]]
    assert users.main[who == 2].tolist() == [tiers["family_per_head"]] * int((who == 2).sum())
    nearest = min((k for k in offers.of_platform("spotify") if offers.nest[k] == PAID and offers.is_open[k]
                   and offers.needs[k] in (1, 3)), key=lambda k: abs(offers.price_local[k] - 25.0))  # fmt: skip
    assert set(users.main[who == 1].tolist()) == {nearest}


def test_no_second_trial_for_who_paid_already(settled: Settled) -> None:
    country, before = settled("IN"), settled("IN")
    paid = of_service(before, "gaana") & (before.offers.nest[before.users.main] == PAID)
    assert paid.any()
    take_over(country, service="spotify", absorbed="gaana")
    bit = np.uint32(1 << country.platforms.index("spotify"))
    moved = paid & of_service(country, "spotify")
    assert moved.any()
    assert np.all(country.users.tried[moved] & bit)
    np.testing.assert_array_equal(country.users.trial, before.users.trial)


def test_contracts_of_two_bundles_become_one(settled: Settled) -> None:
    country, before = settled("IN"), settled("IN")
    assert held(before, "wynk")["bundle"] > 0
    take_over(country, service="jiosaavn", absorbed="wynk")
    assert held(country, "jiosaavn")["bundle"] >= held(before, "wynk")["bundle"] + held(before, "jiosaavn")["bundle"]
    needs = {name: country.offers.needs[country.offers.position(name, "bundle")] for name in ("jiosaavn", "wynk")}
    either = (before.users.access & (needs["jiosaavn"] | needs["wynk"])) != 0
    np.testing.assert_array_equal((country.users.access & needs["jiosaavn"]) != 0, either)
    facts = country.newcomers.facts
    base = facts.bundle_bases[facts.platforms.index("jiosaavn")]
    assert base == pytest.approx(either.mean(), abs=0.05)


def test_a_service_without_users_is_taken_over_without_a_trace(settled: Settled) -> None:
    country, alone = settled("ID"), settled("ID")
    for one in (country, alone):
        add_offers(one, [NewOffer("ID", "nobody", "free_ads", 0.0, 1)])
    take_over(country, service="spotify", absorbed="nobody")
    assert country.carried == {}
    for name, column in country.users.arrays().items():
        np.testing.assert_array_equal(column, alone.users.arrays()[name], err_msg=name)


def test_takeovers_come_last_whatever_the_order_of_settings(settled: Settled) -> None:
    """A tier that opens in the month of the takeover can receive users."""
    moved = []
    for turn in (1, -1):
        country = settled("IN")
        add_offers(country, [NewOffer("IN", "gaana", "free_ads", 0.0, 1)])
        settings = [Setting("takeover", "IN", "gaana", "wynk", 1.0), Setting("open", "IN", "gaana", "free_ads", 1.0)]
        apply_settings(country, settings[::turn], entrant_quality=lambda _country, _option, *, gap=None: (0.0, 0.0))
        moved.append(held(country, "gaana"))
    assert moved[0] == moved[1]
    assert moved[0]["free_ads"] > 100


def test_a_tier_that_is_closed_receives_nobody(settled: Settled) -> None:
    country, before = settled("IN"), settled("IN")
    country.offers.is_open[country.offers.position("spotify", "free_ads")] = 0
    was = before.users.main == before.offers.position("wynk", "free_ads")
    take_over(country, service="spotify", absorbed="wynk")
    assert was.any()
    np.testing.assert_array_equal(country.users.main[was], before.users.main[was])
