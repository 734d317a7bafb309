"""The pages Compare and Sweeps in a real browser: what is pressed is computed, shown, saved and brought back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from model.experiments.comparing import compare
from model.experiments.robust import robust_choice
from model.experiments.robust.words import rule_lines
from model.experiments.sweep import open_sweep
from model.interfaces.app.charts.compare import signed
from model.interfaces.app.comparing import PAGE as COMPARE
from model.interfaces.app.restore import PageState, to_link
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

pytestmark = pytest.mark.browser
SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 8})
ASKED = SMALL.with_page(COMPARE, {"first": "tiny", "second": "tiktok_integration", "users": 400, "months": 4,
                                  "replicates": 3, "most": 3})  # fmt: skip
LIVED = 180_000  # ms: a comparison on a busy machine
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, made_up: Callable[..., Path]) -> Path:
    folder = tmp_path_factory.mktemp("results")
    made_up(folder / "small")
    (folder / "broken").mkdir()
    (folder / "broken" / "ledger.sqlite").write_text("no database", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(results: Path, served: Callable[..., Any]) -> Iterator[str]:
    with served("--results", str(results)) as found:
        yield found


def answer(page: Any) -> Any:
    return page.locator(".rs-main .rs-title").first


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_scenarios_are_compared_as_in_python(tab: Open, size: str, tmp_path: Path) -> None:
    found = tab(ASKED, page="compare", ready=".rs-empty", size=size)
    found.page.get_by_text("Which scenario does better?").wait_for()
    found.press("Compare")
    answer(found.page).wait_for(timeout=LIVED)
    plans = [Scenario.load(name).replace(users=400, months=4, markets=["ID", "BR"])
             for name in ("tiny", "tiktok_integration")]  # fmt: skip
    wanted = compare(*plans, replicates=3, most=3, starts=StartStore.default())
    ranking = wanted.ranking()
    head = answer(found.page).inner_text()
    assert ("No clear winner" in head) == (ranking.winner is None)
    row = wanted.table(outcome="resso.users", market="total", over="horizon").iloc[0]
    cells = found.page.locator("tr", has_text="Resso: monthly users").first.inner_text()
    assert signed(float(row["difference"])) in cells
    assert f"{signed(float(row['low']))} to {signed(float(row['high']))}" in cells
    found.page.locator("canvas").nth(2).wait_for()
    found.page.wait_for_timeout(500)
    found.page.screenshot(path=tmp_path / f"compare-{size}.png", full_page=True)
    wide = found.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= found.page.viewport_size["width"], "the page scrolls sideways"


def test_what_was_compared_is_saved_and_comes_back_by_reload_and_link(tab: Open) -> None:
    found = tab(replace(ASKED, pages={COMPARE: {**ASKED.page(COMPARE), "asked": True, "outcome": "resso.users"}}),
                page="compare", ready=".rs-empty, .rs-main .rs-title")  # fmt: skip
    answer(found.page).wait_for(timeout=LIVED)
    head = answer(found.page).inner_text()
    assert found.page.get_by_label("Shown", exact=True).input_value() == "resso.users"
    with found.page.expect_download() as download:
        found.page.get_by_label(re.compile("Save the numbers of Resso: monthly users: difference by market")).click()
    rows = pd.read_csv(download.value.path(), encoding="utf-8-sig")
    assert set(rows["market"]) == {"total", "ID", "BR"}
    assert "tiny" in download.value.suggested_filename
    found.page.reload()
    answer(found.page).wait_for(timeout=LIVED)
    assert answer(found.page).inner_text() == head
    found.page.get_by_label("Second", exact=True).select_option("sony_returns")
    found.page.get_by_text("has changed since").wait_for()


def test_a_comparison_is_cancelled_and_what_cannot_be_is_told(tab: Open) -> None:
    large = ASKED.with_page(COMPARE, {"second": "resso_premium_only", "months": 60, "most": 48, "replicates": 48})
    found = tab(large, page="compare", ready=".rs-empty")
    found.press("Compare")
    found.page.get_by_text(re.compile("months lived: [1-9]")).wait_for(timeout=LIVED)
    found.press("Cancel")
    found.page.get_by_text(re.compile("months lived")).wait_for(state="detached", timeout=LIVED)
    found.page.get_by_label("Second", exact=True).select_option("june_2022")
    found.press("Compare")
    found.page.get_by_role("alert").get_by_text("Compared scenarios share it").wait_for(timeout=LIVED)
    number = found.page.get_by_label("Months, months", exact=True)
    number.fill("1000")
    number.press("Enter")
    found.page.get_by_text("Lies from 1 to 120 (got 1000)").wait_for()


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_a_sweep_is_seen_from_every_side(tab: Open, results: Path, size: str, tmp_path: Path) -> None:
    state = SMALL.with_page("sweeps", {"sweep": "small"})
    found = tab(state, page="sweeps", ready=".rs-main .rs-title", size=size)
    found.page.get_by_text("236 finished, 2 failed, 2 still to run").wait_for()
    for view in ("Map", "Parallel", "Choice", "Scatter"):
        found.press(view)
        found.page.locator("canvas").first.wait_for()
        found.page.wait_for_timeout(600)
        found.page.screenshot(path=tmp_path / f"sweeps-{view}-{size}.png", full_page=True)
    found.press("Choice")
    wanted = robust_choice(open_sweep(results / "small"), outcome="bytedance_income")
    found.page.get_by_text(next(iter(rule_lines(wanted)))).wait_for()
    mean = found.page.locator("tr", has_text="careful").first.inner_text()
    assert f"{wanted.scores.set_index('policy').loc['careful', 'win_share']:.0%}" in mean
    found.press("Less")
    less = robust_choice(open_sweep(results / "small"), outcome="bytedance_income", less=True)
    found.page.get_by_text(next(iter(rule_lines(less)))).wait_for()
    wide = found.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= found.page.viewport_size["width"], "the page scrolls sideways"


def test_points_are_filtered_saved_and_brought_back(tab: Open, results: Path) -> None:
    found = tab(SMALL.with_page("sweeps", {"sweep": "small", "x": "theta"}), page="sweeps", ready="canvas")
    found.page.get_by_label("Only points by").select_option("theta")
    top = found.page.get_by_label(re.compile("^To, "))
    top.fill("2")
    top.press("Enter")
    points = open_sweep(results / "small").points
    left = int((points["theta"] > 2.0).sum())
    found.page.get_by_text(f"{left} of 40 points are left out.").wait_for()
    found.page.get_by_text(f"{40 - left} points", exact=False).first.wait_for()
    found.page.wait_for_timeout(500)
    with found.page.expect_download() as download:
        found.page.get_by_label(re.compile("Save the numbers of ByteDance, music and TikTok against theta")).click()
    rows = pd.read_csv(download.value.path(), encoding="utf-8-sig")
    assert rows["theta"].max() <= 2.0
    assert rows["point"].nunique() == 40 - left
    assert download.value.suggested_filename == "small-scatter.csv"
    found.page.reload()
    found.page.get_by_text(f"{left} of 40 points are left out.").wait_for()
    picture = found.page.get_by_label(re.compile("Save the picture ByteDance, music and TikTok against theta"))
    with found.page.expect_download() as image:
        picture.click()
    assert Path(image.value.path()).read_bytes().startswith(b"\x89PNG")


def test_broken_and_unknown_sweeps_are_told(tab: Open) -> None:
    found = tab(SMALL.with_page("sweeps", {"sweep": "../../etc"}), page="sweeps", ready=".rs-faults p")
    found.page.get_by_text("Is in the folder of sweeps (got ../../etc)").wait_for()
    found.page.get_by_label("Sweep", exact=True).select_option("broken")
    found.page.get_by_text("must be the SQLite file that the sweep wrote").wait_for()
    found.page.get_by_label("Sweep", exact=True).select_option("small")
    found.page.get_by_text("236 finished").wait_for()


def test_an_empty_folder_says_how_a_sweep_is_made_and_runs_a_small_one(
    chromium: Any, served: Callable[..., Any], tmp_path: Path
) -> None:
    with served("--results", str(tmp_path)) as address:
        context = chromium.new_context()
        page = context.new_page()
        page.set_default_timeout(240_000)  # a server that has just begun
        page.goto(f"{address}sweeps?page={to_link(SMALL)}")
        page.get_by_text("./resonance sweep price_in_indonesia").wait_for()
        page.get_by_role("button", name="Run the small sweep").click()
        page.get_by_text(re.compile(r"^runs: ([2-9]|\d\d) of 72")).wait_for()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text(re.compile(r"\d+ finished, \d+ still to run")).wait_for()
        page.get_by_role("button", name="Go on with the small sweep").click()
        page.get_by_text("72 finished").wait_for(timeout=900_000)  # half a minute where nobody else computes
        assert page.get_by_role("button", name="Go on with the small sweep").count() == 0
        assert [one.name.startswith("sweep-baseline-") for one in tmp_path.iterdir()] == [True]
        context.close()
