"""Numbers, units and dates of the fact tables: read once, and checked against what the field can be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import show_month

CURRENCIES: dict[str, str] = {
    "IN": "INR", "ID": "IDR", "BR": "BRL", "MX": "MXN", "AU": "AUD", "SG": "SGD", "PH": "PHP", "VN": "VND",
    "TH": "THB", "MY": "MYR", "TR": "TRY", "CO": "COP", "AR": "ARS", "ZA": "ZAR", "NG": "NGN", "EG": "EGP",
    "GB": "GBP", "DE": "EUR", "JP": "JPY", "US": "USD",
}  # fmt: skip
"""Currency (ISO 4217) of each of the twenty markets (ISO 3166), in the order used everywhere."""
MARKETS: tuple[str, ...] = tuple(CURRENCIES)

PERIODS_A_MONTH = {"month": 1.0, "week": 4.33, "day": 30.0, "year": 1.0 / 12.0}
"""Billing periods in a month: mini passes count 30 days or 4.33 weeks a month."""

_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
_ISO = "|".join(sorted(set(CURRENCIES.values())))
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("price", rf"^({_ISO})(/(month|week|day|year))?( \(USD [\d.]+\))?$"),
        ("rate", rf"^(({_ISO}) per USD|({_ISO})/USD)$"),
        ("percent", r"^(%|percent|pp\b|0-100$)"),
        ("money", rf"^({_ISO})([ /]|$)"),
        ("share", r"^(share|probability|ratio|boolean|index$|x$|r$|mixed$)"),
        ("effect", r"^(elasticity|logit|ln streams|Pareto alpha|sign$)"),
        ("time", r"^(hours?|minutes|weeks?|months|years?|days|period)\b"),
        ("text", r"^(text|date|code|list|qualitative|range|dataset|ISO 4217|-|label|rank)$"),
        ("count", r"^(M|m|m/day|bn|persons|users|subscri(bers|ptions)|monthly|weekly|streams|apps|services|songs"
                  r"|tracks|works|labels|countries|additional markets|of 3 majors|count|per (100 people|year)"
                  r"|people per modelled person|markets)\b"),
    )
)  # fmt: skip

_PERCENT = frozenset({"percent"})
MARKET_FIELDS: dict[str, frozenset[str]] = {
    "population_total": frozenset({"count"}),
    "population_15plus": frozenset({"count"}),
    "population_13_64": frozenset({"count"}),
    "internet_users_pct": _PERCENT,
    "gini": _PERCENT,
    "gini_gapminder_modelled": _PERCENT,
    "gdp_nominal_usd": frozenset({"price"}),
    "gdp_per_capita_usd": frozenset({"price"}),
    "fx_local_per_usd": frozenset({"rate"}),
    "big_mac_price_local": frozenset({"price"}),
    "big_mac_price_usd": frozenset({"price"}),
    "digital_ad_spend_usd_bn": frozenset({"money"}),
    "music_streaming_users_total": frozenset({"count"}),
    "paid_music_subscribers": frozenset({"count"}),
    "music_piracy_rate_pct": _PERCENT,
    "local_repertoire_share_pct": _PERCENT,
    "recorded_music_revenue_total": frozenset({"money"}),
    "recorded_music_revenue_streaming": frozenset({"money"}),
    "listening_hours_per_week": frozenset({"time"}),
}
"""Kinds of unit that each well-known field of a market may carry; `share_age_*` fields are percentages too."""


def number_of(text: str) -> float | None:
    """Return the number that a cell holds, or None where it holds a range, a list, a date or words."""
    return float(text) if _NUMBER.match(text.strip()) else None


def kind_of(unit: str) -> str | None:
    """Return the kind of a unit (price, rate, percent, money, share, effect, time, text, count), None if unknown.

    `price` is bare currency, by billing period or not; `money` is a currency amount with a scale or a basis.
    """
    if unit.startswith("international $"):
        return "money"
    return next((kind for kind, pattern in _KINDS if pattern.match(unit)), None)


def unit_faults(
    *, place: str, market: str, field: str, unit: str, value: float | None = None, posted: bool = False
) -> list[Fault]:
    """Return what is wrong with the unit of a row: unknown, unfit for its field, or not the market's currency.

    posted: the row is a price that a service posts, which must be in the currency of its market.
    """
    kind = kind_of(unit)
    if kind is None:
        return [Fault(place, "the unit is one that is known", unit, 'Use one like "percent", "M" or "INR/month".')]
    faults: list[Fault] = []
    wanted = _PERCENT if field.startswith("share_age_") else MARKET_FIELDS.get(field)
    if field == "gdp_per_capita_ppp" and not unit.startswith("international $"):
        faults.append(Fault(place, f"{field} is in international $", unit, 'Write "international $".'))
    if wanted is not None and kind not in wanted:
        faults.append(Fault(place, f"{field} is a {' or '.join(sorted(wanted))}", unit, "Give the unit of the field."))
    if wanted is _PERCENT and value is not None and not 0.0 <= value <= 100.0:
        faults.append(Fault(place, "a share lies between 0 and 100 percent", value, "Check value and unit."))
    local = posted or field in ("fx_local_per_usd", "big_mac_price_local")
    if kind in ("price", "rate") and local and market in CURRENCIES and unit[:3] != CURRENCIES[market]:
        rule = f"prices in {market} are in {CURRENCIES[market]}"
        faults.append(Fault(place, rule, unit, "Post the price in the market's currency."))
    return faults


def price_per_month(price: float, *, billing: str) -> float:
    """Return the price of a month from the price of a billing period ("month", "week", "day", "year")."""
    if billing not in PERIODS_A_MONTH:
        raise InputError(Fault("billing", "is a known period", billing, nearest(billing, list(PERIODS_A_MONTH))))
    return price * PERIODS_A_MONTH[billing]


def ppp_per_local(*, gdp_per_capita_usd: float, fx_local_per_usd: float, gdp_per_capita_ppp: float) -> float:
    """Return the purchasing-power conversion factor: units of local currency that buy what one international $ buys.

    GDP per head in local currency (`gdp_per_capita_usd * fx_local_per_usd`) over GDP per head in international $.
    A posted price divided by it is a price in PPP USD.
    """
    for name, value in (("GDP per head", gdp_per_capita_ppp), ("exchange rate", fx_local_per_usd)):
        if value <= 0.0:
            raise InputError(Fault(name, "is above zero", value, "Check the market's facts."))
    return gdp_per_capita_usd * fx_local_per_usd / gdp_per_capita_ppp


@dataclass(frozen=True, slots=True)
class Span:
    """The months that a fact speaks of, first and last, as month numbers (inclusive)."""

    first: int
    last: int

    def __contains__(self, month: int) -> bool:
        return self.first <= month <= self.last

    def __str__(self) -> str:
        first, last = show_month(self.first), show_month(self.last)
        return first if first == last else f"{first}..{last}"


_TOKEN = re.compile(
    r"FY(?P<fy>\d{4}|\d{2})(?!\d)"
    r"|(?P<year>(?:19|20)\d{2})"
    r"(?:\s?Q(?P<q>[1-4])(?:-Q(?P<q2>[1-4]))?|[\s-]?H(?P<h>[12])|-(?P<month>\d{2})(?!\d)(?:-(?P<day>\d{2})(?!\d))?)?"
)
_BETWEEN = re.compile(r"^(\s|\.\.|->|-|/|,|\bc\.|\bon\b|s\b|\?|\(undated copy\)|\(pub\.|\)|\d{2}\b)*$")


def span_of(text: str, *, place: str = "date") -> Span | None:
    """Return the months that a date of the tables covers; None for an empty one; InputError otherwise.

    Read are years, months, days, quarters ("2022Q3"), halves, Indian fiscal years ("FY2022": April 2021 to March
    2022) and spans of them ("2020-08..2022-09", "2019->2022", "2012-17").
    """
    if not text.strip():
        return None
    tokens = list(_TOKEN.finditer(text))
    if not tokens or not _BETWEEN.match(_TOKEN.sub(" ", text)):
        rule = "a date is a year, month, quarter or a span of them"
        raise InputError(Fault(place, rule, text, 'Example: "2022-10".'))
    spans = [_token_span(token) for token in tokens]
    return Span(min(span.first for span in spans), max(span.last for span in spans))


def _token_span(token: re.Match[str]) -> Span:
    if token["fy"]:
        start = (2000 + int(token["fy"]) % 100) * 12 - 9
        return Span(start, start + 11)
    january = int(token["year"]) * 12
    if token["q"]:
        return Span(january + 3 * (int(token["q"]) - 1), january + 3 * int(token["q2"] or token["q"]) - 1)
    if token["h"]:
        return Span(january + 6 * (int(token["h"]) - 1), january + 6 * int(token["h"]) - 1)
    if token["month"] and 1 <= int(token["month"]) <= 12:
        return Span(january + int(token["month"]) - 1, january + int(token["month"]) - 1)
    if token["month"]:  # "2012-17": the second part is a year of the same century
        return Span(january, (int(token["year"]) // 100 * 100 + int(token["month"])) * 12 + 11)
    return Span(january, january + 11)
