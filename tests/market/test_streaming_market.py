"""The market as a whole: same seed same numbers, what is inert changes nothing, people and money are conserved."""

from __future__ import annotations

import math

import mesa
import numpy as np
import pytest

from model.agents.firms import Advertiser, CreatorCohort, Label, Platform
from model.agents.users import UserPopulation
from model.foundation.errors import InputError
from model.foundation.threads import exactly
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from model.state.ad_markets import TOPVIEW

SMALL = {"users": 600, "months": 4, "markets": ["IN", "ID"]}


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)  # settled once, kept in memory


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario.load("baseline").replace(SMALL)


@pytest.fixture(scope="module")
def quiet_run(scenario: Scenario, starts: StartStore) -> StreamingMarket:
    return lived(scenario, starts)


def lived(scenario: Scenario, starts: StartStore, **options: int) -> StreamingMarket:
    market = StreamingMarket(scenario, starts=starts, **options)
    market.run()
    return market


def numbers(record: MarketMonth) -> list[np.ndarray]:
    """Return everything of a record that a run computes."""
    found = [
        record.activity.users,
        record.activity.hours,
        record.payers,
        np.array([record.people, record.people_paying]),
    ]
    if record.counts is not None and record.expected is not None and record.settlement is not None:
        found += [record.counts, record.expected, record.settlement.royalties, record.settlement.income.spending]
    if record.demand is not None:
        found += [record.demand.elasticity, record.demand.diversion, np.array([record.demand.surplus])]
    return found


def same(one: StreamingMarket, other: StreamingMarket, *, market: str) -> bool:
    pairs = zip(
        [record for record in one.records if record.market == market],
        [record for record in other.records if record.market == market],
        strict=True,
    )
    return all(
        np.array_equal(a, b, equal_nan=True)
        for first, second in pairs
        for a, b in zip(numbers(first), numbers(second), strict=True)
    )


def test_same_seed_gives_the_same_bits(scenario: Scenario, quiet_run: StreamingMarket) -> None:
    again = lived(scenario, StartStore(None))  # settled anew
    assert same(quiet_run, again, market="IN")
    assert same(quiet_run, again, market="ID")
    assert quiet_run.ledger.balances() == again.ledger.balances()


def test_replicates_share_the_start_and_differ_after_it(
    scenario: Scenario, starts: StartStore, quiet_run: StreamingMarket
) -> None:
    other = lived(scenario, starts, replicate=1)
    assert np.array_equal(quiet_run.records[0].activity.users, other.records[0].activity.users)
    assert not same(quiet_run, other, market="IN")


def test_another_seed_gives_other_people(scenario: Scenario, starts: StartStore, quiet_run: StreamingMarket) -> None:
    other = StreamingMarket(scenario.replace({"seed": 2}), starts=starts)
    mine, theirs = quiet_run.countries["IN"].users, other.countries["IN"].users
    assert not np.array_equal(mine.income[:100], theirs.income[:100])


def test_threads_change_nothing() -> None:
    plan = Scenario.load("baseline").replace({**SMALL, "markets": ["ID"], "months": 2})
    runs = []
    for number in (1, 2, 5):
        with exactly(number):
            runs.append(lived(plan, StartStore(None)))
    assert same(runs[0], runs[1], market="ID")
    assert same(runs[0], runs[2], market="ID")


@pytest.mark.parametrize(
    "override",
    [
        {"parameters.theta": 2.0},
        {"platforms.spotify.price.IN.individual": 119.0},
        {"platforms.resso.integration.ID": 0.0},
        {"platforms.spotify.marketing.ALL": 1.0},
    ],
)
def test_null_override_changes_exactly_nothing(
    scenario: Scenario, starts: StartStore, quiet_run: StreamingMarket, override: dict[str, object]
) -> None:
    other = lived(scenario.replace(override), starts)
    assert same(quiet_run, other, market="IN")
    assert same(quiet_run, other, market="ID")


def test_another_market_changes_exactly_nothing_here(
    scenario: Scenario, starts: StartStore, quiet_run: StreamingMarket
) -> None:
    alone = lived(scenario.replace({"markets": ["ID"]}), starts)
    more = lived(scenario.replace({"markets": ["SG", "ID", "IN"]}), starts)
    dearer = lived(scenario.replace({"platforms.spotify.price.IN.individual": 300.0}), starts)
    for other in (alone, more, dearer):
        assert same(quiet_run, other, market="ID")
    assert not same(quiet_run, dearer, market="IN")


def test_service_nobody_can_know_changes_exactly_nothing_elsewhere(
    scenario: Scenario, starts: StartStore, quiet_run: StreamingMarket
) -> None:
    entry = {
        "date": "2022-11", "kind": "platform_enters", "platform": "newcomer", "markets": ["ID"],
        "tiers": {"free_ads": 0.0, "individual": 50_000.0}, "marketing": 0.0,
    }  # fmt: skip
    other = lived(scenario.replace({"events": [entry]}), starts)
    for first, second in zip(quiet_run.records, other.records, strict=True):
        if first.market != "ID":
            continue
        place = [0, *(1 + second.offers.index(name) for name in first.offers)]
        assert np.array_equal(first.activity.users, second.activity.users[place])
        assert np.array_equal(first.activity.hours, second.activity.hours[place])
        if first.expected is not None and second.expected is not None and first.settlement and second.settlement:
            assert np.array_equal(first.expected, second.expected[np.ix_(place, place)])
            assert np.array_equal(first.settlement.royalties, second.settlement.royalties[place])
    users = dict(zip(other.records[-1].offers, other.records[-1].activity.users[1:], strict=True))
    assert users[("newcomer", "free_ads")] == users[("newcomer", "individual")] == 0.0


def test_entrant_with_marketing_wins_users(scenario: Scenario, starts: StartStore) -> None:
    entry = {
        "date": "2022-10", "kind": "platform_enters", "platform": "newcomer", "markets": ["ID"],
        "tiers": {"free_ads": 0.0}, "marketing": 25.0,
    }  # fmt: skip
    market = lived(scenario.replace({"events": [entry], "months": 8, "markets": ["ID"]}), starts)
    record = market.records[-1]
    assert dict(zip(record.offers, record.activity.users[1:], strict=True))[("newcomer", "free_ads")] > 0


def test_people_are_conserved(quiet_run: StreamingMarket) -> None:
    for record in quiet_run.records:
        assert record.activity.main_users.sum() == pytest.approx(record.people)
        assert np.all(record.payers[1:] <= record.activity.users[1:] + 1e-6)
        if record.counts is not None and record.expected is not None:
            assert record.expected.sum() == pytest.approx(record.counts.sum(), rel=1e-6)


def test_moves_carry_one_stock_to_the_next() -> None:
    market = lived(Scenario.load("quiet").replace({**SMALL, "markets": ["ID"]}), StartStore(None))
    for before, after in zip(market.records[:-1], market.records[1:], strict=True):
        assert after.counts is not None
        change = after.counts.sum(axis=0) - after.counts.sum(axis=1)
        assert after.activity.main_users == pytest.approx(before.activity.main_users + change)


def test_money_is_conserved_and_users_pay_for_all_of_it(quiet_run: StreamingMarket) -> None:
    balances = quiet_run.ledger.balances()
    assert abs(sum(balances.values())) <= 1e-6 * sum(abs(value) for value in balances.values())
    spent = sum(
        r.settlement.income.spending.sum() for r in quiet_run.records if r.settlement is not None and r.market == "ID"
    )
    shopped = sum(r.tiktok.shop_income for r in quiet_run.records if r.tiktok is not None and r.market == "ID")
    assert shopped > 0.0
    assert balances["users:ID"] == pytest.approx(-spent - shopped)


def test_agents_stand_for_firms_labels_advertisers_and_users(quiet_run: StreamingMarket) -> None:
    assert isinstance(quiet_run, mesa.Model)
    kinds = {Platform, Label, Advertiser, CreatorCohort, UserPopulation}
    assert kinds <= set(quiet_run.agents_by_type)
    assert quiet_run.platforms["bytedance"].owns("resso", "IN")
    assert quiet_run.platforms["bytedance"].users()["resso"] > 1e7
    assert set(quiet_run.labels["t_series"].repertoire()) == {"IN"}
    assert quiet_run.labels["sony"].income() > 0
    assert quiet_run.platforms["other:IN"].owns("other", "IN")
    assert not quiet_run.platforms["other:IN"].owns("other", "ID")


def test_advertisers_and_creators_show_their_last_month(quiet_run: StreamingMarket) -> None:
    (lived,) = (r.tiktok for r in quiet_run.records if r.market == "ID" and r.month == quiet_run.month)
    assert lived is not None
    mine = [one for one in quiet_run.advertisers if one.market == "ID"]
    assert [one.segment for one in mine] == ["brand", "performance", "local"]
    spent = [one.spending() for one in mine]
    assert sum(one["tiktok_infeed"] for one in spent) == pytest.approx(lived.infeed)
    assert all(one.budget() == pytest.approx(sum(row.values())) for one, row in zip(mine, spent, strict=True))
    assert spent[1]["google"] > spent[0]["google"]  # who looks for clicks searches where they are
    brand, performance, _ = mine
    # TopView costs three times in-feed, which cost 0.9 USD at the opening (start_tiktok).
    assert brand.prices()["tiktok_topview"] == pytest.approx(3.0 * 0.9 * lived.channel_price[TOPVIEW])
    assert math.isnan(brand.prices()["google"])
    pull = math.sqrt(performance.values()["tiktok_infeed"] / performance.prices()["tiktok_infeed"])  # ces_sigma 1.5
    assert spent[1]["tiktok_infeed"] / spent[1]["other"] == pytest.approx(pull, rel=1e-9)
    assert performance.click_values()["tiktok_infeed"] > brand.click_values()["tiktok_infeed"] > 0.0
    assert math.isnan(brand.click_values()["tiktok_topview"])
    cohort = quiet_run.creators["ID"]
    assert (cohort.people(), cohort.activity(), cohort.income()) == (
        lived.creators, lived.activity, lived.creator_income,
    )  # fmt: skip
    assert cohort.people() > 1e5
    assert quiet_run.creators["IN"].people() == 0.0


def test_before_the_first_month_there_is_nothing_to_show(scenario: Scenario, starts: StartStore) -> None:
    market = StreamingMarket(scenario, starts=starts)
    assert market.advertisers[0].spending() == {}
    assert market.advertisers[0].budget() == 0.0
    assert market.advertisers[0].values() == market.advertisers[0].prices() == {}
    cohort = next(iter(market.creators.values()))
    assert cohort.people() == 0.0
    assert math.isnan(cohort.activity())


def test_unknown_user_is_one_clear_error(quiet_run: StreamingMarket) -> None:
    with pytest.raises(InputError, match="whole number from 0 to"):
        quiet_run.populations["ID"].user(10**9)


def test_step_is_a_month_in_mesas_own_time(scenario: Scenario, starts: StartStore) -> None:
    market = StreamingMarket(scenario, starts=starts)
    market.run_for(2)
    assert market.month == 2 == int(market.time)


def test_twice_the_users_give_the_same_shares_within_sampling_error() -> None:
    shares = []
    for users in (2000, 4000):
        market = StreamingMarket(Scenario.load("quiet").replace({"users": users, "markets": ["ID"], "months": 6}))
        record = market.run()[-1]
        shares.append(record.activity.main_users / record.people)
    error = np.sqrt(shares[1] * (1 - shares[1]) * (1 / 2000 + 1 / 4000))
    assert np.all(np.abs(shares[0] - shares[1]) <= 4.5 * error + 2 / 2000)


def test_fresh_starts_give_every_replicate_people_of_its_own() -> None:
    fresh = Scenario.from_mapping({**SMALL, "fresh_starts": True})
    shared = Scenario.from_mapping(SMALL)

    def people(plan: Scenario, replicate: int) -> list[bytes]:
        market = StreamingMarket(plan, replicate=replicate)
        return [country.users.hours.tobytes() for country in market.countries.values()]

    assert people(shared, 0) == people(shared, 1) == people(fresh, 0)
    assert people(fresh, 1) not in (people(fresh, 0), people(fresh, 2))
    assert people(fresh, 1) == people(fresh, 1)


def test_trends_act_while_growth_is_on_and_only_then() -> None:
    def users(**more: object) -> float:
        market = StreamingMarket(Scenario.from_mapping({**SMALL, "months": 12, **more}))
        last = market.run()[-1]
        return float(last.activity.users.sum())

    trend = {"parameters.streaming_trend": 1.0}
    assert users(**trend) > users()
    assert users(growth=False, **trend) == users(growth=False)
