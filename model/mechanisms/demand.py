"""Demand measures: elasticities, diversion and consumer surplus of a market, in expected flows.

Reads users, offers and catalogues of a fixed sample of users; writes nothing. With P the choice probabilities of the
nested logit, s their shares inside the nest, lam the dissimilarity and a the user's marginal utility of money (weighted
by the probability to reconsider): dP_k/dp_j = a P_j P_k + [same nest] a (1-lam)/lam P_j s_k - [k = j] a P_j / lam.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.mechanisms import choice_kernel as kernel
from model.mechanisms.columns import offer_columns, quality_factors, user_columns, weights_of
from model.spec.parameters import Parameters
from model.state.country import Country

Floats = NDArray[np.float64]
SAMPLE = 1000


def measure_demand(country: Country, parameters: Parameters, *, sample: int = SAMPLE) -> tuple[Floats, Floats, float]:
    """Return (elasticity (J+1,), diversion (P, P+1), consumer surplus in PPP USD per person and month).

    elasticity: of the expected number of choosers of an offer to its price; nan where the price is 0 or it is not open.
    diversion: of those whom a service loses when its offers get a little dearer, the share that goes to each other
    service; the last column is the outside option. Rows of services without open offers are nan.
    """
    users, offers = country.users, country.offers
    index = np.flatnonzero(users.uid[: country.active] < sample)
    weights = np.zeros((len(offers), index.size), np.float32)
    nobody_failed = np.zeros(index.size, np.uint8)
    kernel.weight_columns(
        user_columns(country),
        offer_columns(country),
        weights_of(country, parameters),
        index,
        nobody_failed,
        False,
        weights,
    )
    quality = quality_factors(country, parameters)[0].astype(np.float64)
    probability, within, surplus_utility = _shares(
        weights.astype(np.float64), quality, offers.nest, 1.0 - parameters.nest_sigma
    )
    money = parameters.alpha * users.price_weight[index].astype(np.float64)
    paying = offers.nest[users.main[index]] == 2
    attention = np.where(paying, parameters.rho_paid, parameters.rho_free)
    slopes = _slopes(probability, within, money * attention, offers.nest, 1.0 - parameters.nest_sigma)
    taken = probability @ attention
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        elasticity = np.where(
            (offers.user_price > 0) & (taken > 0), np.diag(slopes) * offers.user_price / taken, np.nan
        )
        surplus = float(np.mean(surplus_utility / money)) if parameters.alpha > 0 and index.size else float("nan")
    if not np.isfinite(surplus):  # a price that hardly counts makes any service worth more than all money
        surplus = float("nan")
    return elasticity, _diversion(slopes, offers.platform, len(offers.platforms)), surplus


def _shares(weights: Floats, quality: Floats, nest: NDArray[np.int32], lam: float) -> tuple[Floats, Floats, Floats]:
    """Return probabilities (J+1, m), shares inside the nest (J+1, m), and the expected maximum of utility (m,)."""
    quality = np.where(nest == 0, 1.0, quality)
    terms = weights * quality[:, None]
    within = np.ones_like(terms)
    probability = np.empty_like(terms)
    probability[0] = terms[0]
    for group in (1, 2):
        mine = nest == group
        total = terms[mine].sum(axis=0)
        within[mine] = np.divide(terms[mine], total, out=np.zeros_like(terms[mine]), where=total > 0)
        probability[mine] = within[mine] * total**lam
    whole = probability.sum(axis=0)
    return probability / whole, within, np.log(whole)


def _slopes(probability: Floats, within: Floats, money: Floats, nest: NDArray[np.int32], lam: float) -> Floats:
    """Return (J+1, J+1): the change of expected choosers of option k when the price of option j rises, [j, k]."""
    scaled = probability * money
    same = (nest[:, None] == nest[None, :]) & (nest[:, None] > 0)
    across = np.einsum("ji,ki->jk", scaled, probability)
    inside = np.einsum("ji,ki->jk", scaled, within)
    slopes: Floats = across + same * (1.0 - lam) / lam * inside
    slopes[np.diag_indices_from(slopes)] -= scaled.sum(axis=1) / np.where(nest > 0, lam, 1.0)
    return slopes


def _diversion(slopes: Floats, platform: NDArray[np.int32], platforms: int) -> Floats:
    """Return (P, P+1) diversion between services; the own column is 0, the last column is the outside option."""
    member = platform[:, None] == np.arange(platforms)
    between = member.T.astype(np.float64) @ slopes
    gains = np.column_stack([between @ member, between[:, 0]])
    losses = -np.diag(gains[:, :platforms]).copy()
    gains[np.arange(platforms), np.arange(platforms)] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(losses[:, None] > 1e-12, gains / losses[:, None], np.nan)
    return result
