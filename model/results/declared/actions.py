"""Columns on what strategies did: who set which lever to what, and where it stood."""

from model.results.measures import Measure


def _key(name: str, label: str, meaning: str, unit: str = "name") -> Measure:
    return Measure(name, label, unit, "none", "none", meaning, kind="text", is_key=True)


MEASURES = (
    _key("strategy", "Strategy", "name of the strategy in the scenario"),
    _key("rule", "Rule", "rule that it plays"),
    _key("actor", "Actor", "service or label that plays it"),
    _key("lever", "Lever", "lever that was set"),
    _key("service", "Service of the lever", "service that the lever belongs to; empty for levers of a market"),
    _key("item", "Tier or label", "tier or label of the lever; empty where it has none"),
    Measure("value_before", "Before", "unit of the lever", "none", "none",
            "where the lever stood before the month; empty where it had never been set", facts=("offers",)),
    Measure("value_set", "Set to", "unit of the lever", "none", "none",
            "what the strategy set at the beginning of the month; a dated event on the same lever stands above it",
            columns=("value_before",), facts=("offers",)),
)  # fmt: skip
