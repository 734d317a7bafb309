"""Coverage of known truths: what nothing is known of must not make up for what is known too well."""

from __future__ import annotations

import numpy as np
import pytest

from model.experiments.calibration.coverage import _of_told


def test_only_narrow_intervals_count_as_told() -> None:
    held = np.ones((40, 3), dtype=np.bool_)
    held[:20, 0] = False  # the told one is held in half of the cases
    widths = np.tile([0.3, 0.9, 0.8], (40, 1))
    assert held.mean() == pytest.approx(5 / 6)
    assert _of_told(held, widths) == 0.5


def test_where_nothing_is_told_there_is_no_part() -> None:
    assert np.isnan(_of_told(np.ones((4, 2), dtype=np.bool_), np.full((4, 2), 0.9)))
