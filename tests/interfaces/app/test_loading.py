"""A file that is loaded: opened where all of it is right, else told with its place, and the run stays as it is."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.interfaces.app.loading import PLACE, faults_of_file, load
from model.interfaces.app.restore import LARGEST_TEXT, Change, Licence, PageState, to_text
from model.interfaces.app.session import Session

Opened = Callable[..., Session]
PRICE = "platforms.spotify.price.ID.individual"
SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 8})


def told(raw: bytes | str, **more: object) -> dict[str, object]:
    data = raw.encode() if isinstance(raw, str) else raw
    return {"name": "mine.toml", "size": len(data), "data": base64.b64encode(data).decode(), **more}


def test_a_scenario_is_opened_and_a_saved_page_comes_back(opened: Opened) -> None:
    session = opened()
    assert load(session, told('extends = "tiny"\nabout = "mine"\nmonths = 5\nusers = 500'))
    assert session.worker.wait(60)
    assert session.seen is not None
    assert (session.seen.plan.months, session.seen.plan.about, session.seen.month) == (5, "mine", 0)
    saved = replace(SMALL, month=2, view="money", changes=(Change(1, PRICE, 30_000.0),))
    assert load(session, told(to_text(saved)))
    assert session.worker.wait(60)
    assert session.state == saved
    assert session.seen.month == 2
    assert faults_of_file(session) == ()


CLIPS = Licence(0, "tiktok", "nobody", "clips", ("ID",))


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        (told("months = ["), "scenario file: is a TOML file"), (told("format = 1\nmonth = -2"), "month: is a whole"),
        (told('extends = "tiny"\nmonhts = 3'), "monhts"), (told('extends = "tiny"\nmonths = 0'), "months"),
        (told('format = 1\nscenario = "tiny"\n[sets]\nusers = 900000'), "users: a page runs at most"),
        (told(b"\xff\xfe\x00"), "is a text in UTF-8"),
        (told(b""), "sets something"), (told("# mine"), "sets something"),
        (told(to_text(replace(SMALL, changes=(Change(0, "platforms.nobody.price.ID.individual", 1.0),)))), "nobody"),
        (told(to_text(replace(SMALL, changes=(Change(0, PRICE, -1.0),)))), "individual"),
        (told(to_text(replace(SMALL, changes=(CLIPS,)))), "is of a label of ID"),
        (told("", size=LARGEST_TEXT + 1, data=None), "has at most 64,000 bytes"),
        (told("", data=None), "can be read"), (told("", size=1, data="A" * 90_000), "has at most"),
        (told("", data="?!"), "comes whole"), (told("x" * (LARGEST_TEXT + 1), size=3), "has at most"),
        ({}, "can be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_the_file_and_the_run_stays(
    opened: Opened, sent: Mapping[str, object], part: str
) -> None:
    session = opened(replace(SMALL, month=1))
    market, state = session.market, session.state
    assert not load(session, sent)
    assert any(part in fault.rule or part in fault.place for fault in faults_of_file(session))
    assert set(session.faults) == {PLACE}
    assert session.market is market
    assert session.state is state
    assert not session.opens


def test_every_wrong_change_is_told_once_and_a_right_file_takes_the_faults_away(opened: Opened) -> None:
    session = opened()
    wrong = tuple(Change(month, f"platforms.{name}.marketing.ID", 2.0) for month in (0, 1) for name in ("aa", "bb"))
    assert not load(session, told(to_text(replace(SMALL, changes=wrong))))
    assert len(faults_of_file(session)) == 2
    assert load(session, told(to_text(SMALL)))
    assert faults_of_file(session) == ()


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({}, optional={
    name: st.one_of(st.none(), st.integers(), st.text(max_size=40), st.booleans(), st.lists(st.integers(), max_size=2))
    for name in ("name", "size", "data")
}))  # fmt: skip
def test_whatever_else_a_browser_sends_is_told(given: dict[str, object]) -> None:
    session = Session()
    assert not load(session, given)
    assert faults_of_file(session)
    assert not session.opens
