"""Names carry no weight: firms of the same terms fare alike, and firms that swap their names swap their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from tests.numbers import floats

Floats = NDArray[np.float64]
Terms = Mapping[str, Any]
NAMES = ("aardvark", "zebra")  # before and after every other service in the order of offers
SWAP = dict(zip(NAMES, NAMES[::-1], strict=True))
ROUNDING = 2e-6
EVERYBODY = {
    "parameters.launch_hazard": 2.0
}  # with marketing at 1000 everybody knows a newcomer within its first month
UNSHRUNK = (Phase.explicit, Phase.generate)  # each case is a world: shrinking one that fails would take minutes
LABELS = ("universal", "sony", "warner", "long_tail")


def entrants(terms: Sequence[Terms], *, names: Sequence[str], market: str, date: str) -> list[dict[str, object]]:
    return [
        {"date": date, "kind": "new_competitor", "platform": name, "markets": [market], **one}
        for name, one in zip(names, terms, strict=True)
    ]


def lived(
    plan: Scenario, terms: Sequence[Terms], starts: StartStore, *, market: str, months: int, date: str = "2022-10",
    replicate: int = 0,
) -> list[list[MarketMonth]]:  # fmt: skip
    """Return the months of both orders of names."""
    found = []
    for names in (NAMES, NAMES[::-1]):
        scenario = plan.replace({"events": entrants(terms, names=names, market=market, date=date)})
        run = StreamingMarket(scenario, starts=starts, replicate=replicate)
        run.run(months)
        found.append(run.records[1:])
    return found


def swapped(one: MarketMonth, other: MarketMonth) -> list[int]:
    """Return, for the options of one record, those of the other in which the two names stand for each other."""
    return [0, *(1 + other.offers.index((SWAP.get(service, service), tier)) for service, tier in one.offers)]


def in_market(plan: Scenario, market: str) -> Scenario:
    return plan.replace({**EVERYBODY, "markets": [market], "months": 8})


PRICES = {"ID": (5_000.0, 120_000.0), "BR": (2.0, 60.0)}
KIND_OF_TIERS = (("individual",), ("free_ads", "individual"), ("free_ads",), ("free_ads", "mini", "individual"))


@st.composite
def terms_of(draw: Any, market: str, tiers: Sequence[str]) -> Terms:
    found: dict[str, Any] = {
        "marketing": 1000.0,
        "quality": draw(floats(-2.0, 1.0)),
        "integration": draw(st.sampled_from((0.0, 1.0 / 3.0, 1.0))),
        "tiers": {tier: 0.0 if tier == "free_ads" else draw(st.floats(*PRICES[market])) for tier in tiers},
    }
    labels = draw(st.sets(st.sampled_from(LABELS)))
    return {**found, "labels": sorted(labels)} if labels else found


def check_swap(bench: Any, data: st.DataObject) -> None:
    market = data.draw(st.sampled_from(sorted(PRICES)))
    terms = [data.draw(terms_of(market, data.draw(st.sampled_from(KIND_OF_TIERS)))) for _ in range(2)]
    one, other = (
        records[0] for records in lived(in_market(bench.plan, market), terms, bench.starts, market=market, months=1)
    )
    place = swapped(one, other)
    slack = ROUNDING * float(one.expected.sum())
    np.testing.assert_allclose(other.expected[np.ix_(place, place)], one.expected, rtol=0.0, atol=slack)


@given(data=st.data())
@settings(max_examples=8, deadline=None, phases=UNSHRUNK)
def test_firms_that_swap_names_swap_their_expected_flows(bench: Any, data: st.DataObject) -> None:
    """In the month of entry, where everybody knows both: later months rest on draws that hang on names and order."""
    check_swap(bench, data)


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=120, deadline=None, phases=UNSHRUNK)
def test_any_two_firms_that_swap_names_swap_their_expected_flows(bench: Any, data: st.DataObject) -> None:
    check_swap(bench, data)


SAME = {"marketing": 1000.0, "quality": 0.0, "tiers": {"free_ads": 0.0, "individual": 50_000.0}}
DEARER = {**SAME, "tiers": {"free_ads": 0.0, "individual": 80_000.0}}


def columns(record: MarketMonth, name: str) -> list[int]:
    return [1 + j for j, (service, _) in enumerate(record.offers) if service == name]


def test_firms_of_the_same_terms_expect_the_same_flows_in_their_first_month(bench: Any) -> None:
    (record, _), _ = lived(in_market(bench.plan, "ID"), [SAME, SAME], bench.starts, market="ID", months=2)
    mine, theirs = (record.expected[:, columns(record, name)] for name in NAMES)
    assert np.array_equal(mine, theirs)
    assert mine.sum() > 0.01 * record.expected.sum()


def test_the_swap_is_of_firms_that_differ(bench: Any) -> None:
    (record, *_), _ = lived(in_market(bench.plan, "ID"), [SAME, DEARER], bench.starts, market="ID", months=1)
    cheap, dear = (record.expected[:, columns(record, name)[1]].sum() for name in NAMES)
    assert cheap > 1.1 * dear


@pytest.mark.slow
def test_over_half_a_year_names_are_worth_no_more_than_luck() -> None:
    """Users, royalties and revenue of firms that swap names, over replicates: differences within their own scatter."""
    plan = in_market(Scenario.load("baseline").replace({"users": 4000, "growth": False}), "ID")
    usual = [{**SAME, "marketing": 20.0}, {**DEARER, "marketing": 20.0, "quality": 0.4}]
    differences, starts = [], StartStore(None)
    for replicate in range(12):
        one, other = lived(plan, usual, starts, market="ID", months=6, replicate=replicate)
        order = swapped(one[-1], other[-1])
        late = [
            np.concatenate([
                np.mean([record.activity.users[place] for record in records], axis=0),
                np.mean([record.settlement.income.revenue[place] for record in records], axis=0),
                np.mean([record.settlement.royalties.sum(axis=1)[place] for record in records], axis=0),
            ])
            for records, place in ((one, np.arange(len(order))), (other, np.array(order)))
        ]  # fmt: skip
        differences.append(late[1] - late[0])
    spread = np.std(differences, axis=0, ddof=1)
    mean = np.mean(differences, axis=0)
    felt = spread > 0.0
    assert np.all(mean[~felt] == 0.0)
    assert np.all(np.abs(mean[felt]) <= 4.5 * spread[felt] / np.sqrt(len(differences)))
