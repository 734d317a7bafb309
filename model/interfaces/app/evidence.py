"""What the page Evidence shows, in plain Python: what the package ships, and where a number of the run comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import Semaphore

from model.experiments.assumptions import screening, unscreened
from model.experiments.assumptions.screening import Screening
from model.experiments.backtest.told import Told, read_told, told_in
from model.experiments.calibration.shipped import ToldCalibration, shipped_calibration
from model.experiments.pattern_file import Measured, measured_now, read_measured
from model.experiments.patterns import patterns
from model.experiments.tracing import Asked, Traced, trace_result
from model.foundation.errors import InputError
from model.foundation.version import model_version
from model.interfaces.app.as_it_stands import as_it_stands
from model.interfaces.app.background import Report
from model.interfaces.app.history import GROWING
from model.interfaces.app.restore import PageState
from model.interfaces.app.seen import Seen
from model.interfaces.app.sweep_folder import sweep_folder
from model.market.start_store import StartStore
from model.results import RunResult
from model.results.card import ScenarioCard
from model.results.measures import FRAMES, MEASURES
from model.results.provenance import Provenance
from model.results.read_off import PLACES

LARGEST = 2_000_000
"""Bytes of a backtest's file that is read: usual ones have 10,000."""
OF_RUN = ("streamers", "people_paying", "users", "payers", "mau_share", "revenue", "gross_margin", "label_income",
          "ad_price", "people", "chart_places")  # fmt: skip
"""Columns that the page Run shows, in the order in which they are offered."""
MEASURE_USERS = 1_000
"""Simulated users a market when the page measures the patterns: coarser than the shipped ones, and done in minutes."""
LOOK = 0.3
"""Seconds between two looks whether another page has ended."""
_MEASURING = Semaphore(1)


@dataclass(frozen=True, eq=False)
class Shipped:
    """What the package ships as evidence; None where it ships none or its file is harmed."""

    patterns: Measured | None
    backtest: Told | None
    calibration: ToldCalibration | None
    screening: Screening | None
    unscreened: tuple[str, ...]

    @property
    def screening_current(self) -> bool:
        """Whether the screening was made by this very package."""
        return self.screening is not None and self.screening.made["model_version"] == model_version()


@cache
def shipped() -> Shipped:
    """Return what the package ships, read once."""
    screened = _or_none(screening)
    return Shipped(
        patterns=_or_none(read_measured), backtest=_or_none(read_told), calibration=shipped_calibration(),
        screening=screened, unscreened=() if screened is None else unscreened(screened),
    )  # fmt: skip


def own_backtests() -> dict[str, Told]:
    """Return the backtests in the folder of results that the server was given, by name.

    Those that are harmed are left out, and files that lie elsewhere or are larger than any answer is.
    """
    root = sweep_folder().root
    found = {name: _or_none(partial(read_told, path)) for name, path in told_in(root).items() if _fits(path, root)}
    return {name: told for name, told in found.items() if told is not None}


def _fits(path: Path, root: Path) -> bool:
    there = path.resolve()
    return there.is_relative_to(root.resolve()) and there.stat().st_size <= LARGEST


def measure_patterns(report: Report, *, starts: StartStore, users: int = MEASURE_USERS) -> Measured:
    """Measure the patterns anew; one page at a time does. report: told the run that begins, and ends the job there."""
    while not _MEASURING.acquire(timeout=LOOK):
        report("waiting for another page that measures", 0, 0)
    done = 0

    def tell(name: str) -> None:
        nonlocal done
        report(f"run “{name.replace('_', ' ')}”", done, RUNS)
        done += 1

    try:
        return measured_now(patterns(starts=starts, users=users, tell=tell), users=users)
    finally:
        _MEASURING.release()


RUNS = 9
"""Runs behind the patterns, the songs alone among them."""


def columns_offered() -> list[tuple[str, str]]:
    """Return (name, words) of every column that can be traced: those of the page Run first, then by their label."""
    rest = [name for name, line in MEASURES.items()
            if name not in OF_RUN and not line.is_key and line.kind == "number"]  # fmt: skip
    ordered = [name for name in OF_RUN if name in MEASURES] + sorted(rest, key=lambda name: MEASURES[name].label)
    return [(name, f"{MEASURES[name].label} ({name})") for name in ordered]


def places_of(column: str) -> tuple[str, ...]:
    """Return what a column may be narrowed to: market, platform, tier, label."""
    known = {key for columns in FRAMES.values() if column in columns for key in columns}
    return tuple(place for place in PLACES if place in known)


def items_of(result: RunResult, column: str, place: str, *, given: Mapping[str, str]) -> list[str]:
    """Return the values that a place can have for a column, given the places chosen before it."""
    found: set[str] = set()
    for name, columns in FRAMES.items():
        if column in columns and place in columns and "month" in columns:
            rows = result.frame(name)
            for key, value in given.items():
                if value and key in rows:
                    rows = rows[rows[key].astype(str) == value]
            found |= {str(one) for one in rows[place].unique()}
    return sorted(found)


def dates_of(seen: Seen) -> list[str]:
    """Return the months lived so far, the latest first."""
    dates = seen.result.markets
    return [str(one) for one in dates.loc[dates["month"] > 0, "date"].unique()][::-1]


def as_steered(seen: Seen, state: PageState) -> tuple[RunResult, bool]:
    """Return the run's result under the identity of the scenario that lives as it did, changes on the way included.

    Also whether it could be: what was signed on the way may have no words in a scenario. Then the identity is that of
    the scenario as it opened.
    """
    if not any(one.month < seen.month for one in state.changes):
        return seen.result, True
    try:
        plan = as_it_stands(state)
    except InputError:
        return seen.result, False
    card = ScenarioCard.of(plan)
    given = seen.result
    return RunResult(
        card, provenance=Provenance.of(card, replicates=list(given.provenance.run_ids)), scenario=plan,
        runs=given.runs, frames={name: given.frame(name) for name in GROWING},
    ), True  # fmt: skip


def traced(result: RunResult, metric: str, where: Mapping[str, str], date: str) -> Traced:
    """Return where a number comes from, all of it, as `resonance trace --full` tells it. Errors: InputError."""
    return trace_result(result, Asked(metric, where=where, date=date, full=True))


def _or_none[T](read: Callable[[], T]) -> T | None:
    try:
        return read()
    except InputError:
        return None
