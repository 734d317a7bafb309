"""The page Run as it is drawn, without a browser: whatever the state asks for, there is something to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import reacton
import solara

from model.interfaces.app.background import SETTLING
from model.interfaces.app.charts.world_map import SMALLEST, world_map
from model.interfaces.app.joined import provide
from model.interfaces.app.pages import run
from model.interfaces.app.pages.run_views import VIEWS
from model.interfaces.app.restore import PageState
from model.interfaces.app.session import Session
from tests.interfaces.app.conftest import SMALL, WAIT

Opened = Callable[..., Session]


@solara.component  # type: ignore[untyped-decorator]
def Frame(session: Session, page: Callable[[], Any]) -> None:
    provide(session, 0)
    page()


def draw(session: Session, page: Callable[[], Any] = run.Page) -> None:
    """Draw a page of a session; what is raised on the way is raised here."""
    _, context = reacton.render(Frame(session, page), handle_error=False)
    context.close()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("view", [name for name, _ in VIEWS])
@pytest.mark.parametrize("month", [0, 2])
def test_a_market_of_another_run_is_drawn_as_all_while_that_run_opens(opened: Opened, view: str, month: int) -> None:
    session = opened(replace(SMALL, month=month))
    with SETTLING:  # the run that is wanted waits to be opened
        session.open(PageState(scenario="baseline", sets={"users": 300}, market="DE", view=view))
        assert session.state.market == "DE"
        assert session.opens
        draw(session)
        session.worker.cancel()
    assert session.worker.wait(WAIT)
    draw(session)


@pytest.mark.parametrize("market", ["DE", "JP", "XX", "total"])
def test_a_market_that_the_run_has_not_is_taken_from_the_state(opened: Opened, market: str) -> None:
    session = opened(replace(SMALL, market=market, month=1))
    assert session.state.market == ""
    session.show(market="ID")
    assert session.state.market == "ID"
    session.show(market=market)
    assert session.state.market == ""
    draw(session)


NOBODY = replace(SMALL, sets={"users": 1, "months": 8, "markets": ("ID",), "seed": 1})
"""The one user that stands for all of Indonesia uses no service."""
WORLDS = {
    "one user": NOBODY,
    "one user in each of many markets": replace(SMALL, sets={"users": 1, "months": 8}),
    "one market": replace(SMALL, sets={"users": 200, "months": 8, "markets": ("ID",)}),
}


def draw_all(session: Session) -> None:
    """Draw every view, of all markets and of the first."""
    assert session.seen is not None
    for market in ("", session.seen.plan.markets[0]):
        for view, _ in VIEWS:
            session.show(market=market, view=view)
            draw(session)


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_small_worlds_are_drawn_in_every_view_before_and_after_months(opened: Opened, world: PageState) -> None:
    session = opened(world)
    draw_all(session)
    session.step(2)
    assert session.worker.wait(WAIT)
    assert session.worker.faults == ()
    draw_all(session)


def test_a_world_without_an_offer_is_drawn_in_every_view(opened: Opened) -> None:
    session = opened(WORLDS["one market"])
    assert session.market is not None
    for platform, tier in session.market.countries["ID"].offers.names:
        if platform != "outside":
            assert session.set_lever(f"platforms.{platform}.open.ID.{tier}", False)
    session.step(2)
    assert session.worker.wait(WAIT)
    assert session.worker.faults == ()
    assert session.seen is not None
    assert session.seen.result.markets.query("month == 2")["streamers"].item() == 0.0
    draw_all(session)


def test_a_market_where_nobody_streams_is_the_smallest_dot_and_no_service_leads_there(opened: Opened) -> None:
    seen = opened(NOBODY).seen
    assert seen is not None
    assert seen.result.markets["streamers"].tolist() == [0.0]
    found = world_map(seen.result)
    (dot,) = found.option["series"][0]["data"]
    assert dot["symbolSize"] == SMALLEST
    assert "No service is used" in dot["told"]
    assert "nobody streams" in found.spoken
