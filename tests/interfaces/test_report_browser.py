"""The report in a real browser, without a network: it stands alone, fits a phone, and prints without cutting tables."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model.experiments.report import make_report
from model.spec.scenario import Scenario

pytestmark = pytest.mark.browser
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--host-resolver-rules=MAP * ~NOTFOUND"]  # fmt: skip
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    small = {"users": 300, "months": 4, "markets": ["ID", "BR"]}
    tied = Scenario.load("tiny").replace({**small, "platforms.resso.integration.ID": 1.0})
    report = make_report(tied, versus=Scenario.load("tiny").replace(small), replicates=3)
    return report.save(tmp_path_factory.mktemp("report") / "kept")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "the tests of pages need Chromium: run .ci/browser, or install the package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def opened(chromium: Any, page_file: Path, size: str) -> tuple[Any, list[str], list[str]]:
    """Return the page, the addresses that it asked for, and what the console said."""
    page = chromium.new_page(viewport=SIZES[size])
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page_file.as_uri())
    return page, asked, said


@pytest.mark.parametrize("size", list(SIZES))
def test_it_opens_quietly_asks_for_nothing_and_fits(chromium: Any, page_file: Path, size: str) -> None:
    page, asked, said = opened(chromium, page_file, size)
    assert [one for one in asked if not one.startswith("data:")] == [page_file.as_uri()]
    assert said == []
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1], "the page itself must not scroll sideways"
    sizes = page.evaluate("[...document.images].map(one => [one.complete, one.naturalWidth, one.clientWidth])")
    assert sizes
    assert all(complete and natural > 0 and 0 < shown <= SIZES[size]["width"] for complete, natural, shown in sizes)
    assert page.locator(".answer").first.is_visible()
    page.close()


def test_a_number_leads_to_its_row_and_a_row_to_its_runs(chromium: Any, page_file: Path) -> None:
    page, _, _ = opened(chromium, page_file, "desktop")
    number = page.locator(".answer a.to").first
    told, target = number.inner_text(), number.get_attribute("href").removeprefix("#")
    number.click()
    row = page.locator(f"tr#{target}")
    assert row.evaluate("one => one.matches(':target')")
    assert row.evaluate("one => { const box = one.getBoundingClientRect(); return box.top >= 0 && box.top < 900 }")
    digits = re.sub(r"[^\d.]", "", told)
    assert digits in row.inner_text()
    row.locator("a").first.click()
    assert re.match(r"runs-", page.evaluate("location.hash").removeprefix("#"))
    page.close()


def test_headings_landmarks_and_names_are_there_for_those_who_listen(chromium: Any, page_file: Path) -> None:
    page, _, _ = opened(chromium, page_file, "desktop")
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation", name="Contents").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("heading", name="Answer", exact=True).count() == 1
    assert page.get_by_role("img").count() == page.evaluate("document.images.length")
    assert page.evaluate("[...document.images].every(one => one.alt.length > 40)")
    assert page.get_by_role("columnheader").count() > 20
    page.close()


def test_on_paper_nothing_is_cut_at_the_side_and_rows_stay_whole(chromium: Any, page_file: Path) -> None:
    page, _, _ = opened(chromium, page_file, "desktop")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})  # what A4 leaves between its margins, in pixels of CSS
    wide = page.evaluate("Math.max(...[...document.querySelectorAll('table, img, p')].map("
                         "one => one.getBoundingClientRect().right))")  # fmt: skip
    assert wide <= 681
    assert page.evaluate("getComputedStyle(document.querySelector('tbody tr')).breakInside") == "avoid"
    assert page.evaluate("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
    assert page.locator("nav").is_hidden()
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4
    page.close()
