"""How talks end puts into a run what was agreed: terms that pay it, when they begin, and music that goes away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.experiments.deals import DealRoom, TermSheet, deal_room
from model.experiments.deals.landing import Landing, drawn_talk, landing_of, landing_of_sheet, terms_now
from model.experiments.deals.outcomes import TalkOutcomes
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.written import sign_written
from model.spec.scenario import Scenario

STARTS = StartStore(None)
PLAN = Scenario.load("tiny").replace({"users": 800, "months": 10})
TALK = {"draw": 1, "end": "in time", "weeks": 10, "weeks_extended": 0, "weeks_out": 0, "payment": 0.0}


@pytest.fixture(scope="module")
def market() -> StreamingMarket:
    found = StreamingMarket(PLAN, starts=STARTS)
    found.run(2)
    return found


@pytest.fixture(scope="module")
def warner(market: StreamingMarket) -> DealRoom:
    return deal_room(market, platform="resso", label="warner", markets=["ID", "IN"], months=6, draws=2)


@pytest.fixture(scope="module")
def sony(market: StreamingMarket) -> DealRoom:
    return deal_room(market, platform="resso", label="sony", markets=["ID", "IN"], months=6, draws=2)


def landed(room: DealRoom, market: StreamingMarket, **talk: object) -> Landing:
    outcomes = TalkOutcomes("offers", pd.DataFrame([{**TALK, **talk}]))
    return landing_of(room, outcomes, row=0, world=market.world)


def royalties(market: StreamingMarket, rows: tuple[dict[str, object], ...], *, months: int, label: str) -> float:
    """Return USD a month that Resso pays the label in the months after rows were signed."""
    world = market.fork()
    written = PLAN.replace({"deals": [{**row, "markets": list(row["markets"])} for row in rows]}).deals  # type: ignore[call-overload]
    sign_written(world, written)
    records = [one for one in world.run(months) if one.settlement is not None and one.market in ("ID", "IN")]
    paid = [one.settlement.royalties_by_service[one.platforms.index("resso"), one.labels.index(label)]
            for one in records]  # fmt: skip
    return float(np.sum(paid)) / months


@pytest.mark.parametrize("factor", [0.8, 1.1])
def test_what_was_signed_pays_what_was_agreed(warner: DealRoom, market: StreamingMarket, factor: float) -> None:
    present = float(warner.futures.lines()["present"][1])
    once, other = (landed(warner, market, payment=one * present) for one in (1.0, factor))
    assert (once.away, other.away) == (-1, -1)
    assert {(row["start"], row["end"]) for row in other.deals} == {("2022-12", "2023-05")}
    plain, changed = (royalties(market, one.deals, months=6, label="warner") for one in (once, other))
    assert changed / plain == pytest.approx(factor, rel=1e-9)
    base = [one for one in market.fork(months=6).records if one.market in ("ID", "IN")]
    now = sum(one.settlement.royalties_by_service[one.platforms.index("resso"), one.labels.index("warner")]
              for one in base if one.settlement is not None) / 6  # fmt: skip
    assert plain == pytest.approx(float(now), rel=1e-9)  # a factor of 1 is the terms in force


@pytest.mark.parametrize(
    ("talk", "away", "start"),
    [
        ({"weeks_extended": 9}, -1, "2023-02"), ({"weeks_out": 2, "end": "after an outage"}, 0, "2023-01"),
        ({"weeks_extended": 4, "weeks_out": 9, "end": "after an outage"}, 1, "2023-03"),
        ({"end": "walk-out that stays"}, 0, None), ({"end": "walk-out that stays", "weeks_extended": 13}, 3, None),
        ({"end": "not over"}, -1, None),
    ],
)  # fmt: skip
def test_weeks_of_talks_become_months_of_the_run(
    warner: DealRoom, market: StreamingMarket, talk: dict[str, object], away: int, start: str | None
) -> None:
    payment = float("nan") if start is None else 1e5
    found = landed(warner, market, payment=payment, **talk)
    assert found.away == away
    assert {row["start"] for row in found.deals} == ({start} if start else set())


def test_a_licence_that_is_not_there_begins_when_its_talks_are_over(sony: DealRoom, market: StreamingMarket) -> None:
    found = landed(sony, market, payment=1e5, weeks=13)
    assert (found.away, {row["start"] for row in found.deals}) == (-1, {"2023-03"})
    assert landed(sony, market, end="no deal", payment=float("nan")) == Landing(-1, ())


def test_a_sheet_is_signed_as_it_is_and_pays_what_the_room_judged(warner: DealRoom, market: StreamingMarket) -> None:
    sheet = TermSheet(rev_share_paid=0.4, rev_share_free=0.3, per_subscriber_minimum_usd=0.9)
    found = landing_of_sheet(warner, sheet, world=market.world)
    row = found.deals[0]
    assert (found.away, len(found.deals), row["rev_share_paid"], row["rev_share_rewarded"]) == (-1, 1, 0.4, 0.3)
    paid = royalties(market, found.deals, months=6, label="warner")
    assert paid == pytest.approx(float(warner.judge(sheet)["paid"].mean()), rel=0.25)  # other luck, fewer draws
    less = landing_of_sheet(warner, replace(sheet, rev_share_free=0.0), world=market.world)
    assert royalties(market, less.deals, months=6, label="warner") < paid


def test_terms_in_force_are_told_by_markets(warner: DealRoom, market: StreamingMarket) -> None:
    found = terms_now(warner, market.world)
    assert sorted(code for markets in found for code in markets) == ["ID", "IN"]
    for markets, deal in found.items():
        held = market.world.money.deals.standing(market=markets[0], platform="resso", label="warner",
                                                 month=market.world.money.calendar(3))  # fmt: skip
        assert deal == held.deal


def test_the_talk_of_a_run_is_its_own_lot(sony: DealRoom, market: StreamingMarket) -> None:
    outcomes, pair = sony.outcomes(), sony.futures.request.pair
    lots = [drawn_talk(outcomes, pair=pair, seed=seed, month=2) for seed in range(200)]
    assert lots == [drawn_talk(outcomes, pair=pair, seed=seed, month=2) for seed in range(200)]
    assert set(lots) <= set(range(len(outcomes.talks)))
    assert len(set(lots)) > 35
