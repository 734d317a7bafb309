"""The trial of load in small: what it measures is real, and pages that it opens stay apart."""

from __future__ import annotations

import asyncio

import pytest

from model.interfaces.app.restore import PageState

pytestmark = pytest.mark.page


def test_pages_without_a_browser_step_as_the_model_does_and_each_by_itself() -> None:
    from model.interfaces.app.pages.run import tiles
    from model.interfaces.app.session import Session
    from tests.trials.light_page import LightPage
    from tests.trials.load import served

    async def walked() -> tuple[list[dict[str, str]], list[int], list[str]]:
        with served() as (address, _):
            async with LightPage(address) as one, LightPage(address) as other:
                taken = [await one.act("step"), await one.act("step"), await other.act("step")]
                assert all(0.0 < seconds < 60.0 for seconds in taken)
                shown = next(state["tiles"] for state in one.pieces.values() if "tiles" in state)
                months = [next(state["month"] for state in page.pieces.values() if "whole" in state)
                          for page in (one, other)]  # fmt: skip
                assert await one.act("reset") > 0.0
                return shown, months, one.wrong + other.wrong

    shown, months, wrong = asyncio.run(walked())
    session = Session()
    session.open(PageState(month=2))
    assert session.worker.wait(120)
    assert session.seen is not None
    assert shown == tiles(session.seen, market="")
    assert months == [2, 1]
    assert wrong == []
