"""The page Evidence, the report and the crowd's files in a real browser: what is shown is what Python tells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from model.experiments.pattern_file import read_measured
from model.experiments.pattern_notes import NOTES
from model.experiments.run import run
from model.experiments.tracing import Asked, trace_result
from model.interfaces.app.as_it_stands import as_it_stands
from model.interfaces.app.charts.crowd import crowd_table
from model.interfaces.app.crowd import crowd_of
from model.interfaces.app.restore import Change, PageState, plan_of
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket

pytestmark = pytest.mark.browser
SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 8})
PRICE = "platforms.spotify.price.ID.individual"
PARTS = ("Patterns", "Backtest", "Calibration", "Assumptions", "Sources")


def open_evidence(tab: Any) -> None:
    tab.page.get_by_role("link", name="Evidence").click()
    tab.page.get_by_role("button", name="Calibration", exact=True).wait_for()


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_every_part_opens_quietly(tab: Callable[..., Any], size: str, tmp_path: Path) -> None:
    found = tab(SMALL, size=size)
    open_evidence(found)
    for part in PARTS:
        found.press(part)
        found.page.locator(".rs-table tbody tr").first.wait_for()
        found.page.wait_for_timeout(500)
        found.page.screenshot(path=tmp_path / f"{size}-{part}.png", full_page=True)
        wide = found.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= found.page.viewport_size["width"], f"{part} scrolls sideways"


def test_a_pattern_says_what_its_miss_means(tab: Callable[..., Any]) -> None:
    found = tab()
    open_evidence(found)
    missed = [one for one in read_measured().patterns if one.verdict == "miss"]
    found.page.get_by_label("About").select_option(missed[-1].name)
    found.page.get_by_text(f"What a miss means: {NOTES[missed[-1].name].miss}").wait_for()
    for one in missed:
        assert found.page.get_by_role("cell", name=NOTES[one.name].miss, exact=True).count() == 1


def test_a_tile_leads_to_the_source_that_python_traces(tab: Callable[..., Any]) -> None:
    state = replace(SMALL, market="ID", month=3, changes=(Change(1, PRICE, 30_000.0),))
    found = tab(state)
    found.wait_month(3)
    found.page.get_by_label("Where the number Revenue comes from").click()
    plan = as_it_stands(state)
    result = run(plan, starts=StartStore.default())
    wanted = trace_result(result, Asked("revenue", {"market": "ID"}, "2022-12", full=True)).plain
    found.page.get_by_text(wanted["run"]["scenario_digest"], exact=True).wait_for()
    number = f"2022-12 · {wanted['number']['mean']:,.6g} USD per month"
    found.page.get_by_text(number, exact=True).wait_for()
    found.page.get_by_text("Changed on the way, and part of the scenario hash:").wait_for()
    assumed = sum(one["assumption"] for one in wanted["parameters"])
    found.page.get_by_text(f"{len(wanted['parameters'])} stand behind it, {assumed} of them assumptions").wait_for()
    found.page.get_by_role("button", name=re.compile(r"^Show all \d+")).last.click()
    for fact in (wanted["facts"][0], wanted["facts"][-1]):
        found.page.get_by_role("cell", name=fact["id"], exact=True).first.wait_for()
    with found.page.expect_download() as saved:
        found.press("Save all of it")
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert wanted["facts"][-1]["id"] in text
    assert wanted["run"]["scenario_digest"] in text


def test_a_picture_leads_to_its_source_and_a_reload_keeps_it(tab: Callable[..., Any]) -> None:
    found = tab(replace(SMALL, month=2, view="money"))
    found.wait_month(2)
    found.page.get_by_label("Where the numbers of Income of labels come from").click()
    found.page.get_by_text("Label income, USD per month").wait_for()
    found.page.get_by_label("Label", exact=True).select_option("sony")
    found.page.locator(".rs-tile-label", has_text="Sony").wait_for()
    found.page.reload()
    found.page.get_by_text("Label income, USD per month").wait_for()
    assert found.page.get_by_label("Label", exact=True).input_value() == "sony"


def test_the_crowd_is_saved_as_table_and_picture(tab: Callable[..., Any]) -> None:
    found = tab(replace(SMALL, market="ID", view="crowd"))
    with found.page.expect_download() as table:
        found.page.get_by_label("Save the numbers of Users of Indonesia as CSV").click()
    rows = pd.read_csv(table.value.path(), encoding="utf-8-sig")
    market = StreamingMarket(plan_of(SMALL), starts=StartStore.default())
    pd.testing.assert_frame_equal(rows, crowd_table(crowd_of(market.countries["ID"])), check_dtype=False)
    with found.page.expect_download() as picture:
        found.page.get_by_label("Save the picture Users of Indonesia as PNG").click()
    raw = Path(picture.value.path()).read_bytes()
    assert raw.startswith(b"\x89PNG")
    assert len(raw) > 20_000
    assert picture.value.suggested_filename == "tiny-2022-10-crowd-id.png"


def test_a_lever_that_nothing_set_shows_what_is_in_force(tab: Callable[..., Any]) -> None:
    found = tab(replace(SMALL, market="ID"))
    found.page.get_by_label("Who sets it").select_option("")
    days = found.page.locator("#c-markets-ID-topview-days").locator("xpath=..")
    days.get_by_text("never set: this is in force").wait_for()
    assert days.locator(".rs-number").input_value() == "1"
    days.locator(".rs-number").fill("2")
    days.locator(".rs-number").press("Enter")
    days.get_by_text("never set").wait_for(state="detached")
    assert days.locator(".rs-number").input_value() == "2"
    assert found.page.get_by_label("Who sets it").input_value() == "", "a change must not turn the menus back"
    open_evidence(found)
    found.page.get_by_role("link", name="Run").click()
    assert days.locator(".rs-number").input_value() == "2"


def test_the_report_of_the_run_is_made_and_saved(tab: Callable[..., Any]) -> None:
    state = replace(SMALL, sets={"users": 150, "months": 3, "markets": ("ID", "BR")}, market="ID",
                    changes=(Change(0, PRICE, 30_000.0),), month=1)  # fmt: skip
    found = tab(state)
    found.press("File")
    found.press("Make the report")
    save = found.page.get_by_role("button", name="Save the report")
    save.wait_for(timeout=120_000)
    with found.page.expect_download() as saved:
        save.click()
    assert saved.value.suggested_filename == "tiny-report.html"
    html = Path(saved.value.path()).read_text(encoding="utf-8")
    assert html.lower().startswith("<!doctype html>")
    assert as_it_stands(state).digest in html
    assert not re.search(r"""(src|href)=["']https?://""", re.sub(r"<a [^>]*>", "", html)), "it fetches something"


def test_everything_on_evidence_is_reached_by_keyboard_and_can_be_read(tab: Callable[..., Any]) -> None:
    found = tab()
    open_evidence(found)
    for part in PARTS:
        found.press(part)
        found.page.locator(".rs-table tbody tr").first.wait_for()
        unnamed = found.page.evaluate(UNNAMED)
        assert unnamed == [], part
        faint = json.loads(found.page.evaluate(FAINT))
        assert faint == [], (part, faint)
    found.page.locator(".rs-segment").first.focus()
    found.page.keyboard.press("Tab")
    found.page.keyboard.press("Enter")
    found.page.get_by_text("Known to", exact=False).first.wait_for()


UNNAMED = """() => [...document.querySelectorAll('button, select, input, a, [role=img]')].filter((one) => {
  const named = one.getAttribute('aria-label') || one.title || one.textContent.trim();
  const label = named || (one.labels && one.labels.length);
  return one.offsetParent !== null && !label;
}).map((one) => one.outerHTML.slice(0, 120))"""
"""What can be pressed or seen and has no name for those who do not see it."""

FAINT = """() => {
  const part = (value) => { const c = value / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const light = (rgb) => 0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2]);
  const read = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const rgb = read(getComputedStyle(at).backgroundColor);
      if (rgb.length === 3 || rgb[3] > 0.99) return rgb;
    }
    return [255, 255, 255];
  };
  const found = [];
  const kinds = ['p', 'td', 'th', 'h2', 'h3', 'label', 'button', 'span'].map((one) => 'main ' + one).join(', ');
  document.querySelectorAll(kinds).forEach((one) => {
    const written = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!one.offsetParent || !written) return;
    const a = light(read(getComputedStyle(one).color)), b = light(behind(one));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push([one.className, one.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
  });
  return JSON.stringify(found.slice(0, 5));
}"""
"""Texts with less contrast than 4.5 to 1 against what is behind them."""
