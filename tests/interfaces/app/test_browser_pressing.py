"""A press that goes wrong, in a real browser: a sentence on the page, nothing of the server's, and the page goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.interfaces.app.conftest import ROOT

pytestmark = pytest.mark.browser
TOLD = ".rs-faults:visible"
BROKEN = """
from model.interfaces.app.session import Session


def break_once(name):
    whole = getattr(Session, name)

    def broken(*_, **__):
        setattr(Session, name, whole)
        raise RuntimeError("broken in /srv/lab/market.py")

    setattr(Session, name, broken)


for name in ("step", "set_lever", "show", "play"):
    break_once(name)
"""
"""Each works from its second call on."""


@pytest.fixture(scope="module")
def address(served: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    with served(after=BROKEN) as found:
        yield found


def test_every_kind_of_press_that_goes_wrong_is_told_and_works_the_next_time(
    tab: Callable[..., Any], tmp_path: Path
) -> None:
    found = tab()
    page = found.page

    def lever() -> None:
        page.locator(".rs-panel .rs-number").nth(1).fill("2")
        page.keyboard.press("Enter")

    def keyed() -> None:
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(" ")

    presses: list[tuple[Callable[[], None], str]] = [
        (lambda: found.press("Step"), ""), (lambda: found.press("Markets"), ": “What is shown”"), (lever, ""),
        (keyed, ""),
    ]  # fmt: skip
    for at, (press, pressed) in enumerate(presses):
        assert page.locator(TOLD).count() == 0
        page.evaluate("window.scrollTo(0, 400)")
        press()
        page.get_by_text(f"This could not be done{pressed} (got RuntimeError: broken in market.py)").wait_for()
        page.screenshot(path=tmp_path / f"{at}.png")
        assert page.locator(".rs-pressed").bounding_box()["y"] >= 0.0, "the sentence is out of sight"
        assert page.locator(".rs-transport").count() == 1
        for secret in ("Traceback (most recent", "/srv/lab", str(ROOT)):
            assert secret not in page.content()
        if press is lever:  # it can be typed again: the control shows what is in force
            page.wait_for_function("document.querySelectorAll('.rs-panel .rs-number')[1].value === '1'")
        press()
        page.locator(TOLD).wait_for(state="detached")
    found.wait_month(8)
