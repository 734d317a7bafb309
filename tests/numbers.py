"""Numbers that parameters and levers take: those hardly other than 0 are refused in words, and are 0 here."""

from __future__ import annotations

from hypothesis import strategies as st

from model.spec.parameters import LEAST


def floats(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers from `low` to `high`."""
    return st.floats(low, high).map(lambda value: 0.0 if abs(value) < LEAST else value)
