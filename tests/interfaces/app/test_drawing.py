"""The page Run as it is drawn, without a browser: whatever the state asks for, there is something to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import reacton
import solara

from model.interfaces.app.background import SETTLING
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
