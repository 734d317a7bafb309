"""What songs, advertising and TikTok's accounts add to a baseline run: their time over that of all the rest.

    python -m benchmarks.tiktok_side [--months 36]

Each run times the parts and the rest alike, so that the machine's mood falls on both; printed are the least time of
each part and the median of the runs' ratios. Target: below 25%.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from model.market.money import Money
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.tiktok_side import TikTokSide
from model.market.world import World
from model.spec.scenario import Scenario

RUNS, TARGET = 5, 0.25
PARTS = {
    "songs of the day": ((TikTokSide, "sing"),),
    "advertising": ((TikTokSide, "clear"), (Money, "clip_fees")),
    "accounts": ((TikTokSide, "month_of"), (Money, "book_tiktok"), (Money, "video")),
}


def timed(months: int) -> dict[str, float]:
    """Return seconds by part, and of all months together, of one baseline run with a kept start."""
    seconds = dict.fromkeys([*PARTS, "all"], 0.0)
    before: list[tuple[type, str, Callable[..., Any]]] = []

    def watch(owner: type, name: str, part: str) -> None:
        method = getattr(owner, name)
        before.append((owner, name, method))

        def watched(*args: Any, **more: Any) -> Any:
            begun = perf_counter()
            try:
                return method(*args, **more)
            finally:
                seconds[part] += perf_counter() - begun

        setattr(owner, name, watched)

    market = StreamingMarket(Scenario.load("baseline"), starts=StartStore.default())
    try:
        for part, methods in PARTS.items():
            for owner, name in methods:
                watch(owner, name, part)
        watch(World, "step", "all")
        market.run(months)
    finally:
        for owner, name, method in before:
            setattr(owner, name, method)
    return seconds


def main() -> None:
    """Print the time of each part and what they add to the rest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=36)
    months = parser.parse_args().months
    timed(1)  # compile
    runs = [timed(months) for _ in range(RUNS)]
    for part in PARTS:
        print(f"{part:>20}: {1000 * min(run[part] for run in runs) / months:6.2f} ms a month")
    added = [sum(run[part] for part in PARTS) for run in runs]
    ratios = sorted(part / (run["all"] - part) for part, run in zip(added, runs, strict=True))
    ratio = median(ratios)
    print(
        f"{'all that is added':>20}: {ratio:6.1%} of the rest, {ratios[0]:.1%} to {ratios[-1]:.1%} in {RUNS} runs "
        f"(target below {TARGET:.0%}: {'met' if ratio < TARGET else 'MISS'})"
    )


if __name__ == "__main__":
    main()
