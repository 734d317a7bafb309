"""The deal room of the page: its numbers are those of `sm.deal_room` on the same run; what is agreed lands in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

import model as sm
from model.experiments.deals.landing import drawn_talk, landing_of
from model.foundation.errors import InputError
from model.interfaces.app.as_it_stands import as_it_stands
from model.interfaces.app.dealing import (
    PAGE,
    PLACE,
    Choice,
    Held,
    choice_of,
    end_of,
    landed_of,
    look_ahead,
    negotiate,
    offered_by,
    sheet_of,
    sign_sheet,
    stamp_of,
)
from model.interfaces.app.dealing_words import amounts, answer, lead, reasons, term_controls, terms_table, where_from
from model.interfaces.app.restore import Change, Licence, PageState, from_text, plan_of, to_text
from model.interfaces.app.session import Session
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult
from tests.interfaces.app.conftest import SMALL, WAIT

Opened = Callable[..., Session]
BEGUN = replace(SMALL, month=2, sets={"users": 600, "months": 20})
ASKED = {"draws": 6, "months": 12, "markets": ("ID", "IN")}


def quiet(*_: object) -> None:
    """Hear no progress."""


def looked(session: Session, **asked: object) -> tuple[Held, Choice]:
    assert session.market is not None
    choice = replace(choice_of({**ASKED, **asked}, offered_by(session.market.countries)), draws=3)  # type: ignore[arg-type]
    look_ahead(session, choice, quiet)
    found = session.kept[PAGE]
    assert isinstance(found, Held)
    return found, choice


def in_python(state: PageState, starts: StartStore, months: int, **more: object) -> StreamingMarket:
    market = StreamingMarket(plan_of(state).replace(more), starts=starts)
    market.run(months)
    return market


@pytest.mark.parametrize("asked", [{}, {"platform": "spotify", "label": "warner"}, {"kind": "clips"}])
def test_the_page_has_the_numbers_of_the_same_room_in_python(
    opened: Opened, kept_starts: StartStore, asked: dict[str, object]
) -> None:
    session = opened(BEGUN)
    held, choice = looked(session, **asked)
    room = sm.deal_room(in_python(BEGUN, kept_starts, 2), **choice.wishes())
    pd.testing.assert_frame_equal(held.walk, room.walk_aways(), check_exact=True)
    pd.testing.assert_frame_equal(held.summary, room.summary(), check_exact=True)
    for sheet in ({}, held.present, {**held.present, "promotional_credit_usd_m": 3.0}):
        pd.testing.assert_frame_equal(held.judge(sheet), room.judge(sheet), check_exact=True)


def test_what_was_set_since_the_last_month_is_known(opened: Opened, kept_starts: StartStore) -> None:
    key = "platforms.resso.marketing.ID"
    session = opened(BEGUN)
    plain, _ = looked(session)
    session.set_lever(key, 9.0)
    held, choice = looked(session)
    assert not held.walk.equals(plain.walk)
    session.reset()
    session.worker.wait(WAIT)
    session.set_lever(key, 9.0)
    market = in_python(replace(BEGUN, month=0), kept_starts, 0, **{key: 9.0})
    pd.testing.assert_frame_equal(looked(session)[0].walk, sm.deal_room(market, **choice.wishes()).walk_aways())


def test_looking_ahead_leaves_the_run_as_it_is(opened: Opened, kept_starts: StartStore) -> None:
    session = opened(BEGUN)
    looked(session)
    session.step(2)
    session.worker.wait(WAIT)
    assert session.seen is not None
    wanted = in_python(BEGUN, kept_starts, 4)
    found = session.market
    assert found is not None
    for one, other in zip(found.records, wanted.records, strict=True):
        assert bool((one.activity.hours == other.activity.hours).all())


def test_negotiating_lands_the_talk_of_this_run_as_the_scenario_would_write_it(
    opened: Opened, kept_starts: StartStore
) -> None:
    session = opened(BEGUN)
    _, choice = looked(session, label="warner")
    negotiate(session, "nash", quiet)
    found = session.kept[PAGE]
    assert isinstance(found, Held)
    licence = found.landed
    assert licence is not None
    assert session.state.changes == (licence,)

    market = in_python(BEGUN, kept_starts, 2)
    room = sm.deal_room(market, **choice.wishes())
    outcomes = room.outcomes("nash", talks=20)
    row = drawn_talk(outcomes, pair=room.futures.request.pair, seed=market.world.draw_seed, month=2)
    landing = landing_of(room, outcomes, row=row, world=market.world)
    assert end_of(found).equals(outcomes.talks.iloc[row])
    assert (licence.away, licence.deals) == (landing.away, tuple(landing.deals))
    assert licence.deals

    session.step(4)
    session.worker.wait(WAIT)
    assert session.worker.faults == ()
    assert session.seen is not None
    deals = [{**row, "markets": list(row["markets"])} for row in licence.deals]  # type: ignore[arg-type]
    wanted = in_python(BEGUN, kept_starts, 6, deals=deals)
    result = RunResult.from_runs(wanted.plan, [FinishedRun(0, wanted.records, wanted.ledger.flows())])
    for table in ("services", "labels", "markets"):
        keys = [name for name in ("month", "market", "platform", "label") if name in result.frame(table)]
        one, other = (each.frame(table).sort_values(keys).reset_index(drop=True)
                      for each in (session.seen.result, result))  # fmt: skip
        pd.testing.assert_frame_equal(one, other, check_exact=True)

    stands = StreamingMarket(as_it_stands(session.state), starts=kept_starts)
    stands.run(6)
    assert all(bool((one.activity.hours == other.activity.hours).all())
               for one, other in zip(stands.records, wanted.records, strict=True))  # fmt: skip
    again = opened(from_text(to_text(session.state)))
    assert again.seen is not None
    assert again.seen.result.services.equals(session.seen.result.services)


def test_talks_again_in_the_same_month_take_the_place_of_the_first_and_see_the_same_futures(opened: Opened) -> None:
    session = opened(BEGUN)
    held, choice = looked(session, label="warner")
    negotiate(session, "nash", quiet)
    assert stamp_of(session.state, choice) == held.stamp
    again, _ = looked(session, label="warner")
    pd.testing.assert_frame_equal(again.walk, held.walk, check_exact=True)
    assert sign_sheet(session, {**held.present, "rev_share_paid": 0.3})
    assert len(session.state.changes) == 1
    licence = landed_of(session.state, choice)
    assert licence is not None
    assert licence.deals[0]["rev_share_paid"] == 0.3
    session.take_back(licence)
    assert session.state.changes == ()


def test_a_run_that_went_on_needs_new_futures(opened: Opened) -> None:
    session = opened(BEGUN)
    looked(session)
    session.step()
    session.worker.wait(WAIT)
    with pytest.raises(InputError, match="Look ahead again"):
        negotiate(session, "offers", quiet)
    sign_sheet(session, {"rev_share_paid": 0.5})
    assert "month to come" in str(session.faults[PLACE][0])
    assert session.state.changes == ()


def test_a_change_of_anything_else_makes_the_futures_old(opened: Opened) -> None:
    session = opened(BEGUN)
    held, choice = looked(session)
    session.ask(PAGE, terms=("rev_share_paid",), values=(0.4,))
    session.show(market="ID", view="money")
    assert stamp_of(session.state, choice) == held.stamp
    other = Licence(2, "spotify", "sony", "streaming", ("ID",), 0)
    for change in (Change(2, "platforms.spotify.marketing.ID", 2.0), other):
        state = replace(session.state, changes=(change,))
        assert stamp_of(state, choice) != held.stamp


def test_work_that_is_stopped_keeps_the_futures_that_are_there(opened: Opened) -> None:
    session = opened(BEGUN)
    assert session.market is not None
    choice = replace(choice_of(ASKED, offered_by(session.market.countries)), draws=3)  # type: ignore[arg-type]

    class Enough(Exception):
        pass

    def stop(stage: str, done: int, whole: int) -> None:
        assert whole == 3 * 12 * 2
        if done == 30:
            raise Enough

    with pytest.raises(Enough):
        look_ahead(session, choice, stop)
    found = session.kept[PAGE]
    assert isinstance(found, Held)
    assert len(found.walk) == 1


def test_what_is_asked_and_is_not_there_becomes_something_near(opened: Opened) -> None:
    session = opened(SMALL)
    assert session.market is not None
    offered = offered_by(session.market.countries)
    assert offered.kinds == ("clips", "streaming")
    usual = choice_of({}, offered)
    assert (usual.kind, usual.platform, usual.label) == ("streaming", "resso", "sony")
    assert set(usual.markets) == {"IN", "ID", "BR"}
    odd = choice_of({"platform": "napster", "label": 3, "kind": "x", "markets": ("XX",), "months": 7, "draws": True},
                    offered)  # fmt: skip
    assert odd == usual
    assert choice_of({"markets": ()}, offered).markets == ()
    assert "IN" not in choice_of({"kind": "clips"}, offered).markets  # TikTok is banned there
    with pytest.raises(InputError, match="at least one market"):
        look_ahead(session, choice_of({"markets": ()}, offered), quiet)


def test_the_sheet_begins_with_the_terms_in_force_and_reads_strictly(opened: Opened) -> None:
    session = opened(BEGUN)
    held, _ = looked(session, label="warner", markets=("ID",))
    assert sheet_of({}, held) == dict(held.present)
    paid = held.judge(held.present)["paid"]
    assert paid.mean() == pytest.approx(float(held.walk["present"].mean()), rel=0.02)
    asked = {"terms": ("rev_share_paid", "rev_share_free", "fee_usd_m", "nonsense", "per_stream_minimum_usd"),
             "values": (0.1, 7.0, 3.0, 1.0, "x")}  # fmt: skip
    assert sheet_of(asked, held) == {**held.present, "rev_share_paid": 0.1}  # type: ignore[arg-type]
    controls = {one.key: one for one in term_controls(held, sheet_of(asked, held))}  # type: ignore[arg-type]
    assert set(controls) == set(held.present)
    for one in controls.values():
        assert one.low <= one.begin <= one.value <= one.end <= one.high


def test_sentences_and_tables_say_what_the_room_says(opened: Opened) -> None:
    session = opened(BEGUN)
    held, _ = looked(session)
    share = held.room.agreement()
    assert lead(held) == ("There is a deal to be made" if share >= 0.95 else "A deal is likely" if share >= 0.5
                          else "A deal is doubtful" if share else "There is no deal to be made")  # fmt: skip
    sheet = {**held.present, "promotional_credit_usd_m": 50.0}
    told = " ".join(answer(held, held.judge(sheet)))
    assert "Resso loses USD" in told
    assert "Sony gains USD" in told
    assert "Resso walks away in 3 of 3" in told
    assert "from Dec 2022 on for 12 months" in where_from(held)
    assert "as it stands after Nov 2022" in where_from(held)
    rows = {row[0]: row[1:] for row in terms_table(held, sheet)}
    gain = held.judge(sheet)["label"] - held.judge(held.present)["label"]
    assert rows["Promotional credit"][1] == "USD 50M a year"
    assert f"{gain.mean() / 1e6:.3g}M" in rows["Promotional credit"][2]
    assert rows["Share of paid tiers"][2:] == ["as now", "as now"]
    assert [row[0] for row in amounts(held, held.judge(sheet))][-1] == "Sony gains by it"
    outcomes = held.room.outcomes("offers", talks=20)
    told_reasons = reasons(outcomes)
    assert sum(float(row[3].rstrip("%")) for row in told_reasons) == pytest.approx(100, abs=len(told_reasons))
