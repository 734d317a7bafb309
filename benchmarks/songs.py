"""Songs: cost per week and market, of the opening, of a run's three years, and of forks.

`python -m benchmarks.songs [--markets 20]`. Half a minute. For the ratio to a run, see `python -m benchmarks.run`.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.timing import Line, fastest, show
from model.facts import load_start
from model.foundation.months import parse_month
from model.foundation.threads import exactly, most_threads
from model.mechanisms.songs import SongWorld
from model.spec.parameters import Parameters

SEED, MONTHS, WEEKS = 7, 36, 52
START = parse_month("2022-10")


def main() -> None:
    """Run and print everything."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--markets", type=int, default=20)
    markets = list(load_start().markets)[: asked.parse_args().markets]
    world = open_world(markets)  # compiles
    world.weeks(1, overall=True)
    cores = most_threads()
    lines = [Line("songs in play per market", f"{world.stock.counts.mean():.0f} of {held(world)} of all ages")]
    for threads in sorted({1, cores}):
        with exactly(threads):
            lines += costs(world, markets, threads)
    lines.append(Line("a copy for a fork", f"{1e3 * fastest(world.copy, times=9):.2f} ms"))
    lines.append(Line("bytes of a copy", f"{world.copy().stock.songs.nbytes / 1e6:.1f} MB"))
    show(f"Songs of {len(markets)} markets", lines)


def open_world(markets: list[str]) -> SongWorld:
    """Return the songs of the start."""
    return SongWorld.open(load_start(), Parameters(), seed=SEED, markets=markets)


def held(world: SongWorld) -> int:
    """Return how many songs a market would hold if none were dropped."""
    return round(world.parameters.song_contenders) * int(world.parameters.song_weeks)


def costs(world: SongWorld, markets: list[str], threads: int) -> list[Line]:
    """Return the times with so many threads."""
    year = fastest(lambda: world.copy().weeks(WEEKS), times=5)
    run, charted = (
        fastest(lambda overall=overall: live(world.copy(), overall=overall), times=5) for overall in (False, True)
    )
    opening = fastest(lambda: open_world(markets), times=3)
    name = f"{threads} thread{'s' if threads > 1 else ''}"
    return [
        Line(f"a week of a market, {name}", f"{1e6 * year / WEEKS / len(markets):.0f} us"),
        Line(f"52 weeks at once, {name}", f"{1e3 * year:.0f} ms"),
        Line(f"{MONTHS} months, {name}", f"{1e3 * run:.0f} ms", "below 400 ms", run < 0.4),
        Line(f"the same with the chart of all markets, {name}", f"{1e3 * charted:.0f} ms"),
        Line(f"the opening (104 weeks), {name}", f"{1e3 * opening:.0f} ms"),
    ]


def live(world: SongWorld, *, overall: bool) -> None:
    """Live the months of a run."""
    clips = np.ones(world.stock.repertoire.shape)
    for month in range(START, START + MONTHS):
        world.month(month, clips=clips, overall=overall)


if __name__ == "__main__":
    main()
