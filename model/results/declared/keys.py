"""Columns that say what a row is about."""

from model.results.measures import Kind, Measure


def _key(name: str, label: str, meaning: str, kind: Kind = "text", unit: str = "name") -> Measure:
    return Measure(name, label, unit, "none", "none", meaning, kind=kind, is_key=True)


MEASURES = (
    _key("replicate", "Replicate", "repetition of the scenario with other random numbers, from 0", "whole", "number"),
    _key("month", "Month", "0 is the opening stock, flows are months 1, 2, ...", "whole", "number"),
    _key(
        "date", "Date", "month that the row closes; the opening stock closes the month before the start", unit="YYYY-MM"
    ),
    _key("market", "Market", "country of the market", unit="ISO code"),
    _key("platform", "Service", "id of the streaming service"),
    _key("tier", "Tier", "id of the offer within its service"),
    _key("label", "Label", "id of the record label; local majors and the long tail are other firms in each market"),
    _key("from_platform", "From service", "service that people leave, or outside"),
    _key("from_tier", "From tier", "offer that people leave, empty for outside"),
    _key("to_platform", "To service", "service that people go to, or outside"),
    _key("to_tier", "To tier", "offer that people go to, empty for outside"),
    _key("payer", "Paying account", "account that the money leaves"),
    _key("payee", "Receiving account", "account that the money reaches"),
    _key("kind", "Kind of payment", "what the payment is for"),
)
