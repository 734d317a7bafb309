"""What levers act on is copied after every month: no month that is lived meanwhile changes it under who draws."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from model.interfaces.app.controls import Control, market_controls, service_controls
from model.interfaces.app.restore import Change, PageState
from model.interfaces.app.session import Session
from model.interfaces.app.standing import Standing
from model.spec.settings import LEVERS
from model.state.country import Country
from model.state.offers import OfferTable

Opened = Callable[..., Session]
PRICE, TIE = "platforms.spotify.price.ID.individual", "platforms.resso.integration.ID"


def all_controls(standing: Standing) -> list[Control]:
    found: list[Control] = []
    for country in standing.countries.values():
        found += market_controls(country, standing=standing)
        for name in country.platforms:
            found += service_controls(country, name, standing=standing)
    return found


def told(standing: Standing) -> dict[str, float]:
    return {one.key: one.value for one in all_controls(standing)}


def test_a_standing_stays_while_the_run_goes_on(opened: Opened) -> None:
    session = opened()
    seen = session.seen
    assert seen is not None
    before = told(seen.standing)
    session.set_lever(PRICE, 12_345.0)
    session.set_lever(TIE, 1.0)
    session.set_lever("markets.ID.clips.sony", False)
    session.set_lever("markets.ID.tiktok_ad_load", 2.0)
    session.step(2)
    assert session.worker.wait(60)
    assert session.seen is not None
    assert session.seen.month == 2
    np.testing.assert_array_equal(list(told(seen.standing).values()), list(before.values()))
    after = told(session.seen.standing)
    assert (after[PRICE], after[TIE], after["markets.ID.clips.sony"]) == (12_345.0, 1.0, 0.0)
    assert (before[PRICE], before[TIE], before["markets.ID.clips.sony"]) != (12_345.0, 1.0, 0.0)


def test_a_standing_knows_the_month_that_comes(opened: Opened) -> None:
    session = opened()
    for lived in range(3):
        assert session.seen is not None
        standing = session.seen.standing
        assert standing.month == lived
        assert standing.calendar == standing.plan.start_month + lived  # the run's first month comes after its opening
        session.step()
        assert session.worker.wait(60)


def test_no_array_of_a_standing_is_the_run_s_own(opened: Opened) -> None:
    session = opened()
    assert session.seen is not None
    assert session.market is not None
    for code, copied in session.seen.standing.countries.items():
        live = session.market.countries[code]
        assert len(copied.users) == 0
        for mine, theirs, kind in ((copied, live, Country), (copied.offers, live.offers, OfferTable)):
            for one in fields(kind):
                value, own = getattr(mine, one.name), getattr(theirs, one.name)
                if isinstance(own, np.ndarray):
                    assert not np.shares_memory(value, own), one.name
                    np.testing.assert_array_equal(value, own)
                elif isinstance(own, dict):
                    assert value is not own, one.name
                    assert value == own


def test_drawing_does_not_wait_for_a_month(opened: Opened) -> None:
    session = opened(replace(PageState(scenario="tiny", sets={"users": 600, "months": 8}), month=1))
    seen = session.seen
    assert seen is not None
    found: list[int] = []
    with session.lock:  # as while a month is lived
        drawing = threading.Thread(target=lambda: found.append(len(told(seen.standing))))
        drawing.start()
        drawing.join(20)
    assert found
    assert found[0] > 100


def test_quality_and_customers_of_bundles_stand_as_they_were_set_once_they_act(opened: Opened) -> None:
    state = replace(PageState(scenario="tiny", sets={"users": 600, "months": 8}), month=2)
    plain = opened(state)
    assert plain.seen is not None
    before = told(plain.seen.standing)
    bounds = LEVERS["quality"]
    qualities = {key: value for key, value in before.items() if ".quality." in key}
    assert all(value != value or bounds.low <= value <= bounds.high for value in qualities.values())
    worse = next(key for key, value in qualities.items() if value < -0.1)  # not itself the best, which it is held to
    base = next(key for key in before if ".bundle_base." in key)
    session = opened(replace(state, changes=(Change(1, worse, -3.0), Change(1, base, 0.5))))
    assert session.seen is not None
    after = told(session.seen.standing)
    assert after[worse] == pytest.approx(-3.0)
    assert after[base] == 0.5
    assert before[base] != 0.5
    assert before[worse] != pytest.approx(-3.0)
