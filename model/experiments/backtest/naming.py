"""Series in words, for pages and pictures."""

from __future__ import annotations

from model.experiments.history import WORLD, SeriesKey
from model.results.palette import name_of

METRIC_WORDS = {"users": "users", "payers": "payers", "paying_share": "payers of users", "arpu": "revenue per payer",
                "revenue": "revenue", "revenue_ads": "advertising revenue", "user_share": "share of users",
                "revenue_subscription": "subscription revenue", "payer_churn": "churn of payers",
                "ad_revenue_year": "advertising income", "users_growth": "growth of users", "streamers": "streamers",
                "service_users": "users of services"}  # fmt: skip


def series_words(key: SeriesKey) -> str:
    """Return a series in words, as "Spotify users, world"."""
    who = {"all": "All services", "tiktok": "TikTok"}.get(key.entity) or name_of(key.entity)
    where = "world" if key.market == WORLD else key.market
    return f"{who} {METRIC_WORDS.get(key.metric, key.metric)}, {where}"
