"""Levers: what firms and governments set at the beginning of a month, applied to a market.

Writes offers, catalogues, contracts of bundles, triggers of attention; takeovers move users. Losses and withdrawals
make users reconsider for sure; a price rise is noticed with probability `1 - exp(-price_attention * ln(new / old))`, so
a small rise does little; cuts and gains are noticed at the ordinary rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import numpy as np

from model.mechanisms.takeover import take_over
from model.spec.settings import Setting
from model.state.country import Country
from model.state.population import sign_up, tell_customers


class EntrantQuality(Protocol):
    """Quality of an offer without history; `model.market.entry.EntrantQuality` is one."""

    def __call__(self, country: Country, option: int, *, gap: float | None = None) -> tuple[float, float]:
        """Return (quality as main service, as second service); gap: to the best of its kind, None for the usual."""
        ...


def begin_month(country: Country) -> None:
    """Forget last month's triggers, losses and takeovers."""
    country.triggers[:] = 0
    country.lost[:] = 0.0
    country.carried.clear()


def apply_settings(country: Country, settings: Iterable[Setting], *, entrant_quality: EntrantQuality) -> None:
    """Apply the settings that concern this market, in order: all those of a month at once, those of `_LATER` last.

    entrant_quality: returns (main, second) quality of an offer that opens without history. Qualities that are set are
    measured against the best of the month before. Who notices a price rise compares with the price before the month,
    however many settings led to the new one.
    """
    here = [setting for setting in settings if setting.market == country.market]
    qualities = {
        _position(country, one): entrant_quality(country, _position(country, one), gap=one.value)
        for one in here
        if one.lever == "quality"
    }
    before, was_open = country.offers.price_local.copy(), country.offers.is_open != 0
    for j, (main, second) in qualities.items():
        country.offers.xi[j], country.offers.xi_second[j] = main, second
    for setting in sorted(here, key=lambda one: _LATER.get(one.lever, 0)):
        _APPLY[setting.lever](country, setting, entrant_quality)
    now = country.offers.price_local
    rises = was_open & (now > before) & (before > 0.0)
    country.triggers[rises] = 1.0 - (before[rises] / now[rises]) ** country.price_attention


def _position(country: Country, setting: Setting) -> int:
    return country.offers.position(setting.service, setting.item)


def _price(country: Country, setting: Setting, _: EntrantQuality) -> None:
    offers, j = country.offers, _position(country, setting)
    old = offers.price_local[j]
    if not np.isnan(offers.price_store_local[j]):
        offers.price_store_local[j] = offers.price_store_local[j] * setting.value / old if old > 0 else setting.value
    offers.price_local[j] = setting.value


def _ad_load(country: Country, setting: Setting, _: EntrantQuality) -> None:
    country.offers.ad_load[_position(country, setting)] = setting.value


def _restriction(country: Country, setting: Setting, _: EntrantQuality) -> None:
    country.offers.restriction[_position(country, setting)] = setting.value


def _trial(country: Country, setting: Setting, _: EntrantQuality) -> None:
    country.offers.trial_months[_position(country, setting)] = round(setting.value)


def _open(country: Country, setting: Setting, entrant_quality: EntrantQuality) -> None:
    offers, j = country.offers, _position(country, setting)
    if setting.value == 1.0 and not np.isfinite(offers.xi[j]):
        offers.xi[j], offers.xi_second[j] = entrant_quality(country, j)
    offers.is_open[j] = np.uint8(setting.value)


def _by_platform(name: str) -> Callable[[Country, Setting, EntrantQuality], None]:
    def apply(country: Country, setting: Setting, _: EntrantQuality) -> None:
        getattr(country.offers, name)[country.platforms.index(setting.service)] = setting.value

    return apply


def _bundle_base(country: Country, setting: Setting, _: EntrantQuality) -> None:
    facts = country.newcomers.facts
    bases = dict(zip(facts.platforms, facts.bundle_bases, strict=True)) | {setting.service: setting.value}
    country.newcomers = country.newcomers.with_bundles(facts.platforms, tuple(bases.values()))
    sign_up(country.users, country.newcomers, platform=setting.service)


def _bundle_told(country: Country, setting: Setting, _: EntrantQuality) -> None:
    tell_customers(country.users, country.newcomers, platform=setting.service, share=setting.value)


def _takeover(country: Country, setting: Setting, _: EntrantQuality) -> None:
    if setting.value == 1.0:
        take_over(country, service=setting.service, absorbed=setting.item)


def _done_before(country: Country, setting: Setting, _: EntrantQuality) -> None:
    """Qualities are set before anything opens."""


def _catalogue(country: Country, setting: Setting, _: EntrantQuality) -> None:
    cell = country.platforms.index(setting.service), country.labels.index(setting.item)
    if setting.value == 0.0 and country.available[cell] == 1.0:
        country.lost[cell] = 1.0
    country.available[cell] = setting.value


def _clips(country: Country, setting: Setting, _: EntrantQuality) -> None:
    country.clips[country.labels.index(setting.item)] = setting.value


def _growth(country: Country, setting: Setting, _: EntrantQuality) -> None:
    country.growth_per_year = setting.value


def _sales_tax(country: Country, setting: Setting, _: EntrantQuality) -> None:
    country.sales_tax = setting.value


def _app_store_fee(country: Country, setting: Setting, _: EntrantQuality) -> None:
    country.app_store_fee = setting.value


def _of_tiktok(name: str) -> Callable[[Country, Setting, EntrantQuality], None]:
    def apply(country: Country, setting: Setting, _: EntrantQuality) -> None:
        country.tiktok[name] = setting.value

    return apply


def _tiktok(country: Country, setting: Setting, _: EntrantQuality) -> None:
    country.tiktok_open = setting.value == 1.0


_LATER = {"bundle_told": 1, "takeover": 2}
"""Levers that act after the others of a month: customers are told once they are some, users move to what is open."""
_APPLY: Mapping[str, Callable[[Country, Setting, EntrantQuality], None]] = {
    "price": _price,
    "ad_load": _ad_load,
    "restriction": _restriction,
    "trial_months": _trial,
    "open": _open,
    "integration": _by_platform("integration"),
    "marketing": _by_platform("marketing"),
    "podcasts": _by_platform("podcasts"),
    "quality": _done_before,
    "bundle_fee": _by_platform("bundle_fee"),
    "link_fee": _by_platform("link_fee"),
    "bundle_base": _bundle_base,
    "bundle_told": _bundle_told,
    "takeover": _takeover,
    "catalogue": _catalogue,
    "clips": _clips,
    "sales_tax": _sales_tax,
    "app_store_fee": _app_store_fee,
    "growth": _growth,
    "tiktok": _tiktok,
    **{name: _of_tiktok(name) for name in ("creator_share", "tiktok_ad_load", "topview_days", "shop_sales")},
}
