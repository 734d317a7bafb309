"""Loading a file in a real browser: chosen or dropped it runs, a saved page comes back, a wrong one is told there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model.interfaces.app.restore import LARGEST_TEXT, Change, PageState, plan_of, to_text
from model.interfaces.app.words import amount
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult
from model.spec.scenario import Scenario

pytestmark = pytest.mark.browser
SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 8}, pages={"side": {"tab": "file"}})
PRICE = "platforms.spotify.price.ID.individual"
SCENARIO = 'extends = "tiny"\nabout = "A tie of Resso to TikTok."\nmonths = 5\nusers = 500\n\n[platforms.resso]\n' \
           "integration = {ID = 1.0}\n"  # fmt: skip
DROP = """([name, text]) => {
  const carried = new DataTransfer();
  if (name) carried.items.add(new File([text], name, {type: "application/toml"}));
  else carried.setData("text/plain", text);
  document.querySelector(".rs-load").dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true}));
}"""


def revenue(plan: Scenario, months: int) -> str:
    market = StreamingMarket(plan, starts=StartStore.default())
    market.run(months)
    result = RunResult.from_runs(plan, [FinishedRun(0, market.records, market.ledger.flows())])
    return amount(float(result.markets.query("month == @months")["revenue"].sum()), unit="USD")


def choose(found: Any, name: str, content: str | bytes) -> None:
    raw = content.encode() if isinstance(content, str) else content
    found.page.get_by_label("A scenario or a saved page").set_input_files(
        {"name": name, "mimeType": "application/toml", "buffer": raw}
    )


def fault(found: Any, words: str) -> Any:
    """Return the sentence beside the drop: in the box of the file, not under the scenario."""
    box = found.page.locator(".rs-card", has=found.page.locator(".rs-load"))
    return box.get_by_role("alert").get_by_text(words)


@pytest.mark.parametrize("dropped", [False, True])
def test_a_scenario_that_is_chosen_or_dropped_runs(tab: Callable[..., Any], dropped: bool, tmp_path: Path) -> None:
    found = tab(SMALL)
    if dropped:
        found.page.evaluate(DROP, ["", "words that are no file"])
        found.page.evaluate(DROP, ["mine.toml", SCENARIO])
    else:
        choose(found, "mine.toml", SCENARIO)
    found.page.get_by_text("A tie of Resso to TikTok.").wait_for()
    assert found.page.locator("select").first.locator("option:checked").inner_text() == "From a file"
    found.page.get_by_text("mine.toml").wait_for()
    for month in (1, 2):
        found.press("Step")
        found.wait_month(month, 5)
    (tmp_path / "mine.toml").write_text(SCENARIO)
    found.see("Revenue", revenue(Scenario.load(tmp_path / "mine.toml"), 2))
    found.page.screenshot(path=tmp_path / "loaded.png", full_page=True)


def test_a_saved_page_comes_back_with_its_month_and_its_changes(tab: Callable[..., Any], tmp_path: Path) -> None:
    found = tab(replace(SMALL, month=3, changes=(Change(1, PRICE, 30_000.0),)))
    found.wait_month(3)
    with found.page.expect_download() as download:
        found.page.get_by_text("Save this page").click()
    there = found.page.locator(".rs-tile", has_text="Revenue").inner_text()
    other = tab(replace(SMALL, scenario="baseline", sets={"users": 300, "months": 6, "markets": ("ID", "BR")}))
    choose(other, "resonance-page.toml", Path(download.value.path()).read_bytes())
    other.wait_month(3)
    other.page.get_by_text("Spotify, price, Individual, Indonesia → 30,000").wait_for()
    assert other.page.locator(".rs-tile", has_text="Revenue").inner_text() == there
    other.press("Step")
    other.wait_month(4)
    other.page.get_by_role("button", name="Take back: Nov 2022: Spotify, price, Individual, Indonesia → 30,000").click()
    other.page.get_by_text("→ 30,000").wait_for(state="detached")
    other.wait_month(4)
    other.see("Revenue", revenue(plan_of(SMALL), 4))


def test_a_wrong_file_is_told_beside_the_drop_and_the_run_stays(tab: Callable[..., Any], tmp_path: Path) -> None:
    found = tab(replace(SMALL, month=2))
    found.wait_month(2)
    before = found.page.locator(".rs-tiles").inner_text()
    many = to_text(replace(SMALL, sets={"users": 900_000}))
    nobody = to_text(replace(SMALL, changes=(Change(1, "platforms.nobody.marketing.ID", 2.0),)))
    for name, content, words in (
        ("broken.toml", "months = [", "Scenario file: is a TOML file"),
        ("large.toml", "#" * (LARGEST_TEXT + 1), "has at most 64,000"),
        ("picture.toml", b"\x89PNG\xff\xfe", "is a text in UTF-8"),
        ("typo.toml", 'extends = "tiny"\nmonhts = 3', "monhts"), ("many.toml", many, "a page runs at most"),
        ("nobody.toml", nobody, "nobody"), ("empty.toml", "", "sets something"),
    ):  # fmt: skip
        choose(found, name, content)
        found.page.get_by_text(name, exact=True).wait_for()
        fault(found, words).first.wait_for()
        assert found.page.locator(".rs-faults:visible").count() == 1, f"{name} is told in another place too"
    found.page.screenshot(path=tmp_path / "wrong.png", full_page=True)
    assert found.page.locator(".rs-tiles").inner_text() == before
    found.press("Step")
    found.wait_month(3)
    choose(found, "mended.toml", SCENARIO)
    found.page.get_by_text("A tie of Resso to TikTok.").wait_for()
    found.page.locator(".rs-faults").first.wait_for(state="hidden")
    assert found.page.locator(".rs-faults:visible").count() == 0


def test_the_file_is_reached_and_chosen_by_keys(tab: Callable[..., Any], tmp_path: Path) -> None:
    found = tab(SMALL, size="phone")
    (tmp_path / "mine.toml").write_text(SCENARIO)
    found.page.get_by_role("button", name="File", exact=True).focus()
    found.page.keyboard.press("Tab")
    assert found.page.evaluate("document.activeElement.type") == "file"
    found.page.screenshot(path=tmp_path / "phone.png", full_page=True)
    with found.page.expect_file_chooser() as chooser:
        found.page.wait_for_timeout(500)  # until the browser knows that it is to hand the chooser over
        found.page.keyboard.press("Space")
    chooser.value.set_files(tmp_path / "mine.toml")
    found.page.get_by_text("A tie of Resso to TikTok.").wait_for()
