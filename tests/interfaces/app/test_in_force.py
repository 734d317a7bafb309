"""What is told to be in force where nothing was set: set by hand to that very value, it changes nothing."""

from __future__ import annotations

import pytest

from model.interfaces.app.controls import market_controls, service_controls
from model.interfaces.app.in_force import growth_now, lever_in_force
from model.interfaces.app.standing import Standing
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult
from model.spec.scenario import Scenario

PLAN = Scenario.load("tiny").replace({"users": 400, "months": 6, "markets": ["ID", "US"]})
NEVER_SET = ("creator_share", "tiktok_ad_load", "topview_days", "shop_sales", "app_store_fee")


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)


@pytest.fixture
def market(starts: StartStore) -> StreamingMarket:
    return StreamingMarket(PLAN, starts=starts)


def tables(market: StreamingMarket) -> RunResult:
    return RunResult.from_runs(market.plan, [FinishedRun(0, market.records, market.ledger.flows())])


@pytest.mark.parametrize("name", NEVER_SET)
def test_setting_what_is_in_force_changes_nothing(market: StreamingMarket, starts: StartStore, name: str) -> None:
    standing = Standing.of(market.world)
    values = {code: lever_in_force(standing, country, name=name) for code, country in standing.countries.items()}
    assert not any(was_set for _, was_set in values.values())
    other = StreamingMarket(PLAN.replace({f"markets.{code}.{name}": one for code, (one, _) in values.items()}),
                            starts=starts)  # fmt: skip
    other.run(2)
    market.run(2)
    for table in ("services", "markets", "tiktok"):
        mine, theirs = (tables(one).frame(table).select_dtypes("number") for one in (market, other))
        assert (mine - theirs).abs().max().max() <= 1e-9 * mine.abs().max().max(), table
    moved = StreamingMarket(PLAN.replace({f"markets.ID.{name}": 0.5 * values["ID"][0] + 0.05}), starts=starts)
    moved.run(2)
    sums = [
        tables(one).frame("tiktok").select_dtypes("number").fillna(0.0).sum().sum()
        + tables(one).services["app_store_fees"].sum()
        for one in (market, moved)
    ]
    assert sums[0] != sums[1], "the lever does nothing here, so the test shows nothing"


def test_growth_in_force_is_that_of_the_next_month(market: StreamingMarket) -> None:
    country = market.countries["ID"]
    rate, was_set = lever_in_force(Standing.of(market.world), country, name="growth")
    assert not was_set
    path = country.addressable
    assert path[0] * (1.0 + rate) ** (1 / 12) == pytest.approx(path[1], rel=1e-12)
    assert growth_now(country, month=10**6) == 0.0


def test_what_was_set_is_told_as_set(market: StreamingMarket, starts: StartStore) -> None:
    other = StreamingMarket(PLAN.replace({"markets.ID.creator_share": 0.3}), starts=starts)
    standing, pending = Standing.of(other.world), other.world.pending
    assert lever_in_force(standing, other.countries["ID"], pending, name="creator_share") == (0.3, True)
    assert lever_in_force(standing, other.countries["US"], pending, name="creator_share")[1] is False


def test_customers_of_a_bundle_set_to_what_they_are_change_nothing(
    market: StreamingMarket, starts: StartStore
) -> None:  # fmt: skip
    standing = Standing.of(market.world)
    base, is_held = lever_in_force(standing, standing.countries["US"], name="bundle_base", service="amazon_music")
    assert is_held
    runs = []
    for more in ({}, {"platforms.amazon_music.bundle_base.US": base}, {"platforms.amazon_music.bundle_base.US": 0.9}):
        runs.append(StreamingMarket(PLAN.replace(more), starts=starts))
        runs[-1].run(3)
    plain, same, more_people = (tables(one).frame("services").select_dtypes("number") for one in runs)
    assert (plain - same).abs().max().max() == 0.0
    assert (plain - more_people).abs().max().max() > 0.0


def test_the_fee_of_a_bundle_is_a_share_of_its_service_s_price_net_of_tax(market: StreamingMarket) -> None:
    standing = Standing.of(market.world)
    country, parameters = standing.countries["ID"], market.plan.parameters
    service = next(owner for owner, tier in country.offers.names if tier == "bundle")
    fee, was_set = lever_in_force(standing, country, name="bundle_fee", service=service)
    price = next(
        one.value
        for one in service_controls(country, service)
        if one.key.endswith(("individual", "premium")) and ".price." in one.key
    )
    assert not was_set
    assert country.sales_tax > 0.05, "without a tax the test shows nothing"
    assert fee == pytest.approx(parameters.bundle_fee_share * price / (1.0 + country.sales_tax), rel=1e-12)


def test_quality_in_force_is_the_gap_to_the_best_of_its_kind(market: StreamingMarket, starts: StartStore) -> None:
    standing = Standing.of(market.world)
    own = [(service, "individual") for service, tier in standing.countries["US"].offers.names if tier == "individual"]
    gaps = {service: lever_in_force(standing, standing.countries["US"], name="quality", service=service, item=tier)[0]
            for service, tier in own}  # fmt: skip
    offers = market.countries["US"].offers
    assert max(gaps.values()) >= 0.0 > min(gaps.values())
    worse = min(gaps, key=gaps.__getitem__)
    before = float(offers.xi[offers.position(worse, "individual")])
    other = StreamingMarket(PLAN.replace({f"platforms.{worse}.quality.US.individual": gaps[worse]}), starts=starts)
    other.run(1)
    after = other.countries["US"].offers
    assert after.xi[after.position(worse, "individual")] == pytest.approx(before, rel=1e-12)


def test_every_lever_of_a_market_has_a_value_to_show(market: StreamingMarket) -> None:
    standing = Standing.of(market.world)
    for country in standing.countries.values():
        controls = market_controls(country, standing=standing)
        assert all(one.value == one.value for one in controls)
        assert {one.key.split(".")[2] for one in controls if one.unset} == {*NEVER_SET, "growth"}
        for service in country.platforms:
            for one in service_controls(country, service, standing=standing):
                # Of hardly any users the inversion knows nothing: a quality may lie beyond what can be set.
                unknown = one.unset and one.key.split(".")[2] in ("bundle_fee", "quality") and one.value != one.value
                assert unknown or one.begin <= one.value <= one.end, one.key
