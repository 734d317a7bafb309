"""Numbers as people read them: three digits, in the size and unit that suit, ranges in one size."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, log10

from model.results.magnitude import magnitude

MINUS = "−"
DIGITS = 3
_UNITS = {
    "people": "", "share": "%", "share per month": "% a month", "USD": " USD", "USD per month": " USD a month",
    "person-hours per month": " hours a month", "person-hours": " hours",
    "PPP USD per person and month": " PPP USD",
}  # fmt: skip
"""By unit of a column, what stands behind a number."""
_PARTS = ("share", "share per month")


def suffix_of(unit: str, *, points: bool = False) -> str:
    """Return what stands behind a number of a unit. points: a difference of shares, which is in points of per cent."""
    if points and unit in _PARTS:
        return " points" + unit.removeprefix("share").replace("per", "a")
    return _UNITS.get(unit, f" {unit}")


def amount(value: float, unit: str, *, plus: bool = False) -> str:
    """Return a number with its unit: "2.13 M", "12.3 M USD"; plus: a difference, with its sign."""
    return ranged([value], unit, plus=plus)


def span(low: float, high: float, unit: str, *, plus: bool = False) -> str:
    """Return a range with its unit: "1.2 to 3.4 M"."""
    return ranged([low, high], unit, plus=plus)


def ranged(values: Sequence[float], unit: str, *, plus: bool = False) -> str:
    """Return one number, or the two ends of a range, in the size of the larger, with the unit behind."""
    if not all(isfinite(value) for value in values):
        return "unknown"
    factor = 100.0 if unit in _PARTS else 1.0
    scaled = [factor * value for value in values]
    largest = max(abs(value) for value in scaled)
    size, sign = (1.0, "") if unit in _PARTS else magnitude(largest)
    decimals = _decimals(largest / size)
    told = [_signed(value / size, decimals, plus=plus) for value in scaled]
    behind = f"{f' {sign}' if sign else ''}{suffix_of(unit, points=plus)}"
    return f"{' to '.join(told)}{behind}"


def percent(part: float, *, plus: bool = False) -> str:
    """Return a part as a percentage with few digits."""
    if not isfinite(part):
        return "unknown"
    shown = 100.0 * part
    decimals = 1 if 0.0 < abs(shown) < 9.95 else 0
    if part != 0.0 and abs(shown) < 0.05:
        return "less than 0.1%"
    return f"{_signed(shown, decimals, plus=plus)}%"


def _decimals(largest: float) -> int:
    """Return how many decimals leave three digits, six decimals at the most."""
    return 0 if largest == 0.0 else min(6, max(0, DIGITS - 1 - floor(log10(largest))))


def _signed(value: float, decimals: int, *, plus: bool) -> str:
    text = f"{abs(value):,.{decimals}f}"
    if not float(text.replace(",", "")):
        return "0"
    return f"{MINUS if value < 0.0 else '+' if plus else ''}{text}"
