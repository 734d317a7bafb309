"""The page What-if in a real browser: branch, run both arms, read the answer, save it, bring it back by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from model.experiments.what_if import WhatIf, WhatIfRequest, what_if
from model.interfaces.app.on_the_way import settings_of
from model.interfaces.app.restore import Change, PageState, plan_of
from model.interfaces.app.what_if import PAGE, mark_of
from model.interfaces.app.what_if_words import chosen, headline_tiles, market_rows, verdict
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.state.finance import app_store_fee

pytestmark = pytest.mark.browser
TIE, PRICE = "platforms.resso.integration.ID", "platforms.spotify.price.ID.individual"
ASKED = {"keys": (TIE,), "values": (1.0,), "months": 6, "futures": 5}
SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 12}, month=2, market="ID")
TIED = replace(SMALL, pages={PAGE: ASKED})
RUN = "Run both ahead"


def wanted(state: PageState, *keys: tuple[str, float], months: int = 6) -> WhatIf:
    plan = plan_of(state)
    market = StreamingMarket(plan, starts=StartStore.default())
    market.run(state.month)
    waiting = tuple(one for change in state.levers for one in settings_of(plan, change.key, change.value))
    changed = tuple(one for key, value in keys for one in settings_of(plan, key, value))
    return what_if(market.fork(settings=waiting, actors=True), WhatIfRequest(changed, {}, months, 5))


def opened(tab: Callable[..., Any], state: PageState, *, size: str = "laptop") -> Any:
    """Return the page What-if, its live run standing in the state's month."""
    found = tab(state, size=size, page="what-if", ready=f"button:has-text('{RUN}'):enabled")
    found.page.get_by_text("What if, from Dec 2022 on?").wait_for()
    return found


def answered(found: Any, futures: int = 5) -> None:
    found.page.get_by_text(f"Answer of {futures} futures").wait_for(timeout=90_000)


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_a_branch_gives_the_numbers_of_the_same_computation(
    tab: Callable[..., Any], size: str, tmp_path: Path
) -> None:  # fmt: skip
    state = replace(TIED, changes=(Change(2, PRICE, 30_000.0),))
    found, same = opened(tab, state, size=size), wanted(state, (TIE, 1.0))
    found.page.get_by_text("One change that was set there for this month acts in both arms.").wait_for()
    found.page.get_by_text("Resso, integration, Indonesia → 1").wait_for()
    found.page.screenshot(path=tmp_path / f"{size}-ready.png", full_page=True)
    found.press(RUN)
    answered(found)
    head, rest = verdict(same, chosen(same, None, ""))
    assert found.page.get_by_text(head, exact=True).count() == 1
    assert found.page.get_by_text(rest[0], exact=True).count() == 1
    for tile in headline_tiles(same):
        found.see(tile["label"], tile["value"])
    rows = found.page.locator("table tbody tr")
    shown = [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in rows.all()]
    assert shown == market_rows(same, chosen(same, None, ""))
    found.page.locator("canvas").nth(2).wait_for()
    found.page.wait_for_timeout(400)
    found.page.screenshot(path=tmp_path / f"{size}-answer.png", full_page=True)
    wide = found.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= found.page.viewport_size["width"], "the page scrolls sideways"


def test_without_a_change_the_page_says_exactly_zero(tab: Callable[..., Any], tmp_path: Path) -> None:
    found = opened(tab, replace(SMALL, pages={PAGE: {"months": 3, "futures": 5}}))
    found.page.get_by_text("Nothing is changed yet").wait_for()
    found.page.get_by_text("What would change?").wait_for()
    found.press(RUN)
    answered(found)
    found.page.get_by_text("Nothing is changed, and nothing differs: exactly 0 everywhere.").wait_for()
    assert found.page.locator(".rs-tile-note", has_text="exactly the same").count() == found.page.locator(
        ".rs-tile"
    ).count()  # fmt: skip
    found.page.wait_for_timeout(400)
    found.page.screenshot(path=tmp_path / "unchanged.png", full_page=True)


def test_a_lever_is_set_by_key_a_wrong_one_is_told_and_the_live_run_stays(tab: Callable[..., Any]) -> None:
    found = opened(tab, SMALL)
    slider = found.page.locator("#c-platforms-spotify-integration-ID")
    slider.focus()
    slider.press("End")
    found.page.get_by_text("Spotify, integration, Indonesia → 1").wait_for()
    price = found.page.locator("#c-platforms-spotify-price-ID-individual").locator("xpath=..").locator(".rs-number")
    price.fill("free")
    price.press("Enter")
    found.page.get_by_text("Is a number; decimals have a point, commas part thousands (got free)").wait_for()
    assert found.page.get_by_text("Individual, Indonesia →").count() == 0
    found.page.locator("select").first.select_option("ALL")
    found.page.locator("#c-platforms-spotify-integration-ALL").wait_for()
    found.page.get_by_role("button", name="Take back: Spotify, integration, Indonesia → 1").click()
    found.page.get_by_text("Nothing is changed yet").wait_for()
    found.page.locator("body").press(" ")
    found.page.wait_for_timeout(500)
    found.page.get_by_role("link", name="Run", exact=True).click()
    found.page.get_by_text("month 2 of 12").first.wait_for()
    assert found.page.get_by_text("Changed on the way").count() == 0


def test_an_answer_is_looked_at_from_several_sides_saved_and_told_when_it_is_old(tab: Callable[..., Any]) -> None:
    found, same = opened(tab, TIED), wanted(SMALL, (TIE, 1.0))
    found.press(RUN)
    answered(found)
    found.page.get_by_label("What", exact=True).select_option("revenue")
    outcome = chosen(same, "resso", "revenue")
    found.page.get_by_text(verdict(same, outcome)[0], exact=True).wait_for()
    found.page.get_by_label("Where", exact=True).select_option("IN")
    found.page.get_by_text(verdict(same, outcome, market="IN")[0], exact=True).wait_for()
    with found.page.expect_download() as table:
        found.page.get_by_label(re.compile("Save the numbers of Resso: revenue, difference by market")).click()
    saved = pd.read_csv(table.value.path(), encoding="utf-8-sig").set_index("market")
    assert saved["difference"].tolist() == pytest.approx(same.by_market(outcome)["difference"].tolist(), rel=1e-12)
    with found.page.expect_download() as picture:
        found.page.get_by_label(re.compile("Save the picture Resso: revenue, with and without")).click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
    found.page.get_by_label("Ahead", exact=True).select_option("3")
    found.page.get_by_text("has changed since the answer below").wait_for()
    found.press("Start over")
    found.page.get_by_text("What would change?").wait_for()


def test_a_reload_keeps_the_answer_and_a_link_lives_it_again(tab: Callable[..., Any]) -> None:
    found = opened(tab, TIED)
    found.press(RUN)
    answered(found)
    head = found.page.locator("h1").nth(1).inner_text()
    found.page.reload()
    found.page.get_by_text(head, exact=True).wait_for()
    shared = replace(TIED, pages={PAGE: {**ASKED, "lived": mark_of(TIED)}})
    other = tab(shared, page="what-if", ready="text=Answer of 5 futures")
    assert other.page.locator("h1").nth(1).inner_text() == head


def test_what_is_chosen_at_the_left_is_kept_by_a_walk_a_reload_and_a_link(tab: Callable[..., Any]) -> None:
    found = opened(tab, SMALL)
    side = found.page.locator(".rs-side")
    side.get_by_label("Market", exact=True).select_option("BR")
    side.get_by_label("Who sets it", exact=True).select_option("deezer")
    found.page.locator("#c-platforms-deezer-marketing-BR").wait_for()

    def stands() -> None:
        found.page.locator("#c-platforms-deezer-marketing-BR").wait_for()
        assert side.get_by_label("Market", exact=True).input_value() == "BR"
        assert side.get_by_label("Who sets it", exact=True).input_value() == "deezer"

    found.page.get_by_role("link", name="Run", exact=True).click()
    found.page.locator("#c-platforms-spotify-price-ID-individual").wait_for()  # its own choice stays as it is
    found.press("World")
    found.page.get_by_label("Uncertain parameters of", exact=True).select_option("songs")
    found.page.get_by_role("link", name="What-if", exact=True).click()
    stands()
    found.page.reload()
    stands()
    found.press("Parameters")
    found.page.get_by_label("Uncertain parameters of", exact=True).select_option("talks")
    found.page.reload()
    found.page.get_by_label("Uncertain parameters of", exact=True).wait_for()
    assert found.page.get_by_label("Uncertain parameters of", exact=True).input_value() == "talks"
    found.page.get_by_role("link", name="Run", exact=True).click()
    found.page.locator(".rs-transport").wait_for()
    assert found.page.get_by_label("Uncertain parameters of", exact=True).input_value() == "songs"


def test_a_lever_that_was_never_set_shows_what_is_in_force(tab: Callable[..., Any]) -> None:
    found = opened(tab, replace(SMALL, pages={"what_if_side": {"who": "", "where": "ID", "tab": "nowhere"}}))
    share = found.page.locator(".rs-control", has=found.page.locator("#c-markets-ID-app-store-fee"))
    assert "never set: this is in force" in share.inner_text()
    fee = app_store_fee(plan_of(SMALL).parameters)
    assert float(share.locator(".rs-number").input_value()) == pytest.approx(fee, abs=5e-5)
    found.page.get_by_label("Market", exact=True).first.select_option("ALL")
    allowed = found.page.locator("#c-markets-ALL-tiktok")
    allowed.wait_for()
    assert allowed.evaluate("box => box.indeterminate"), "TikTok is banned in India and allowed elsewhere"
    tax = found.page.locator(".rs-control", has=found.page.locator("#c-markets-ALL-sales-tax"))
    assert tax.locator(".rs-number").get_attribute("placeholder") == "varies"
    strange = {"what_if_side": {"who": "nobody", "where": 7, "subject": "nothing", "tab": "parameters"}}
    other = opened(tab, replace(SMALL, pages=strange))
    assert other.page.get_by_label("Uncertain parameters of", exact=True).input_value() == "demand"
    other.press("Levers")
    other.page.locator("#c-markets-ID-app-store-fee").wait_for()


def test_a_long_what_if_is_cancelled_and_keeps_what_was_lived(tab: Callable[..., Any]) -> None:
    found = opened(tab, replace(TIED, pages={PAGE: {**ASKED, "futures": 40}}))
    found.press(RUN)
    found.page.get_by_text(re.compile(r"months of both arms: \d+ of 480")).wait_for()
    found.page.get_by_text(re.compile(r"^So far, after \d+ of 40 futures")).wait_for()
    found.press("Cancel")
    found.page.locator(f"button:has-text('{RUN}'):enabled").wait_for()
    assert re.search(r"after \d+ of 40", found.page.get_by_text(re.compile("^So far, after")).inner_text())


def test_a_link_with_a_wrong_change_is_told_and_the_end_of_the_run_too(tab: Callable[..., Any]) -> None:
    wrong = {"keys": ("platforms.nobody.price.ID.individual",), "values": (5.0,)}
    found = opened(tab, replace(SMALL, pages={PAGE: wrong}))
    found.press(RUN)
    found.page.get_by_role("alert").get_by_text("nobody").first.wait_for()
    ended = tab(replace(SMALL, month=12), page="what-if", ready="text=The run is at its end")
    assert ended.page.get_by_role("button", name=RUN).count() == 0
