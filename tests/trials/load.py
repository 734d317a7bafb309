"""Many pages at once: does the server stay quick, and does it give back what they took?

`python -m tests.trials.load [--pages 20] [--browser 1] [--minutes 10] [--every 4]`. Starts its own server on this
machine, which forgets a closed page after 20 s instead of ten minutes, and presses Step on every page, again and again,
at random moments; a page that is at its end is reset. Some of them are in a real browser; the others speak to the
server as a browser does and draw nothing, since twenty browsers do not run on the machine of a server. A step counts
from the press to its date and all its pictures; in the browser, to its date on the screen. Needs the extra `app`, and
Chromium.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import psutil

from tests.trials.light_page import LightPage

LEFT = 20.0
"""Seconds after which this server forgets a closed page."""
SLOWEST, BACK = 2.0, 0.10
"""What is asked for: seconds of the slowest step, part of the memory before that may stay."""
AS_LAUNCHED = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
"""What `./resonance app` sets before Python begins."""
ACT = """async (name) => {
  const date = document.querySelector('.rs-transport-date'), before = date.innerText;
  const begun = performance.now();
  [...document.querySelectorAll('button')].find((one) => one.innerText.trim().toLowerCase() === name).click();
  while (date.innerText === before) {
    if (performance.now() - begun > 60000) throw new Error('no new month within a minute of ' + before);
    await new Promise((done) => setTimeout(done, 5));
  }
  return (performance.now() - begun) / 1000;
}"""
ENDED = "() => document.querySelector('.rs-transport-date').innerText.includes('the end')"


@dataclass
class Told:
    """What was seen.

    steps: seconds of each; seen: of those in a browser. memory: MB of the server by minute. wrong: all errors.
    """

    steps: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    resets: int = 0
    memory: list[float] = field(default_factory=list)
    before: float = 0.0
    after: float = 0.0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def served() -> Iterator[tuple[str, psutil.Process]]:
    """The address and the process of a server that forgets soon."""
    command = [sys.executable, "-m", "tests.trials.load", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **AS_LAUNCHED}) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1], psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait(20)


def serve_here() -> None:
    """Serve the page as `resonance app` does, but forget soon."""
    from model.interfaces.app import server

    server.CULLED, server.TIDIED = f"{LEFT:.0f}s", 5.0
    server._settle_settings()
    from model.interfaces.app.joined import SESSIONS

    SESSIONS.kept_seconds = LEFT
    server.serve(port=0, say=lambda line: print(line, flush=True))


def memory_of(server: psutil.Process) -> float:
    """Return what a server holds, MB."""
    return float(server.memory_info().rss) / 1e6


class Page(Protocol):
    """A page that steps. wrong: what failed on it."""

    wrong: list[str]

    async def ended(self) -> bool:
        """Tell whether the run is at its end."""

    async def act(self, name: str) -> float:
        """Press "step" or "reset"; returns the seconds that it took."""


class Seen:
    """A page in a real browser, with a session of its own."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda one: self.wrong.append(one.text) if one.type == "error" else None)

    async def ended(self) -> bool:
        """Tell whether the run is at its end."""
        return bool(await self._page.evaluate(ENDED))

    async def act(self, name: str) -> float:
        """Press a button."""
        return float(await self._page.evaluate(ACT, name))


class Crowd:
    """Pages, each with a session of its own, that walk at their own pace. seen: those in a browser."""

    def __init__(self, browser: Any, address: str, told: Told) -> None:
        self._browser, self._address, self._told = browser, address, told
        self._leaving = AsyncExitStack()
        self.pages: list[Page] = []

    async def open(self, number: int, *, seen: int) -> None:
        """Open so many pages, one after the other, each to its first figures. seen: those of them in the browser."""
        for at in range(number):
            self.pages.append(await (self._in_browser() if at < seen else self._light()))

    async def _in_browser(self) -> Page:
        context = await self._browser.new_context(viewport={"width": 1366, "height": 768})
        self._leaving.push_async_callback(context.close)
        page = await context.new_page()
        found = Seen(page)
        await page.goto(self._address, timeout=240_000)
        await page.locator(".rs-tiles").first.wait_for(timeout=240_000)
        return found

    async def _light(self) -> Page:
        return await self._leaving.enter_async_context(LightPage(self._address))

    async def step(self, page: Page) -> None:
        """Press Step on a page, or Reset at its end."""
        try:
            reset = await page.ended()
            taken = await page.act("reset" if reset else "step")
        except Exception as error:  # a page that fails is a finding, and the others go on
            self._told.wrong.append(f"{type(page).__name__}: {type(error).__name__} {error}".splitlines()[0])
            return
        if reset:
            self._told.resets += 1
        else:
            self._told.steps.append(taken)
            if isinstance(page, Seen):
                self._told.seen.append(taken)

    async def walk(self, at: int, *, until: float, every: float) -> None:
        """Press Step until a time, after pauses of 0 to 2 * `every` seconds that differ from page to page."""
        pauses = random.Random(at)
        while True:
            pause = 2.0 * every * pauses.random()
            if time.monotonic() + pause > until:
                return
            await asyncio.sleep(pause)
            await self.step(self.pages[at])

    async def close(self) -> None:
        """Leave, all at once."""
        self._told.wrong += [one for page in self.pages for one in page.wrong]
        await self._leaving.aclose()
        self.pages.clear()


async def wait_back(server: psutil.Process) -> float:
    """Return the server's memory after it has had time to forget, MB."""
    await asyncio.sleep(3 * LEFT + 15.0)
    return memory_of(server)


async def watch(told: Told, server: psutil.Process, *, until: float) -> None:
    """Look at the server once a minute."""
    begun = time.monotonic()
    while (now := time.monotonic()) < until:
        told.memory.append(memory_of(server))
        print(f"  {now - begun:5.0f} s: {len(told.steps)} steps, slowest {max(told.steps, default=0.0):.2f} s, "
              f"{told.memory[-1]:.0f} MB, {len(told.wrong)} errors", flush=True)  # fmt: skip
        await asyncio.sleep(min(60.0, max(0.1, until - now)))


@asynccontextmanager
async def browser_of(wanted: bool) -> AsyncIterator[Any]:
    """Give a browser, or None where none is wanted."""
    if not wanted:
        yield None
        return
    from playwright.async_api import async_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


async def tried(*, pages: int, seen: int, minutes: float, every: float) -> Told:
    """Run the trial: two pages come and go, then all of them. seen: how many are in a browser."""
    told = Told()
    with served() as (address, server):
        async with browser_of(seen > 0) as browser:
            crowd = Crowd(browser, address, told)
            await crowd.open(2, seen=min(1, seen))
            for page in crowd.pages:
                await crowd.step(page)
            await crowd.close()
            told.before = await wait_back(server)
            told.steps.clear()
            told.seen.clear()
            print(f"before: {told.before:.0f} MB after two pages have come and gone", flush=True)
            await crowd.open(pages, seen=seen)
            print(f"{pages} pages are open: {memory_of(server):.0f} MB", flush=True)
            until = time.monotonic() + 60.0 * minutes
            walks = [crowd.walk(at, until=until, every=every) for at in range(pages)]
            await asyncio.gather(watch(told, server, until=until), *walks)
            told.memory.append(memory_of(server))
            await crowd.close()
            told.after = await wait_back(server)
    return told


def main() -> int:
    """Print what was seen; 1 where it is not what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--browser", type=int, default=1, help="how many of them are in a real browser")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--every", type=float, default=4.0, help="mean pause of a page between two steps, seconds")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve_here()
        return 0
    told = asyncio.run(tried(pages=asked.pages, seen=asked.browser, minutes=asked.minutes, every=asked.every))
    print(f"on {asked.pages} pages in {asked.minutes:g} minutes:")
    print("\n".join(words_of(told)))
    return int(is_missed(told))


def is_missed(told: Told) -> bool:
    """Tell whether something is not as it was asked for."""
    if told.wrong or not told.steps:
        return True
    return max(told.steps) > SLOWEST or told.after > told.before * (1.0 + BACK)


def words_of(told: Told) -> list[str]:
    """Return what was seen, a line each."""
    lines = [f"{len(told.wrong)} errors", *(f"  {one}" for one in told.wrong[:20])]
    lines.append(f"{len(told.steps)} steps and {told.resets} resets")
    if told.steps:
        steps = sorted(told.steps)
        most = steps[int(0.99 * len(steps))]
        lines.append(f"a step: median {statistics.median(steps):.2f} s, 99 of 100 within {most:.2f} s, "
                     f"slowest {steps[-1]:.2f} s (asked: {SLOWEST:g} s)")  # fmt: skip
    if told.seen:
        lines.append(f"in the browser: median {statistics.median(told.seen):.2f} s, slowest {max(told.seen):.2f} s")
    stays = told.after / told.before - 1.0
    lines.append(f"memory: {told.before:.0f} MB before, {max(told.memory):.0f} at most, {told.after:.0f} when all had "
                 f"left ({stays:+.0%}; asked: within {BACK:.0%})")  # fmt: skip
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
