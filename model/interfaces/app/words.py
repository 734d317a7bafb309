"""Words that people read: names of markets, tiers and months, numbers, errors."""

from __future__ import annotations

import re
from functools import cache

from model.facts.start import load_start
from model.foundation.errors import in_a_line
from model.foundation.months import parse_month

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FOLDERS = re.compile(r"(?<![\w./\\~:])(?:file:|[A-Za-z]:|~)?[\\/]+(?:[^\\/\s'\"]+[\\/]+)+")
_TIERS = {
    "free_ads": "Free with adverts", "free_rewarded": "Free, rewarded", "bundle": "Bundle", "mini": "Mini",
    "student": "Student", "individual": "Individual", "family_per_head": "Family, per head", "premium": "Premium",
}  # fmt: skip


def tier_name(tier: str) -> str:
    """Return the name of a tier to read."""
    return _TIERS.get(tier, tier.replace("_", " ").capitalize())


@cache
def market_name(code: str) -> str:
    """Return the name of a market, "All markets" for none."""
    if not code:
        return "All markets"
    market = load_start().markets.get(code)
    return code if market is None else market.name


def month_name(date: str) -> str:
    """Return "2022-10" as "Oct 2022"."""
    number = parse_month(date)
    return f"{MONTH_NAMES[number % 12]} {number // 12}"


def amount(value: float, *, unit: str = "") -> str:
    """Return a large number in three digits, its sign before the unit: "412M", "1.31B", "USD 8.2M", "−USD 251k"."""
    if value != value:
        return "–"
    size = abs(value)
    large = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
    scale, word = next(((scale, word) for scale, word in large if size >= scale * 0.9995), (1.0, ""))
    text = f"{size / scale:.3g}"
    return f"{'−' if value < 0.0 and float(text) else ''}{f'{unit} {text}{word}'.strip()}"


def written(value: float, form: str = ".3g") -> str:
    """Return a number in a given form, with a true minus: "−0.251"."""
    return format(value, form).replace("-", "−")


def signed(value: float, *, unit: str = "") -> str:
    """Return a difference in three digits with its sign: "+1.2M", "−USD 3.4M", "0"."""
    if value != value:
        return "–"
    if value == 0.0:
        return f"{unit} 0".strip()
    return f"{'+' if value > 0.0 else '−'}{amount(abs(value), unit=unit)}"


def brief(error: BaseException) -> str:
    """Return an error's kind and text in a line of at most 300 letters, without the server's folders."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else _FOLDERS.sub("", str(error))
    return in_a_line(f"{type(error).__name__}: {text}" if text else type(error).__name__)[:300]
