"""Fans: what the runs of a result say together, month by month, as quantile bands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import pandas as pd

from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import parse_month, show_month
from model.results.card import ScenarioCard
from model.results.measures import FRAMES, MEASURES, keys_of
from model.theory.quantiles import quantiles

QUANTILES = ("q05", "q25", "median", "q75", "q95")
"""Columns of a fan: the ends of the 90% band, those of the 50% band inside, and the median."""
WHOLE = "total"
OF_MARKETS = ("markets", "tiktok", "bytedance")
USUAL = {
    "services": ("users", "payers", "revenue", "gross_profit", "operating_income"),
    "labels": ("label_income",),
    "markets": ("streamers", "people_paying", "hours", "revenue", "label_income", "consumer_surplus"),
    "tiktok": ("tiktok_users", "tiktok_hours", "tiktok_profit"),
    "bytedance": ("music_income", "bytedance_income"),
}
"""Columns whose fans are saved with a result, by table."""


class WithRuns(Protocol):
    """What fans read of a result."""

    card: ScenarioCard

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table by name."""

    def world(self, frame: str = "services") -> pd.DataFrame:
        """Return a table's totals over the run's markets."""


def fan_of(
    result: WithRuns, column: str, *, platform: str | None, label: str | None, market: str | None
) -> pd.DataFrame:  # fmt: skip
    """Return month, date, quantiles and mean over the runs of a column. Errors: InputError for unknown names."""
    return _fan(by_run(result, column, platform=platform, label=label, market=market), result.card.start)


def by_run(
    result: WithRuns, column: str, *, platform: str | None = None, label: str | None = None, market: str | None = None
) -> pd.DataFrame:  # fmt: skip
    """Return month x replicate of a column: of a service, a label, or whole markets; of one market or of all together.

    NaN where a run has no value. Errors: InputError for a column that is not there, or has no total over markets.
    """
    frame = _frame_of(column, platform=platform, label=label)
    who, key = (platform, "platform") if platform is not None else (label, "label")
    places = result.card.markets
    if market is not None and market not in places:
        raise InputError(Fault("fan: market", "is a market of the run", market, nearest(market, places)))
    if market is None and MEASURES[column].adds == "none":
        way = "Give a market."
        raise InputError(Fault("fan: column", "has a total over markets", column, way))
    rows = _rows(result, frame, whole=market is None)
    rows = rows if market is None else rows[rows["market"] == market]
    if who is not None:
        known = sorted(set(rows[key]))
        if who not in known:
            raise InputError(Fault(f"fan: {key}", "is one of the run", who, nearest(str(who), known)))
        rows = rows[rows[key] == who]
    return rows.pivot(index="month", columns="replicate", values=column).sort_index()


def _frame_of(column: str, *, platform: str | None, label: str | None) -> str:
    if platform is not None and label is not None:
        raise InputError(Fault("fan", "is of a service or of a label", f"{platform}, {label}", "Leave one out."))
    frames = ("services",) if platform is not None else ("labels",) if label is not None else OF_MARKETS
    known = [name for frame in frames for name in _numbers(frame)]
    if column not in known:
        raise InputError(Fault("fan: column", "is a column of numbers there", column, nearest(column, known)))
    return next(frame for frame in frames if column in _numbers(frame))


def _numbers(frame: str) -> list[str]:
    keys = keys_of(frame)
    names = [name for name in FRAMES[frame] if name not in keys and MEASURES[name].kind == "number"]
    return [name for name in names if MEASURES[name].adds == "sum"] if frame == "labels" else names


def _rows(result: WithRuns, frame: str, *, whole: bool) -> pd.DataFrame:
    """Return a table, or its totals over markets; of labels what all services pay them."""
    if frame != "labels":
        return result.world(frame) if whole else result.frame(frame)
    keys = ["replicate", "month", "label"] if whole else ["replicate", "month", "market", "label"]
    numbers = _numbers("labels")
    return result.frame("labels").groupby(keys, sort=False, observed=True)[numbers].sum(min_count=1).reset_index()


def _fan(wide: pd.DataFrame, start: str) -> pd.DataFrame:
    """Return the fan of a month x replicate table; months in which no run has a value are left out."""
    wide = wide.dropna(how="all")
    values = wide.to_numpy(np.float64)
    first = parse_month(start)
    found = pd.DataFrame({"month": wide.index, "date": [show_month(first - 1 + int(one)) for one in wide.index]})
    found[list(QUANTILES)] = quantiles(values)
    found["mean"] = wide.mean(axis=1).to_numpy()
    return found


def fans_of(result: WithRuns) -> pd.DataFrame:
    """Return market ("total": all together), who, column, unit, month, date, quantiles, mean and number of runs."""
    pieces = list(_pieces(result))
    names = ["market", "who", "column", "unit", "month", "date", *QUANTILES, "mean", "runs"]
    return pd.concat(pieces, ignore_index=True)[names] if pieces else pd.DataFrame(columns=names)


def _pieces(result: WithRuns) -> Iterator[pd.DataFrame]:
    first = parse_month(result.card.start)
    for frame, columns in USUAL.items():
        who = {"services": "platform", "labels": "label"}.get(frame)
        for whole in (True, False):
            rows = _rows(result, frame, whole=whole)
            if not len(rows):
                continue
            rows = rows.assign(market=WHOLE) if whole else rows
            rows = rows.assign(who=rows[who] if who else "all")
            for column in columns:
                if column not in rows:  # it has no total over markets
                    continue
                wide = rows.pivot(index=["market", "who", "month"], columns="replicate", values=column)
                wide = wide.dropna(how="all")
                found = wide.index.to_frame(index=False)
                found[list(QUANTILES)] = quantiles(wide.to_numpy(np.float64))
                yield found.assign(
                    column=column, unit=MEASURES[column].unit, mean=wide.mean(axis=1).to_numpy(),
                    runs=wide.notna().sum(axis=1).to_numpy(),
                    date=[show_month(first - 1 + int(one)) for one in found["month"]],
                )  # fmt: skip
