"""What is in force where no lever was ever set: the value that, set by the lever, would change nothing this month."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from model.interfaces.app.standing import Standing
from model.market.levers_now import lever_next, lever_now, position
from model.mechanisms.creators import ad_shares
from model.spec.settings import LEVERS, Setting
from model.state.country import Country
from model.state.finance import app_store_fee

MULTIPLES = ("tiktok_ad_load", "topview_days")
"""Levers that are multiples of the start's."""


def lever_in_force(
    standing: Standing, country: Country, pending: Iterable[Setting] = (), *, name: str, service: str = "",
    item: str = "",
) -> tuple[float, bool]:  # fmt: skip
    """Return where a lever will stand in the next month and whether the market holds it, however it came there.

    pending: settings that act at the month's beginning. The value is in the lever's unit, switches as 0 or 1; NaN where
    nothing is in force that the lever could say, such as the fee of a bundle that is not offered; False where the
    lever was never set. Errors: InputError as for `lever_next`.
    """
    value = lever_next(country, pending, name=name, service=service, item=item)
    if value == value:
        return value, True
    if name == "quality":
        value = _quality(standing, country, service, item)
        return value, value == value
    if name == "bundle_base":
        facts = country.newcomers.facts
        return dict(zip(facts.platforms, facts.bundle_bases, strict=True)).get(service, 0.0), True
    return _unset(standing, country, name=name, service=service), False


def _quality(standing: Standing, country: Country, service: str, tier: str) -> float:
    """Return an offer's quality against the best of its kind, of one without history what it would open with.

    As main service: as second service each has its own, which setting the lever to this value makes the same.
    """
    option, told = position(country, service, tier), standing.entrant_quality
    best, _ = told(country, option, gap=0.0)
    own = float(country.offers.xi[option])
    gap = (own if np.isfinite(own) else told(country, option)[0]) - best
    return gap if LEVERS["quality"].low <= gap <= LEVERS["quality"].high else float("nan")


def _unset(standing: Standing, country: Country, *, name: str, service: str) -> float:
    parameters = standing.plan.parameters
    if name in MULTIPLES:
        return 1.0
    if name == "app_store_fee":
        return app_store_fee(parameters)
    if name == "growth":
        return growth_now(country, month=standing.month)
    row = standing.markets.index(country.market)
    if name == "shop_sales":
        return float(standing.tiktok.shop.sales_per_hour[row])
    if name == "creator_share":
        return float(ad_shares(standing.tiktok.creators, month=standing.calendar, parameters=parameters)[row])
    if name == "bundle_fee":
        return _bundle_fee(country, service) * parameters.bundle_fee_share
    return float("nan")


def _bundle_fee(country: Country, service: str) -> float:
    """Return the price that a bundle's fee is a share of: the service's own plan for one, net of tax."""
    own = [tier for tier in ("individual", "premium") if (service, tier) in country.offers.names]
    if not own:
        return float("nan")
    return lever_now(country, name="price", service=service, item=own[-1]) / (1.0 + country.sales_tax)


def growth_now(country: Country, *, month: int) -> float:
    """Return the growth of addressable people in the month after the given one, as a part per year."""
    path = country.addressable
    if not 0 < month + 1 < path.size or path[month] <= 0.0:
        return 0.0
    return float(np.expm1(12.0 * np.log(path[month + 1] / path[month])))
