"""Paired differences: intervals that cover, and the variance reduction against a case whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from model.experiments.comparing.paired import paired_differences


def test_the_interval_is_the_t_interval_of_the_differences() -> None:
    base, other = np.array([[1.0], [2.0], [4.0]]), np.array([[2.0], [4.0], [4.5]])
    found = paired_differences(base, other, level=0.9)
    gaps = np.array([1.0, 2.0, 0.5])
    half = student.ppf(0.95, 2) * gaps.std(ddof=1) / np.sqrt(3)
    assert found.difference[0] == pytest.approx(gaps.mean())
    assert found.low[0] == pytest.approx(gaps.mean() - half)
    assert found.high[0] == pytest.approx(gaps.mean() + half)
    apart = base.var(ddof=1) + other.var(ddof=1)
    assert found.reduction[0] == pytest.approx(apart / gaps.var(ddof=1))


def test_ninety_percent_intervals_cover_nine_times_in_ten() -> None:
    random = np.random.default_rng(5)
    base = random.normal(size=(6, 4000))
    found = paired_differences(base, base + 1.0 + random.normal(scale=0.5, size=(6, 4000)), level=0.9)
    assert np.mean((found.low <= 1.0) & (found.high >= 1.0)) == pytest.approx(0.9, abs=0.015)


def test_the_reduction_is_what_the_correlation_gives() -> None:
    random = np.random.default_rng(9)
    shared = random.normal(size=(20_000, 1))
    base, other = (shared + 0.5 * random.normal(size=(20_000, 1)) for _ in range(2))
    reduction = paired_differences(base, other, level=0.9).reduction[0]
    assert reduction == pytest.approx(2 * 1.25 / (2 * 0.25), rel=0.05)  # 1 / (1 - correlation), here 0.8


def test_no_difference_is_exactly_zero_and_one_replicate_has_no_interval() -> None:
    same = np.array([[0.1, 3.0], [0.7, 3.0]])
    found = paired_differences(same, same.copy(), level=0.9)
    assert not found.difference.any()
    assert not found.low.any()
    assert not found.high.any()
    assert found.reduction[0] == np.inf
    assert np.isnan(found.reduction[1])
    alone = paired_differences(same[:1], same[1:], level=0.9)
    assert np.isnan(alone.low).all()
    assert np.isnan(alone.reduction).all()
    assert alone.difference[0] == pytest.approx(0.6)
