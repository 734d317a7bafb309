"""The parts of what an offer is worth to a user, term by term (docs/ODD.md, demand).

One function serves `why()` of a single user and the slow reference with one agent per user.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, range_fault, require, shape_fault


def utility_terms(
    *,
    quality: ArrayLike,
    theta: float,
    catalogue: ArrayLike,
    catalogue_floor: float = 0.02,
    alpha: float,
    price_weight: ArrayLike,
    price: ArrayLike,
    beta_ad: float,
    aversion: ArrayLike,
    ad_load: ArrayLike,
    beta_r: float,
    restriction: ArrayLike,
    hours: ArrayLike,
    mean_hours: float,
    beta_T: float,
    integration: ArrayLike,
    tiktok_hours: ArrayLike,
    mean_tiktok_hours: float,
    beta_s: float,
    community_share: ArrayLike,
    beta_pod: float,
    podcasts: ArrayLike,
    beta_H: float,
    tenure: ArrayLike,
    beta_K: float,
    same_platform: ArrayLike,
    same_tier: ArrayLike,
) -> dict[str, FloatArray]:
    """Return what each term adds to V_io, by name; V_io is their sum.

    quality        xi_o (the outside option's column: its own utility, for instance the piracy term)
    catalogue      theta * ln(max(C_io, catalogue_floor)), C the share of own listening that the service can play
    price          -alpha * price_weight_i * price_o, price_weight = (y_i / ybar)^(-eta)
    ads            -beta_ad * aversion_i * ad_load_o
    restriction    -beta_r * restriction_o * hours_i / mean_hours
    integration    beta_T * integration_o * tiktok_hours_i / mean_tiktok_hours (0 where TikTok is banned: mean 0)
    peers          beta_s * community_share_io
    podcasts       beta_pod * podcasts_o
    habit          same_platform_io * (beta_H * tenure_i + beta_K * same_tier_io)

    Of users, (n_users,): price_weight, aversion (mean 1), hours and tiktok_hours (per month), tenure (0..1).
    Of offers, (n_options,), or (n_users, n_options) where a user meets terms of their own: quality, price (PPP USD per
    month with tax), ad_load (minutes per hour), restriction (0..1), integration (0..1), podcasts.
    Of both, (n_users, n_options): catalogue (0..1), community_share (0..1), same_platform and same_tier (true, false).
    Column 0 is the outside option: quality alone counts there, whatever else is given.
    Returns name -> (n_users, n_options) logit units.
    """
    n_users = floats(price_weight).size
    shape = (n_users, floats(catalogue).shape[-1])
    users = _of_users(
        n_users, price_weight=price_weight, aversion=aversion, hours=hours, tiktok_hours=tiktok_hours, tenure=tenure
    )
    offers = _of_options(
        shape,
        quality=quality,
        price=price,
        ad_load=ad_load,
        restriction=restriction,
        integration=integration,
        podcasts=podcasts,
        catalogue=catalogue,
        community_share=community_share,
        same_platform=same_platform,
        same_tier=same_tier,
    )
    require(
        [
            range_fault("mean_hours", mean_hours, low=0.0, high=np.inf, open_low=True, open_high=True),
            range_fault("mean_tiktok_hours", mean_tiktok_hours, low=0.0, high=np.inf, open_high=True),
        ]
    )
    tiktok_use = users["tiktok_hours"] / mean_tiktok_hours if mean_tiktok_hours > 0.0 else np.zeros((n_users, 1))
    terms = {
        "quality": offers["quality"],
        "catalogue": theta * np.log(np.maximum(offers["catalogue"], catalogue_floor)),
        "price": -alpha * users["price_weight"] * offers["price"],
        "ads": -beta_ad * users["aversion"] * offers["ad_load"],
        "restriction": -beta_r * offers["restriction"] * (users["hours"] / mean_hours),
        "integration": beta_T * offers["integration"] * tiktok_use,
        "peers": beta_s * offers["community_share"],
        "podcasts": beta_pod * offers["podcasts"],
        "habit": offers["same_platform"] * (beta_H * users["tenure"] + beta_K * offers["same_tier"]),
    }
    return {name: term.copy() if name == "quality" else _none_outside(term) for name, term in terms.items()}


def _none_outside(term: FloatArray) -> FloatArray:
    term[:, 0] = 0.0
    return term


def _of_users(n_users: int, **attributes: ArrayLike) -> dict[str, FloatArray]:
    """Return each attribute as a column (n_users, 1), all wrong shapes reported at once."""
    given = {name: floats(values) for name, values in attributes.items()}
    require(shape_fault(name, values, (n_users,)) for name, values in given.items())
    return {name: values[:, None] for name, values in given.items()}


def _of_options(shape: tuple[int, int], **attributes: ArrayLike) -> dict[str, FloatArray]:
    """Return each attribute spread over (n_users, n_options), all wrong shapes reported at once."""
    given = {name: floats(values) for name, values in attributes.items()}
    require(
        Fault(
            name, f"has shape {shape[1:]} or {shape}", values.shape, "Give a number per option, or per user and option."
        )
        for name, values in given.items()
        if values.shape not in (shape[1:], shape)
    )
    return {name: np.broadcast_to(values, shape) for name, values in given.items()}
