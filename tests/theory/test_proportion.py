"""The score interval of a share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from model.theory.proportion import wilson


@pytest.mark.parametrize(("count", "trials"), [(0, 10), (1, 10), (7, 10), (10, 10), (12, 200), (1, 1)])
@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_it_is_that_of_the_literature(count, trials, level):
    wanted = binomtest(count, trials).proportion_ci(confidence_level=level, method="wilson")
    low, high = wilson([count], trials=[trials], level=level)
    assert low[0] == pytest.approx(wanted.low, abs=1e-12)
    assert high[0] == pytest.approx(wanted.high, abs=1e-12)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_holds_the_share_and_mirrors(pair):
    count, trials = pair
    low, high = wilson(count, trials=trials)
    assert 0.0 <= low <= count / trials <= high <= 1.0
    other_low, other_high = wilson(trials - count, trials=trials)
    assert np.isclose(low, 1.0 - other_high)
    assert np.isclose(high, 1.0 - other_low)


def test_without_a_trial_nothing_is_known():
    low, high = wilson([0], trials=[0])
    assert np.isnan(low[0])
    assert np.isnan(high[0])
