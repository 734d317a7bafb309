"""Dated figures as series, cut in two: what a forecaster knew, and what came after."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.calibration.priors import CALIBRATED
from model.experiments.history import METRICS, Metric, SeriesKey
from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month, show_month
from model.spec.parameters import declared_parameters

Floats = NDArray[np.float64]
Months = NDArray[np.int64]
FIRST = "2019-12"
"""The replay begins here; it must live some time before a window can end."""
EARLIEST = "2020-06"
LATEST = "2024-12"
"""Last month with dated actions on record."""
JUDGED = ("estimate", "derived", "assumption")
"""Confidences of figures that somebody judged: they may train, but no forecast is scored against them."""
GIVEN = "given"
"""Confidence of an outcome from a user's file: it is always scored."""


@dataclass(frozen=True, slots=True)
class Window:
    """The last month that may be known, and the last that is forecast, as "YYYY-MM"."""

    train_until: str
    test_until: str

    @staticmethod
    def of(train_until: str, test_until: str) -> Window:
        """Return a checked window. Errors: InputError with every fault."""
        faults: list[Fault] = []
        found: list[int] = []
        for name, text in (("train-until", train_until), ("test-until", test_until)):
            try:
                found.append(parse_month(text, place=name))
            except InputError as error:
                faults.extend(error.faults)
        if not faults:
            train, test = found
            if not parse_month(EARLIEST) <= train:
                rule = f"the training window ends from {EARLIEST} on, half a year after the replay begins"
                faults.append(Fault("train-until", rule, train_until, "Usual: 2021-12."))
            if not train < test:
                faults.append(Fault("test-until", "comes after train-until", test_until, "Usual: a year later."))
            if test > parse_month(LATEST):
                rule = f"dated actions are on record to {LATEST}"
                faults.append(Fault("test-until", rule, test_until, f"At most {LATEST}."))
        if faults:
            raise InputError(faults)
        return Window(show_month(found[0]), show_month(found[1]))

    @property
    def train(self) -> int:
        """Month number of the last month that may be known."""
        return parse_month(self.train_until)

    @property
    def test(self) -> int:
        """Month number of the last month forecast."""
        return parse_month(self.test_until)


@dataclass(frozen=True, eq=False)
class Series:
    """Dated figures of one series, by month. months: (n,) month numbers, ascending. values: (n,) in the unit."""

    key: SeriesKey
    months: Months
    values: Floats

    @property
    def metric(self) -> Metric:
        """What is measured."""
        return METRICS[self.key.metric]

    def __len__(self) -> int:
        return int(self.months.size)


@dataclass(frozen=True, slots=True)
class Target:
    """One outcome that is forecast: of which series, in which month."""

    key: SeriesKey
    month: int


def known_series(record: pd.DataFrame, window: Window) -> dict[SeriesKey, Series]:
    """Return what a forecaster knew: every series cut at the end of training. record: columns as `COLUMNS`."""
    rows = record[[parse_month(date) <= window.train for date in record["date"]]]
    return {key: _series(key, own) for key, own in _by_key(rows)}


def outcomes_after(record: pd.DataFrame, window: Window) -> dict[Target, float]:
    """Return the outcomes that forecasts are scored against: after training, to the end, those of `is_scored`."""
    return {target: float(row["value"]) for target, row in _after(record, window) if is_scored(row)}


def judged_after(record: pd.DataFrame, window: Window) -> tuple[Target, ...]:
    """Return the figures after training that are not scored, since they were judged."""
    return tuple(target for target, row in _after(record, window) if row["confidence"] in JUDGED)


def put_in_after(record: pd.DataFrame, window: Window) -> tuple[Target, ...]:
    """Return the figures after training that are not scored, since a declared parameter was set by them."""
    rows = _after(record, window)
    return tuple(target for target, row in rows if row["confidence"] not in JUDGED and not is_scored(row))


def is_scored(row: Mapping[Hashable, Any]) -> bool:
    """Tell whether forecasts are scored against a figure of a record.

    It was read and not judged, and no declared parameter has its default by it: a calibration to the training window
    would not undo that, and whoever foretells it was told it.
    """
    if row["confidence"] == GIVEN:
        return True
    return row["confidence"] not in JUDGED and not facts_of_defaults() & set(str(row["fact_ids"]).split(";"))


@cache
def facts_of_defaults() -> frozenset[str]:
    """Return the ids of the facts by which declared parameters have their defaults, those aside that are calibrated.

    Members of a calibration bring their own values of these, found in the training window alone.
    """
    lines = [line for name, line in declared_parameters().items() if name not in CALIBRATED]
    return frozenset(fact for line in lines for fact in line.source.split(";"))


def _after(record: pd.DataFrame, window: Window) -> Iterator[tuple[Target, Mapping[Hashable, Any]]]:
    """Yield the rows of a record after training, to the end of the window."""
    for row in record.to_dict("records"):
        month = parse_month(row["date"])
        if window.train < month <= window.test:
            yield Target(SeriesKey(str(row["entity"]), str(row["market"]), str(row["metric"])), month), row


def _by_key(rows: pd.DataFrame) -> Iterable[tuple[SeriesKey, pd.DataFrame]]:
    for names, own in rows.groupby(["entity", "market", "metric"], sort=True, observed=True):
        yield SeriesKey(*map(str, names)), own.sort_values("date")


def _series(key: SeriesKey, rows: pd.DataFrame) -> Series:
    months = np.array([parse_month(date) for date in rows["date"]], dtype=np.int64)
    return Series(key, months, rows["value"].to_numpy(dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Lived:
    """What the members of an ensemble lived: per series and month a value of each member.

    weights: (n,), with sum 1. values: by series, month number to (n,) in the unit, NaN where a member does not tell it.
    """

    weights: Floats
    values: Mapping[SeriesKey, Mapping[int, Floats]]

    def at(self, key: SeriesKey, month: int) -> Floats | None:
        """Return (n,) values of a month, None where no member tells it."""
        found = self.values.get(key, {}).get(month)
        return found if found is not None and np.isfinite(found).any() else None


def lived_of(tables: Iterable[pd.DataFrame], weights: Floats) -> Lived:
    """Return what members lived, from a table each with the columns of `modelled_series`, in the members' order."""
    tables, size = list(tables), weights.size
    assert len(tables) == size, (len(tables), size)
    values: dict[SeriesKey, dict[int, Floats]] = {}
    for at, table in enumerate(tables):
        columns = (table[name].tolist() for name in ("entity", "market", "metric", "date", "value"))
        for entity, market, metric, date, value in zip(*columns, strict=True):
            months = values.setdefault(SeriesKey(entity, market, metric), {})
            months.setdefault(parse_month(date), np.full(size, np.nan))[at] = value
    return Lived(weights / weights.sum(), values)
