"""Tables of a live run: as of a finished one, whenever they are asked for, and as they stood when a result was made."""

from __future__ import annotations

import pytest
from pandas.testing import assert_frame_equal

from model.interfaces.app.history import GROWING, History
from model.interfaces.app.restore import PageState, plan_of
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult

SMALL = PageState(scenario="tiny", sets={"users": 300, "months": 6})


def finished(market: StreamingMarket) -> RunResult:
    return RunResult.from_runs(market.plan, [FinishedRun(market.replicate, market.records, market.ledger.flows())])


@pytest.fixture
def market(kept_starts: StartStore) -> StreamingMarket:
    return StreamingMarket(plan_of(SMALL), starts=kept_starts)


@pytest.mark.parametrize("asked", [(1, 2, 3, 4), (4,), (2, 4)], ids=["every month", "once", "now and then"])
def test_tables_are_those_of_the_finished_run_whenever_they_are_asked_for(
    market: StreamingMarket, asked: tuple[int, ...]
) -> None:
    history = History(market)
    for month in range(1, 5):
        market.step()
        result = history.grow(market)
        if month in asked:
            for name in GROWING:
                assert_frame_equal(result.frame(name), finished(market).frame(name))


def test_a_result_shows_its_own_month_even_when_it_is_asked_late(market: StreamingMarket) -> None:
    history = History(market)
    market.step()
    early, wanted = history.grow(market), {name: finished(market).frame(name) for name in GROWING}
    market.step()
    late = history.grow(market)
    for name in GROWING:
        assert set(late.frame(name)["month"]) >= {1, 2}
        assert_frame_equal(early.frame(name), wanted[name])
    assert early.month == 1


def test_tables_asked_for_at_different_months_miss_none(market: StreamingMarket) -> None:
    history = History(market)
    market.step()
    assert len(history.grow(market).services)
    market.step()
    assert len(history.grow(market).markets)  # from the opening to the second month
    market.step()
    result = history.grow(market)
    for name in ("services", "markets", "labels"):
        assert_frame_equal(result.frame(name), finished(market).frame(name))
    again = history.grow(market)
    market.step()
    late = history.grow(market)
    assert_frame_equal(again.offers, finished_until(market, 3).offers)
    assert_frame_equal(late.services, finished(market).services)
    assert_frame_equal(late.offers, finished(market).offers)


def finished_until(market: StreamingMarket, month: int) -> RunResult:
    records = [one for one in market.records if one.month <= month]
    return RunResult.from_runs(market.plan, [FinishedRun(market.replicate, tuple(records), market.ledger.flows())])
