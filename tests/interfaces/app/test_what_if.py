"""The what if of a session: the same numbers as in Python, exactly none without a change, told when it is old."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from model.experiments.what_if import WhatIfRequest, what_if
from model.foundation.errors import InputError
from model.interfaces.app.charts.what_if import both_arms, by_market, difference
from model.interfaces.app.controls import Control, service_controls
from model.interfaces.app.on_the_way import pending_of, settings_of
from model.interfaces.app.restore import Change, Licence, PageState, from_text, plan_of, to_text
from model.interfaces.app.session import Session
from model.interfaces.app.what_if import (
    PAGE,
    Asked,
    answer_of,
    asked_of,
    begin,
    change_of,
    forget,
    is_stale,
    mark_of,
    place_of,
    put,
    take_out,
    wants_living,
)
from model.interfaces.app.what_if_everywhere import EVERYWHERE, controls_of, everywhere
from model.interfaces.app.what_if_words import change_words, chosen, headline_tiles, market_rows, verdict
from model.market.streaming_market import StreamingMarket

SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 12, "markets": ("IN", "ID")}, month=3)
TIE = "platforms.resso.integration.ID"
PRICE = "platforms.spotify.price.ID.individual"
AWAY = Licence(3, "resso", "universal", "streaming", ("IN", "ID"), away=1)
Opened = Callable[..., Session]


def lived(session: Session, *pairs: tuple[str, bool | float], months: int = 3, futures: int = 5) -> Session:
    session.ask(PAGE, months=months, futures=futures)
    for key, value in pairs:
        assert put(session, key, value), session.faults
    begin(session)
    assert session.aside(PAGE).wait(60)
    assert session.aside(PAGE).faults == ()
    return session


def test_the_answer_is_that_of_the_same_computation_in_python(opened: Opened) -> None:
    session = lived(opened(replace(SMALL, changes=(Change(3, PRICE, 30_000.0),))), (TIE, 1.0))
    answer = answer_of(session)
    assert answer is not None
    assert answer.is_whole
    plan = plan_of(SMALL)
    market = StreamingMarket(plan, starts=session.starts)
    market.run(3)
    base = market.fork(settings=settings_of(plan, PRICE, 30_000.0), actors=True)
    wanted = what_if(base, WhatIfRequest(settings_of(plan, TIE, 1.0), {}, 3, 5))
    for outcome in wanted.outcomes:
        assert np.array_equal(answer.found.arms(outcome), wanted.arms(outcome))
    assert not answer.found.is_same


@pytest.mark.parametrize("changes", [(), (AWAY,)])
def test_the_arm_without_the_change_is_what_the_page_run_then_shows(
    opened: Opened, changes: tuple[Licence, ...]
) -> None:
    session = lived(opened(replace(SMALL, changes=changes)), (TIE, 1.0))
    answer = answer_of(session)
    assert answer is not None
    session.step(3)
    assert session.worker.wait(60)
    assert session.seen is not None
    rows = session.seen.result.services.query("platform == 'resso' and month > 3")
    assert answer.found.arms("resso.users")[0, 0].tolist() == rows.groupby("month")["users"].sum().tolist()
    assert is_stale(answer, session.state), "the run has gone on"
    if changes:
        off = session.seen.result.labels.query("platform == 'resso' and label == 'universal' and month > 3")
        assert off.groupby("month")["is_available"].max().tolist() == [True, False, False], (
            "away from the second month on"
        )


def test_without_a_change_it_is_exactly_zero_and_says_so(opened: Opened) -> None:
    session = lived(opened(SMALL))
    answer = answer_of(session)
    assert answer is not None
    found = answer.found
    assert found.is_same
    outcome = chosen(found, None, "")
    head, rest = verdict(found, outcome)
    assert "exactly 0" in head
    assert "Nothing is changed" in head
    assert rest
    assert {tile["note"] for tile in headline_tiles(found)} == {"exactly the same"}
    assert {row[1] for row in market_rows(found, outcome)} == {"exactly 0"}
    band = {one["id"]: one["data"] for one in difference(found, outcome).option["series"]}
    assert band["Difference, mean"] == [0.0, 0.0, 0.0]
    assert band["floor"] == band["band"] == [0.0, 0.0, 0.0]


def test_a_change_that_sets_what_holds_already_is_told_to_do_nothing(opened: Opened) -> None:
    session = opened(SMALL)
    assert session.market is not None
    found = lived(session, (TIE, 0.0)) and answer_of(session)
    assert found is not None
    head, _ = verdict(found.found, chosen(found.found, None, ""))
    assert head.startswith("The change makes no difference")


def test_the_sentence_tells_direction_size_and_the_futures(opened: Opened) -> None:
    session = lived(opened(SMALL), (TIE, 1.0), months=6)
    answer = answer_of(session)
    assert answer is not None
    found = answer.found
    outcome = chosen(found, None, "")
    assert outcome.name == "resso.users", "of whom the change is about"
    gap = found.gap(outcome)
    assert gap.low > 0.0
    head, rest = verdict(found, outcome)
    assert head.startswith("With the change: ")
    assert "more monthly users of Resso in Jun 2023" in head or "more monthly users of Resso in" in head
    assert "90% of 5 futures" in rest[0]
    assert "higher in all of them" in rest[0]
    elsewhere = verdict(found, outcome, market="IN")[0]
    assert elsewhere == "Exactly no difference in the monthly users of Resso in India."
    money = verdict(found, chosen(found, "resso", "operating_income"))[0]
    assert "operating income of Resso" in money


@pytest.mark.parametrize("market", ["", "ID"])
def test_pictures_hold_the_numbers_of_the_answer(opened: Opened, market: str) -> None:
    session = lived(opened(SMALL), (TIE, 1.0), months=6)
    answer = answer_of(session)
    assert answer is not None
    assert session.seen is not None
    found, outcome = answer.found, chosen(answer.found, "resso", "users")
    past = answer.lived(outcome, market=market)
    arms, gap, places = (both_arms(found, outcome, market=market, past=past), difference(found, outcome, market=market),
                         by_market(found, outcome))  # fmt: skip
    rows = found.by_month(outcome, market=market)
    for picture in (arms, gap, places):
        assert json.loads(json.dumps(picture.option, allow_nan=False))["series"]
        assert picture.spoken
        assert picture.subtitle
    lines = {one["id"]: one["data"] for one in arms.option["series"]}
    assert len({len(arms.option["xAxis"]["data"]), *map(len, [lines["Without"], lines["With the change"]])}) == 1
    assert lines["Without"][3] == lines["With the change"][3] == lines["So far"][-1], "both begin where the past ends"
    assert lines["Without"][:3] == [None] * 3
    scale = 1e6 if "million" in arms.subtitle else 1e3 if "thousand" in arms.subtitle else 1.0
    assert [one * scale for one in lines["With the change"][4:]] == pytest.approx(rows["changed"].tolist(), rel=1e-3)
    table = arms.table.set_index("month")
    assert table["without"].dropna().tolist() == rows["without"].tolist()
    run = session.seen.result.services
    run = run[(run["platform"] == "resso") & ((run["market"] == market) | (not market))]
    assert table["lived"].dropna().tolist() == run.groupby("month")["users"].sum().tolist()
    ends = {one["id"]: one["data"] for one in gap.option["series"]}
    floor, band = np.array(ends["floor"], float), np.array(ends["band"], float)
    scale = 1e6 if "million" in gap.subtitle else 1e3 if "thousand" in gap.subtitle else 1.0
    assert (floor * scale).tolist() == pytest.approx(rows["low"].tolist(), rel=1e-4, abs=1e-3)
    assert ((floor + band) * scale).tolist() == pytest.approx(rows["high"].tolist(), rel=1e-4, abs=1e-3)
    assert [one["name"] for one in places.option["series"][0]["data"]] == ["IN", "ID"]
    assert places.option["series"][0]["data"][0]["value"] == [0.0] * 5
    assert places.table["difference"].tolist() == found.by_market(outcome)["difference"].tolist()


def test_what_was_asked_comes_back_by_file_and_is_lived_again(opened: Opened) -> None:
    session = lived(opened(SMALL), (TIE, 1.0), (PRICE, 30_000.0), ("parameters.rho_free", 0.05))
    kept = from_text(to_text(session.state))
    assert kept == session.state
    asked = asked_of(kept)
    assert asked.changes == ((TIE, 1.0), (PRICE, 30_000.0), ("parameters.rho_free", 0.05))
    assert (asked.months, asked.futures, asked.lived) == (3, 5, mark_of(session.state))
    assert not wants_living(session), "its answer is there"
    other = opened(kept)
    assert wants_living(other)
    assert put(other, TIE, 0.5)
    assert not wants_living(other), "another question, which nobody asked for"
    assert put(other, PRICE, 30_000.0)
    assert not wants_living(other), "in another order"
    other = opened(kept)
    begin(other)
    assert other.aside(PAGE).wait(60)
    assert not wants_living(other)
    mine, theirs = answer_of(session), answer_of(other)
    assert mine is not None
    assert theirs is not None
    assert all(np.array_equal(mine.found.arms(one), theirs.found.arms(one)) for one in mine.found.outcomes)


def test_an_answer_is_old_when_run_or_question_change_and_new_again_when_they_are_back(opened: Opened) -> None:
    session = lived(opened(SMALL), (TIE, 1.0))
    answer = answer_of(session)
    assert answer is not None
    assert not is_stale(answer, session.state)
    session.ask(PAGE, who="", what="revenue", market="ID")
    assert not is_stale(answer, session.state), "what is looked at is no question"
    put(session, TIE, 0.5)
    assert is_stale(answer, session.state)
    put(session, TIE, 1.0)
    assert not is_stale(answer, session.state)
    session.set_lever(PRICE, 20_000.0)
    assert is_stale(answer, session.state)


def test_what_is_wrong_is_told_at_its_key_and_sets_nothing(opened: Opened) -> None:
    session = opened(SMALL)
    for key, value in (("platforms.resso.integration.JP", 1.0), ("parameters.rho_fre", 0.1), (TIE, 7.0)):
        assert not put(session, key, value)
        assert session.faults[place_of(key)]
    assert asked_of(session.state).changes == ()
    assert put(session, TIE, 1.0)
    assert place_of(TIE) not in session.faults
    take_out(session, TIE)
    assert asked_of(session.state).changes == ()


def test_a_link_with_a_wrong_change_is_told_and_a_run_at_its_end_too(opened: Opened) -> None:
    session = opened(replace(SMALL, pages={PAGE: {"keys": ("platforms.nobody.integration.ID",), "values": (1.0,)}}))
    begin(session)
    assert session.aside(PAGE).wait(60)
    assert session.aside(PAGE).faults
    assert answer_of(session) is None
    forget(session)
    session.step(9)
    assert session.worker.wait(60)
    begin(session)
    assert session.aside(PAGE).wait(60)
    assert "last month" in session.aside(PAGE).faults[0].rule


def test_what_a_link_says_badly_counts_as_not_asked() -> None:
    state = replace(SMALL, pages={PAGE: {"keys": (TIE, 3, "x"), "values": (1.0, 2.0), "months": 7, "futures": True,
                                         "who": 3, "lived": True}})  # fmt: skip
    asked = asked_of(state)
    assert asked.changes == ((TIE, 1.0),)
    assert (asked.months, asked.futures, asked.who, asked.lived) == (12, 10, None, "")


def test_a_cancel_keeps_the_futures_that_were_lived(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.interfaces.app.what_if.TOLD_EVERY", 0.0)
    session, one = opened(SMALL), threading.Event()
    session.ask(PAGE, months=3, futures=40)
    worker = session.aside(PAGE)

    def look() -> None:
        answer = answer_of(session)
        if answer is not None and answer.found.futures == 2:
            worker.cancel()
            one.set()

    session.watch(look)
    begin(session)
    assert one.wait(60)
    assert worker.wait(60)
    answer = answer_of(session)
    assert answer is not None
    assert 2 <= answer.found.futures <= 3
    assert not answer.is_whole
    assert worker.faults == ()


def test_an_answer_that_was_cancelled_is_not_begun_again_by_itself(opened: Opened) -> None:
    session = opened(SMALL)
    session.ask(PAGE, futures=40)
    begin(session)
    session.aside(PAGE).cancel()
    assert session.aside(PAGE).wait(60)
    assert not wants_living(session)
    assert asked_of(session.state).lived == mark_of(session.state)


def test_forget_takes_out_changes_and_answer_and_leaves_the_run(opened: Opened) -> None:
    session = lived(opened(SMALL), (TIE, 1.0))
    forget(session)
    assert answer_of(session) is None
    assert asked_of(session.state).changes == ()
    assert not wants_living(session)
    assert session.state.month == 3


def test_keys_become_settings_and_parameters_and_every_wrong_one_is_named() -> None:
    plan = plan_of(SMALL)
    settings, parameters = change_of(plan, ((TIE, 1.0), ("parameters.rho_free", 0.05)))
    assert [(one.lever, one.market, one.value) for one in settings] == [("integration", "ID", 1.0)]
    assert parameters == {"rho_free": 0.05}
    with pytest.raises(InputError) as wrong:
        change_of(plan, (("platforms.nobody.price.ID.individual", 1.0), ("parameters.rho_free", -1.0), ("users", 5.0)))
    assert len(wrong.value.faults) == 3


def test_levers_of_all_markets_are_one_control_where_they_mean_the_same(opened: Opened) -> None:
    session = opened(SMALL)
    assert session.market is not None
    countries = session.market.countries
    controls = everywhere([service_controls(one, "spotify") for one in countries.values()], codes=list(countries))
    keys = {one.key: one for one in controls}
    assert "platforms.spotify.integration.ALL" in keys
    assert not any(".price." in key for key in keys), "a price in local currency means another thing in each market"
    own = [service_controls(one, "spotify") for one in countries.values()]
    loads = {one.value for each in own for one in each if ".ad_load." in one.key}
    shown = keys["platforms.spotify.ad_load.ALL.free_ads"].value
    assert shown == loads.pop() if len(loads) == 1 else np.isnan(shown)
    for key in keys:
        assert settings_of(session.market.plan, key, True if keys[key].kind == "switch" else keys[key].high)


def test_a_lever_of_all_markets_was_never_set_where_it_was_set_in_none(opened: Opened) -> None:
    session = opened(SMALL)
    assert session.seen is not None
    standing = session.seen.standing

    def shown(changes: tuple[Change, ...]) -> Control:
        found = controls_of(standing, EVERYWHERE, "", changes=changes, asked=Asked())
        return next(one for one in found if one.key == "markets.ALL.topview_days")

    assert (shown(()).unset, shown(()).value) == (True, 1.0)
    set_in_one = shown((Change(session.seen.month, "markets.IN.topview_days", 3.0),))
    assert not set_in_one.unset
    assert np.isnan(set_in_one.value)
    asked = Asked((("markets.ALL.topview_days", 2.0),))
    in_branch = controls_of(standing, EVERYWHERE, "", changes=(), asked=asked)
    assert [one.value for one in in_branch if ".topview_days" in one.key] == [2.0]


def test_what_a_link_sets_wrong_is_left_out_of_what_is_drawn(opened: Opened) -> None:
    session = opened(SMALL)
    assert session.seen is not None
    month = session.seen.month
    wrong = (Change(month, "markets.ZZ.topview_days", 3.0), Licence(month, "resso", "nobody", "streaming", ("ID",)))
    right = Change(month, "markets.ID.topview_days", 3.0)
    assert pending_of(session.seen.standing, wrong) == ()
    asked = [Asked(((key, 3.0),)) for key in ("markets.ZZ.topview_days", "markets.ID.topview_days")]
    shown = [controls_of(session.seen.standing, "ID", "", changes=(), asked=one) for one in asked]
    assert [one.value for found in shown for one in found if ".topview_days" in one.key] == [1.0, 3.0]
    assert [one.value for one in pending_of(session.seen.standing, (*wrong, right))] == [3.0]


def test_changes_are_told_in_words() -> None:
    assert change_words(TIE, 1.0) == "Resso, integration, Indonesia → 1"
    assert (
        change_words("platforms.spotify.price.ID.individual", 54_990.0)
        == "Spotify, price, Individual, Indonesia → 54,990"
    )
    assert change_words("platforms.resso.integration.ALL", 1.0) == "Resso, integration, all markets → 1"
    assert change_words("markets.ID.tiktok", False) == "Indonesia, tiktok → off"
    assert change_words("parameters.rho_free", 0.05) == "Parameter rho free → 0.05"
