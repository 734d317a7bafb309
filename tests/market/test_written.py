"""Licences that a scenario writes: what they inherit, what they set, and that they act in a run."""

from __future__ import annotations

import numpy as np
import pytest

from model.facts.start import load_start
from model.foundation.months import parse_month
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.written import sign_written, written_licences
from model.spec.scenario import Scenario
from model.state.deals import DealBook
from model.state.guarantees import Guarantees

STARTS = StartStore(None)
START = load_start()
BACK = {
    "platform": "resso", "label": "sony", "markets": ["IN", "ID"], "start": "2022-12", "end": "2023-02",
    "rev_share_paid": 0.4, "minimum_guarantee_usd_m": 6.0, "lapses": True,
}  # fmt: skip


def plan(*deals: dict[str, object], **changes: object) -> Scenario:
    base = {"users": 800, "months": 7, "markets": ["IN", "ID"], "deals": list(deals)}
    return Scenario.load("quiet").replace({**base, **changes})


def available(run: StreamingMarket, market: str, service: str, label: str) -> list[float]:
    found = [one for one in run.records if one.market == market]
    return [float(one.available[one.platforms.index(service), one.labels.index(label)]) for one in found]


def test_what_is_not_given_is_as_before_and_sums_are_split() -> None:
    scenario = plan(BACK)
    book = DealBook.from_start(START)
    accounts = Guarantees(book, start=START, markets=("IN", "ID"))
    written = written_licences(scenario.deals, book, start=START, guarantees=accounts)
    assert [deal.markets for deal in written] == [("IN",), ("ID",)]  # price groups with their own minima
    assert {deal.rev_share_paid for deal in written} == {0.4}
    assert [deal.per_subscriber_minimum_usd for deal in written] == [0.5, 1.45]
    assert sum(deal.minimum_guarantee_usd_m for deal in written) == pytest.approx(6.0)
    assert {(deal.signed, deal.expires) for deal in written} == {(parse_month("2022-12"), parse_month("2023-02"))}


def test_the_label_comes_with_its_licence_and_leaves_where_it_lapses() -> None:
    run = StreamingMarket(plan(BACK), starts=STARTS)
    run.run()
    # month 0 and October, November without; December to February with; then gone again
    assert available(run, "IN", "resso", "sony") == [0, 0, 0, 1, 1, 1, 0, 0]
    stays = StreamingMarket(plan({**BACK, "lapses": False}), starts=STARTS)
    stays.run()
    assert available(stays, "ID", "resso", "sony") == [0, 0, 0, 1, 1, 1, 1, 1]


def test_an_exclusive_licence_takes_the_label_off_everybody_else_while_it_holds() -> None:
    alone = {
        "platform": "resso", "label": "warner", "markets": ["ID"], "start": "2022-11", "end": "2023-01",
        "exclusive": True,
    }  # fmt: skip
    run = StreamingMarket(plan(alone), starts=STARTS)
    run.run()
    assert available(run, "ID", "resso", "warner") == [1] * 8
    assert available(run, "ID", "spotify", "warner") == [1, 1, 0, 0, 0, 1, 1, 1]
    assert available(run, "IN", "spotify", "warner") == [1] * 8


def test_a_licence_on_the_terms_of_before_changes_nothing_but_its_guarantee() -> None:
    same = {"platform": "resso", "label": "warner", "markets": ["IN", "ID"], "end": "2023-09"}
    run, silent = StreamingMarket(plan(same), starts=STARTS), StreamingMarket(plan(), starts=STARTS)
    run.run()
    silent.run()
    for one, other in zip(run.records, silent.records, strict=True):
        assert np.array_equal(one.activity.hours, other.activity.hours)
        if one.settlement is not None and other.settlement is not None:
            assert np.array_equal(one.settlement.royalties, other.settlement.royalties)


def test_a_royalty_of_rewarded_listening_is_paid_there_alone_and_the_books_balance() -> None:
    labels = ("universal", "warner", "merlin_indies", "other_local_majors")
    own = [{"platform": "resso", "label": label, "markets": ["ID"], "end": "2024-03", "rev_share_rewarded": 0.7,
            "per_stream_minimum_rewarded_usd": 0.0} for label in labels]  # fmt: skip
    louder = {"months": 2, "markets": ["ID"], "platforms.resso.ad_load.ID.free_rewarded": 3.0}
    usual, raised = (StreamingMarket(plan(*deals, **louder), starts=STARTS) for deals in ((), own))
    royalties = []
    for run in (usual, raised):
        run.run()
        record = run.records[-1]
        assert record.settlement is not None
        columns = [record.labels.index(label) for label in labels]
        rows = {tier: 1 + record.offers.index(("resso", tier)) for tier in ("free_ads", "free_rewarded", "premium")}
        royalties.append({tier: record.settlement.royalties[row, columns] for tier, row in rows.items()})
        net, heard = record.settlement.income.net[rows["free_rewarded"]], record.activity.hours[rows["free_rewarded"]]
        assert sum(run.ledger.balances().values()) == pytest.approx(0.0, abs=1e-3)
    before, after = royalties
    # 70% of net revenue, split by listening; nothing else moves.
    np.testing.assert_allclose(after["free_rewarded"], 0.7 * net * heard[columns] / heard.sum(), rtol=1e-9)
    assert (after["free_rewarded"] > before["free_rewarded"]).all()
    for tier in ("free_ads", "premium"):
        np.testing.assert_array_equal(after[tier], before[tier])


def test_a_guarantee_that_is_not_given_is_the_one_in_force() -> None:
    same = {"platform": "resso", "label": "warner", "markets": ["ID"], "end": "2023-09"}
    run, silent = (StreamingMarket(plan(*deals), starts=STARTS) for deals in ((same,), ()))
    old = silent.world.money.deals.standing(market="ID", platform="resso", label="warner", month=silent.start.month)
    new = run.world.money.deals.standing(market="ID", platform="resso", label="warner", month=run.start.month)
    before = silent.world.money.guarantees.per_year_usd[old.position]
    assert before > 0.0
    assert run.world.money.guarantees.per_year_usd[new.position] == pytest.approx(before)


@pytest.mark.parametrize("month", [0, 1, 3])
@pytest.mark.parametrize("more", [{}, {"lapses": True}, {"rev_share_paid": 0.9, "mfn": True, "unusual": True}])
def test_a_licence_signed_on_the_way_gives_what_the_scenario_gives_that_wrote_it(
    month: int, more: dict[str, object]
) -> None:
    first, last = ("2022-10", "2022-11", "2022-12", "2023-01")[month], "2023-02"
    row = {"platform": "resso", "label": "sony", "markets": ["IN", "ID"], "start": first, "end": last,
           "rev_share_paid": 0.4, **more}  # fmt: skip
    wanted, live = StreamingMarket(plan(row), starts=STARTS), StreamingMarket(plan(), starts=STARTS)
    wanted.run()
    live.run(month)
    sign_written(live.world, plan(row).deals)
    live.run()
    for name, column in live.ledger.flows().items():
        assert list(column) == list(wanted.ledger.flows()[name])
    for one, other in zip(live.records, wanted.records, strict=True):
        np.testing.assert_array_equal(one.activity.hours, other.activity.hours)
        np.testing.assert_array_equal(one.available, other.available)


def test_a_licence_signed_later_takes_the_place_of_the_one_before() -> None:
    run = StreamingMarket(plan({**BACK, "lapses": True}), starts=STARTS)
    run.run(3)
    longer = plan({**BACK, "start": "2023-01", "end": "2024-12", "rev_share_paid": 0.5, "lapses": False}).deals
    sign_written(run.world, longer)
    run.run()
    assert available(run, "IN", "resso", "sony") == [0, 0, 0, 1, 1, 1, 1, 1]
    terms = run.world.money.deals.standing(market="IN", platform="resso", label="sony", month=longer[0].first)
    assert terms.deal.rev_share_paid == 0.5
