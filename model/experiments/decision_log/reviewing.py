"""A frozen decision held against what came: which expectations held, which tripwires fired, how good they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from model.experiments.backtest.outcomes_file import read_outcomes
from model.experiments.decision_log.decision import Decision, Expectation, Tripwire
from model.experiments.decision_log.log_file import read_decision
from model.experiments.history import SeriesKey
from model.theory.scores import crps_of_points, place_of

INSIDE_HALF, INSIDE, OVER, UNDER = "inside 50%", "inside 90%", "above the 90% interval", "below the 90% interval"
FIRED, NOT_FIRED, NOT_YET, UNKNOWN = "fired", "did not fire", "has not fired so far", "cannot be told"
SCORED = (
    "entity", "market", "metric", "date", "unit", "q05", "median", "q95", "actual", "verdict", "place", "crps",
    "unchanged",
)  # fmt: skip
WATCHED = ("entity", "market", "metric", "when", "threshold", "unit", "by", "then", "chance", "state", "date", "actual")
Actuals = Mapping[SeriesKey, Mapping[str, float]]


@dataclass(frozen=True)
class Review:
    """A decision and what became of it.

    scored: a row per expectation with an actual (columns `SCORED`): its 90% interval and median, what came, verdict,
    place (part of the distribution below the actual), crps (the score, in the unit), unchanged (the score of saying
    that nothing changes, NaN where that says nothing). waiting: expectations without an actual. tripwires: a row each
    (`WATCHED`): state, and the date and value that made it fire, or that was seen last. beside: actuals of series
    that nothing was expected of.
    """

    decision: Decision
    sha256: str
    scored: pd.DataFrame
    waiting: tuple[Expectation, ...]
    tripwires: pd.DataFrame
    beside: int

    @property
    def held(self) -> int:
        """Expectations that held: the actual lies inside the 90% interval."""
        return int(self.scored["verdict"].isin([INSIDE, INSIDE_HALF]).sum())

    @property
    def coverage(self) -> dict[str, float]:
        """Part of the actuals inside the 50% and the 90% intervals, NaN without actuals."""
        verdicts = self.scored["verdict"]
        if not len(verdicts):
            return {"50%": float("nan"), "90%": float("nan")}
        return {"50%": float((verdicts == INSIDE_HALF).mean()), "90%": self.held / len(verdicts)}


def review(log: str | Path, actuals: str | Path, *, noted: str | None = None) -> Review:
    """Return a decision log held against actuals.

    actuals: CSV file, in the format of `resonance backtest --outcomes`. noted: the log's hash as it was noted when it
    was frozen. Errors: InputError, also for a log that was changed after it was frozen.
    """
    decision, digest = read_decision(log, noted=noted)
    return review_decision(decision, read_outcomes(actuals), sha256=digest)


def review_decision(decision: Decision, record: pd.DataFrame, *, sha256: str = "") -> Review:
    """Return a decision held against a record of actuals. record: columns as `model.experiments.history.COLUMNS`."""
    came = _by_series(record)
    scored = [(one, came[one.key][one.date]) for one in decision.expectations if one.date in came.get(one.key, {})]
    waiting = tuple(one for one in decision.expectations if one.date not in came.get(one.key, {}))
    rows = [_scored(one, value) for one, value in scored]
    first = str(decision.made.get("start", ""))
    watched = [_watched(one, came.get(one.key, {}), first=first) for one in decision.tripwires]
    asked = {(one.key, one.date) for one in decision.expectations}
    wired = {one.key for one in decision.tripwires}
    beside = sum((key, date) not in asked and key not in wired for key, dates in came.items() for date in dates)
    return Review(
        decision, sha256, pd.DataFrame(rows, columns=list(SCORED)), waiting,
        pd.DataFrame(watched, columns=list(WATCHED)), beside,
    )  # fmt: skip


def _by_series(record: pd.DataFrame) -> dict[SeriesKey, dict[str, float]]:
    found: dict[SeriesKey, dict[str, float]] = {}
    columns = (record[name].tolist() for name in ("entity", "market", "metric", "date", "value"))
    for entity, market, metric, date, value in zip(*columns, strict=True):
        found.setdefault(SeriesKey(str(entity), str(market), str(metric)), {})[str(date)] = float(value)
    return found


def _scored(one: Expectation, actual: float) -> tuple[object, ...]:
    ends = one.ends()
    unchanged = float("nan") if one.opening is None else abs(one.opening - actual)
    return (
        *one.key, one.date, one.unit, ends["q05"], ends["median"], ends["q95"], actual, verdict_of(one, actual),
        place_of(one.values, actual), crps_of_points(one.values, actual), unchanged,
    )  # fmt: skip


def verdict_of(one: Expectation, actual: float) -> str:
    """Return where an actual lies in what was expected."""
    ends = one.ends()
    if actual > ends["q95"]:
        return OVER
    if actual < ends["q05"]:
        return UNDER
    return INSIDE_HALF if ends["q25"] <= actual <= ends["q75"] else INSIDE


def _watched(wire: Tripwire, dates: Mapping[str, float], *, first: str) -> tuple[object, ...]:
    """Return a tripwire with what became of it: the first date beyond its threshold, else the last that was seen.

    first: month from which actuals count, the start of the runs.
    """
    seen = sorted(date for date in dates if first <= date <= wire.by)
    fired = next((date for date in seen if wire.fires_at(dates[date])), None)
    if fired is not None:
        state, date = FIRED, fired
    elif wire.by in seen:
        state, date = NOT_FIRED, wire.by
    else:
        state, date = (NOT_YET, seen[-1]) if seen else (UNKNOWN, "")
    chance = np.nan if wire.chance is None else wire.chance
    actual = dates.get(date, np.nan)
    return (*wire.key, wire.when, wire.threshold, wire.unit, wire.by, wire.then, chance, state, date, actual)
