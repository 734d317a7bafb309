"""Settings: what an override or an event sets, in one common form.

A scenario's lever override acts from month 1, an event from its date; both become `Setting`s. The market applies them
and never needs to know which of the two they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ItemKind = Literal["tier", "label", "service", "none"]


@dataclass(frozen=True, slots=True)
class Lever:
    """A thing that a firm or a government can set in a market.

    item: what the lever is further keyed by ("tier" of the service, "label", another "service", or "none").
    of: "platform" levers are keyed by service, "market" levers by market alone. by_event: the event that alone sets it,
    "" for levers that a scenario may set from month 1 too.
    """

    name: str
    of: Literal["platform", "market"]
    item: ItemKind
    unit: str
    low: float
    high: float
    meaning: str
    switch: bool = False
    by_event: str = ""


LEVERS: dict[str, Lever] = {
    lever.name: lever
    for lever in (
        Lever("price", "platform", "tier", "local currency per month, tax included", 0.0, 1e8, "posted price"),
        Lever("ad_load", "platform", "tier", "minutes of advertising per hour", 0.0, 30.0, "advertising heard"),
        Lever(
            "restriction",
            "platform",
            "tier",
            "share, 0 none to 1 all",
            0.0,
            1.0,
            "limits on use (shuffle, skips, offline)",
        ),
        Lever("trial_months", "platform", "tier", "months", 0.0, 12.0, "free months for new payers"),
        Lever("open", "platform", "tier", "true or false", 0.0, 1.0, "whether the tier is offered", switch=True),
        Lever(
            "integration",
            "platform",
            "none",
            "0 none, 1/3 link-out, 2/3 discovery, 1 inside TikTok",
            0.0,
            1.0,
            "integration with TikTok",
        ),
        Lever("marketing", "platform", "none", "multiple of the start's marketing", 0.0, 1000.0, "marketing per head"),
        Lever(
            "link_fee",
            "platform",
            "none",
            "share of net revenue, 0 to 1",
            0.0,
            1.0,
            "what the service pays TikTok for being linked to",
        ),
        Lever(
            "podcasts",
            "platform",
            "none",
            "index points above the start",
            0.0,
            10.0,
            "podcasts and audiobooks beyond those of the start",
        ),
        Lever(
            "catalogue",
            "platform",
            "label",
            "true or false",
            0.0,
            1.0,
            "whether the service may play the label",
            switch=True,
        ),
        Lever(
            "quality",
            "platform",
            "tier",
            "logit, 0 for the best of its kind there",
            -10.0,
            5.0,
            "quality against the best of its kind",
        ),
        Lever(
            "bundle_fee",
            "platform",
            "none",
            "local currency per user and month, before tax",
            0.0,
            1e8,
            "what an operator pays for each user of the bundle",
        ),
        Lever(
            "bundle_base",
            "platform",
            "none",
            "share of people online, 0 to 1",
            0.0,
            1.0,
            "customers of the contract that carries the bundle",
        ),
        Lever(
            "bundle_told",
            "platform",
            "none",
            "share of the customers, 0 to 1",
            0.0,
            1.0,
            "customers of the contract who come to know the service as the bundle begins",
            by_event="telco_bundle",
        ),
        Lever(
            "takeover",
            "platform",
            "service",
            "true or false",
            0.0,
            1.0,
            "whether the service takes over another and its users",
            switch=True,
            by_event="merger",
        ),
        Lever("sales_tax", "market", "none", "share of the net price", 0.0, 1.0, "sales tax inside prices"),
        Lever("app_store_fee", "market", "none", "share of the price paid in the app store", 0.0, 0.6, "app-store fee"),
        Lever("growth", "market", "none", "per year", -0.5, 1.0, "growth of addressable users"),
        Lever("tiktok", "market", "none", "true or false", 0.0, 1.0, "whether TikTok is allowed", switch=True),
        Lever(
            "creator_share",
            "market",
            "none",
            "share, 0 to 1",
            0.0,
            1.0,
            "creators' part of advertising beside their videos on TikTok",
        ),
        Lever(
            "tiktok_ad_load",
            "market",
            "none",
            "multiple of the start's",
            0.0,
            20.0,
            "in-feed advertisements an hour on TikTok",
        ),
        Lever("topview_days", "market", "none", "multiple of the start's", 0.0, 20.0, "days of TopView sold on TikTok"),
        Lever("shop_sales", "market", "none", "USD per hour of use", 0.0, 10.0, "goods sold in TikTok's shop"),
        Lever(
            "clips",
            "market",
            "label",
            "true or false",
            0.0,
            1.0,
            "whether the label's music may be used in clips on TikTok",
            switch=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One lever set to one value in one market.

    service: "" for market levers. item: the tier, label or other service, "" where the lever has none. value: switches
    are 0.0 or 1.0.
    place: where it was asked for, for messages.
    """

    lever: str
    market: str
    service: str
    item: str
    value: float
    place: str = ""
