"""A session: play, step, jump and change give what the same scenario gives in Python; nothing of it needs a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from model.interfaces.app.licences import with_licences
from model.interfaces.app.restore import Change, Licence, PageState, from_text, plan_of, to_text
from model.interfaces.app.session import Session
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult
from tests.interfaces.app.conftest import SMALL, WAIT

PRICE = "platforms.spotify.price.ID.individual"
Opened = Callable[..., Session]


def lived(state: PageState, months: int, starts: StartStore, **more: object) -> RunResult:
    """Run the state's scenario in plain Python."""
    plan = plan_of(state).replace(more) if more else plan_of(state)
    market = StreamingMarket(plan, starts=starts)
    market.run(months)
    return RunResult.from_runs(plan, [FinishedRun(0, market.records, market.ledger.flows())])


def same(one: RunResult, other: RunResult, *, table: str = "services") -> None:
    keys = [name for name in ("month", "market", "platform", "label") if name in one.frame(table)]
    left, right = (each.frame(table).sort_values(keys).reset_index(drop=True) for each in (one, other))
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def seen_result(session: Session) -> RunResult:
    assert session.worker.wait(WAIT)
    assert session.worker.faults == ()
    assert session.seen is not None
    return session.seen.result


def test_opening_shows_the_stock_before_any_month(opened: Opened) -> None:
    session = opened()
    assert session.seen is not None
    assert (session.seen.month, session.seen.date, session.seen.ended) == (0, "2022-10", False)
    assert set(session.seen.result.services["month"]) == {0}


@pytest.mark.parametrize("table", ["services", "markets", "labels", "advertising"])
def test_steps_give_the_tables_of_the_same_run_in_python(opened: Opened, kept_starts: StartStore, table: str) -> None:
    session = opened()
    session.step()
    session.worker.wait(WAIT)
    session.step(2)
    same(seen_result(session), lived(SMALL, 3, kept_starts), table=table)
    assert session.state.month == 3


def test_steps_asked_for_in_a_row_are_all_lived(opened: Opened) -> None:
    session = opened()
    for _ in range(4):
        session.step()
    assert seen_result(session).services["month"].max() == 4
    session.step(100)
    session.worker.wait(WAIT)
    session.jump(1)
    session.worker.wait(WAIT)
    session.step()
    assert seen_result(session).services["month"].max() == 2


def test_a_lever_at_the_opening_is_the_scenario_with_that_lever(opened: Opened, kept_starts: StartStore) -> None:
    session = opened()
    assert session.set_lever(PRICE, 30_000.0)
    session.step(3)
    found = seen_result(session)
    same(found, lived(SMALL, 3, kept_starts, **{PRICE: 30_000.0, "unusual_prices": True}))
    prices = found.offers.query("market == 'ID' and platform == 'spotify' and tier == 'individual' and month > 0")
    assert set(prices["price_local"]) == {30_000.0}


def test_a_lever_later_acts_from_the_next_month_and_not_before(opened: Opened) -> None:
    session = opened()
    session.step(2)
    session.worker.wait(WAIT)
    session.set_lever("platforms.resso.integration.ID", 1.0)
    session.step(2)
    found = seen_result(session)
    session.reset()
    session.worker.wait(WAIT)
    session.step(4)
    plain = seen_result(session)
    early, late = (found.tiktok["month"] <= 2), (found.tiktok["month"] > 2) & (found.tiktok["market"] == "ID")
    assert found.tiktok[early].equals(plain.tiktok[early])
    assert (found.tiktok.loc[late, "hours_by_integration"] > plain.tiktok.loc[late, "hours_by_integration"]).all()


def test_jumping_back_and_on_gives_the_same_numbers(opened: Opened) -> None:
    session = opened()
    session.set_lever(PRICE, 30_000.0)
    session.jump(5)
    first = seen_result(session)
    session.jump(2)
    assert seen_result(session).services["month"].max() == 2
    session.jump(5)
    same(seen_result(session), first)


def test_a_change_taken_back_leaves_the_plain_run(opened: Opened, kept_starts: StartStore) -> None:
    session = opened()
    session.set_lever(PRICE, 30_000.0)
    session.step(2)
    session.worker.wait(WAIT)
    session.take_back(session.state.changes[0])
    same(seen_result(session), lived(SMALL, 2, kept_starts))
    assert session.state.changes == ()


def test_the_last_value_of_a_month_counts_and_is_kept_once(opened: Opened) -> None:
    session = opened()
    session.set_lever(PRICE, 30_000.0)
    session.set_lever(PRICE, 40_000.0)
    assert session.state.changes == (Change(0, PRICE, 40_000.0),)


def test_a_page_is_told_once_of_every_month_that_is_played(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    session = opened()
    monkeypatch.setattr("model.interfaces.app.session.MONTHS_PER_SECOND", 3.0)  # slower than reports are told
    told: list[tuple[str, int]] = []

    def tell() -> None:
        assert session.seen is not None
        told.append((session.worker.progress.job, session.seen.month))

    stop = session.watch(tell)
    session.play()
    assert session.worker.wait(WAIT)
    stop()
    months = [month for job, month in told if job]
    assert set(months) >= set(range(1, 9))
    assert len(months) <= 9  # once each, and once that it has begun
    assert told[-1] == ("", 8)


def test_playing_stops_when_paused_and_ends_at_the_horizon(opened: Opened) -> None:
    session, moved = opened(), threading.Event()
    session.watch(lambda: moved.set() if session.state.month else None)
    session.play()
    assert moved.wait(WAIT)
    session.pause()
    assert session.worker.wait(WAIT)
    paused = session.state.month
    assert 1 <= paused < 8
    session.step(100)
    assert seen_result(session).services["month"].max() == 8
    assert session.seen is not None
    assert session.seen.ended


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [("platforms.spotifi.price.ID.individual", 1.0, "Did you mean 'spotify'"), (PRICE, -1.0, "lies in"),
     ("markets.XX.tiktok", True, "XX"), ("platforms.resso.integration.ID", 3.0, "lies in")],
)  # fmt: skip
def test_a_wrong_lever_is_told_beside_it_and_changes_nothing(
    opened: Opened, key: str, value: bool | float, part: str
) -> None:
    session = opened()
    before = session.state
    assert not session.set_lever(key, value)
    assert part in " ".join(map(str, session.faults[key]))
    assert session.state == before


def test_a_frame_that_is_wrong_or_too_large_leaves_the_run_as_it_was(opened: Opened) -> None:
    session = opened()
    before = session.state
    assert not session.set_frame("users", 90_000_000)
    assert "at most" in str(session.faults["users"][0])
    assert not session.set_frame("parameters.theta", 1e9)
    assert session.state == before
    assert session.set_frame("seed", 5)
    assert session.worker.wait(WAIT)
    assert session.seen is not None
    assert session.seen.plan.seed == 5


def test_two_sessions_do_not_touch_each_other(opened: Opened) -> None:
    one, other = opened(), opened()
    one.set_lever(PRICE, 30_000.0)
    one.step(2)
    other.step(2)
    assert not seen_result(one).services.equals(seen_result(other).services)
    assert other.state.changes == ()


def test_a_user_is_a_copy_that_later_months_do_not_move(opened: Opened) -> None:
    session = opened()
    user = session.user("ID", 5)
    assert user is not None
    before = user.why()
    session.step(3)
    assert session.worker.wait(WAIT)
    pd.testing.assert_frame_equal(user.why(), before)
    assert session.user("ID", 10**9) is None
    assert session.user("XX", 1) is None


def test_what_pages_ask_is_kept_and_told(opened: Opened) -> None:
    session = opened()
    told: list[int] = []
    stop = session.watch(lambda: told.append(1))
    session.ask("deal_room", platform="resso", markets=("IN", "ID"))
    session.ask("deal_room", label="sony")
    assert session.state.page("deal_room") == {"platform": "resso", "markets": ("IN", "ID"), "label": "sony"}
    assert len(told) == 2
    stop()
    session.show(market="ID", view="crowd")
    assert len(told) == 2
    assert (session.state.market, session.state.view) == ("ID", "crowd")


@pytest.mark.parametrize("value", [0.5, 7.0])
def test_who_is_told_of_a_change_never_waits_for_its_lock(opened: Opened, value: float) -> None:
    session = opened()
    free: list[bool] = []

    def drawing() -> None:
        other = threading.Thread(target=lambda: free.append(session.user("ID", 0) is not None), daemon=True)
        other.start()
        other.join(WAIT / 4)

    stop = session.watch(drawing)
    with session.changing():
        session.set_lever("platforms.resso.integration.ID", value)  # right, and wrong
    stop()
    assert free == [True]


def test_closing_stops_the_work_and_lets_go_of_the_run(opened: Opened) -> None:
    session = opened(replace(SMALL, sets={"users": 600, "months": 100}))
    session.play()
    session.close()
    assert session.worker.wait(WAIT)
    assert session.market is None
    assert session.seen is None


ROW = {"platform": "resso", "label": "sony", "markets": ("ID", "IN"), "start": "2023-01", "end": "2024-12",
       "rev_share_paid": 0.45, "unusual": True}  # fmt: skip
SIGNED = Licence(2, "resso", "sony", "streaming", ("ID", "IN"), -1, (ROW,))


def test_a_licence_signed_on_the_way_is_the_scenario_with_that_licence(opened: Opened, kept_starts: StartStore) -> None:
    session = opened(replace(SMALL, month=2))
    assert session.put_licence(SIGNED, place="talks")
    session.step(3)
    found = seen_result(session)
    deal = {key: list(value) if isinstance(value, tuple) else value for key, value in ROW.items()}
    for table in ("services", "labels", "markets"):
        same(found, lived(SMALL, 5, kept_starts, deals=[deal]), table=table)
    kept = from_text(to_text(session.state))
    assert kept.changes == (SIGNED,)
    same(seen_result(opened(kept)), found)
    plan = with_licences(plan_of(SMALL), kept.licences)
    market = StreamingMarket(plan, starts=kept_starts)
    market.run(5)
    same(RunResult.from_runs(plan, [FinishedRun(0, market.records, market.ledger.flows())]), found)


def test_music_that_goes_away_is_the_scenario_with_that_event_and_comes_back_with_the_licence(
    opened: Opened, kept_starts: StartStore
) -> None:
    session = opened()
    row = {**ROW, "label": "warner", "start": "2023-01"}
    assert session.put_licence(Licence(0, "resso", "warner", "streaming", ("ID", "IN"), 1, (row,)), place="talks")
    session.step(5)
    found = seen_result(session)
    deal = {**row, "markets": ["ID", "IN"]}
    off = {"kind": "label_leaves", "date": "2022-11", "platform": "resso", "label": "warner", "markets": ["ID", "IN"]}
    same(found, lived(SMALL, 5, kept_starts, deals=[deal], events=[off]))
    records = [one for one in found.runs[0].records if one.market == "ID"]
    there = [float(one.available[one.platforms.index("resso"), one.labels.index("warner")]) for one in records]
    assert there == [1, 1, 0, 0, 1, 1]  # opening, October, without in November and December, back in January


def test_a_licence_is_taken_back_before_it_acts_and_after(opened: Opened, kept_starts: StartStore) -> None:
    session = opened(replace(SMALL, month=2))
    session.put_licence(SIGNED, place="talks")
    session.take_back(SIGNED)
    assert (session.state.changes, session.state.month) == ((), 2)
    session.put_licence(SIGNED, place="talks")
    session.step()
    session.worker.wait(WAIT)
    session.take_back(SIGNED)
    same(seen_result(session), lived(SMALL, 3, kept_starts))


def test_of_two_ends_of_the_same_talks_the_last_one_counts(opened: Opened, kept_starts: StartStore) -> None:
    session = opened(replace(SMALL, month=2))
    session.put_licence(SIGNED, place="talks")
    gone = Licence(2, "resso", "sony", "streaming", ("ID", "IN"), 0)
    session.put_licence(gone, place="talks")
    assert session.state.changes == (gone,)
    session.step(2)
    same(seen_result(session), lived(SMALL, 4, kept_starts))  # Sony is off Resso already


def test_talks_later_end_what_was_signed_before_and_not_yet_begun(opened: Opened, kept_starts: StartStore) -> None:
    session = opened(replace(SMALL, month=2))
    session.put_licence(replace(SIGNED, deals=({**ROW, "start": "2023-03"},)), place="talks")
    session.step()
    session.worker.wait(WAIT)
    session.put_licence(Licence(3, "resso", "sony", "streaming", ("ID", "IN"), 0), place="talks")
    session.step(4)
    same(seen_result(session), lived(SMALL, 7, kept_starts))


@pytest.mark.parametrize(
    ("licence", "part"),
    [
        (replace(SIGNED, month=1), "month to come"), (replace(SIGNED, markets=("US",)), "markets of the run"),
        (replace(SIGNED, markets=("ID",)), "pair that talked"), (replace(SIGNED, label="nobody"), "label of"),
        (replace(SIGNED, deals=({**ROW, "rev_share_paid": 7.0},)), "lies in"),
        (replace(SIGNED, deals=({**ROW, "rev_shar": 0.1},)), "rev_share"),
    ],
)  # fmt: skip
def test_a_licence_that_is_wrong_is_told_and_changes_nothing(opened: Opened, licence: Licence, part: str) -> None:
    session = opened(replace(SMALL, month=2))
    assert not session.put_licence(licence, place="talks")
    assert part in " ".join(map(str, session.faults["talks"]))
    assert session.state.changes == ()


def test_a_branch_is_the_run_itself_with_what_was_set(opened: Opened) -> None:
    session = opened(replace(SMALL, month=2))
    session.set_lever(PRICE, 30_000.0)
    session.put_licence(SIGNED, place="talks")
    ahead, without = session.branch(), session.branch(without=SIGNED)
    for world in (ahead, without):
        world.run(2)
    session.step(2)
    found = seen_result(session).runs[0].records[-3:]
    wanted = {one.market: one for one in found}
    for world, equal in ((ahead, True), (without, False)):
        ids = next(one for one in world.records[-3:] if one.market == "ID")
        assert bool((ids.activity.hours == wanted["ID"].activity.hours).all()) is equal
