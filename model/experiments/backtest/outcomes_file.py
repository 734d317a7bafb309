"""Outcomes of the user's own: a CSV file, read strictly, with every fault told at once.

Columns: entity, market, metric, date, value, unit; note and source may stand beside them. The words are those of
`model.experiments.history`: dates "YYYY-MM", the last month of the period where the metric has one.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from model.experiments.backtest.series import GIVEN
from model.experiments.history import COLUMNS, METRICS, SeriesKey
from model.experiments.history.vocabulary import in_one_order, key_faults
from model.experiments.question_files import text_within
from model.facts.units import number_of
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.months import parse_month, show_month

NEEDED = ("entity", "market", "metric", "date", "value", "unit")
BESIDE = ("note", "source")
LARGEST = 5_000_000  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 50
TOLD = 30
"""Faults that are told one by one; what is more is counted."""


def read_outcomes(path: str | Path) -> pd.DataFrame:
    """Return the outcomes of a CSV file as a record, columns as `COLUMNS`. Errors: InputError with every fault."""
    file = Path(path)
    place = file.name
    heading, rows = _rows(file, place=place)
    faults = _heading_faults(heading, place=place)
    if not faults and not rows:
        faults.append(Fault(place, "has one outcome or more", "a heading alone", "Add a row."))
    raise_faults(faults)
    found: list[tuple[object, ...]] = []
    lines: dict[tuple[SeriesKey, str], int] = {}
    for line, cells in rows:
        row, wrong = _outcome(heading, cells, place=f"{place} line {line}")
        if row is not None:
            key, date = SeriesKey(str(row[0]), str(row[1]), str(row[2])), str(row[3])
            first = lines.setdefault((key, date), line)
            if first != line:
                rule, way = "a series has one figure a date", f"It stands in line {first} too: take one out."
                wrong = [Fault(f"{place} line {line}", rule, f"{key} {date}", way)]
        faults.extend(wrong)
        if row is not None and not wrong:
            found.append(row)
    if len(faults) > TOLD:
        more = Fault(place, "every row is right", f"{len(faults) - TOLD} more faults", "Mend these first.")
        faults = [*faults[:TOLD], more]
    raise_faults(faults)
    return pd.DataFrame(found, columns=list(COLUMNS))


def _rows(file: Path, *, place: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the heading and the rows with their line numbers; blank lines are skipped."""
    way = "Give the outcomes alone, one figure a row."
    text = text_within(file, most=LARGEST, what="a file of outcomes", place=place, rule="has", way=way)
    try:
        reader = csv.reader(io.StringIO(text), strict=True)
        heading = [cell.strip() for cell in next(reader, [])]
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(Fault(place, "is a whole CSV file", str(error), "Is it cut off inside a quote?")) from error
    if len(rows) > MOST_ROWS:
        rule = f"has at most {MOST_ROWS:,} rows"
        raise InputError(Fault(place, rule, f"{len(rows):,}", "Give the series that are to be scored."))
    return heading, rows


def _heading_faults(heading: Sequence[str], *, place: str) -> list[Fault]:
    example = f"Write: {','.join(NEEDED)}."
    if len(heading) > MOST_COLUMNS:
        return [Fault(place, f"has at most {MOST_COLUMNS} columns", f"{len(heading):,}", example)]
    if not any(heading):
        return [Fault(place, "begins with a heading", "an empty file", example)]
    faults = [
        Fault(f"{place}: {name}", "the column must be there", f"columns {', '.join(heading)}", example)
        for name in NEEDED
        if name not in heading
    ]
    faults += [
        Fault(f"{place}: {name}", "is a column of outcomes", name, nearest(name, (*NEEDED, *BESIDE)))
        for name in heading
        if name not in (*NEEDED, *BESIDE)
    ]
    doubled = sorted({name for name in heading if heading.count(name) > 1})
    return faults + [Fault(f"{place}: {name}", "a column stands once", "twice", "Take one out.") for name in doubled]


def _outcome(
    heading: Sequence[str], cells: Sequence[str], *, place: str
) -> tuple[tuple[object, ...] | None, list[Fault]]:
    """Return a row of the record, None where it cannot be read, and what is wrong with it."""
    if len(cells) != len(heading):
        way = "Is the file cut off? Quote a cell that holds a comma."
        return None, [Fault(place, f"a row has {len(heading)} cells", len(cells), way)]
    row = dict(zip(heading, (cell.strip() for cell in cells), strict=True))
    key = SeriesKey(row["entity"], in_one_order(row["market"]), row["metric"])
    faults = key_faults(key, place=place)
    metric = METRICS.get(key.metric)
    if metric is not None and row["unit"] != metric.unit:
        way = f"Convert the value and write {metric.unit!r}."
        faults.append(Fault(f"{place}, unit", f"{metric.name} is in {metric.unit}", row["unit"], way))
    value, wrong = _value(row["value"], key=key, place=place)
    date, more = _date(row["date"], key=key, place=place)
    faults += [*wrong, *more]
    if faults or metric is None or value is None:
        return None, faults
    ids = row.get("source", "") or "outcomes file"
    return (*key, date, value, metric.unit, 0.0, GIVEN, ids, True), []


def _value(text: str, *, key: SeriesKey, place: str) -> tuple[float | None, list[Fault]]:
    value = number_of(text)
    if value is None or not math.isfinite(value):
        rule, way = "is one finite number", "Write digits with a point, as 489.0; leave out what is not known."
        return None, [Fault(f"{place}, value", rule, text, way)]
    metric = METRICS.get(key.metric)
    if metric is not None and not metric.low <= value <= metric.high:
        rule = f"{metric.name} lies from {metric.low:g} to {metric.high:g} {metric.unit}"
        return None, [Fault(f"{place}, value", rule, value, f"Check the unit: it is {metric.unit}.")]
    return value, []


def _date(text: str, *, key: SeriesKey, place: str) -> tuple[str, list[Fault]]:
    try:
        month = parse_month(text, place=f"{place}, date")
    except InputError as error:
        return "", list(error.faults)
    metric = METRICS.get(key.metric)
    if metric is not None and (month + 1) % metric.period:
        period = {3: "quarter", 12: "year"}[metric.period]
        last = month + metric.period - (month + 1) % metric.period
        way = f"Write {show_month(last)} for the {period} that it lies in."
        return "", [Fault(f"{place}, date", f"{metric.name} is dated by the last month of a {period}", text, way)]
    return show_month(month), []
