"""In which size a number is told: as it is, in thousands, millions or billions."""

from __future__ import annotations

_STEPS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))


def magnitude(largest: float, *, billions: float = 1e9) -> tuple[float, str]:
    """Return the divisor and the sign (k, M, B) that suit the largest of some numbers; (1, "") for small or unknown.

    billions: size from which a number is told in them.
    """
    size = abs(largest)
    return next(((step, sign) for step, sign in _STEPS if size >= (billions if sign == "B" else step)), (1.0, ""))
