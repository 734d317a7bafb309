"""Forecasts held against outcomes: scores, coverage, skill against the naive rules, and what chance alone would win."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.experiments.backtest.baselines import BASELINES
from model.experiments.backtest.forecasting import JUDGED_BY, MODEL, Forecast
from model.experiments.backtest.series import Target, Window
from model.experiments.history import METRICS, REGIONS, WORLD
from model.foundation.months import show_month
from model.theory.quantiles import weighted_quantiles
from model.theory.scores import chance_of_as_many, crps_of_points, place_of

RULES = tuple(one.name for one in BASELINES)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SERIES = ["entity", "market", "metric"]
FORECAST_COLUMNS = [*SERIES, "date", "unit", "horizon", "method", "origin", "q05", "q25", "median", "q75", "q95"]
SCORE_COLUMNS = [*FORECAST_COLUMNS, "observed", "crps", "error", "place", "in50", "in90"]
_MONEY = ("arpu", "revenue", "revenue_subscription", "revenue_ads", "ad_revenue_year")


def forecast_table(forecasts: Sequence[Forecast], *, window: Window) -> pd.DataFrame:
    """Return a row per forecast: its series, date, months from the end of training, quantiles in the unit."""
    rows = []
    for one in forecasts:
        key, month = one.target.key, one.target.month
        ends = weighted_quantiles(one.points, one.weights, LEVELS).tolist()
        rows.append((*key, show_month(month), METRICS[key.metric].unit, month - window.train, one.method,
                     show_month(one.origin), *ends))  # fmt: skip
    return pd.DataFrame(rows, columns=FORECAST_COLUMNS)


def score_table(forecasts: Sequence[Forecast], outcomes: Mapping[Target, float], *, window: Window) -> pd.DataFrame:
    """Return `forecast_table` with what came: score in the unit, error of the median, place in the forecast, coverage.

    Forecasts without an outcome are left out. place: part of the forecast below the outcome, uniform where it is right.
    """
    met = [one for one in forecasts if one.target in outcomes]
    table = forecast_table(met, window=window)
    rows = []
    for one, (low, lower, median, upper, high) in zip(met, table[FORECAST_COLUMNS[-5:]].to_numpy(), strict=True):
        came = outcomes[one.target]
        rows.append((came, crps_of_points(one.points, came, weights=one.weights), median - came,
                     place_of(one.points, came, weights=one.weights), lower <= came <= upper,
                     low <= came <= high))  # fmt: skip
    table[SCORE_COLUMNS[len(FORECAST_COLUMNS) :]] = pd.DataFrame(rows, index=table.index, columns=SCORE_COLUMNS[-6:])
    return table


def series_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Return a row per series: outcomes, mean score of each method over the dates that all forecast, and who wins.

    best_rule: the naive rule with the least score, found afterwards. skill: 1 - score of the model / score of it. won:
    the model is better than every rule. chance: of being the best of them all if all were alike.
    """
    rows = []
    for names, own in scores.groupby(SERIES, sort=True, observed=True):
        wide = own.pivot_table(index="date", columns="method", values="crps")
        rules = [name for name in RULES if name in wide]
        if JUDGED_BY not in wide or not rules:
            continue
        wide = wide.dropna(subset=[JUDGED_BY, *rules])
        if not len(wide):
            continue
        mean = wide.mean()
        best = min(rules, key=lambda name: (float(mean[name]), RULES.index(name)))
        rows.append({
            **dict(zip(SERIES, names, strict=True)), "group": group_of(str(names[1]), str(names[2])),
            "unit": own["unit"].iloc[0], "outcomes": len(wide),
            **{name: float(mean[name]) if name in mean else np.nan for name in (*MODEL, *RULES)},
            "best_rule": best, "skill": 1.0 - float(mean[JUDGED_BY]) / float(mean[best]),
            "won": bool(mean[JUDGED_BY] < mean[best]), "chance": 1.0 / (1.0 + len(rules)),
        })  # fmt: skip
    columns = [*SERIES, "group", "unit", "outcomes", *MODEL, *RULES, "best_rule", "skill", "won", "chance"]
    return pd.DataFrame(rows, columns=columns)


def group_of(market: str, metric: str) -> str:
    """Return the group of a series: series of one group hang together, so that they win or lose together."""
    family = "money" if metric in _MONEY else "people"
    if market == WORLD:
        return f"{family}, world"
    return f"{family}, {market if market in REGIONS else 'single markets'}"


@dataclass(frozen=True, slots=True)
class Chance:
    """Wins against every naive rule, and what chance would give if model and rules were alike.

    expected: wins by chance. as_many: chance of as many wins or more, taking every series as a trial of its own.
    groups, group_wins, as_many_groups: the same with one trial a group, won where most of its series are won.
    """

    series: int
    wins: int
    expected: float
    as_many: float
    groups: int
    group_wins: int
    as_many_groups: float


def chance_of(series: pd.DataFrame) -> Chance:
    """Return what chance alone would win. series: `series_table`."""
    wins = int(series["won"].sum())
    chances = series["chance"].tolist()
    groups = series.groupby("group", observed=True).agg(part=("won", "mean"), chance=("chance", "mean"))
    group_wins = int((groups["part"] > 0.5).sum())
    return Chance(
        series=len(series), wins=wins, expected=float(sum(chances)), as_many=chance_of_as_many(wins, chances),
        groups=len(groups), group_wins=group_wins,
        as_many_groups=chance_of_as_many(group_wins, groups["chance"].tolist()),
    )  # fmt: skip


def coverage_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Return a row per method: outcomes, part of them inside its 50% and 90% intervals, mean place of the outcome."""
    rows = [
        (name, len(own), own["in50"].mean(), own["in90"].mean(), own["place"].mean())
        for name in (*MODEL, *RULES)
        if len(own := scores[scores["method"] == name])
    ]
    return pd.DataFrame(rows, columns=["method", "outcomes", "in50", "in90", "place"])


def horizon_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Return by months ahead and naive rule how the model does: series, wins, and the median ratio of the scores.

    ratio: score of the model over the rule's, below 1 where the model is better; median over series.
    """
    wide = scores.pivot_table(index=[*SERIES, "horizon"], columns="method", values="crps")
    rows = []
    for horizon in sorted({int(one[-1]) for one in wide.index.to_list()}):
        own = wide.xs(horizon, level="horizon")
        for name in RULES:
            if name not in own or JUDGED_BY not in own:
                continue
            both = own[[JUDGED_BY, name]].dropna()
            if len(both):
                ratio = both[JUDGED_BY] / both[name]
                rows.append((horizon, name, len(both), int((ratio < 1.0).sum()), float(ratio.median())))
    return pd.DataFrame(rows, columns=["horizon", "against", "series", "wins", "ratio"])
