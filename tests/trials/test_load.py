"""The trial of load in small: what it measures is real, and pages that it opens stay apart."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from model.interfaces.app.restore import PageState

pytest.importorskip("solara")
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


def test_what_is_slow_wrong_or_kept_is_missed() -> None:
    from tests.trials.load import Told, is_missed, words_of

    right = Told(steps=[0.2, 1.9], seen=[0.2], memory=[900.0], before=400.0, after=430.0)
    assert not is_missed(right)
    assert "2 steps and 0 resets" in words_of(right)
    for wrong in (
        replace(right, steps=[0.2, 2.1]), replace(right, steps=[]), replace(right, after=450.0),
        replace(right, wrong=["page 3: no new month"]),
    ):  # fmt: skip
        assert is_missed(wrong)
        assert words_of(wrong)


def test_a_step_counts_until_every_picture_has_come() -> None:
    from tests.trials.light_page import LightPage

    async def pressed() -> tuple[bool, bool]:
        page = LightPage("http://nowhere/")
        page._reader = asyncio.create_task(asyncio.sleep(60))
        page._event = _heard  # type: ignore[method-assign]
        page._take("time", {"month": 0, "whole": 9})
        page._take("one", {"option": "{}"})
        page._take("other", {"option": "{}"})
        acting = asyncio.create_task(page.act("step"))
        await asyncio.sleep(0.01)
        page._take("time", {"month": 1})
        page._take("one", {"option": "{}"})
        page._came.set()
        await asyncio.sleep(0.01)
        early = acting.done()
        page._take("other", {"option": "{}"})
        page._came.set()
        await asyncio.sleep(0.01)
        page._reader.cancel()
        return early, acting.done()

    assert asyncio.run(pressed()) == (False, True)


async def _heard(piece: str, name: str, data: dict[str, object]) -> None:
    """Take an event that goes nowhere."""


def test_its_server_is_begun_as_the_launcher_begins_the_page() -> None:
    from tests.trials.load import AS_LAUNCHED

    launcher = (Path(__file__).parents[2] / "resonance").read_text(encoding="utf-8")
    for name, value in AS_LAUNCHED.items():
        assert f'{name}="${{{name}-{value}}}"' in launcher
