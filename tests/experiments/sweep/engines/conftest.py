"""What two sweeps must have in common to be the same."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

Bits = dict[str, tuple[str, object]]


@pytest.fixture
def bits() -> Callable[[pd.DataFrame], Bits]:
    """Return each column of a table with its type and its very bits."""

    def of(frame: pd.DataFrame) -> Bits:
        numbers = set(frame.select_dtypes("number"))
        return {
            str(name): (str(column.dtype), column.to_numpy().tobytes() if name in numbers else column.tolist())
            for name, column in frame.items()
        }

    return of
