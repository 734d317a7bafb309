"""Many pages at once, in a real browser: does the server stay quick, and does it give back what they took?

`python -m tests.trials.load [--pages 20] [--minutes 10] [--every 4]`. Starts its own server on this machine, which
forgets a closed page after 20 s instead of ten minutes, and presses Step on every page, again and again, at random
moments; a page that is at its end is reset. A step counts from the press to the new month on the screen. Needs the
extra `app` and Chromium.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

LEFT = 20.0
"""Seconds after which this server forgets a closed page."""
SLOWEST, BACK = 2.0, 0.10
"""What is asked for: seconds of the slowest step, part of the memory before that may stay."""
STEP = """async () => {
  const date = document.querySelector('.rs-transport-date'), before = date.innerText;
  const press = (name) => [...document.querySelectorAll('button')].find((one) => one.innerText.trim() === name).click();
  const begun = performance.now();
  press(before.includes('the end') ? 'Reset' : 'Step');
  while (date.innerText === before) {
    if (performance.now() - begun > 60000) throw new Error('no new month within a minute of ' + before);
    await new Promise((done) => setTimeout(done, 5));
  }
  return [performance.now() - begun, before.includes('the end') ? 1 : 0];
}"""


@dataclass
class Told:
    """What was seen. steps: seconds of each. memory: MB of the server by minute. wrong: all that was an error."""

    steps: list[float] = field(default_factory=list)
    resets: int = 0
    memory: list[float] = field(default_factory=list)
    before: float = 0.0
    after: float = 0.0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def served() -> Iterator[tuple[str, psutil.Process]]:
    """The address and the process of a server that forgets soon."""
    command = [sys.executable, "-m", "tests.trials.load", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
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


class Crowd:
    """Pages of a browser, each with a session of its own, that walk at their own pace."""

    def __init__(self, browser: Any, address: str, told: Told) -> None:
        self._browser, self._address, self._told = browser, address, told
        self.pages: list[Any] = []

    async def open(self, number: int) -> None:
        """Open so many pages, one after the other, each to its first figures."""
        for _ in range(number):
            page = await (await self._browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
            page.on("pageerror", lambda error: self._told.wrong.append(str(error)))
            page.on("console", lambda one: self._told.wrong.append(one.text) if one.type == "error" else None)
            await page.goto(self._address, timeout=240_000)
            await page.locator(".rs-tiles").first.wait_for(timeout=240_000)
            self.pages.append(page)

    async def step(self, at: int) -> None:
        """Press Step on one of them, or Reset at its end."""
        try:
            taken, reset = await self.pages[at].evaluate(STEP)
        except Exception as error:  # a page that fails is a finding, and the others go on
            self._told.wrong.append(f"page {at}: {str(error).splitlines()[0]}")
            return
        if reset:
            self._told.resets += 1
        else:
            self._told.steps.append(taken / 1000.0)

    async def walk(self, at: int, *, until: float, every: float) -> None:
        """Press Step until a time, after pauses of 0 to 2 * `every` seconds that differ from page to page."""
        pauses = random.Random(at)
        while True:
            pause = 2.0 * every * pauses.random()
            if time.monotonic() + pause > until:
                return
            await asyncio.sleep(pause)
            await self.step(at)

    async def close(self) -> None:
        """Leave, all at once."""
        for page in self.pages:
            await page.context.close()
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


async def tried(*, pages: int, minutes: float, every: float) -> Told:
    """Run the trial: one page comes and goes, then all of them."""
    from playwright.async_api import async_playwright

    told = Told()
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with served() as (address, server):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            crowd = Crowd(browser, address, told)
            await crowd.open(1)
            for _ in range(3):
                await crowd.step(0)
            await crowd.close()
            told.before = await wait_back(server)
            told.steps.clear()
            print(f"before: {told.before:.0f} MB after one page has come and gone", flush=True)
            await crowd.open(pages)
            print(f"{pages} pages are open: {memory_of(server):.0f} MB", flush=True)
            until = time.monotonic() + 60.0 * minutes
            walks = [crowd.walk(at, until=until, every=every) for at in range(pages)]
            await asyncio.gather(watch(told, server, until=until), *walks)
            told.memory.append(memory_of(server))
            await crowd.close()
            told.after = await wait_back(server)
            await browser.close()
    return told


def main() -> int:
    """Print what was seen; 1 where it is not what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--every", type=float, default=4.0, help="mean pause of a page between two steps, seconds")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve_here()
        return 0
    told = asyncio.run(tried(pages=asked.pages, minutes=asked.minutes, every=asked.every))
    stays = told.after / told.before - 1.0
    steps = sorted(told.steps)
    print(f"{len(steps)} steps and {told.resets} resets on {asked.pages} pages in {asked.minutes:g} minutes")
    print(f"a step: median {statistics.median(steps):.2f} s, 99 of 100 within {steps[int(0.99 * len(steps))]:.2f} s, "
          f"slowest {steps[-1]:.2f} s (asked: {SLOWEST:g} s)")  # fmt: skip
    print(f"memory: {told.before:.0f} MB before, {max(told.memory):.0f} at most, {told.after:.0f} when all had left "
          f"({stays:+.0%}; asked: within {BACK:.0%})")  # fmt: skip
    print(f"{len(told.wrong)} errors" + "".join(f"\n  {one}" for one in told.wrong[:20]))
    return int(bool(told.wrong) or steps[-1] > SLOWEST or stays > BACK)


if __name__ == "__main__":
    raise SystemExit(main())
