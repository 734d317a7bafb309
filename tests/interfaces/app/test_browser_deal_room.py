"""The deal room in a real browser: futures, a sheet that moves the picture, talks that land, all as in Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import model as sm
from model.experiments.deals import DealRoom
from model.experiments.deals.landing import drawn_talk, landing_of
from model.interfaces.app.charts.deal import usd
from model.interfaces.app.dealing import PAGE
from model.interfaces.app.pages.run_side import licence_words
from model.interfaces.app.restore import Licence, PageState, plan_of
from model.interfaces.app.words import amount
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult

pytestmark = pytest.mark.browser
ASKED = {"platform": "resso", "label": "warner", "markets": ("ID",), "months": 12, "draws": 6}
SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 20}, month=2, pages={PAGE: ASKED})
LOOK, AGAIN = "Look ahead", "Look ahead again"
LIVED = 300_000  # ms: six futures on a busy machine


@cache
def room() -> DealRoom:
    return sm.deal_room(lived(2), **ASKED)


def lived(months: int, **more: object) -> StreamingMarket:
    market = StreamingMarket(plan_of(SMALL).replace(more), starts=StartStore.default())
    market.run(months)
    return market


def opened(tab: Callable[..., Any], state: PageState = SMALL, *, size: str = "laptop") -> Any:
    """Return the page, its live run standing in the state's month."""
    ready = ".rs-side button:has-text('Look ahead'):enabled"
    found = tab(state, size=size, page="deal-room", ready=ready)
    found.page.wait_for_timeout(1500)  # until the run is in its month
    return found


def looked(tab: Callable[..., Any], state: PageState = SMALL, *, size: str = "laptop") -> Any:
    found = opened(tab, state, size=size)
    found.press(LOOK)
    found.page.get_by_role("button", name=AGAIN, exact=True).wait_for(timeout=LIVED)
    return found


def slider(found: Any, name: str) -> Any:
    return found.page.locator(f"#c-{name.replace('_', '-')}")


def present(found: Any) -> dict[str, float]:
    """Return the sheet as its boxes show it."""
    boxes = found.page.locator(".rs-panel .rs-control")
    return {
        one.locator("input[type=range]").get_attribute("id")[2:].replace("-", "_"): float(
            one.locator(".rs-number").input_value().replace(",", "")
        )
        for one in boxes.all()
    }


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_picture_stands_with_the_numbers_of_the_same_room_in_python(
    tab: Callable[..., Any], size: str, tmp_path: Path
) -> None:
    found = opened(tab, size=size)
    found.page.get_by_text("What is a licence worth to Resso and Warner?").wait_for()
    found.page.screenshot(path=tmp_path / f"{size}-empty.png", full_page=True)
    found.press(LOOK)
    found.page.get_by_role("button", name=AGAIN, exact=True).wait_for(timeout=LIVED)
    found.page.get_by_text("as it stands after Nov 2022").wait_for()
    summary, judged = room().summary(), room().judge(present(found))
    body = found.page.locator(".rs-main").first.inner_text()
    for row in ("least", "most", "nash", "present"):
        assert usd(float(summary.loc[row, "mean"])) in body
        assert f"{usd(float(summary.loc[row, 'low']))} to {usd(float(summary.loc[row, 'high']))}" in body
    for column in ("paid", "platform", "label"):
        assert usd(float(judged[column].mean())) in body
    found.page.locator("canvas").nth(3).wait_for()
    found.page.wait_for_timeout(500)
    found.page.screenshot(path=tmp_path / f"{size}-room.png", full_page=True)
    wide = found.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= found.page.viewport_size["width"], "the page scrolls sideways"


def test_a_term_moved_by_key_moves_the_answer_and_its_row(tab: Callable[..., Any]) -> None:
    found = looked(tab)
    before = present(found)
    moved = slider(found, "promotional_credit_usd_m")
    moved.focus()
    for _ in range(5):
        moved.press("ArrowRight")
    sheet = present(found)
    step = float(moved.get_attribute("step"))
    assert sheet["promotional_credit_usd_m"] == pytest.approx(5 * step)
    assert sheet["promotional_credit_usd_m"] > before["promotional_credit_usd_m"] == 0.0
    now, then = room().judge(sheet), room().judge(before)
    found.page.get_by_text(f"This sheet pays Warner {usd(float(now['paid'].mean()))} a month").wait_for()
    gain = usd(float((now["label"] - then["label"]).mean()))
    assert gain in found.page.locator("tr", has_text="Promotional credit").inner_text()
    found.press("Present terms")
    found.page.get_by_text(f"This sheet pays Warner {usd(float(then['paid'].mean()))} a month").wait_for()


def test_faults_stand_beside_their_control(tab: Callable[..., Any]) -> None:
    found = looked(tab)
    box = slider(found, "rev_share_paid").locator("xpath=..").locator(".rs-number")
    box.fill("2")
    box.press("Enter")
    found.page.get_by_text("Lies from 0 to 1 (got 2)").wait_for()
    box.fill("0.9")
    box.press("Enter")
    found.page.get_by_text("Usually at most 0.75").wait_for()
    assert found.page.get_by_text("Lies from 0 to 1").count() == 0
    found.press("None") if found.page.get_by_role("button", name="None", exact=True).count() else \
        found.page.locator(".rs-chip.rs-on").first.click()  # fmt: skip
    found.page.get_by_text("A licence holds in at least one market").wait_for()
    assert found.page.get_by_role("button", name=AGAIN, exact=True).is_disabled()


def test_another_choice_says_that_it_needs_new_futures(tab: Callable[..., Any]) -> None:
    found = looked(tab)
    found.page.get_by_label("Term", exact=True).select_option("24")
    found.page.get_by_text("You chose another term: that needs new futures.").wait_for()
    assert found.page.get_by_role("button", name="Negotiate", exact=True).is_disabled()
    found.page.get_by_label("Term", exact=True).select_option("12")
    found.page.get_by_text("that needs new futures").wait_for(state="detached")
    assert found.page.get_by_role("button", name="Negotiate", exact=True).is_enabled()


def test_the_end_of_the_talks_lands_in_the_live_run(tab: Callable[..., Any], tmp_path: Path) -> None:
    market = lived(2)
    outcomes = room().outcomes("nash", talks=20)
    row = drawn_talk(outcomes, pair=room().futures.request.pair, seed=market.world.draw_seed, month=2)
    landing = landing_of(room(), outcomes, row=row, world=market.world)
    licence = Licence(2, "resso", "warner", "streaming", ("ID",), landing.away, tuple(landing.deals))  # type: ignore[arg-type]
    told = licence_words(licence, start=market.plan.start_month)
    assert landing.deals

    found = looked(tab)
    found.page.get_by_label("How they talk").select_option("nash")
    found.press("Negotiate")
    payment = usd(float(outcomes.talks["payment"].iloc[row]))
    found.page.get_by_text(re.compile(rf"In this run Warner and Resso sign .*{re.escape(payment)} a month")).wait_for()
    found.page.get_by_text(told, exact=True).wait_for()
    found.page.get_by_text(f"{outcomes.agreement():.0%} of 120 talks end in a licence").wait_for()
    found.page.screenshot(path=tmp_path / "talks.png", full_page=True)

    found.page.get_by_role("link", name="Run", exact=True).click()
    found.page.get_by_text(told, exact=True).wait_for()
    for month in (3, 4):
        found.press("Step")
        found.wait_month(month, 20)
    plain, signed = (revenue_of(lived(4, **more)) for more in
                     ({}, {"deals": [{**one, "markets": list(one["markets"])} for one in landing.deals]}))  # type: ignore[call-overload]  # fmt: skip
    found.see("Income of labels", amount(signed, unit="USD"))
    assert plain != signed
    found.page.reload()
    found.wait_month(4, 20)
    found.see("Income of labels", amount(signed, unit="USD"))
    found.page.get_by_role("button", name=f"Take back: {told}").click()
    found.page.get_by_text(told, exact=True).wait_for(state="detached")
    found.wait_month(4, 20)
    found.see("Income of labels", amount(plain, unit="USD"))
    found.page.get_by_role("link", name="Deal room", exact=True).click()
    found.page.get_by_text("The live run went on or was changed since").wait_for()


def revenue_of(market: StreamingMarket) -> float:
    result = RunResult.from_runs(market.plan, [FinishedRun(0, market.records, market.ledger.flows())])
    return float(result.markets.query("month == 4")["label_income"].sum())


def test_a_sheet_is_signed_and_taken_back_where_it_stands(tab: Callable[..., Any]) -> None:
    found = looked(tab)
    found.press("Sign this sheet")
    told = found.page.get_by_role("button", name=re.compile("Take back: Dec 2022: Warner and Resso, Indonesia: lic"))
    told.wait_for()
    told.click()
    told.wait_for(state="detached")


def test_a_link_brings_question_sheet_and_futures_back(tab: Callable[..., Any]) -> None:
    asked = {**ASKED, "looked": 2, "terms": ("promotional_credit_usd_m",), "values": (1.5,)}
    found = tab(replace(SMALL, pages={PAGE: asked}), page="deal-room", ready=".rs-figure")
    found.page.get_by_role("button", name=AGAIN, exact=True).wait_for(timeout=LIVED)
    sheet = present(found)
    assert sheet["promotional_credit_usd_m"] == 1.5
    paid = usd(float(room().judge(sheet)["paid"].mean()))
    found.page.get_by_text(f"This sheet pays Warner {paid} a month").wait_for()


def test_cancelling_keeps_the_futures_that_are_there(tab: Callable[..., Any]) -> None:
    found = opened(tab, replace(SMALL, sets={"users": 3000, "months": 20}, pages={PAGE: {**ASKED, "draws": 24}}))
    found.press(LOOK)
    found.page.get_by_text(re.compile("So far: a zone in")).wait_for(timeout=LIVED)
    found.press("Cancel")
    found.page.get_by_role("button", name=AGAIN, exact=True).wait_for()
    head = found.page.get_by_text(re.compile("So far: a zone in")).inner_text()
    assert int(re.findall(r"\d+", head)[1]) < 24
    assert found.page.get_by_role("button", name="Negotiate", exact=True).is_enabled()


def test_tables_and_pictures_are_saved(tab: Callable[..., Any]) -> None:
    found = looked(tab)
    with found.page.expect_download() as table:
        found.page.get_by_label("Save the numbers of Zone of agreement as CSV").click()
    rows = pd.read_csv(table.value.path(), encoding="utf-8-sig").sort_values("draw").reset_index(drop=True)
    walk = room().walk_aways().reset_index()
    for name in ("least", "most", "present"):
        assert rows[name].tolist() == pytest.approx(walk[name].tolist(), rel=1e-12)
    with found.page.expect_download() as terms:
        found.page.get_by_role("button", name="CSV", exact=True).last.click()
    assert len(pd.read_csv(terms.value.path())) == len(present(found))
    with found.page.expect_download() as picture:
        found.page.get_by_label("Save the picture What each side gains by this sheet as PNG").click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
