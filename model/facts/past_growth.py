"""How fast services grew in the year before a start, where the record tells; what momentum is measured on."""

from __future__ import annotations

from math import log

from model.facts.book import FactBook
from model.facts.record import spotify_quarterly
from model.foundation.months import parse_month

_SUBSCRIBERS = {parse_month("2021-06"): "shr-0001", parse_month("2022-06"): "shr-0011"}
"""Subscribers of all services in the world at the two dates, millions."""
_SHARES = {
    "amazon_music": ("shr-0004", "shr-0015"),
    "apple_music": ("shr-0003", "shr-0014"),
    "deezer": ("shr-0008", "shr-0019"),
    "youtube_music": ("shr-0006", "shr-0016"),
}
"""Shares of them at the two dates, per cent. Of services that are not here no growth is known."""


def past_growth(month: int) -> dict[str, float]:
    """Return by service the log growth of its users over the year before a start; services without a record are absent.

    month: of the start. Spotify by its monthly users in the world (a shorter record counts as the same yearly rate);
    others by their subscribers in the world from June 2021 to June 2022, for starts from then on.
    """
    found = {"spotify": _spotify(month)}
    if month >= max(_SUBSCRIBERS):
        book = FactBook.load()
        before, after = (_number(book, name) for name in _SUBSCRIBERS.values())
        for service, (first, last) in _SHARES.items():
            found[service] = log(after * _number(book, last) / (before * _number(book, first)))
    return found


def _number(book: FactBook, fact_id: str) -> float:
    found = book.get(fact_id).number
    assert found is not None
    return found


def _spotify(month: int) -> float:
    """Return Spotify's yearly log growth up to the last quarter that ended before the month."""
    users = {
        parse_month(f"{str(row['quarter'])[:4]}-{3 * int(str(row['quarter'])[5]):02d}"): float(str(row["mau_m"]))
        for row in spotify_quarterly()
    }
    last = max(quarter for quarter in users if quarter < month)
    first = max(min(users), last - 12)
    return log(users[last] / users[first]) * 12.0 / (last - first)
