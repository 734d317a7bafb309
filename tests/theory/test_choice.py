"""The parts of the demand model together, as the slow reference and `why()` use them."""

from __future__ import annotations

import numpy as np

from model.foundation.rng import stream_key, uniforms
from model.theory import choice

NESTS = np.array([0, 1, 2, 2])
USERS = 3000


def _of_users(name: str, n_columns: int = 1) -> np.ndarray:
    values = uniforms(stream_key(31, name), np.arange(USERS * n_columns)).reshape(USERS, n_columns)
    return values[:, 0] if n_columns == 1 else values


PRICE_WEIGHT = 0.3 + _of_users("weight")


def utilities(quality: np.ndarray, price: list[float]) -> np.ndarray:
    share = _of_users("catalogue", 4)
    here = np.zeros((USERS, 4), bool)
    here[:1000, 1] = True
    terms = choice.utility_terms(
        quality=quality,
        theta=2.0,
        catalogue=0.5 + 0.5 * share,
        alpha=0.25,
        price_weight=PRICE_WEIGHT,
        price=price,
        beta_ad=0.2,
        aversion=2.0 * _of_users("aversion"),
        ad_load=[0.0, 3.0, 0.0, 0.0],
        beta_r=1.0,
        restriction=[0.0, 0.5, 0.0, 0.0],
        hours=40.0 * _of_users("hours"),
        mean_hours=20.0,
        beta_T=0.5,
        integration=[0.0, 1.0, 0.0, 1.0],
        tiktok_hours=50.0 * _of_users("tiktok"),
        mean_tiktok_hours=25.0,
        beta_s=1.0,
        community_share=0.5 * _of_users("peers", 4),
        beta_pod=0.1,
        podcasts=[0.0, 2.0, 2.0, 0.0],
        beta_H=1.8,
        tenure=_of_users("tenure"),
        beta_K=0.8,
        same_platform=here,
        same_tier=here,
    )
    return np.sum(list(terms.values()), axis=0)


def test_inverted_quality_brings_the_wanted_stock_and_draws_follow_it() -> None:
    wanted = np.array([0.35, 0.4, 0.15, 0.1])
    price = [0.0, 0.0, 10.0, 6.0]
    found = choice.invert_shares(utilities(np.zeros(4), price), wanted, NESTS, nest_sigma=0.4)
    assert found.converged
    chances = choice.nested_logit(utilities(found.xi, price), NESTS, nest_sigma=0.4)
    np.testing.assert_allclose(chances.mean(axis=0), wanted, rtol=1e-10)
    drawn = choice.draw_by_inverse_cdf(chances, _of_users("choice"), NESTS)
    counts = np.bincount(drawn, minlength=4)
    spread = np.sqrt((chances * (1.0 - chances)).sum(axis=0))
    assert np.all(np.abs(counts - USERS * wanted) < 4.0 * spread)


def test_elasticities_of_the_whole_model_equal_a_small_price_rise() -> None:
    money = 0.25 * PRICE_WEIGHT
    before, after = ([0.0, 0.0, 10.0, 6.0], [0.0, 0.0, 10.001, 6.0])
    low, high = (choice.nested_logit(utilities(np.ones(4), p), NESTS, nest_sigma=0.4) for p in (before, after))
    got = choice.elasticity_matrix(low, NESTS, nest_sigma=0.4, prices=before, marginal_utility=money)[:, 2]
    np.testing.assert_allclose(got, (high.mean(axis=0) / low.mean(axis=0) - 1.0) / 1e-4, rtol=1e-3)


def test_the_surplus_lost_to_a_price_rise_is_what_is_paid_at_the_old_and_new_demand() -> None:
    money = 0.25 * PRICE_WEIGHT
    values = [utilities(np.ones(4), [0.0, 0.0, p, 6.0]) for p in (10.0, 10.5)]
    lost = -np.subtract(
        *(choice.consumer_surplus(v, NESTS, nest_sigma=0.4, marginal_utility=money) for v in reversed(values))
    )
    demand = [choice.nested_logit(v, NESTS, nest_sigma=0.4)[:, 2] for v in values]
    assert np.all((lost <= 0.5 * demand[0]) & (lost >= 0.5 * demand[1]))


def test_the_front_door_offers_what_it_names() -> None:
    assert all(callable(getattr(choice, name)) for name in choice.__all__)
