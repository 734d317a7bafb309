"""What if: exactly nothing without a change, the run itself in the arm without it, one market apart from another."""

from __future__ import annotations

import numpy as np
import pytest

from model.experiments.comparing.outcomes import by_month, read_outcomes
from model.experiments.what_if import WhatIf, WhatIfRequest, what_if, what_ifs, worth_telling
from model.foundation.errors import InputError
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import World
from model.results import FinishedRun, RunResult
from model.spec.scenario import Scenario
from model.spec.settings import Setting

STARTS = StartStore(None)
TIED = Setting("integration", "ID", "resso", "", 1.0)


def market(month: int = 3, **changes: object) -> StreamingMarket:
    plan = Scenario.load("baseline").replace({"users": 500, "months": 9, "markets": ["IN", "ID"], **changes})
    run = StreamingMarket(plan, starts=STARTS)
    run.run(month)
    return run


def ask(run: StreamingMarket, *settings: Setting, months: int = 4, futures: int = 3, **parameters: float) -> WhatIf:
    return what_if(run.fork(actors=True), WhatIfRequest(settings, parameters, months, futures))


def read(plan: Scenario, records: list[MarketMonth], world: World, word: str, market: str) -> list[float]:
    result = RunResult.from_runs(plan, [FinishedRun(0, records, world.ledger.flows())])
    rows = by_month(result, read_outcomes([word], [plan], place="test")[0], plan.markets)[market or "total"]
    return rows.loc[4:7].tolist()


WORDS = ("streamers", "people_paying", "revenue", "label_income", "bytedance_income", "resso.users", "spotify.payers",
         "spotify.revenue", "resso.operating_income", "sony.label_income")  # fmt: skip


def test_without_a_change_every_number_is_exactly_the_same() -> None:
    found = ask(market())
    assert found.is_unchanged
    assert found.is_same
    assert found.outcomes
    for outcome in found.outcomes:
        for code in ("", "IN", "ID"):
            gap = found.gap(outcome, market=code)
            assert (gap.difference, gap.low, gap.median, gap.high, gap.equal) == (0.0, 0.0, 0.0, 0.0, 1.0)
            assert gap.is_zero
            assert not gap.is_clear
            rows = found.by_month(outcome, market=code)
            assert (rows[["difference", "low", "high"]] == 0.0).all(axis=None)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("place", ["", "ID"])
def test_the_first_future_without_the_change_is_the_run_itself(word: str, place: str) -> None:
    run = market()
    found = ask(run, TIED, futures=1)
    changed = run.fork(settings=[TIED])
    changed.run(4)
    run.run(4)
    arms = found.arms(word, market=place)[0]
    assert arms[0].tolist() == pytest.approx(read(run.plan, run.records, run.world, word, place), rel=1e-12)
    assert arms[1].tolist() == pytest.approx(read(run.plan, changed.records, changed, word, place), rel=1e-12)
    assert found.by_month(word, market=place)["date"].tolist() == ["2023-01", "2023-02", "2023-03", "2023-04"]


def test_the_arm_without_the_change_keeps_its_talks() -> None:
    plan = Scenario.load("sony_at_the_table").replace({"users": 400})
    run = StreamingMarket(plan, starts=STARTS)
    run.run(3)
    found = ask(run, futures=1)
    run.run(4)
    lived = read(plan, run.records, run.world, "sony.label_income", "")
    assert found.arms("sony.label_income")[0, 0].tolist() == pytest.approx(lived, rel=1e-12)


def test_futures_differ_and_a_change_in_one_market_leaves_the_other_exactly_alone() -> None:
    found = ask(market(), TIED)
    users = found.arms("resso.users")
    assert len({tuple(one) for one in users[:, 0].tolist()}) == 3
    rows = found.by_market("resso.users")
    assert rows.loc["IN", ["difference", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert rows.loc["IN", "equal"] == 1.0
    assert rows.loc["ID", "equal"] < 1.0
    assert not found.is_same
    assert found.gap("resso.users").difference == pytest.approx(rows["difference"].sum())
    assert worth_telling(found) == ("resso",)


def test_a_gap_is_of_the_last_month_for_people_and_a_sum_for_money() -> None:
    found = ask(market(), TIED, futures=4)
    for word, told in (("resso.users", lambda arm: arm[:, -1]), ("revenue", lambda arm: arm.sum(axis=1))):
        arms = found.arms(word)
        gaps = told(arms[:, 1]) - told(arms[:, 0])
        gap = found.gap(word)
        assert gap.difference == pytest.approx(gaps.mean())
        assert gap.without == pytest.approx(told(arms[:, 0]).mean())
        assert gap.changed - gap.without == pytest.approx(gap.difference)
        assert (gap.low, gap.high) == (pytest.approx(gaps.min()), pytest.approx(gaps.max()))  # of four, 5% is the least
        assert gap.low <= gap.quarter <= gap.median <= gap.three_quarters <= gap.high
        assert gap.above == np.mean(gaps > 0)
        assert gap.relative == pytest.approx(gap.difference / gap.without)


def test_a_parameter_holds_from_the_next_month_on_in_the_changed_arm_alone() -> None:
    run = market()
    found, plain = ask(run, futures=1, rho_free=0.0, rho_paid=0.0), ask(run, futures=1)
    assert np.array_equal(found.arms("streamers")[:, 0], plain.arms("streamers")[:, 0])
    assert not np.array_equal(found.arms("spotify.users")[:, 1], plain.arms("spotify.users")[:, 0])


def test_what_is_pending_belongs_to_both_arms() -> None:
    run = market()
    run.world.pending = (TIED,)
    found, plain = ask(run), ask(market())
    assert found.is_same
    assert found.gap("resso.users").without != plain.gap("resso.users").without


def test_it_grows_by_a_future_tells_its_progress_and_leaves_the_world_alone() -> None:
    run, told = market(), list[tuple[str, int, int]]()
    world = run.fork(actors=True)
    request = WhatIfRequest((TIED,), {}, 2, 3)
    grown = list(what_ifs(world, request, progress=lambda *one: told.append(one)))
    assert [one.futures for one in grown] == [1, 2, 3]
    assert told == [("months", done, 12) for done in range(12)]
    assert world.month == 3
    assert np.array_equal(grown[0].arms("revenue")[0], grown[2].arms("revenue")[0])


def test_what_is_wrong_is_named() -> None:
    run = market()
    with pytest.raises(InputError, match="months"):
        WhatIfRequest(months=0)
    with pytest.raises(InputError, match="futures"):
        WhatIfRequest(futures=True)
    with pytest.raises(InputError, match="rho_free"):
        ask(run, rho_fre=0.1)
    found = ask(run, futures=1, months=1)
    with pytest.raises(InputError, match="one of the run's markets"):
        found.gap("revenue", market="JP")
    with pytest.raises(InputError, match="is kept of a what if"):
        found.gap("hhi")
