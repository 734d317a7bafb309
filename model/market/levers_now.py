"""Where a lever stands in a market now, read from its state; the counterpart of what `mechanisms.levers` writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from model.foundation.errors import Fault, InputError, nearest
from model.spec.settings import Setting
from model.state.country import Country

_BY_TIER = {"price": "price_local", "ad_load": "ad_load", "restriction": "restriction",
            "trial_months": "trial_months", "open": "is_open"}  # fmt: skip
_BY_SERVICE = ("integration", "marketing", "podcasts", "bundle_fee", "link_fee")
_OF_MARKET: Mapping[str, Callable[[Country, str], float]] = {
    "clips": lambda country, label: float(country.clips[country.labels.index(label)]),
    "tiktok": lambda country, _: float(country.tiktok_open),
    "sales_tax": lambda country, _: country.sales_tax,
}


def lever_now(country: Country, *, name: str, service: str = "", item: str = "") -> float:
    """Return the value of a lever in a market, switches as 0 or 1; NaN where it was never set and has no state.

    Errors: InputError for a service, tier or label that is not there.
    """
    if name in _BY_TIER:
        return float(getattr(country.offers, _BY_TIER[name])[position(country, service, item)])
    if name in _BY_SERVICE:
        return float(getattr(country.offers, name)[platform(country, service)])
    if name == "catalogue":
        return float(country.available[platform(country, service), label(country, item)])
    if name == "clips":
        label(country, item)
    found = _OF_MARKET.get(name)
    return country.tiktok.get(name, float("nan")) if found is None else found(country, item)


def lever_next(
    country: Country, pending: Iterable[Setting], *, name: str, service: str = "", item: str = ""
) -> float:  # fmt: skip
    """Return where a lever will stand when the month begins: as last set by what is pending, else as it is now.

    Errors: InputError as in `lever_now`.
    """
    now = lever_now(country, name=name, service=service, item=item)
    cell = (name, country.market, service, item)
    meant = [one.value for one in pending if (one.lever, one.market, one.service, one.item) == cell]
    return meant[-1] if meant else now


def position(country: Country, service: str, tier: str) -> int:
    """Return the option of a service's tier. Errors: InputError."""
    names = country.offers.names
    if (service, tier) in names[1:]:
        return names.index((service, tier))
    known = [one for owner, one in names[1:] if owner == service]
    raise InputError(Fault(f"{service} in {country.market}", "has no such tier", tier, nearest(tier, known)))


def platform(country: Country, service: str) -> int:
    """Return the position of a service. Errors: InputError."""
    if service in country.platforms:
        return country.platforms.index(service)
    way = nearest(service, country.platforms)
    raise InputError(Fault(country.market, "no such service in the market", service, way))


def label(country: Country, name: str) -> int:
    """Return the position of a label. Errors: InputError."""
    if name in country.labels:
        return country.labels.index(name)
    raise InputError(Fault(country.market, "no such label in the market", name, nearest(name, country.labels)))
