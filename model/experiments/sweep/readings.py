"""What a sweep keeps of one run: its outcomes by market over the horizon and at the end, and month by month if asked.

The numbers are those of `model.experiments.comparing.outcomes.readings`, found without pivot tables and without
tables of columns that nobody asked for, which would take a tenth of a short run's time.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome
from model.experiments.sweep.case import Rows
from model.results import RunResult
from model.results.ratios import ratio

Floats = NDArray[np.float64]


def rows_of(result: RunResult, outcomes: Sequence[Outcome], *, series: bool) -> Rows:
    """Return the tables of one run: "outcomes" with a row per market and time, a column per outcome.

    The markets come in the order of the scenario, the total last; over is "end" or "horizon". series: also the table
    "series" with a row per market and month.
    """
    places = [*result.card.markets, WORLD]
    reader = Reader(result)
    found = {outcome.name: reader.by_month(outcome) for outcome in outcomes}
    tables: Rows = {
        "outcomes": {
            "market": [*places, *places], "over": [END] * len(places) + [HORIZON] * len(places),
            **{one.name: np.concatenate([_last(found[one.name]), _over_horizon(found[one.name], one)])
               for one in outcomes},
        }
    }  # fmt: skip
    if series:
        months = np.arange(1, result.card.months + 1)
        tables["series"] = {
            "month": np.repeat(months, len(places)), "market": places * len(months),
            **{name: wide.ravel() for name, wide in found.items()},
        }  # fmt: skip
    return tables


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a table that are read together. take: which of the table; cell: (month, market) of each, flattened."""

    arrays: Mapping[str, NDArray[Any]]
    take: NDArray[np.bool_]
    cell: NDArray[np.int64]

    def column(self, name: str) -> Floats:
        """Return a column of the rows."""
        return self.arrays[name].astype(np.float64, copy=False)[self.take]


class Reader:
    """Reads outcomes of a run of one replicate; where rows stand is found once for each table, service and label."""

    def __init__(self, result: RunResult) -> None:
        self._result = result
        self._markets = result.card.markets
        self._months = result.card.months
        self._arrays: dict[str, Mapping[str, NDArray[Any]]] = {}
        self._found: dict[tuple[str, str], _Rows] = {}

    def by_month(self, outcome: Outcome) -> Floats:
        """Return an outcome, (months, markets and the total), NaN where it is unknown.

        What adds over markets is 0 where the service or label is not there. Without a total (it neither adds nor has a
        weight) the last column is NaN.
        """
        rows, adds = self._rows(outcome.frame, outcome.who), outcome.measure.adds
        values = rows.column(outcome.column)
        wide = self._wide(rows, values)
        if adds == "sum":
            wide = np.where(np.isnan(wide), 0.0, wide)
            total = wide.sum(axis=1)
        elif adds == "weighted":
            total = self._mean(rows, values, outcome)
        else:
            total = np.full(self._months, np.nan)
        return np.column_stack([wide, total])

    def _rows(self, name: str, who: str) -> _Rows:
        if (name, who) not in self._found:
            if name not in self._arrays:
                self._arrays[name] = self._result.arrays(name)
            arrays = self._arrays[name]
            month = arrays["month"]
            take = month > 0
            if who:
                take = take & (arrays["platform" if name == "services" else "label"] == who)
            place = {market: at for at, market in enumerate(self._markets)}
            at = np.array([place[market] for market in arrays["market"][take].tolist()], dtype=np.int64)
            self._found[name, who] = _Rows(arrays, take, (month[take] - 1) * len(self._markets) + at)
        return self._found[name, who]

    def _wide(self, rows: _Rows, values: Floats) -> Floats:
        """Return sums of the known values by (month, market), NaN where there is none."""
        known = np.isfinite(values)
        size = self._months * len(self._markets)
        sums = np.bincount(rows.cell[known], weights=values[known], minlength=size)
        there = np.bincount(rows.cell[known], minlength=size) > 0
        found: Floats = np.where(there, sums, np.nan).reshape(self._months, len(self._markets))
        return found

    def _mean(self, rows: _Rows, values: Floats, outcome: Outcome) -> Floats:
        """Return the mean over markets by the measure's weight, as `over_markets` does.

        A weight of the same table counts where the value is known; one of the table `markets` counts in all markets.
        """
        weight = outcome.measure.weight
        own = weight in rows.arrays
        markets = self._rows("markets", "")
        whole = self._wide(markets, markets.column(weight)) if not own else None
        weights = rows.column(weight) if whole is None else whole.ravel()[rows.cell]
        above = self._wide(rows, values * weights)
        below = self._wide(rows, np.where(np.isnan(values), np.nan, weights)) if whole is None else whole
        known = np.isfinite(above).any(axis=1)
        total = ratio(np.nansum(above, axis=1), np.nansum(below, axis=1))
        return np.where(known, total, np.nan)


def _last(wide: Floats) -> Floats:
    """Return the last known value of each column."""
    known = np.isfinite(wide)
    row = wide.shape[0] - 1 - known[::-1].argmax(axis=0)
    found: Floats = np.where(known.any(axis=0), wide[row, np.arange(wide.shape[1])], np.nan)
    return found


def _over_horizon(wide: Floats, outcome: Outcome) -> Floats:
    known = np.isfinite(wide)
    if outcome.measure.summary == "sum":
        found: Floats = np.where(known.any(axis=0), np.nansum(wide, axis=0), np.nan)
        return found
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of columns without any value
        return np.asarray(np.nanmean(wide, axis=0), dtype=np.float64)
