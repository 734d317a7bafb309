"""What the kernels of a month take: columns of users and of offers, and the weights of the utility."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.spec.parameters import Parameters
from model.state.communities import shares_of_communities
from model.state.country import Country

CHANCE, SURE, FAILED = 1, 2, 4
"""Flags of attention: reconsiders at the ordinary rate; for sure; cannot pay this month."""
MOST_QUALITY = 44.0
"""Quality over the dissimilarity counts up to here, 9 logit at the least: exp(44) leaves the other half of float32's
exponents to habit and the rest of the utility. Only offers that too few can have come near, never with the defaults."""


class UserColumns(NamedTuple):
    """The columns of the user arrays that choice reads and writes; see `model.state.users`."""

    uid: Any
    price_weight: Any
    hours: Any
    tiktok_hours: Any
    ad_aversion: Any
    taste: Any
    community: Any
    access: Any
    aware: Any
    tried: Any
    main: Any
    second: Any
    trial: Any
    tenure: Any


class OfferColumns(NamedTuple):
    """The columns of the offer table that choice reads; option 0 is the outside option; see `model.state.offers`."""

    platform: Any  # (J+1,) int32, -1 for the outside option
    nest: Any  # (J+1,) int32: 0 outside, 1 free, 2 paid
    needs: Any  # (J+1,) uint32 access bits
    is_open: Any  # (J+1,) uint8
    triggers: Any  # (J+1,) float32: chance that a rise of the offer's price this month is noticed
    trial_months: Any  # (J+1,) int8
    price: Any  # (J+1,) float32 PPP USD per month
    ad_load: Any  # (J+1,) float32 minutes per hour
    restriction: Any  # (J+1,) float32
    integration: Any  # (J+1,) float32
    available: Any  # (P, L) float32: 1 where the service may play the label
    lost: Any  # (P, L) float32: 1 where it may no longer since this month
    peers: Any  # (P, communities) float32: share of the community whose main service it is


class Weights(NamedTuple):
    """The weights of the utility, as float32 numbers; names as on the notation page."""

    theta: Any
    floor: Any
    alpha: Any
    beta_ad: Any
    beta_r: Any  # already divided by mean hours
    beta_T: Any  # already divided by mean TikTok hours
    beta_s: Any
    beta_H: Any
    beta_K: Any
    dissimilarity: Any  # 1 - nest_sigma
    outside: Any  # utility of the outside option
    rho_free: Any
    rho_paid: Any
    loss_threshold: Any
    payment_failure: Any
    delta: Any
    second_inertia: Any


def weights_of(country: Country, parameters: Parameters) -> Weights:
    """Return the weights of the utility as the kernels take them: float32, hours relative to their mean."""
    f = np.float32
    return Weights(
        theta=f(parameters.theta),
        floor=f(parameters.catalogue_floor),
        alpha=f(parameters.alpha),
        beta_ad=f(parameters.beta_ad),
        beta_r=f(parameters.beta_r / parameters.hours_mean),
        beta_T=f(parameters.beta_T / max(country.mean_tiktok_hours, 1e-9) if country.tiktok_open else 0.0),
        beta_s=f(parameters.beta_s),
        beta_H=f(parameters.beta_H),
        beta_K=f(parameters.beta_K),
        dissimilarity=f(1.0 - parameters.nest_sigma),
        outside=f(country.outside),
        rho_free=f(parameters.rho_free),
        rho_paid=f(parameters.rho_paid),
        loss_threshold=f(parameters.loss_threshold),
        payment_failure=f(parameters.payment_failure),
        delta=f(parameters.delta),
        second_inertia=f(parameters.second_inertia),
    )


def user_columns(country: Country) -> UserColumns:
    """Return the columns of the users that choice reads and writes."""
    columns = country.users.arrays()
    return UserColumns(**{name: columns[name] for name in UserColumns._fields})


def offer_columns(country: Country) -> OfferColumns:
    """Return the columns of the offers, with this month's community shares."""
    offers = country.offers
    peers = shares_of_communities(country)
    f = np.float32
    return OfferColumns(
        platform=offers.platform,
        nest=offers.nest,
        needs=offers.needs,
        is_open=offers.is_open,
        triggers=country.triggers,
        trial_months=offers.trial_months,
        price=offers.user_price.astype(f),
        ad_load=offers.ad_load.astype(f),
        restriction=offers.restriction.astype(f),
        integration=np.append(offers.integration, 0.0)[offers.platform].astype(f),
        available=country.available,
        lost=country.lost,
        peers=peers.astype(f),
    )


def quality_factors(country: Country, parameters: Parameters) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return exp(quality) of every option as main service (divided by the dissimilarity) and as second service.

    The exponents count up to MOST_QUALITY.
    """
    offers = country.offers
    podcasts = parameters.beta_pod * np.append(offers.podcasts, 0.0)[offers.platform]
    main = np.exp(np.minimum((offers.xi + podcasts) / (1.0 - parameters.nest_sigma), MOST_QUALITY))
    second = np.exp(np.minimum(offers.xi_second + podcasts, MOST_QUALITY))
    return main.astype(np.float32), second.astype(np.float32)
