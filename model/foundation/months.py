"""Calendar months as whole numbers: year * 12 + (month - 1)."""

from __future__ import annotations

import re
from calendar import THURSDAY, monthcalendar

from model.foundation.errors import Fault, InputError

_PATTERN = re.compile(r"^(\d{4})-(\d{2})(?:-(\d{2}))?$")
FIRST, LAST = 1990 * 12, 2200 * 12


def parse_month(text: object, *, place: str = "month") -> int:
    """Return the month number of "YYYY-MM" or "YYYY-MM-DD" (the day is dropped); InputError otherwise."""
    found = _PATTERN.match(text) if isinstance(text, str) else None
    number = -1 if found is None else int(found[1]) * 12 + int(found[2]) - 1
    if found is None or not 1 <= int(found[2]) <= 12 or not FIRST <= number < LAST:
        raise InputError(Fault(place, "a month is written YYYY-MM, years 1990 to 2199", text, 'Example: "2022-10".'))
    if found[3] is not None and not 1 <= int(found[3]) <= 31:
        raise InputError(Fault(place, "a day lies between 01 and 31", text, 'Example: "2022-10-24".'))
    return number


def show_month(number: int) -> str:
    """Return "YYYY-MM" of a month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def weeks_of(number: int) -> int:
    """Return how many weeks a month has, 4 or 5: a week belongs to the month of its Thursday."""
    return sum(week[THURSDAY] > 0 for week in monthcalendar(number // 12, number % 12 + 1))
