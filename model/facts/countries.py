"""Names of countries as people write them, and the market codes they mean."""

from __future__ import annotations

from functools import cache

from model.facts.reader import read_table
from model.facts.units import MARKETS

_OTHER_NAMES = {
    "uk": "GB", "britain": "GB", "great britain": "GB", "england": "GB", "usa": "US", "america": "US",
    "united states of america": "US", "turkiye": "TR", "türkiye": "TR", "viet nam": "VN", "the philippines": "PH",
}  # fmt: skip


def country_code(name: str) -> str | None:
    """Return the market code of a country's name or three-letter code ("India", "UK", "IND"); None for other words.

    Case is ignored; underscores and hyphens read as blanks.
    """
    return _codes().get(" ".join(name.lower().replace("_", " ").replace("-", " ").split()))


@cache
def _codes() -> dict[str, str]:
    rows = [row for row in read_table("markets") if row["field"] in ("name", "iso3") and row["market"] in MARKETS]
    return {**_OTHER_NAMES, **{row["value"].lower(): row["market"] for row in rows}}
