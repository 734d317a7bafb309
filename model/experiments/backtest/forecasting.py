"""Forecasts as weighted points: the ensemble's three ways, and the naive rules. None of them sees an outcome.

raw: what the members lived. anchored: the last figure of the training window, moved on as each member moved since then.
dressed: anchored, and spread by how far the same rule was off inside the training window, as the naive rules are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.experiments.backtest.baselines import BASELINES, SEASONS, Baseline
from model.experiments.backtest.series import Lived, Series, Target
from model.experiments.backtest.spread import spread
from model.experiments.history import Metric, SeriesKey
from model.theory.scores import normal_points

Floats = NDArray[np.float64]
Months = NDArray[np.int64]
RAW, ANCHORED, DRESSED = "raw", "anchored", "dressed"
MODEL = (RAW, ANCHORED, DRESSED)
JUDGED_BY = DRESSED
"""The way that wins and losses are counted by; the others are shown beside it."""
POINTS, EACH = 199, 15
"""Points of a naive forecast, and of each member where it is dressed."""
LEAST = 0.5
"""Weight of the members that must tell a series for a forecast."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """A forecast of one target. points: (n,) in the unit. weights: (n,) with sum 1. origin: last month it knew of."""

    target: Target
    method: str
    origin: int
    points: Floats
    weights: Floats


def all_forecasts(known: Mapping[SeriesKey, Series], lived: Lived, targets: Iterable[Target]) -> list[Forecast]:
    """Return every forecast that can be made of the targets: of the model, and of the rules that apply.

    known: the training window alone. lived: of the ensemble. targets: series and months, without their outcomes.
    """
    found: list[Forecast] = []
    for target in sorted(targets, key=lambda one: (one.key, one.month)):
        series = known.get(target.key)
        found.extend(_of_model(series, lived, target))
        if series is not None:
            found.extend(_of_rules(series, target))
    return found


def _of_model(series: Series | None, lived: Lived, target: Target) -> Iterator[Forecast]:
    """Yield the raw forecast and, where the series has a past that was lived too, the anchored and the dressed one."""
    there = lived.at(target.key, target.month)
    if there is None:
        return
    told = np.isfinite(there)
    if lived.weights[told].sum() < LEAST:
        return
    origin = target.month if series is None or not len(series) else int(series.months[-1])
    yield Forecast(target, RAW, origin, there[told], _shares(lived.weights[told]))
    if series is None:
        return
    metric, months, levels = series.metric, *_told(series, lived)
    if not months.size:
        return
    moved = _moves(lived, target.key, metric, int(months[-1]), target.month)
    able = np.isfinite(moved)
    if lived.weights[able].sum() < LEAST:
        return
    centres, own = levels[-1] + moved[able], _shares(lived.weights[able])
    yield Forecast(target, ANCHORED, int(months[-1]), _back(metric, centres), own)

    def mean_path(past: Months, values: Floats, month: int) -> float | None:
        step = _moves(lived, target.key, metric, int(past[-1]), month)
        seen = np.isfinite(step)
        return float(values[-1] + np.average(step[seen], weights=lived.weights[seen])) if seen.any() else None

    off = spread(mean_path, months, levels, distance=target.month - int(months[-1]))
    if off is not None:
        points = (centres[:, None] + normal_points(0.0, off, count=EACH)[None, :]).ravel()
        yield Forecast(target, DRESSED, int(months[-1]), _back(metric, points), np.repeat(own / EACH, EACH))


def _of_rules(series: Series, target: Target) -> Iterator[Forecast]:
    """Yield the forecast of every naive rule that the known figures allow."""
    metric = series.metric
    months, levels = series.months, _forth(metric, series.values)
    if not np.isfinite(levels).all():
        return
    for one in BASELINES:
        if not _applies(one, series):
            continue
        centre = one.rule(months, levels, target.month)
        off = spread(one.rule, months, levels, distance=target.month - int(months[-1]))
        if centre is not None and off is not None:
            points = _back(metric, normal_points(centre, off, count=POINTS))
            yield Forecast(target, one.name, int(months[-1]), points, np.full(POINTS, 1.0 / POINTS))


def _applies(one: Baseline, series: Series) -> bool:
    return not one.season or (series.metric.seasonal and len(series) >= SEASONS)


def _told(series: Series, lived: Lived) -> tuple[Months, Floats]:
    """Return the known months that the members lived too, and their figures on the metric's scale."""
    there = [lived.at(series.key, int(month)) is not None for month in series.months]
    levels = _forth(series.metric, series.values)
    keep = np.array(there, dtype=bool) & np.isfinite(levels)
    return series.months[keep], levels[keep]


def _moves(lived: Lived, key: SeriesKey, metric: Metric, first: int, last: int) -> Floats:
    """Return (n,) how each member moved between two months on the metric's scale, NaN where it does not tell."""
    ends = [lived.at(key, month) for month in (first, last)]
    if ends[0] is None or ends[1] is None:
        return np.full(lived.weights.size, np.nan)
    return _forth(metric, ends[1]) - _forth(metric, ends[0])


def _forth(metric: Metric, values: Floats) -> Floats:
    """Return values on the scale of the metric's changes; NaN for a logarithm of nothing."""
    if metric.scale == "linear":
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(values > 0.0, np.log(values), np.nan)
    return found


def _back(metric: Metric, levels: Floats) -> Floats:
    """Return values in the unit, none beyond what the metric can be."""
    values = levels if metric.scale == "linear" else np.exp(np.minimum(levels, 700.0))
    found: Floats = np.clip(values, metric.low, metric.high)
    return found


def _shares(weights: Floats) -> Floats:
    found: Floats = weights / weights.sum()
    return found
