"""What a sweep keeps of one run: its outcomes by market over the horizon and at the end, and month by month if asked.

The numbers are those of `model.experiments.comparing.outcomes.readings`, found without pivot tables, which would take a
tenth of a short run's time.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome
from model.experiments.sweep.case import Rows
from model.results import RunResult
from model.results.ratios import over_markets

Floats = NDArray[np.float64]


def rows_of(result: RunResult, outcomes: Sequence[Outcome], *, series: bool) -> Rows:
    """Return the tables of one run: "outcomes" with a row per market and time, a column per outcome.

    The markets come in the order of the scenario, the total last; over is "end" or "horizon". series: also the table
    "series" with a row per market and month.
    """
    markets = result.card.markets
    places = [*markets, WORLD]
    found = {outcome.name: by_month(result, outcome, markets) for outcome in outcomes}
    ends = {name: (_last(wide), _over_horizon(wide, outcome)) for outcome, (name, wide) in
            zip(outcomes, found.items(), strict=True)}  # fmt: skip
    tables: Rows = {
        "outcomes": {
            "market": [*places, *places], "over": [END] * len(places) + [HORIZON] * len(places),
            **{name: np.concatenate(both) for name, both in ends.items()},
        }
    }  # fmt: skip
    if series:
        months = np.arange(1, result.card.months + 1)
        tables["series"] = {
            "month": np.repeat(months, len(places)), "market": places * len(months),
            **{name: wide.ravel() for name, wide in found.items()},
        }  # fmt: skip
    return tables


def by_month(result: RunResult, outcome: Outcome, markets: Sequence[str]) -> Floats:
    """Return an outcome of a run of one replicate, (months, markets and the total), NaN where it is unknown.

    What adds over markets is 0 where the service or label is not there. Without a total (it neither adds nor has a
    weight) the last column is NaN.
    """
    months, column, adds = result.card.months, outcome.column, outcome.measure.adds
    frame = result.frame(outcome.frame)
    if outcome.who:
        key = "platform" if outcome.frame == "services" else "label"
        frame = frame[(frame[key] == outcome.who).to_numpy()]
    frame = frame[(frame["month"] > 0).to_numpy()]
    at = pd.Index(markets).get_indexer(pd.Index(frame["market"].to_numpy()))
    cell = (frame["month"].to_numpy(np.int64) - 1) * len(markets) + at
    values = frame[column].to_numpy(np.float64)
    known = np.isfinite(values)
    size = months * len(markets)
    sums = np.bincount(cell[known], weights=values[known], minlength=size)
    there = np.bincount(cell[known], minlength=size) > 0
    wide = np.where(there | (adds == "sum"), sums, np.nan).reshape(months, len(markets))
    total = np.full(months, np.nan)
    if adds == "sum":
        total = wide.sum(axis=1)
    elif adds == "weighted":
        whole = over_markets(outcome.frame, frame, result.markets)
        mean = whole.groupby("month")[column].mean().reindex(np.arange(1, months + 1))
        total = mean.to_numpy(np.float64)
    return np.column_stack([wide, total])


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
