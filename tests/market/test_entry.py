from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from model.foundation.errors import InputError
from model.market.entry import EntrantQuality, add_offers
from model.spec.parameters import Parameters
from model.spec.timeline import NewOffer
from model.state.country import Country

Settled = Callable[..., Country]


def test_offers_of_other_markets_and_known_ones_are_left_out(settled: Settled) -> None:
    country = settled("ID", users=300)
    before = country.offers
    add_offers(
        country, [NewOffer("BR", "tiktok_music", "premium", 9.0, 3), NewOffer("ID", "spotify", "free_ads", 0.0, 3)]
    )
    assert country.offers is before


def test_a_new_service_keeps_everything_else(settled: Settled) -> None:
    country, before = settled("ID", users=300), settled("ID", users=300)
    held = [before.offers.names[j] for j in before.users.main]
    second = [before.offers.names[j] for j in before.users.second]
    add_offers(country, [NewOffer("ID", "a_new_one", tier, 45_000.0, 3) for tier in ("free_ads", "individual")])
    offers = country.offers
    assert country.platforms == (*before.platforms, "a_new_one")
    assert [offers.names[j] for j in country.users.main] == held
    assert [offers.names[j] for j in country.users.second] == second
    for name in before.offers.names[1:]:
        here, there = offers.position(*name), before.offers.position(*name)
        for column in ("xi", "xi_second", "price_local", "is_open", "ad_load", "restriction", "needs", "nest"):
            assert getattr(offers, column)[here] == getattr(before.offers, column)[there], (name, column)
    new = [offers.position("a_new_one", tier) for tier in ("free_ads", "individual")]
    assert offers.price_local[new].tolist() == [45_000.0, 45_000.0]
    assert not offers.is_open[new].any()
    assert offers.nest[new].tolist() == [1, 2]
    assert not offers.has_history[-1]
    assert np.all(country.available[-1] == 1.0)
    np.testing.assert_array_equal(country.available[:-1], before.available)
    assert country.lost.shape == country.available.shape
    assert country.triggers.shape == (len(offers),)
    assert country.marketing_hazard.shape == (len(country.platforms),)


def test_a_further_tier_of_a_known_service(settled: Settled) -> None:
    country = settled("ID", users=300)
    taken = {tier for service, tier in country.offers.names if service == "resso"}
    tier = next(t for t in ("premium", "mini", "student") if t not in taken)
    add_offers(country, [NewOffer("ID", "resso", tier, 10_000.0, 3)])
    assert country.platforms.count("resso") == 1
    assert np.isneginf(country.offers.xi[country.offers.position("resso", tier)])


def services(country: Country, count: int, *tiers: str) -> list[NewOffer]:
    return [NewOffer("ID", f"new_{i:02}", tier, 10_000.0, 3) for i in range(count) for tier in tiers]


def test_the_last_service_has_its_bits_and_one_more_is_an_error(settled: Settled) -> None:
    country = settled("ID", users=300)
    left = 24 - len(country.platforms)
    before = country.users.access.copy()
    add_offers(country, services(country, left, "bundle"))
    assert len(country.platforms) == 24
    needs = country.offers.needs[country.offers.position(f"new_{left - 1:02}", "bundle")]
    assert needs == np.uint32(1 << 31)
    share = np.mean((country.users.access & needs) != 0)
    assert share == pytest.approx(country.newcomers.parameters.entrant_bundle_base, abs=0.1)
    np.testing.assert_array_equal(country.users.access & np.uint32(0xFF), before & np.uint32(0xFF))
    with pytest.raises(InputError, match="market ID: a market holds at most 24 services; got 25"):
        add_offers(country, [NewOffer("ID", "too_many", "free_ads", 0.0, 3)])


def test_more_offers_than_users_can_hold_are_an_error(settled: Settled) -> None:
    country = settled("ID", users=300)
    before = country.offers
    tiers = ("free_ads", "free_rewarded", "bundle", "mini", "student", "individual", "family_per_head", "premium")
    new = services(country, 24 - len(country.platforms), *tiers)
    for offer in new[: 120 - (len(before) - 1)]:
        add_offers(country, [offer])
    assert len(country.offers) == 121
    with pytest.raises(InputError, match="at most 120 offers; got 121"):
        add_offers(country, [new[120 - (len(before) - 1)]])
    both = settled("ID", users=300)
    with pytest.raises(InputError) as found:
        add_offers(both, services(both, 40, *tiers))
    assert [fault.place for fault in found.value.faults] == ["market ID", "market ID"]
    assert both.offers.names == before.names


def test_the_bundle_of_an_entrant_has_customers(settled: Settled) -> None:
    """The declared share of those there and of newcomers, with or without the pure chance to have been there first."""
    country = settled("ID", users=2000, growth=True)
    known, late = len(country.users), country.copy()
    add_offers(country, [NewOffer("ID", "spotify", "bundle", 0.0, 3), NewOffer("ID", "a_new_one", "bundle", 0.0, 3)])
    for service in ("spotify", "a_new_one"):
        needs = country.offers.needs[country.offers.position(service, "bundle")]
        has = (country.users.access & needs) == needs
        assert has.mean() == pytest.approx(country.newcomers.parameters.entrant_bundle_base, abs=0.04)
    late.users = late.newcomers.extend(late.users, size=known + 500)
    add_offers(late, [NewOffer("ID", "spotify", "bundle", 0.0, 3), NewOffer("ID", "a_new_one", "bundle", 0.0, 3)])
    country.users = country.newcomers.extend(country.users, size=known + 500)
    np.testing.assert_array_equal(country.users.access, late.users.access)


def of_kind(country: Country, *tiers: str) -> NDArray[np.bool_]:
    named = np.array([tier in tiers for _, tier in country.offers.names])
    return named & np.isfinite(country.offers.xi) & (country.offers.targets("main") >= country.weight)


def test_entrant_quality(settled: Settled, parameters: Parameters) -> None:
    """Known elsewhere: the mean distance from the best of the kind there; unknown: the declared gaps."""
    countries = {m: settled(m, users=300) for m in ("ID", "BR", "IN")}
    free = ("free_ads", "free_rewarded")
    gaps = [
        country.offers.xi[j] - country.offers.xi[of_kind(country, *free)].max()
        for country in countries.values()
        for j in country.offers.of_platform("resso")
        if of_kind(country, *free)[j]
    ]
    quality = EntrantQuality(countries, parameters)
    for market, country in countries.items():
        add_offers(country, [NewOffer(market, "nobody_knows", tier, 1.0, 3) for tier in ("free_ads", "individual")])
        offers = country.offers
        for tier, kind in (("free_ads", free), ("individual", ("individual", "premium"))):
            kin = of_kind(country, *kind)
            if not kin.any():
                continue
            main, second = quality(country, offers.position("nobody_knows", tier))
            assert main == pytest.approx(offers.xi[kin].max() + parameters.entrant_gap)
            best_second = offers.xi_second[kin & np.isfinite(offers.xi_second)].max(initial=-np.inf)
            if np.isfinite(best_second):
                assert second == pytest.approx(best_second + parameters.entrant_gap_second)
        resso = offers.position("resso", "free_ads")
        best = offers.xi[of_kind(country, *free)].max()
        assert quality(country, resso)[0] == pytest.approx(best + np.mean(gaps)), market


def test_a_tier_is_held_against_its_own_kind(settled: Settled, parameters: Parameters) -> None:
    """Bundles do not lift free tiers, nor single plans those of students; a kind nobody sells follows single plans."""
    country = settled("BR", users=2000)
    offers = country.offers
    for tier, level in (("bundle", 3.0), ("free_ads", 0.0), ("student", -1.0), ("individual", 1.0)):
        offers.xi[of_kind(country, tier)] = level
    tiers = ("free_ads", "student", "individual", "mini")
    add_offers(country, [NewOffer("BR", "nobody_knows", tier, 1.0, 3) for tier in tiers])
    quality = EntrantQuality({"BR": country}, parameters)
    found = [quality(country, country.offers.position("nobody_knows", tier))[0] for tier in tiers]
    assert np.array(found) - parameters.entrant_gap == pytest.approx([0.0, -1.0, 1.0, 1.0])


def test_a_service_of_whom_nobody_in_the_sample_has_heard_is_no_mark(settled: Settled, parameters: Parameters) -> None:
    """Half a person's quality runs away in the inversion; an entrant would have most of a market by it."""
    country = settled("IN", users=2000)
    add_offers(country, [NewOffer("IN", "nobody_knows", "individual", 99.0, 3)])
    offers = country.offers
    paid = offers.nest == 2
    few = paid & np.isfinite(offers.xi) & (offers.targets("main") < country.weight)
    assert few.any()
    entrant = offers.position("nobody_knows", "individual")
    before = EntrantQuality({"IN": country}, parameters)(country, entrant)
    offers.xi[few] = 25.0
    assert EntrantQuality({"IN": country}, parameters)(country, entrant) == before
    assert before[0] < 0.0


def test_where_nobody_pays_an_entrant_is_no_better_than_where_it_is_worst(settled: Settled) -> None:
    india, brazil = settled("IN", users=300), settled("BR", users=300)
    for country in (india, brazil):
        country.offers.xi[country.offers.nest == 2] = -1.0
    india.offers.xi[india.offers.nest == 2] = np.nan  # too few simulated users: no payer among them
    option = india.offers.position("resso", "premium")
    parameters = Parameters().replace({"entrant_alone": -1.5})
    declared = EntrantQuality({"IN": india}, parameters)
    assert declared(india, option)[0] == -1.5 + parameters.entrant_gap
    both = EntrantQuality({"IN": india, "BR": brazil}, parameters)
    assert both._best(india, option)[0] == -1.5
    brazil.offers.xi[brazil.offers.nest == 2] = -4.0
    lower = EntrantQuality({"IN": india, "BR": brazil}, parameters)
    assert lower._best(india, option)[0] == -4.0
