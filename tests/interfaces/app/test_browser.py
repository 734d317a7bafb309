"""The page in a real browser, without a network: it opens quietly, and what is pressed does what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from model.interfaces.app.restore import Change, PageState, from_text, plan_of
from model.interfaces.app.session import Session
from model.interfaces.app.words import amount
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult

pytestmark = pytest.mark.browser
SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 8})
PRICE = "platforms.spotify.price.ID.individual"


def lived(state: PageState, months: int) -> RunResult:
    plan = plan_of(state)
    market = StreamingMarket(plan, starts=StartStore.default())
    market.run(months)
    return RunResult.from_runs(plan, [FinishedRun(0, market.records, market.ledger.flows())])


def total(result: RunResult, column: str, month: int) -> float:
    return float(result.markets.query("month == @month")[column].sum())


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_first_page_opens_quietly_and_draws_all(tab: Callable[..., Any], size: str, tmp_path: Path) -> None:
    found = tab(None, size=size)
    assert found.page.locator("select").first.input_value() == "baseline"
    for view in ("Markets", "Money", "Songs", "Crowd", "Overview"):
        found.press(view)
        where = ".rs-empty, .rs-figure-blank, canvas"
        found.page.locator(where).first.wait_for()
        found.page.wait_for_timeout(400)
        found.page.screenshot(path=tmp_path / f"{size}-{view}.png", full_page=True)
    wide = found.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= found.page.viewport_size["width"], "the page scrolls sideways"


def test_steps_show_what_the_same_run_gives_in_python(tab: Callable[..., Any]) -> None:
    found, wanted = tab(), lived(SMALL, 2)
    found.see("People who stream", amount(total(wanted, "streamers", 0)))
    found.press("Step")
    found.wait_month(1)
    found.press("Step")
    found.wait_month(2)
    found.see("People who stream", amount(total(wanted, "streamers", 2)))
    found.see("People who pay", amount(total(wanted, "people_paying", 2)))
    found.see("Revenue", amount(total(wanted, "revenue", 2), unit="USD"))


def test_play_goes_on_until_paused_and_reset_goes_back(tab: Callable[..., Any]) -> None:
    found = tab(replace(SMALL, sets={"users": 600, "months": 100}))
    found.page.get_by_role("button", name="Play").click()
    found.page.get_by_text(re.compile(r"^month ([2-9]|\d\d) of 100")).wait_for()
    found.page.get_by_role("button", name="Pause").click()
    found.page.get_by_role("button", name="Play").wait_for()
    month = found.shown()
    found.page.wait_for_timeout(700)
    assert 2 <= found.shown() <= month + 1 < 100
    month = found.shown()
    found.page.wait_for_timeout(700)
    assert found.shown() == month
    found.press("Reset")
    found.page.get_by_text("before Oct 2022").wait_for()
    found.see("Revenue", "–")


def test_a_lever_is_set_by_hand_acts_next_month_and_a_wrong_one_is_told(tab: Callable[..., Any]) -> None:
    found = tab(replace(SMALL, market="ID"))
    price = found.page.locator("#c-platforms-spotify-price-ID-individual").locator("xpath=..").locator(".rs-number")
    price.fill("minus one")
    price.press("Enter")
    found.page.get_by_text("Is a number; decimals have a point, commas part thousands (got minus one)").wait_for()
    price.fill("30000")
    price.press("Enter")
    found.page.get_by_text("Spotify, price, Individual, Indonesia → 30,000").wait_for()
    assert found.page.get_by_text("Is a number").count() == 0
    found.press("Step")
    found.wait_month(1)
    plan = plan_of(SMALL).replace({PRICE: 30_000.0, "unusual_prices": True})
    market = StreamingMarket(plan, starts=StartStore.default())
    market.run(1)
    wanted = RunResult.from_runs(plan, [FinishedRun(0, market.records, market.ledger.flows())]).markets
    row = wanted.query("market == 'ID' and month == 1").iloc[0]
    found.see("Revenue", amount(float(row["revenue"]), unit="USD"))
    found.see("People who pay", amount(float(row["people_paying"])))


def test_a_slider_moves_by_key_and_the_time_slider_jumps(tab: Callable[..., Any]) -> None:
    found = tab(replace(SMALL, market="ID"))
    slider = found.page.locator("#c-platforms-spotify-integration-ID")
    slider.focus()
    slider.press("End")
    found.page.get_by_text("Spotify, integration, Indonesia → 1").wait_for()
    time = found.page.get_by_label("Month to go to")
    time.focus()
    time.press("End")
    found.wait_month(8)
    state = replace(SMALL, changes=(Change(0, "platforms.spotify.integration.ID", 1.0),))
    plan = plan_of(state).replace({"platforms.spotify.integration.ID": 1.0})
    market = StreamingMarket(plan, starts=StartStore.default())
    market.run()
    wanted = RunResult.from_runs(plan, [FinishedRun(0, market.records, market.ledger.flows())]).markets
    at_end = wanted.query("market == 'ID' and month == 8")["streamers"]
    found.see("People who stream", amount(float(at_end.iloc[0])))


def test_reload_link_and_file_bring_the_page_back(tab: Callable[..., Any]) -> None:
    state = replace(SMALL, market="ID", view="money", month=3, changes=(Change(1, PRICE, 30_000.0),))
    session = Session()
    session.open(state)
    assert session.worker.wait(60)
    assert session.seen is not None
    there = session.seen.result.markets.query("market == 'ID' and month == 3")["revenue"]
    before = amount(float(there.iloc[0]), unit="USD")
    found = tab(state)
    found.wait_month(3)
    found.see("Revenue", before)
    found.page.reload()
    found.wait_month(3)
    found.see("Revenue", before)
    found.page.get_by_text("Spotify, price, Individual, Indonesia → 30,000").wait_for()
    found.press("File")
    with found.page.expect_download() as download:
        found.page.get_by_text("Save this page").click()
    kept = from_text(Path(download.value.path()).read_bytes())
    assert kept == state.with_page("side", {"tab": "file"})
    other = tab(kept)
    other.wait_month(3)
    other.see("Revenue", before)


def test_numbers_and_pictures_are_saved_as_they_are_seen(tab: Callable[..., Any]) -> None:
    found = tab(replace(SMALL, month=2))
    found.wait_month(2)
    found.page.wait_for_timeout(500)  # pictures come after the words; the name of a file tells what is in it
    with found.page.expect_download() as table:
        found.page.get_by_label("Save the numbers of Who listens where as CSV").click()
    assert table.value.suggested_filename == "tiny-2022-11-users.csv"
    rows = pd.read_csv(table.value.path(), encoding="utf-8-sig")
    wanted = lived(SMALL, 2).services.query("platform == 'spotify' and month == 2")["users"].sum()
    saved = rows.loc[(rows["platform"] == "Spotify") & (rows["month"] == 2), "users"]
    assert saved.item() == pytest.approx(wanted, rel=1e-12)
    with found.page.expect_download() as picture:
        found.page.get_by_label("Save the picture Who listens where as PNG").click()
    raw = Path(picture.value.path()).read_bytes()
    assert raw.startswith(b"\x89PNG")
    assert len(raw) > 10_000


def test_a_dot_of_the_crowd_says_who_it_is(tab: Callable[..., Any]) -> None:
    from model.interfaces.app.pages.run_crowd import about

    found = tab(replace(SMALL, market="ID", view="crowd"))
    sheet = found.page.locator(".rs-crowd-sheet")
    sheet.focus()
    sheet.press("ArrowRight")
    head = found.page.get_by_text(re.compile(r"^User \d+ of Indonesia$"))
    uid = int(head.inner_text().split()[1])
    market = StreamingMarket(plan_of(SMALL), starts=StartStore.default())
    for sentence in about(market.populations["ID"].user(uid)):
        assert found.page.get_by_text(sentence, exact=True).count() == 1
    box = sheet.bounding_box()
    sheet.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    found.page.wait_for_timeout(500)
    assert head.count() == 1


def test_a_broken_link_is_told_and_the_page_opens_all_the_same(tab: Callable[..., Any], address: str) -> None:
    found = tab()
    found.page.goto(f"{address}?page=broken")
    found.page.get_by_role("alert").get_by_text("Copy the whole link").wait_for()
    found.page.locator(".rs-tiles").wait_for()


def test_ten_pages_at_once_stay_apart(tab: Callable[..., Any]) -> None:
    tabs = [tab(replace(SMALL, sets={"users": 600, "months": 8, "seed": 1 + number % 2})) for number in range(10)]
    for number, one in enumerate(tabs):
        for _ in range(1 + number % 3):
            one.press("Step")
    for number, one in enumerate(tabs):
        months = 1 + number % 3
        one.wait_month(months)
        wanted = lived(replace(SMALL, sets={"users": 600, "months": 8, "seed": 1 + number % 2}), months)
        one.see("Revenue", amount(total(wanted, "revenue", months), unit="USD"))
