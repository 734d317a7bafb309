"""Levers: what firms and governments set at the beginning of a month, applied to a market.

Writes offers, catalogues, triggers of attention. Losses and withdrawals make users reconsider for sure; a price rise is
noticed with probability `1 - exp(-price_attention * ln(new / old))`, so a small rise does little; cuts and gains are
noticed at the ordinary rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from model.spec.settings import Setting
from model.state.country import Country

EntrantQuality = Callable[[Country, int], tuple[float, float]]


def begin_month(country: Country) -> None:
    """Forget last month's triggers and losses."""
    country.triggers[:] = 0
    country.lost[:] = 0.0


def apply_settings(country: Country, settings: Iterable[Setting], *, entrant_quality: EntrantQuality) -> None:
    """Apply the settings that concern this market, in order: all those of a month at once.

    entrant_quality: returns (main, second) quality of an offer that opens without history. Who notices a price rise
    compares with the price before the month, however many settings led to the new one.
    """
    before, was_open = country.offers.price_local.copy(), country.offers.is_open != 0
    for setting in settings:
        if setting.market == country.market:
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


_APPLY: Mapping[str, Callable[[Country, Setting, EntrantQuality], None]] = {
    "price": _price,
    "ad_load": _ad_load,
    "restriction": _restriction,
    "trial_months": _trial,
    "open": _open,
    "integration": _by_platform("integration"),
    "marketing": _by_platform("marketing"),
    "podcasts": _by_platform("podcasts"),
    "catalogue": _catalogue,
    "clips": _clips,
    "sales_tax": _sales_tax,
    "app_store_fee": _app_store_fee,
    "growth": _growth,
    "tiktok": _tiktok,
    **{name: _of_tiktok(name) for name in ("creator_share", "tiktok_ad_load", "topview_days", "shop_sales")},
}
