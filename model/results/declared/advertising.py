"""Columns on advertising: prices and income of channels, spending of segments. Nominal USD of 2022."""

from model.results.measures import Kind, Measure


def _key(name: str, label: str, meaning: str, kind: Kind = "text") -> Measure:
    return Measure(name, label, "name", "none", "none", meaning, kind=kind, is_key=True)


PARAMETERS = ("ces_sigma", "ad_price_elasticity", "ad_budget_growth", "adoption_growth", "adoption_fade")

MEASURES = (
    _key("channel", "Channel", "channel of advertising; other is all digital advertising beside the channels"),
    _key("segment", "Segment", "kind of advertiser: brand, performance or local"),
    Measure("ad_price", "Price of the channel", "ratio to the opening", "mean", "weighted",
            "price of an impression at which the channel sells what it has, over the opening's; empty where it has "
            "none",
            weight="ad_income", columns=("ad_spend", "tiktok_hours"), parameters=PARAMETERS,
            facts=("advertising", "tiktok")),
    Measure("ad_income", "Income of the channel", "USD per month", "sum", "sum",
            "what all segments spend on the channel", columns=("ad_spend",)),
    Measure("ad_spend", "Spending", "USD per month", "sum", "sum",
            "what the segment spends on the channel: budgets of the start and their growth, by values and prices",
            parameters=("ad_brand_part", "ad_local_part", *PARAMETERS), facts=("advertising", "tiktok")),
)  # fmt: skip
