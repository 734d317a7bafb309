"""What settlement must know of a market's offers and of the market itself: prices in USD, fees, ad market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.facts.records import PAID_TIERS, TIERS
from model.foundation.errors import Fault, nearest, raise_faults
from model.spec.parameters import Parameters

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class OfferFinance:
    """The money side of a market's offers in a month; arrays over J+1 options, 0 is the outside option.

    platform: (J+1,) position of the service among the market's services, -1 outside. tier: names, "" outside.
    price_usd: posted price per head and month, tax included. price_ios_usd: the price paid in the app store.
    app_store_share: share of payers who pay there. ad_load: minutes of advertising an hour.
    bundle_reference_usd: posted price of the individual plan that a bundle's fee is measured by, tax included.
    bundle_fee_usd: what its operator pays for a user and month, before tax; NaN for the declared share of that price.
    minimum_weight: individual per-subscriber minima that one payer counts for.
    belongs: (P, J+1) 1.0 where the offer is the service's, for sums by service. podcasts: index points of podcasts and
    audiobooks above the start; podcasts_built: those with advertising built up. link_fee: share of net revenue
    paid to TikTok.
    """

    platform: NDArray[np.int64]
    tier: tuple[str, ...]
    price_usd: Floats
    price_ios_usd: Floats
    app_store_share: Floats
    ad_load: Floats
    bundle_reference_usd: Floats
    bundle_fee_usd: Floats
    is_paid: Flags
    is_bundle: Flags
    is_rewarded: Flags
    minimum_weight: Floats
    belongs: Floats
    podcasts: Floats
    podcasts_built: Floats
    link_fee: Floats


@dataclass(frozen=True, slots=True)
class MarketFinance:
    """Rates of a market in a month.

    sales_tax: share of the net price. app_store_fee: share of the net price paid in the app store. CPM: USD per
    thousand impressions; fill: share of advertising time sold.
    """

    market: str
    sales_tax: float
    app_store_fee: float
    audio_cpm_usd: float
    audio_fill: float
    rewarded_ecpm_usd: float
    rewarded_fill: float


def app_store_fee(parameters: Parameters) -> float:
    """Return the mean app-store fee where no lever sets one: first-year, standard and media fees by their parts."""
    first, media = parameters.app_store_first_year_part, parameters.app_store_media_part
    return (
        first * parameters.app_store_fee_first_year
        + media * parameters.app_store_fee_media
        + (1.0 - first - media) * parameters.app_store_fee_standard
    )


def minimum_weight(tier: str, *, parameters: Parameters) -> float:
    """Return how many individual per-subscriber minima a payer of a tier counts for; 0 for tiers without payers.

    A family member counts for their part of the account's minimum.
    """
    weights = {
        "individual": 1.0,
        "premium": 1.0,
        "family_per_head": parameters.family_minimum_multiple / parameters.family_size,
        "student": parameters.student_minimum_multiple,
        "mini": parameters.mini_minimum_multiple,
    }
    return weights.get(tier, 0.0)


def offer_finance(
    tiers: Sequence[str],
    *,
    platform: ArrayLike,
    n_platforms: int,
    price_usd: ArrayLike,
    price_ios_usd: ArrayLike,
    app_store_share: ArrayLike,
    ad_load: ArrayLike,
    bundle_reference_usd: ArrayLike,
    parameters: Parameters,
    podcasts: ArrayLike = 0.0,
    podcasts_built: ArrayLike = 0.0,
    link_fee: ArrayLike = 0.0,
    bundle_fee_usd: ArrayLike = np.nan,
) -> OfferFinance:
    """Return the money side of J+1 options, of which 0 is the outside option (tier "", platform -1).

    price_ios_usd: NaN where the app store charges the posted price. bundle_reference_usd: any value for other tiers.
    Errors: InputError for unknown tiers and prices, shares or ad loads out of range, all at once.
    """
    services = np.asarray(platform, dtype=np.int64)
    price, ios, store, load, reference = (
        np.asarray(column, dtype=np.float64)
        for column in (price_usd, price_ios_usd, app_store_share, ad_load, bundle_reference_usd)
    )
    is_bundle = np.array([tier == "bundle" for tier in tiers])
    ios = np.where(np.isnan(ios), price, ios)
    reference = np.where(is_bundle, reference, 0.0)
    faults = [
        Fault(f"option {position}", "tier is one of the model's", tier, nearest(tier, TIERS))
        for position, tier in enumerate(tiers)
        if tier not in TIERS and (tier or position)
    ]
    for name, column, high in (
        ("price_usd", price, np.inf), ("price_ios_usd", ios, np.inf), ("app_store_share", store, 1.0),
        ("ad_load", load, 60.0), ("bundle_reference_usd", reference, np.inf),
    ):  # fmt: skip
        faults.extend(
            Fault(
                f"option {position} ({tiers[position]})", f"{name} is finite, from 0 to {high:g}", column[position], ""
            )
            for position in np.flatnonzero(~((column >= 0) & (column <= high) & np.isfinite(column))).tolist()
        )
    raise_faults(faults)
    return OfferFinance(
        platform=services, tier=tuple(tiers), price_usd=price, price_ios_usd=ios, app_store_share=store, ad_load=load,
        bundle_reference_usd=reference, is_paid=np.array([tier in PAID_TIERS for tier in tiers]), is_bundle=is_bundle,
        bundle_fee_usd=np.broadcast_to(np.asarray(bundle_fee_usd, np.float64), services.shape),
        is_rewarded=np.array([tier == "free_rewarded" for tier in tiers]),
        minimum_weight=np.array([minimum_weight(tier, parameters=parameters) for tier in tiers]),
        belongs=(services[None, :] == np.arange(n_platforms)[:, None]).astype(np.float64),
        podcasts=np.broadcast_to(np.asarray(podcasts, np.float64), services.shape),
        podcasts_built=np.broadcast_to(np.asarray(podcasts_built, np.float64), services.shape),
        link_fee=np.broadcast_to(np.asarray(link_fee, np.float64), services.shape),
    )  # fmt: skip
