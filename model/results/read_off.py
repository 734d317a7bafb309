"""One number read off a result: a column at a place and a date, over replicates, as it stands in the tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.foundation.errors import Fault, InputError, nearest
from model.results.measures import FRAMES, MEASURES, Measure, keys_of
from model.results.ratios import over_markets
from model.results.run_result import RunResult

PLACES = ("market", "platform", "tier", "label")
_TIMES = ("replicate", "month", "date")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number of a result: the mean over replicates, and the least and the most of them.

    frame: the table. when: a date, or "sum of months 1 to 12" and the like. rows: of the table, for each replicate.
    """

    frame: str
    when: str
    unit: str
    mean: float
    low: float
    high: float
    replicates: int
    rows: int


def read_off(result: RunResult, column: str, *, where: dict[str, str], date: str = "") -> Reading | None:
    """Return a column's number at a place, None where it has none that can be added up.

    where: values of `PLACES`, those that are not "" narrow the rows. date: "YYYY-MM"; "" takes the last month, or all
    months for what is summed up over them. Errors: InputError for a place or date that the result does not have.
    """
    line = MEASURES[column]
    given = {name: value for name, value in where.items() if value}
    frame = _frame_of(column, given)
    rows = _at(result.frame(frame), given)
    if line.is_key or line.kind != "number":
        return None
    if "month" not in FRAMES[frame]:
        values, when = _added(result, frame, rows, line), "the whole run"
    else:
        rows, when = _when(rows, line, date)
        values = _added(result, frame, rows, line)
    if values is None or not len(values) or values.isna().all():
        return None
    size = int(len(rows) / max(len(values), 1))
    return Reading(frame, when, line.unit, float(values.mean()), float(values.min()), float(values.max()), len(values),
                   size)  # fmt: skip


def _frame_of(column: str, given: dict[str, str]) -> str:
    """Return the table with the column whose rows know the places asked for and little else."""
    there = [name for name, columns in FRAMES.items() if column in columns]
    fit = [name for name in there if set(given) <= set(FRAMES[name])]
    if not fit:
        known = sorted({key for name in there for key in PLACES if key in FRAMES[name]})
        wrong = next(key for key in given if key not in known)
        rule = f"{column} is told by {', '.join(known) or 'nothing'}"
        raise InputError(Fault(f"trace, {wrong}", rule, given[wrong], "Leave it out."))
    return min(fit, key=lambda name: len(keys_of(name)))


def _at(rows: pd.DataFrame, given: dict[str, str]) -> pd.DataFrame:
    for key, value in given.items():
        known = [str(one) for one in pd.unique(rows[key])]
        if value not in known:
            there = f" in {given['market']}" if key != "market" and "market" in given else ""
            rule = f"is a {MEASURES[key].label.lower()} of the run{there}"
            raise InputError(Fault(f"trace, {key}", rule, value, nearest(value, known)))
        rows = rows[rows[key].astype(str) == value]
    return rows


def _when(rows: pd.DataFrame, line: Measure, date: str) -> tuple[pd.DataFrame, str]:
    if not len(rows):  # a table of what did not happen, such as acts of strategies
        return rows, "no month"
    dates = [str(one) for one in pd.unique(rows["date"])]
    if date:
        if date not in dates:
            rule = f"is a month of the run, {min(dates)} to {max(dates)}"
            raise InputError(Fault("trace, date", rule, date, nearest(date, dates)))
        return rows[rows["date"].astype(str) == date], date
    known = rows[rows["month"] > 0] if (rows["month"] > 0).any() else rows
    last = int(known["month"].max())
    if line.summary == "sum" and last:
        return known, f"sum of months 1 to {last}"
    known = known[known[line.name].notna()]  # demand is measured every third month
    if not len(known):
        return known, "no month"
    last = int(known["month"].max())
    return known[known["month"] == last], str(known[known["month"] == last]["date"].iloc[0])


def _added(result: RunResult, frame: str, rows: pd.DataFrame, line: Measure) -> pd.Series[float] | None:
    """Return the number of each replicate: the sum of the rows, or a weighted mean over markets."""
    if not len(rows):
        return None
    groups = rows.groupby("replicate", observed=True)[line.name]
    if line.adds == "sum":
        return groups.sum(min_count=1).astype(np.float64)
    if (groups.size() == 1).all():
        return groups.first().astype(np.float64)
    others = [key for key in keys_of(frame) if key not in (*_TIMES, "market") and rows[key].nunique() > 1]
    months = rows["month"].nunique() if "month" in rows else 1
    if line.adds == "weighted" and not others and months == 1:
        whole = over_markets(frame, rows, result.markets)
        return whole.groupby("replicate", observed=True)[line.name].mean().astype(np.float64)
    return None
