"""A full run of the baseline: on a cold machine, with the start assimilated, and from a stored start.

`python -m benchmarks.run [--scenario baseline]`. The cold run compiles into an empty cache of its own, in a new
process; caches are temporary folders that are removed again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timing import Line, show

TARGETS = {"cold, with the compile": 30.0, "start assimilated": 10.0, "from a stored start": 3.0}
_RUN = """
import sys, time
begin = time.perf_counter()
from pathlib import Path
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
imported = time.perf_counter()
market = StreamingMarket(Scenario.load(sys.argv[1]), starts=StartStore(Path(sys.argv[2])))
opened = time.perf_counter()
market.run()
ended = time.perf_counter()
people = sum(country.active for country in market.countries.values())
print(imported - begin, opened - imported, ended - opened, len(market.countries), people, market.month)
"""


def main() -> None:
    """Run three times and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scenario", default="baseline")
    scenario = asked.parse_args().scenario
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name, starts, target in zip(TARGETS, ("first", "second", "second"), TARGETS.values(), strict=True):
            seconds, (imports, opening, months, markets, users, month) = timed(scenario, Path(folder), starts)
            parts = f"{seconds:.1f} s (imports {imports:.1f}, start {opening:.1f}, months {months:.1f})"
            lines.append(Line(name, parts, f"within {target:g} s", seconds <= target))
    show(f"{scenario}: {markets:.0f} markets, {users:,.0f} users at the end, {month:.0f} months, whole process", lines)


def timed(scenario: str, folder: Path, starts: str) -> tuple[float, list[float]]:
    """Return seconds of the whole process, and its own report."""
    surroundings = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "compiled")}
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _RUN, scenario, str(folder / starts)],
        env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(done.stderr)
    return seconds, [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    main()
