"""Events lived through: mergers, bundles and new competitors conserve people and money, and do nothing where inert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import fsum

import numpy as np
import pytest

from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario

MERGER = {"date": "2022-12", "kind": "merger", "platform": "jiosaavn", "absorbs": "wynk", "markets": ["IN"]}
BUNDLE = {"date": "2022-11", "kind": "telco_bundle", "platform": "spotify", "markets": ["ID"], "operator": "Telkomsel",
          "bundle_base": 0.4, "bundle_told": 0.5, "bundle_fee": 5_000}  # fmt: skip
INERT = {"date": "2022-11", "kind": "new_competitor", "platform": "newcomer", "markets": ["ID"], "marketing": 0.0,
         "tiers": {"free_ads": 0, "individual": 50_000}, "quality": 0.0}  # fmt: skip
ENDS = {"date": "2023-01", "kind": "tier_closes", "platform": "spotify", "tier": "bundle", "markets": ["ID"]}


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)


@pytest.fixture(scope="module")
def runs(starts: StartStore) -> dict[str, StreamingMarket]:
    """A base and scenarios of some events each, on the same draws and starts."""
    plans: Mapping[str, Sequence[Mapping[str, object]]] = {
        "base": [], "merger": [MERGER], "bundle": [BUNDLE, ENDS], "nobody's bundle": [{**BUNDLE, "bundle_base": 0.0}],
        "inert": [INERT], "inert taken over": [INERT, {**MERGER, "platform": "spotify", "absorbs": "newcomer",
                                                       "markets": ["ID"]}],
        "good": [{**INERT, "marketing": 30.0, "quality": 0.5}], "bad": [{**INERT, "marketing": 30.0, "quality": -1.5}],
        "few labels": [{**INERT, "marketing": 30.0, "quality": 0.5, "labels": ["sony", "long_tail"]}],
    }  # fmt: skip
    base = Scenario.load("baseline").replace({"users": 1500, "months": 5, "markets": ["IN", "ID"], "growth": False})
    found = {}
    for name, events in plans.items():
        found[name] = StreamingMarket(base.replace({"events": list(events)}), starts=starts)
        found[name].run()
    return found


def of(market: StreamingMarket, code: str) -> list[MarketMonth]:
    return [record for record in market.records if record.market == code]


def users(record: MarketMonth, service: str, tier: str = "") -> float:
    return sum(
        float(count)
        for (owner, name), count in zip(record.offers, record.activity.main_users[1:], strict=True)
        if owner == service and tier in ("", name)
    )


def same_where_both(one: MarketMonth, other: MarketMonth) -> bool:
    """Whether two records agree to the last bit in all that both have offers for."""
    place = [0, *(1 + other.offers.index(name) for name in one.offers)]
    pairs = [(one.activity.users, other.activity.users[place]), (one.activity.hours, other.activity.hours[place])]
    if one.expected is not None and other.expected is not None and one.settlement and other.settlement:
        pairs += [
            (one.expected, other.expected[np.ix_(place, place)]),
            (one.settlement.royalties, other.settlement.royalties[place]),
            (one.settlement.income.ads, other.settlement.income.ads[place]),
        ]
    return all(np.array_equal(first, second) for first, second in pairs)


@pytest.mark.parametrize("name", ["merger", "bundle", "inert taken over", "good", "few labels"])
def test_people_and_money_are_conserved(runs: Mapping[str, StreamingMarket], name: str) -> None:
    market = runs[name]
    for code in ("IN", "ID"):
        lived = of(market, code)
        for before, after in pairwise(lived):
            assert after.counts is not None
            assert after.expected is not None
            assert after.activity.main_users.sum() == pytest.approx(before.people)
            change = after.counts.sum(axis=0) - after.counts.sum(axis=1)
            np.testing.assert_allclose(after.activity.main_users, before.activity.main_users + change, atol=1e-3)
            assert after.expected.sum() == pytest.approx(after.counts.sum(), rel=1e-6)
    balances = market.ledger.balances()
    turnover = fsum(abs(amount) for amount in balances.values())
    assert turnover > 0.0
    assert abs(fsum(balances.values())) < 1e-9 * turnover


def test_nothing_happens_before_the_date_nor_elsewhere(runs: Mapping[str, StreamingMarket]) -> None:
    for name, where, first in (("merger", "IN", 3), ("bundle", "ID", 2), ("good", "ID", 2)):
        for code in ("IN", "ID"):
            both = zip(of(runs["base"], code), of(runs[name], code), strict=True)
            differs = [not same_where_both(one, other) for one, other in both]
            assert differs == [code == where and month >= first for month in range(len(differs))], (name, code)


def test_what_is_taken_over_has_neither_users_nor_income(runs: Mapping[str, StreamingMarket]) -> None:
    before, after = of(runs["merger"], "IN")[2:4]
    assert users(before, "wynk") > 0
    assert users(after, "wynk") == 0
    assert users(after, "jiosaavn") > users(before, "jiosaavn") + 0.7 * users(before, "wynk")
    assert after.settlement is not None
    place = after.platforms.index("wynk")
    assert after.settlement.by_service(after.settlement.income.revenue)[place] == 0.0
    assert after.settlement.overheads.marketing[place] == 0.0
    assert not any(
        is_open for (owner, _), is_open in zip(after.offers, after.is_open[1:], strict=True) if owner == "wynk"
    )


def test_taking_over_nobody_changes_exactly_nothing(runs: Mapping[str, StreamingMarket]) -> None:
    for name, other in (("base", "inert"), ("inert", "inert taken over"), ("base", "nobody's bundle")):
        for one, two in zip(of(runs[name], "ID"), of(runs[other], "ID"), strict=True):
            assert same_where_both(one, two), (name, other, one.month)


def test_an_operator_pays_the_agreed_fee_while_the_bundle_runs(runs: Mapping[str, StreamingMarket]) -> None:
    lived = of(runs["bundle"], "ID")
    people = [users(record, "spotify", "bundle") for record in lived]
    assert people[1] == 0.0
    assert people[3] > people[2] > 0.0
    assert people[4] == people[5] == 0.0
    fx = runs["bundle"].countries["ID"].fx
    for record in lived[1:]:
        assert record.settlement is not None
        j = 1 + record.offers.index(("spotify", "bundle"))
        assert record.settlement.income.bundle[j] == pytest.approx(record.activity.users[j] * 5_000 / fx)
        assert record.settlement.income.spending[j] == 0.0


def test_a_better_competitor_wins_more_and_one_without_labels_less(runs: Mapping[str, StreamingMarket]) -> None:
    won = {name: users(of(runs[name], "ID")[-1], "newcomer") for name in ("inert", "bad", "good", "few labels")}
    assert won["inert"] == 0.0
    assert won["bad"] < won["good"]
    assert won["few labels"] < won["good"]


def test_a_competitor_plays_and_pays_the_labels_that_license_it(runs: Mapping[str, StreamingMarket]) -> None:
    record = of(runs["few labels"], "ID")[-1]
    assert record.settlement is not None
    row = [1 + j for j, (owner, _) in enumerate(record.offers) if owner == "newcomer"]
    heard, paid = (column[row].sum(axis=0) for column in (record.activity.hours, record.settlement.royalties))
    licensed = np.isin(record.labels, ["sony", "long_tail"])
    assert np.all(heard[licensed] > 0.0)
    assert np.all(paid[licensed] > 0.0)
    assert not heard[~licensed].any()
    assert not paid[~licensed].any()


def test_a_fork_goes_on_with_the_contract_and_the_habit_that_it_is_given(starts: StartStore) -> None:
    plan = Scenario.load("baseline").replace({"users": 400, "months": 3, "markets": ["IN"], "events": [MERGER]})
    market = StreamingMarket(plan, starts=starts)
    market.run(2)
    usual, loyal = market.fork(months=1), market.fork(overrides={"parameters.merger_habit": 1.0}, months=1)
    market.run()
    np.testing.assert_array_equal(market.countries["IN"].users.tenure, usual.countries["IN"].users.tenure)
    assert loyal.countries["IN"].users.tenure.sum() > usual.countries["IN"].users.tenure.sum()
