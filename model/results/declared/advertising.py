"""Columns on advertising: prices and income of channels, spending of segments. Nominal USD of 2022."""

from model.results.measures import Kind, Measure


def _key(name: str, label: str, meaning: str, kind: Kind = "text") -> Measure:
    return Measure(name, label, "name", "none", "none", meaning, kind=kind, is_key=True)


def _value(name: str, label: str, unit: str, meaning: str) -> Measure:
    return Measure(name, label, unit, "mean", "weighted", meaning, weight="ad_spend",
                   parameters=("@advertising",), facts=("advertising", "tiktok"))  # fmt: skip


PARAMETERS = ("ces_sigma", "ad_price_elasticity", "ad_budget_growth", "adoption_growth", "adoption_fade")

MEASURES = (
    _key("channel", "Channel", "channel of advertising; other is all digital advertising beside the channels"),
    _key("segment", "Segment", "kind of advertiser: brand, performance or local"),
    Measure("ad_price", "Price of the channel", "ratio to the opening", "mean", "weighted",
            "price of an impression at which the channel sells what it has, over the opening's; empty where it has "
            "none",
            weight="ad_income", columns=("ad_spend", "tiktok_hours"), parameters=PARAMETERS,
            facts=("advertising", "tiktok")),
    Measure("ad_cpm", "Price of a thousand impressions", "USD per thousand impressions", "mean", "weighted",
            "that of the opening times the price of the channel; empty for Google, Facebook, Snap and Twitter, known "
            "as an index alone, and where nothing is on sale", weight="ad_income", columns=("ad_price",),
            parameters=("topview_price_multiple", "ad_price_slope"), facts=("advertising", "tiktok")),
    Measure("ad_click_price", "Price of a click", "USD per click", "mean", "weighted",
            "price of an impression over clicks per impression: of in-feed, which is sold by click, alone",
            weight="ad_income", columns=("ad_cpm",), facts=("tiktok",)),
    Measure("ad_income", "Income of the channel", "USD per month", "sum", "sum",
            "what all segments spend on the channel", columns=("ad_spend",)),
    Measure("ad_spend", "Spending", "USD per month", "sum", "sum",
            "what the segment spends on the channel: budgets of the start and their growth, by values and prices",
            parameters=("ad_brand_part", "ad_local_part", *PARAMETERS), facts=("advertising", "tiktok")),
    _value("ad_value", "Worth of a thousand impressions", "USD per thousand impressions",
           "what they are worth to the segment: it spends (worth over price)^(ces_sigma - 1) times what it spends on "
           "other advertising, which is worth its price; grows with TikTok's weight in plans"),
    _value("ad_click_value", "Worth of a click", "USD per click",
           "the part of the worth that comes from clicks, over clicks per impression: of in-feed alone"),
    _value("ad_impression_value", "Worth of impressions beside clicks", "USD per thousand impressions",
           "the worth of a thousand impressions less that of their clicks"),
)  # fmt: skip
