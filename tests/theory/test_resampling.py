from __future__ import annotations

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.foundation.rng import stream_key
from model.theory.resampling import percentile_interval, resampled_rows

KEY = stream_key(1, "resamples")


def test_each_row_is_drawn_as_often_as_any_other() -> None:
    rows = resampled_rows(20, resamples=5000, key=KEY)
    assert rows.shape == (5000, 20)
    counts = np.bincount(rows.ravel(), minlength=20)
    assert len(counts) == 20
    assert ((counts - 5000) ** 2 / 5000).sum() < 45.0  # chi square with 19 degrees of freedom: 1 in 1,000 above 43.8
    # a bootstrap leaves out (1 - 1/n)^n of the rows
    left_out = np.mean([1.0 - len(set(row)) / 20 for row in rows.tolist()])
    assert left_out == pytest.approx((1 - 1 / 20) ** 20, abs=0.005)


def test_more_resamples_extend_fewer() -> None:
    np.testing.assert_array_equal(resampled_rows(7, resamples=3, key=KEY), resampled_rows(7, resamples=9, key=KEY)[:3])


def test_interval_of_the_middle() -> None:
    got = percentile_interval(np.stack([np.arange(101.0), 2 * np.arange(101.0)], axis=1), level=0.9)
    np.testing.assert_allclose(got, [[5.0, 10.0], [95.0, 190.0]])


def test_faults_are_named() -> None:
    with pytest.raises(InputError) as caught:
        resampled_rows(0, resamples=0, key=KEY)
    assert [fault.place for fault in caught.value.faults] == ["n_rows", "resamples"]
    with pytest.raises(InputError, match="level"):
        percentile_interval([1.0, 2.0], level=1.0)
