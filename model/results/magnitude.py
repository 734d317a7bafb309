"""In which size a number is told: as it is, in thousands, millions or billions."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

_STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def magnitude(largest: float, *, billions: float = 1e9) -> tuple[float, str]:
    """Return the divisor and the sign (k, M, B) that suit the largest of some numbers; (1, "") for small or unknown.

    billions: size from which a number is told in them.
    """
    size = abs(largest)
    return next(((step, sign) for step, sign in _STEPS if size >= (billions if sign == "B" else step)), (1.0, ""))


def told_apart(values: Sequence[float], *, digits: int = 3, most: int = 6) -> list[str]:
    """Return numbers in the one size that suits the largest, with as many significant digits as tell them apart.

    digits, most: the fewest and the most of them. Missing numbers are "-".
    """
    known = [value for value in values if isfinite(value)]
    scale, sign = magnitude(max(map(abs, known), default=0.0))
    several = len(set(known))

    def told(count: int) -> list[str]:
        return [f"{value / scale:,.{count}g}{sign}" if isfinite(value) else "-" for value in values]

    enough = (count for count in range(digits, most) if len(set(told(count)) - {"-"}) >= several)
    return told(next(enough, most))


def unbroken(text: str) -> str:
    """Return a number with its sign as one word, which no line end parts."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def count_of(number: int, one: str) -> str:
    """Return a number with the word of what it counts: "1 month", "12 months"."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"
