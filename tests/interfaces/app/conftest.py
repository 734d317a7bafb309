"""What tests of the page share: a small market that is open, stored sweeps of made-up runs, a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import model as sm
from model.experiments.sweep.case import Case, Failure
from model.experiments.sweep.describing import described
from model.experiments.sweep.plan import plan_sweep
from model.experiments.sweep.store import SweepStore
from model.interfaces.app.restore import PageState, to_link
from model.interfaces.app.session import Session
from model.market.start_store import StartStore

# These look at components of the page, which need the extra `app`: they are run with it (`./resonance set-up all`).
_COMPONENTS = ["test_browser_deal_room.py", "test_boundary.py", "test_comparing.py", "test_drawing.py", "test_drawn.py",
               "test_evidence.py", "test_pressing.py", "test_sweeps.py"]  # fmt: skip
collect_ignore = [] if find_spec("solara") else _COMPONENTS

SMALL = PageState(scenario="tiny", sets={"users": 600, "months": 8})
WAIT = 60.0


@pytest.fixture(scope="session")
def kept_starts() -> StartStore:
    return StartStore(None)


@pytest.fixture
def opened(kept_starts: StartStore) -> Iterator[Callable[..., Session]]:
    """`opened(state)`: a session whose run is open and has lived to the state's month."""
    made: list[Session] = []

    def give(state: PageState = SMALL) -> Session:
        session = Session(starts=kept_starts)
        made.append(session)
        session.open(state)
        assert session.worker.wait(WAIT)
        assert session.worker.faults == ()
        return session

    yield give
    for session in made:
        session.close()


# --- stored sweeps of made-up runs ------------------------------------------------------------------------------------

POLICIES = ("stay", "bold", "careful")
FAILED, MISSING = 3, 5
"""Points at which the last policy failed, and at which it is not there."""


def store_sweep(
    folder: Path, *, n: int = 40, policies: tuple[str, ...] = POLICIES, replicates: int = 2, inputs: int = 2
) -> Path:
    """Write a sweep whose policies are best in different places: bold where theta is high, careful where it is low."""
    base = sm.Scenario.from_mapping({"name": "made_up", "markets": ["ID", "BR"], "users": 200, "months": 1})
    names = ["theta", "alpha", "delta", "beta_T", "beta_ad", "entrant_gap", "word_of_mouth", "tiktok_awareness"]
    plan = plan_sweep(
        base, policies={name: {} for name in policies}, uncertainties=names[:inputs],
        levers={"rivals_respond": [True, False]}, n=n, replicates=replicates, design="lhs",
        outcomes=["bytedance_income", "label_income"],
    )  # fmt: skip
    with SweepStore.create(folder, plan=plan.question, about=described(plan), points=plan.points) as store:
        batch: list[tuple[Case, object]] = []
        for point, row in enumerate(plan.points.to_dict("records")):
            for at, name in enumerate(policies):
                for replicate in range(replicates):
                    case = Case(f"{point:08x}{at:04x}{replicate:04x}", point, replicate)
                    if at == len(policies) - 1 and at and point in (FAILED, MISSING):
                        if point == FAILED:
                            batch.append((case, Failure("run", "the market broke")))
                        continue
                    value = 1e8 * (1.0 + 0.02 * replicate + (row["theta"] - 2.0) * (0.0, 0.2, -0.1)[at % 3])
                    cells = {
                        "policy": [name] * 4, "market": ["ID", "total"] * 2, "over": ["horizon"] * 2 + ["end"] * 2,
                        "bytedance_income": [value / 2, value, value / 24, value / 12], "label_income": [value / 3] * 4,
                    }  # fmt: skip
                    batch.append((case, {"outcomes": cells, "runs": {"policy": [name], "seconds": [0.1]}}))
        store.commit(batch)  # type: ignore[arg-type]
        store.seal()
    return folder


@pytest.fixture(scope="session")
def made_up() -> Callable[..., Path]:
    """`made_up(folder, n=40, ...)`: a real store whose outcomes are a formula of the point."""
    return store_sweep


# --- a real browser, for the files of tests that are marked so --------------------------------------------------------

ROOT = Path(__file__).resolve().parents[3]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]  # fmt: skip
COLD = 240_000  # ms: the first page of a new machine waits for the compiler
SIZES = {"laptop": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}


@dataclass
class Tab:
    """A page of the browser, and all that went wrong on it."""

    page: Any
    wrong: list[str] = field(default_factory=list)

    def see(self, label: str, value: str) -> None:
        """Wait until a tile shows a value: pieces of the page come one after the other."""
        found = self.page.locator(".rs-tile", has=self.page.get_by_text(label, exact=True))
        found.get_by_text(value, exact=True).wait_for()

    def wait_month(self, month: int, whole: int = 8) -> None:
        self.page.get_by_text(f"month {month} of {whole}").first.wait_for()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def shown(self) -> int:
        told = self.page.locator(".rs-transport-date span").inner_text()
        found = re.match(r"month (\d+)", told)
        return int(found[1]) if found else 0


@contextmanager
def serve(*options: str, after: str = "") -> Iterator[str]:
    """The address of a page of its own server. after: Python to run there before it begins."""
    begin = f"{after}\nfrom model.interfaces.cli import main\nraise SystemExit(main())"
    command = [sys.executable, *(("-c", begin) if after else ("-m", "model")), "app", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert "http://127.0.0.1:" in line, f"the server said {line!r}"
        try:
            yield line.split()[-1]
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def served() -> Callable[..., AbstractContextManager[str]]:
    """`with served("--results", folder) as address`: a page of its own server."""
    return serve


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve() as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "the tests of the page need Chromium: run .ci/browser, or install the package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any, address: str) -> Iterator[Callable[..., Tab]]:
    """`tab(state)`: a page of its own browser session, opened by a link to the state; closed quietly at the end.

    page: its path. ready: what is waited for.
    """
    made: list[tuple[Any, Tab]] = []

    def give(
        state: PageState | None = SMALL, *, size: str = "laptop", page: str = "", ready: str = ".rs-tiles"
    ) -> Tab:  # fmt: skip
        context = chromium.new_context(viewport=SIZES[size], accept_downloads=True)
        opened = context.new_page()
        opened.set_default_timeout(30_000)
        found = Tab(opened)
        opened.on("console", lambda told: found.wrong.append(told.text) if told.type == "error" else None)
        opened.on("pageerror", lambda error: found.wrong.append(str(error)))
        opened.on("requestfailed", lambda request: found.wrong.append(f"{request.url}: {request.failure}"))
        opened.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:"))
                else found.wrong.append(f"off the machine: {request.url}"))  # fmt: skip
        opened.on("response", lambda one: found.wrong.append(f"{one.status} {one.url}") if one.status >= 400 else None)
        wanted = f"{address}{page}" if state is None else f"{address}{page}?page={to_link(state)}"
        opened.goto(wanted, timeout=COLD)
        opened.locator(ready).first.wait_for(timeout=COLD)
        made.append((context, found))
        return found

    yield give
    for context, found in made:
        context.close()
        assert found.wrong == []
