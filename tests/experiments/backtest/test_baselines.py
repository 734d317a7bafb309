"""Naive rules and the spread of forecasts, by numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.experiments.backtest.baselines import drift, last_value, seasonal, seasonal_drift
from model.experiments.backtest.spread import residuals, spread

QUARTERS = np.arange(2, 2 + 3 * 8, 3)  # eight quarters
SEASON = np.array([1.0, 2.0, 3.0, 6.0, 2.0, 3.0, 4.0, 7.0])  # the season, and 1 more each year


def test_rules_say_what_their_words_say() -> None:
    last, next_year = int(QUARTERS[-1]), int(QUARTERS[-1]) + 12
    assert last_value(QUARTERS, SEASON, last + 3) == 7.0
    assert drift(QUARTERS, SEASON, last + 3) == pytest.approx(7.0 + (7.0 - 1.0) / 7.0)
    assert [seasonal(QUARTERS, SEASON, last + far) for far in (3, 6, 9, 12)] == [2.0, 3.0, 4.0, 7.0]
    assert [seasonal_drift(QUARTERS, SEASON, last + far) for far in (3, 6, 9, 12)] == [3.0, 4.0, 5.0, 8.0]
    assert seasonal(QUARTERS, SEASON, next_year + 3) == 2.0  # two years ahead: the latest such quarter known
    assert seasonal_drift(QUARTERS, SEASON, next_year + 3) == 4.0


def test_rules_say_nothing_where_they_know_too_little() -> None:
    one, two = QUARTERS[:1], QUARTERS[:2]
    assert drift(one, SEASON[:1], 8) is None
    assert seasonal(two, SEASON[:2], int(two[-1]) + 3) is None
    assert seasonal_drift(QUARTERS[:4], SEASON[:4], int(QUARTERS[4])) is None  # no change over a year is known
    assert last_value(np.array([], dtype=np.int64), np.array([]), 3) is None


def test_residuals_are_those_of_forecasts_made_before() -> None:
    months, values = np.array([0, 3, 6]), np.array([1.0, 2.0, 4.0])
    assert residuals(last_value, months, values) == [(3, 1.0), (6, 3.0), (3, 2.0)]
    assert residuals(drift, months, values) == [(3, 1.0)]  # 2 + 1 was said for month 6


def test_spread_takes_the_errors_of_the_same_distance_or_walks() -> None:
    months, values = np.array([0, 3, 6, 9]), np.array([0.0, 1.0, 3.0, 6.0])
    steps = np.array([1.0, 2.0, 3.0])
    expected = math.sqrt(float(np.mean(steps**2)) * (1.0 + 1.0 / 3.0))
    assert spread(last_value, months, values, distance=3) == pytest.approx(expected)
    pooled = [1 / 3, 4 / 3, 9 / 3, 9 / 6, 25 / 6, 36 / 9]
    walked = math.sqrt(float(np.mean(pooled)) * 12 * (1.0 + 1.0 / 6.0))
    assert spread(last_value, months, values, distance=12) == pytest.approx(walked)
    assert spread(last_value, months[:1], values[:1], distance=3) is None


def test_a_perfect_rule_has_no_spread() -> None:
    months = np.arange(0, 30, 3)
    assert spread(
        drift, months, np.array([2.0 + 0.5 * month for month in months.tolist()]), distance=6
    ) == pytest.approx(0.0, abs=1e-12)
