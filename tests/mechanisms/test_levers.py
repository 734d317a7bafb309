from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model.market.entry import EntrantQuality, add_offers
from model.mechanisms.levers import apply_settings, begin_month
from model.spec.parameters import Parameters
from model.spec.settings import LEVERS, Setting
from model.spec.timeline import NewOffer
from model.state.country import Country

Settled = Callable[..., Country]


def entrant(_country: Country, _option: int, *, gap: float | None = None) -> tuple[float, float]:
    return (1.5, -1.5) if gap is None else (2.0 + gap, -2.0 + gap)


def put(country: Country, lever: str, value: float, *, service: str = "", item: str = "", market: str = "") -> None:
    setting = Setting(
        market=market or country.market, lever=lever, service=service, item=item, value=value, place="test"
    )
    apply_settings(country, [setting], entrant_quality=entrant)


def same(one: Country, other: Country) -> bool:
    """Everything a lever could reach."""
    names = ("available", "lost", "clips", "song_pull", "triggers", "marketing_hazard", "addressable")
    plain = ("sales_tax", "app_store_fee", "growth_per_year", "tiktok_open", "tiktok", "active")
    columns = (
        "is_open", "trial_months", "price_local", "price_store_local", "store_share", "ad_load", "restriction", "xi",
        "xi_second", "integration", "podcasts", "marketing", "bundle_fee", "link_fee",
    )  # fmt: skip
    return (
        all(np.array_equal(getattr(one, n), getattr(other, n)) for n in names)
        and all(getattr(one, n) == getattr(other, n) for n in plain)
        and all(np.array_equal(column, other.users.arrays()[n]) for n, column in one.users.arrays().items())
        and one.newcomers == other.newcomers
        and all(np.array_equal(getattr(one.offers, n), getattr(other.offers, n), equal_nan=True) for n in columns)
    )


def test_every_declared_lever_is_known(settled: Settled) -> None:
    """Each lever of the spec does something to the right market, and nothing to another."""
    values = {"price": 1.0, "trial_months": 5.0, "integration": 1.0, "marketing": 3.0, "podcasts": 4.0, "growth": 0.2}
    for lever in LEVERS.values():
        country = settled("ID", users=300)
        item = {"tier": "free_ads", "label": "sony", "service": "joox", "none": ""}[lever.item]
        if lever.name in ("price", "trial_months"):
            item = "individual"
        named = "langit_musik" if lever.name.startswith("bundle") else "spotify"
        service = named if lever.of == "platform" else ""
        value = values.get(lever.name, 0.0 if lever.switch else 0.33)
        value = 1.0 if lever.name == "takeover" else value
        put(country, lever.name, value, service=service, item=item, market="BR")
        assert same(country, settled("ID", users=300)), lever.name
        put(country, lever.name, value, service=service, item=item)
        assert not same(country, settled("ID", users=300)), lever.name


def test_the_present_value_changes_nothing(settled: Settled, parameters: Parameters, reference: Any) -> None:
    country, untouched = settled("ID"), settled("ID")
    offers = country.offers
    for (service, tier), price, ads, limits in zip(
        offers.names[1:], offers.price_local[1:], offers.ad_load[1:], offers.restriction[1:], strict=True
    ):
        put(country, "price", float(price), service=service, item=tier)
        put(country, "ad_load", float(ads), service=service, item=tier)
        put(country, "restriction", float(limits), service=service, item=tier)
    for p, service in enumerate(country.platforms):
        put(country, "integration", float(offers.integration[p]), service=service)
        put(country, "marketing", float(offers.marketing[p]), service=service)
    put(country, "tiktok", 1.0)
    assert same(country, untouched)
    one, other = (reference.live(c, parameters, months=3) for c in (country, untouched))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.expected, b.expected)
    reference.assert_same_users(country, untouched)


def test_price_rises_are_noticed_and_cuts_are_not(settled: Settled, parameters: Parameters) -> None:
    country = settled("ID")
    j = country.offers.position("spotify", "individual")
    old = float(country.offers.price_local[j])
    put(country, "price", old * 1.25, service="spotify", item="individual")
    assert country.triggers[j] == pytest.approx(1.0 - 0.8**parameters.price_attention, rel=1e-6)
    begin_month(country)
    put(country, "price", old, service="spotify", item="individual")
    assert not country.triggers.any()


def test_two_rises_of_a_month_are_noticed_as_one(settled: Settled, parameters: Parameters) -> None:
    country = settled("ID")
    j = country.offers.position("spotify", "individual")
    old = float(country.offers.price_local[j])

    def set_prices(*factors: float) -> float:
        begin_month(country)
        country.offers.price_local[j] = old
        steps = [Setting(market="ID", lever="price", service="spotify", item="individual", value=old * f, place="test")
                 for f in factors]  # fmt: skip
        apply_settings(country, steps, entrant_quality=entrant)
        return float(country.triggers[j])

    at_once = set_prices(1.5)
    assert at_once == pytest.approx(1.0 - 1.5**-parameters.price_attention, rel=1e-6)
    assert set_prices(1.2, 1.5) == at_once
    assert set_prices(2.0, 1.5) == at_once
    assert set_prices(1.5, 1.0) == 0.0
    assert set_prices(0.8, 0.9) == 0.0


def test_the_store_price_keeps_its_ratio(settled: Settled) -> None:
    country = settled("ID")
    j = country.offers.position("spotify", "individual")
    country.offers.price_store_local[j] = 1.3 * country.offers.price_local[j]
    put(country, "price", 100_000.0, service="spotify", item="individual")
    assert country.offers.price_store_local[j] == pytest.approx(130_000.0)
    put(country, "price", 0.0, service="spotify", item="individual")
    put(country, "price", 50_000.0, service="spotify", item="individual")
    assert country.offers.price_store_local[j] == 50_000.0


def test_tiktok_is_nothing_while_banned_and_something_after(
    settled: Settled, parameters: Parameters, reference: Any
) -> None:
    """India: integration moves no bit under the ban; once TikTok is allowed it pulls."""

    def live(*, integrated: bool, allowed: bool) -> tuple[Country, float]:
        country = settled("IN")
        assert country.users.tiktok_hours.any()
        if integrated:
            put(country, "integration", 1.0, service="resso")
        if allowed:
            put(country, "tiktok", 1.0)
        flows = reference.live(country, parameters, months=6)
        mine = country.offers.platform == country.platforms.index("resso")
        return country, sum(float(flow.expected[:, mine].sum()) for flow in flows)

    (usual, plain), (tied, same_flows) = live(integrated=False, allowed=False), live(integrated=True, allowed=False)
    assert same_flows == plain
    reference.assert_same_users(usual, tied)
    (back, allowed), (both, pulled) = live(integrated=False, allowed=True), live(integrated=True, allowed=True)
    assert allowed == plain
    reference.assert_same_users(usual, back)
    assert pulled > 1.05 * plain
    assert np.any(both.users.main != usual.users.main)


def test_a_catalogue_is_lost_once(settled: Settled) -> None:
    country = settled("ID")
    p, label = country.platforms.index("spotify"), country.labels.index("sony")
    assert country.available[p, label] == 1.0
    put(country, "catalogue", 0.0, service="spotify", item="sony")
    assert country.lost[p, label] == 1.0
    assert country.lost.sum() == 1.0
    begin_month(country)
    put(country, "catalogue", 0.0, service="spotify", item="sony")
    assert not country.lost.any()
    put(country, "catalogue", 1.0, service="spotify", item="sony")
    assert country.available[p, label] == 1.0
    assert not country.lost.any()


def test_opening_without_history_asks_for_a_quality(settled: Settled) -> None:
    country = settled("ID")
    waiting = np.flatnonzero(~np.isfinite(country.offers.xi))
    j = int(waiting[0]) if waiting.size else 1
    country.offers.xi[j] = -np.inf
    service, tier = country.offers.names[j]
    put(country, "open", 1.0, service=service, item=tier)
    assert (country.offers.xi[j], country.offers.xi_second[j]) == (1.5, -1.5)
    assert country.offers.is_open[j] == 1
    country.offers.xi[j] = 0.25
    put(country, "open", 0.0, service=service, item=tier)
    put(country, "open", 1.0, service=service, item=tier)
    assert country.offers.xi[j] == 0.25


def test_an_unknown_offer_is_an_error(settled: Settled) -> None:
    with pytest.raises(KeyError, match="ID has no offer spotify gold"):
        put(settled("ID"), "price", 1.0, service="spotify", item="gold")


def test_a_quality_is_measured_against_the_best_of_the_month_before(settled: Settled) -> None:
    """So that two who are set in one month do not depend on their order."""
    found = []
    for turn in (1, -1):
        country = settled("ID", users=300)
        settings = [
            Setting("quality", "ID", service, "individual", value)
            for service, value in (("spotify", 1.0), ("joox", 0.5))
        ]
        quality = EntrantQuality({"ID": country}, Parameters())
        best = quality(country, country.offers.position("spotify", "individual"), gap=0.0)
        apply_settings(country, settings[::turn], entrant_quality=quality)
        found.append(country.offers.xi.copy())
        assert country.offers.xi[country.offers.position("spotify", "individual")] == pytest.approx(best[0] + 1.0)
        assert country.offers.xi_second[country.offers.position("joox", "individual")] == pytest.approx(best[1] + 0.5)
    np.testing.assert_array_equal(found[0], found[1])


def test_a_stated_quality_holds_when_the_offer_opens(settled: Settled) -> None:
    country = settled("ID", users=300)
    add_offers(country, [NewOffer("ID", "newcomer", "free_ads", 0.0, 1)])
    settings = [
        Setting("open", "ID", "newcomer", "free_ads", 1.0),
        Setting("quality", "ID", "newcomer", "free_ads", -0.4),
    ]
    quality = EntrantQuality({"ID": country}, Parameters())
    j = country.offers.position("newcomer", "free_ads")
    expected = quality(country, j, gap=-0.4)
    apply_settings(country, settings, entrant_quality=quality)
    assert (country.offers.xi[j], country.offers.xi_second[j]) == expected


def test_customers_of_a_bundle_are_the_share_that_is_set(settled: Settled) -> None:
    country, before = settled("IN"), settled("IN")
    needs = country.offers.needs[country.offers.position("jiosaavn", "bundle")]
    facts = country.newcomers.facts
    present = facts.bundle_bases[facts.platforms.index("jiosaavn")]
    put(country, "bundle_base", present, service="jiosaavn")
    assert same(country, before)
    previous = (before.users.access & needs) != 0
    for share in (0.9, 0.6, 0.1, 0.0):
        put(country, "bundle_base", share, service="jiosaavn")
        has = (country.users.access & needs) != 0
        assert has.mean() == pytest.approx(share, abs=0.03)
        assert np.all(has <= previous) or share == 0.9  # who has the contract with few has it with more
        np.testing.assert_array_equal(country.users.access & ~needs, before.users.access & ~needs)
        previous = has


def test_customers_are_told_whatever_the_order_of_settings(settled: Settled) -> None:
    country, before = settled("ID"), settled("ID")
    add_offers(country, [NewOffer("ID", "resso", "bundle", 0.0, 1)])
    settings = [Setting("bundle_told", "ID", "resso", "", 0.6), Setting("bundle_base", "ID", "resso", "", 0.5)]
    apply_settings(country, settings, entrant_quality=entrant)
    bit = np.uint32(1 << country.platforms.index("resso"))
    needs = country.offers.needs[country.offers.position("resso", "bundle")]
    customer = (country.users.access & needs) != 0
    knew, knows = (before.users.aware & bit) != 0, (country.users.aware & bit) != 0
    assert customer.mean() == pytest.approx(0.5, abs=0.04)
    np.testing.assert_array_equal(knows[~customer], knew[~customer])
    assert np.all(knows >= knew)
    assert (knows & ~knew)[customer].mean() == pytest.approx(0.6 * (1.0 - knew[customer].mean()), abs=0.05)
    np.testing.assert_array_equal(country.users.aware & ~bit, before.users.aware & ~bit)
