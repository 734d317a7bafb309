"""What the record and a run are compared in: metrics with their units, and how a series is named.

A date is the month at whose end a stock is counted, or the last month of the period that a flow is summed over. Money
is nominal USD at the average rates of 2022, as everywhere: euros of any year are converted at one rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from model.foundation.errors import Fault, InputError, nearest

Scale = Literal["log", "linear"]


class SeriesKey(NamedTuple):
    """Whose series it is, where, and of what. market: an ISO code, several joined by "+", a region or WORLD."""

    entity: str
    market: str
    metric: str

    def __str__(self) -> str:
        return f"{self.entity} {self.market} {self.metric}"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that the record and a run share.

    period: months that a value covers, 1 for what is counted at a month's end. scale: in which its changes are alike,
    so how a forecast is carried on from the last level: ratios ("log") or differences ("linear"). low, high: what a
    value can be at all. seasonal: quarters of a year differ for reasons that return.
    """

    name: str
    unit: str
    meaning: str
    period: int
    scale: Scale
    low: float
    high: float
    seasonal: bool = False


_BILLION = 1e4  # millions of people: more than there are
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("users", "M", "monthly users, main or second service", 1, "log", 0.0, _BILLION),
        Metric("payers", "M", "people on paid accounts, family members counted", 1, "log", 0.0, _BILLION),
        Metric("streamers", "M", "people who use any streaming service", 1, "log", 0.0, _BILLION),
        Metric("service_users", "M", "monthly users summed over services, so that who uses two counts twice", 1, "log",
               0.0, _BILLION),
        Metric("paying_share", "%", "payers of users; for all services, people who pay of people who stream", 1,
               "linear", 0.0, 100.0),
        Metric("user_share", "%", "users of the users of all services, Resso aside", 1, "linear", 0.0, 100.0),
        Metric("users_growth", "%", "users against those of twelve months before", 1, "linear", -100.0, 1e5),
        Metric("payer_churn", "% a month", "payers who end their paid tier in a month, mean of the quarter", 3,
               "linear", 0.0, 100.0),
        Metric("arpu", "USD a month", "subscription revenue of a quarter per payer and month, net of sales tax", 3,
               "log", 0.0, 1e4),
        Metric("revenue_subscription", "USD M a quarter", "subscription revenue, net of sales tax", 3, "log", 0.0, 1e6),
        Metric("revenue_ads", "USD M a quarter", "advertising revenue", 3, "log", 0.0, 1e6, seasonal=True),
        Metric("revenue", "USD M a quarter", "subscription, bundle and advertising revenue, net of sales tax", 3,
               "log", 0.0, 1e6, seasonal=True),
        Metric("ad_revenue_year", "USD M a year", "advertising income of a calendar year", 12, "log", 0.0, 1e6),
    )
}  # fmt: skip
"""The metrics by name."""

WORLD = "WORLD"
REGIONS = ("Europe", "North America", "Latin America", "Rest of World")
"""Spotify's reporting regions, in its order."""
RESSO_MARKETS = "IN+ID+BR"
ALL_SERVICES = "all"
"""Entity of what is counted over all services of a market."""

COLUMNS = ("entity", "market", "metric", "date", "value", "unit", "sd", "confidence", "fact_ids", "observed")
"""Columns of the record. sd: standard deviation of the record itself, in the unit; observed: False for a figure on a
straight line between two others."""


def metric_named(name: str) -> Metric:
    """Return a metric; InputError with the nearest name otherwise."""
    if name not in METRICS:
        raise InputError(Fault("metric", "is a metric of the record", name, nearest(name, list(METRICS))))
    return METRICS[name]


__all__ = ["ALL_SERVICES", "COLUMNS", "METRICS", "REGIONS", "RESSO_MARKETS", "WORLD", "Metric", "SeriesKey",
           "metric_named"]  # fmt: skip
