"""Terms that look like a slip: far above what licences on record pay, so that nobody would have signed them.

A scenario's licence with such a term is refused until it says that it is meant; a term sheet is judged, and told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from model.spec.names import Names

MOST_OF_PRICE = 0.75
"""Part of an individual plan's price that a minimum per subscriber usually stays under, for all labels together."""
PRICE_RECORD = "6.00 USD of a plan at 9.99 in the US of 2011 (lic-0005), 0.50 to 1.70 in India, Indonesia and Brazil \
(lic-0028, lic-0029, lic-0030)"
MEANT = "If it is meant, write unusual = true in the deal."


@dataclass(frozen=True, slots=True)
class UsualTerm:
    """What a term usually stays under, in its unit; record: what is known, with the facts' ids."""

    most: float
    record: str


_STREAM = UsualTerm(0.005, "0.0006 to 0.00225 USD a stream, for all labels (lic-0004, lic-0025, lic-0031, lic-0034)")
_SHARE = UsualTerm(
    0.75, "52% to 60% went to all labels (lic-0003, lic-0011, lic-0013, lic-0014), 10% to 15% to publishers (lic-0012)"
)
USUAL: dict[str, UsualTerm] = {
    "rev_share_paid": _SHARE,
    "rev_share_free": _SHARE,
    "rev_share_rewarded": _SHARE,
    "per_stream_minimum_usd": _STREAM,
    "per_stream_minimum_rewarded_usd": _STREAM,
    "minimum_guarantee_usd_m": UsualTerm(
        2000.0, "Spotify owed all licensors 3.6 bn EUR of minimum guarantees over the years ahead (lic-0019)"
    ),
    "fee_usd_m": UsualTerm(500.0, "TikTok paid all rights holders of recordings 179 M USD in 2021 (clp-0005)"),
    "promotional_credit_usd_m": UsualTerm(
        100.0, "Sony had 2.5 to 3.5 M USD a year of advertising from Spotify in 2011 to 2013 (lic-0007)"
    ),
}
"""By term, apart from the minimum per subscriber, which is held against the market's price."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """One term that looks like a slip. rule: what is usual, with the record."""

    name: str
    value: float
    rule: str


def unusual_terms(
    terms: Mapping[str, float], *, service: str, markets: Sequence[str], names: Names
) -> Iterator[Unusual]:
    """Yield each term far above the record. terms: in the units of `TERMS`. markets: of the licence."""
    for name, value in terms.items():
        usual = USUAL.get(name)
        if usual is not None and value > usual.most:
            yield Unusual(name, value, f"usually at most {usual.most:g}: {usual.record}")
    minimum = terms.get("per_subscriber_minimum_usd", 0.0)
    prices = {market: _price(names, market, service) for market in markets}
    high = [f"{market}: {price:.2f} USD" for market, price in prices.items() if 0 < MOST_OF_PRICE * price < minimum]
    if high:
        rule = f"usually at most {MOST_OF_PRICE:.0%} of what an individual plan costs ({', '.join(high)})"
        rule += f": {PRICE_RECORD}"
        yield Unusual("per_subscriber_minimum_usd", minimum, rule)


def _price(names: Names, market: str, service: str) -> float:
    """Return the start's price in USD a month of the service's individual plan, else the market's median; 0 unknown."""
    plans = {one: price for (code, one, tier), price in names.prices.items()
             if code == market and tier in ("individual", "premium")}  # fmt: skip
    if not plans or not names.fx.get(market):
        return 0.0
    return plans.get(service, median(plans.values())) / names.fx[market]
