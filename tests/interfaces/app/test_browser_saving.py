"""What a picture saves is what stood there when it was asked for; dots can be told apart, numbers read whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.interfaces.app.conftest import SMALL

pytestmark = pytest.mark.browser
CROWD = replace(SMALL, market="ID", view="crowd")
SAVED_CSV = "(part) => { const own = part.__vue__; own.file = 'later'; own.csv = '7\\u0000asked\\u0000a,b'; }"
SAVED_PNG = "(part) => { const own = part.__vue__; own.save_picture(); own.file = 'later'; }"

PRESSED_EARLY = """(part) => {
  const own = part.__vue__, chart = own.chart;
  own.chart = null;
  own.save_picture();
  own.chart = chart;
}"""


def crowd(tab: Callable[..., Any]) -> Any:
    found = tab(CROWD)
    found.page.locator(".rs-crowd-sheet").wait_for()
    found.page.wait_for_timeout(1000)
    return found


def test_the_crowd_is_saved_under_the_name_it_was_asked_by(tab: Callable[..., Any]) -> None:
    found = crowd(tab)
    part = found.page.locator(".rs-crowd")
    name = part.evaluate("(part) => part.__vue__.file")
    for script, file in ((SAVED_PNG, f"{name}.png"), (SAVED_CSV, "asked.csv")):
        with found.page.expect_download() as saved:
            part.evaluate(script)
        assert saved.value.suggested_filename == file
    assert Path(saved.value.path()).read_text(encoding="utf-8-sig") == "a,b"


def test_a_picture_is_saved_under_the_name_it_was_asked_by_and_not_before_it_is_there(tab: Callable[..., Any]) -> None:
    found = tab(SMALL)
    found.page.locator(".rs-figure canvas").first.wait_for()
    part = found.page.locator(".rs-figure", has=found.page.locator("canvas")).first
    name = part.evaluate("(part) => part.__vue__.file")
    with found.page.expect_download() as saved:
        part.evaluate(SAVED_PNG)
    assert saved.value.suggested_filename == f"{name}.png"
    part.evaluate(PRESSED_EARLY)


def test_who_has_no_service_is_a_cross_and_no_dot(tab: Callable[..., Any], tmp_path: Path) -> None:
    found = crowd(tab)
    found.page.screenshot(path=tmp_path / "crowd.png")
    filled = found.page.locator(".rs-crowd").evaluate("""(part) => {
      const own = part.__vue__, sheet = own.$refs.sheet, pen = sheet.getContext("2d");
      const size = Math.min(7, Math.max(1.3, 0.66 * own.unit)), beside = [];
      [-1, 0].forEach((service) => {
        own.places = { 1: { x: 100, y: 100, from: [100, 100], service: service, paid: true, moved: false } };
        own.circles = [];
        own.paint(1);
        beside.push(pen.getImageData(100 * own.ratio, (100 - 0.7 * size) * own.ratio, 1, 1).data[3]);
      });
      return beside;
    }""")
    assert filled[1] > 200, "a dot of a service is filled up to its edge"
    assert filled[0] < 40, "who has no service is drawn as a dot"


def test_a_small_number_is_read_whole_on_a_phone(tab: Callable[..., Any]) -> None:
    box = tab(SMALL, size="phone").page.locator(".rs-panel .rs-number").first
    for text in ("0.0004109", "-0.0004109", "15,500,000"):
        wide, has = box.evaluate(
            "(box, text) => { box.value = text; return [box.scrollWidth, box.clientWidth]; }", text
        )
        assert wide <= has, text
