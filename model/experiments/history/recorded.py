"""What the project's facts hold up to December 2022, as one tidy table of dated figures."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from model.experiments.history.metrics import COLUMNS, METRICS, REGIONS, WORLD
from model.experiments.history.single_figures import FIGURES
from model.facts.book import FactBook
from model.facts.record import spotify_quarterly

SPOTIFY = "spotify"
_REGION_COLUMNS = dict(zip(REGIONS, ("europe", "north_america", "latin_america", "row"), strict=True))
_SHARES = {"users": ("mau", "mau_m"), "payers": ("subs", "premium_subs_m")}

_OF_WORLD = (
    # metric, column, how it is known, sd in the metric's unit or (when money) in million EUR
    ("users", "mau_m", "conf_users", 0.3),
    ("payers", "premium_subs_m", "conf_users", 0.3),
    ("paying_share", "premium_share_of_mau_pct", "conf_users", 0.1),
    ("payer_churn", "premium_churn_pct_month", "conf_churn", 0.25),
    ("arpu", "premium_arpu_eur_month", "conf_arpu", 0.005),
    ("revenue_subscription", "premium_revenue_eur_m", "conf_revenue", 0.5),
    ("revenue_ads", "ad_revenue_eur_m", "conf_revenue", 0.5),
    ("revenue", "total_revenue_eur_m", "conf_revenue", 0.5),
)
_READ = {
    "users": {"2020Q3": "found", "2020Q4": "found", "2019Q4": "recalled", "2021Q4": "recalled", "2022Q4": "recalled",
              "2021Q1": "estimate"},
    "payers": {"2020Q3": "found", "2020Q4": "found", "2019Q4": "recalled", "2021Q4": "recalled", "2022Q4": "recalled"},
}  # fmt: skip
"""Quarters whose split by region was read or recalled (sqs-0018 to -0020, -0024, -0025); others are interpolated."""
_SHARE_SD = {"found": 0.5, "recalled": 1.0, "estimate": 1.5}
"""Standard deviation of a region's share in percentage points, by how it is known; shares are printed as whole ones."""


def recorded_series(*, until: str = "2022-12", interpolated: bool = False) -> pd.DataFrame:
    """Return the record: one row per figure, columns as `COLUMNS`, by entity, market, metric and date.

    until: "YYYY-MM", the last date taken. interpolated: also regional splits on straight lines between two others.
    Values are in the metric's unit (`METRICS`): people in millions, shares in per cent, money in million USD at the
    rate of 2022.
    """
    rows = [*_world(), *_regions(), *_single()]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table = table[(table["date"] <= until) & (table["observed"] | interpolated)]
    return table.sort_values(["entity", "market", "metric", "date"], ignore_index=True)


def usd_per_eur() -> float:
    """Return the average rate of 2022, US dollars per euro, at which all money of the record is converted."""
    rate = FactBook.load().number(market="DE", field="fx_local_per_usd", as_of="2022")
    return 1.0 / rate


def quarter_end(quarter: str) -> str:
    """Return the last month of a quarter, "2022Q3" as "2022-09"."""
    return f"{quarter[:4]}-{3 * int(quarter[5]):02d}"


def _world() -> Iterator[tuple[object, ...]]:
    """Yield Spotify's quarters in the world."""
    rate = usd_per_eur()
    for row in spotify_quarterly():
        date = quarter_end(str(row["quarter"]))
        for metric, column, known, sd in _OF_WORLD:
            value = row[column]
            if value is not None:
                unit = METRICS[metric].unit
                factor = rate if unit.startswith("USD") else 1.0
                ids = "sqs-0026;sqs-0028;sqs-0029" if metric == "payer_churn" else "sqs-0001"
                yield (SPOTIFY, WORLD, metric, date, float(value) * factor, unit, sd * factor,
                       str(row[known] or "derived"), ids, True)  # fmt: skip


def _regions() -> Iterator[tuple[object, ...]]:
    """Yield Spotify's users, payers and paying share by region: the share read times the world's total."""
    for row in spotify_quarterly():
        quarter = str(row["quarter"])
        date = quarter_end(quarter)
        for region, name in _REGION_COLUMNS.items():
            found: dict[str, tuple[float, float, str, bool]] = {}
            for metric, (prefix, whole) in _SHARES.items():
                share, total = row[f"{prefix}_share_{name}_pct"], float(row[whole] or 0.0)
                if share is not None:
                    known = _READ[metric].get(quarter)
                    sd = total / 100.0 * _SHARE_SD[known or "estimate"]
                    found[metric] = (float(share) * total / 100.0, sd, known or "estimate", known is not None)
            for metric, (value, sd, known, observed) in found.items():
                yield SPOTIFY, region, metric, date, value, METRICS[metric].unit, sd, known, _region_ids(), observed
            if len(found) == len(_SHARES):
                yield _paying_share(region, date, found["users"], found["payers"])


def _paying_share(
    region: str, date: str, users: tuple[float, float, str, bool], payers: tuple[float, float, str, bool]
) -> tuple[object, ...]:
    """Return the row of a region's paying share, its deviation from those of users and payers."""
    value = 100.0 * payers[0] / users[0]
    sd = value * float(((users[1] / users[0]) ** 2 + (payers[1] / payers[0]) ** 2) ** 0.5)
    known = max(users[2], payers[2], key=["found", "recalled", "estimate"].index)
    return (SPOTIFY, region, "paying_share", date, value, METRICS["paying_share"].unit, sd, known, _region_ids(),
            users[3] and payers[3])  # fmt: skip


def _region_ids() -> str:
    return "sqs-0001;sqs-0018;sqs-0019;sqs-0020;sqs-0024;sqs-0025"


def _single() -> Iterator[tuple[object, ...]]:
    """Yield the single figures, each with the fact it is read from."""
    book = FactBook.load()
    for one in FIGURES:
        fact = book.get(one.fact)
        value = one.value
        if value is None:
            assert fact.number is not None, one.fact
            value = fact.number * one.times
        yield (one.entity, one.market, one.metric, one.date, float(value), METRICS[one.metric].unit, one.sd,
               fact.confidence, one.fact, True)  # fmt: skip
