"""What the kernels of a month take: columns of users and of offers, and the weights of the utility."""

from __future__ import annotations

from typing import Any, NamedTuple

CHANCE, SURE, FAILED = 1, 2, 4
"""Flags of attention: reconsiders at the ordinary rate; for sure; cannot pay this month."""


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
