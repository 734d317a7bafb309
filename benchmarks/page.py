"""The page in a real browser: the first useful picture, a step as it is seen, and the step's own work on the server.

`python -m benchmarks.page [--steps 24] [--opens 5]`. Starts its own server on this machine, warms it once, and drives
the system's Chromium. A picture counts when ECharts has drawn it, a step when the new month's figures and pictures are
on the screen, from the press of the button. Needs the extras `app` and `dev`, and Chromium (`.ci/browser`).
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.timing import Line, show

OPENED, STEPPED = 3.0, 150.0  # seconds, milliseconds
COLD = 240_000  # ms: the first page of a new machine waits for the compiler

DRAWN = """async () => {
  while (!document.querySelector('.rs-figure canvas')) await new Promise(requestAnimationFrame);
  const echarts = await window.resonanceCharts;
  const box = document.querySelector('.rs-figure [role=img]');
  const stands = () => echarts.getInstanceByDom(box) && echarts.getInstanceByDom(box).getOption();
  while (!stands()) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now();
}"""  # fmt: skip

STEPPED_BY = """async () => {
  const echarts = await window.resonanceCharts;
  const boxes = [...document.querySelectorAll('.rs-figure [role=img]')].map((one) => echarts.getInstanceByDom(one));
  const drawn = boxes.filter(Boolean).map((chart) => new Promise((done) => {
    const told = () => { chart.off('rendered', told); done(performance.now()); };
    chart.on('rendered', told);
  }));
  const date = document.querySelector('.rs-transport-date'), before = date.innerText;
  const begun = performance.now();
  [...document.querySelectorAll('button')].find((one) => one.innerText.trim() === 'Step').click();
  while (date.innerText === before) await new Promise(requestAnimationFrame);
  const figures = performance.now() - begun;
  const pictures = Math.max(...await Promise.all(drawn)) - begun;
  return [figures, Math.max(figures, pictures)];
}"""


@contextmanager
def served() -> Iterator[str]:
    """The address of a page of its own server."""
    command = [sys.executable, "-m", "model", "app", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()
            server.wait(20)


def opening(browser: Any, address: str) -> float:
    """Return the seconds from asking for the page, in a browser session that has nothing kept, to its first picture."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(COLD)
    begun = time.perf_counter()
    page.goto(address, timeout=COLD, wait_until="commit")
    page.evaluate(DRAWN)
    taken = time.perf_counter() - begun
    context.close()
    return taken


def steps(browser: Any, address: str, times: int) -> list[list[float]]:
    """Return for every step the milliseconds to its figures, and to all its pictures."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(COLD)
    page.goto(address, timeout=COLD)
    page.evaluate(DRAWN)
    page.wait_for_timeout(1500)
    taken = []
    for _ in range(times):
        taken.append(page.evaluate(STEPPED_BY))
        page.wait_for_timeout(300)
    context.close()
    return taken


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--opens", type=int, default=5)
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        first = opening(browser, address)
        opened = [opening(browser, address) for _ in range(asked.opens)]
        taken = steps(browser, address, asked.steps)
        browser.close()
    figures, pictures = (sorted(one[at] for one in taken) for at in (0, 1))
    middle = statistics.median(opened)
    show("the page of the default scenario, in a browser that has nothing kept", [
        Line("the server's first page", f"{first:.1f} s"),
        Line("first picture, median", f"{middle:.2f} s", f"<= {OPENED:.0f} s", middle <= OPENED),
        Line("first picture, slowest", f"{max(opened):.2f} s", f"<= {OPENED:.0f} s", max(opened) <= OPENED),
        Line("step: figures, median", f"{statistics.median(figures):.0f} ms"),
        Line("step: all pictures, median", f"{statistics.median(pictures):.0f} ms", f"<= {STEPPED:.0f} ms",
             statistics.median(pictures) <= STEPPED),
        Line("step: all pictures, slowest", f"{pictures[-1]:.0f} ms"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
