"""What is in force where no lever was ever set: the value that, set by the lever, would change nothing this month."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from model.market.levers_now import lever_next, lever_now
from model.market.world import World
from model.mechanisms.creators import ad_shares
from model.spec.settings import Setting
from model.state.country import Country
from model.state.finance import app_store_fee

MULTIPLES = ("tiktok_ad_load", "topview_days")
"""Levers that are multiples of the start's."""


def lever_in_force(
    world: World, country: Country, pending: Iterable[Setting] = (), *, name: str, service: str = "", item: str = ""
) -> tuple[float, bool]:
    """Return where a lever will stand in the next month and whether anything set it.

    pending: settings that act at the month's beginning. The value is in the lever's unit, switches as 0 or 1; NaN where
    nothing is in force that the lever could say, such as the fee of a bundle that is not offered. Errors: InputError as
    for `lever_next`.
    """
    value = lever_next(country, pending, name=name, service=service, item=item)
    if value == value:
        return value, True
    return _unset(world, country, name=name, service=service), False


def _unset(world: World, country: Country, *, name: str, service: str) -> float:
    if name in MULTIPLES:
        return 1.0
    if name == "app_store_fee":
        return app_store_fee(world.plan.parameters)
    if name == "growth":
        return growth_now(country, month=world.month)
    side = world.tiktok
    row = side.markets.index(country.market)
    if name == "shop_sales":
        return float(side.opening.shop.sales_per_hour[row])
    if name == "creator_share":
        month = world.money.calendar(world.month + 1)
        return float(ad_shares(side.opening.creators, month=month, parameters=world.plan.parameters)[row])
    if name == "bundle_fee":
        return _bundle_fee(country, service) * world.plan.parameters.bundle_fee_share
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
