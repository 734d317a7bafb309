"""Payments that answer each other: a published case in per-user royalties, and what holds of any market."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.experiments.wave.answers import answering_payments
from model.experiments.wave.lives import WaveMarket

REPERTOIRE = np.array([0.32, 0.22, 0.18, 0.28])
MARGINS = np.array([4.0, 4.0, 3.2])
PER_USER = np.array([
    [0.6998025163, 0.4325624327, 0.3390684890, 0.5869243802],
    [0.7363140830, 0.4583422141, 0.3603324595, 0.6192487167],
    [0.6250643167, 0.3797919105, 0.2955417105, 0.5207573286],
])  # fmt: skip


def logit_users(links: np.ndarray) -> np.ndarray:
    odds = np.exp(np.array([0.5, 0.2, -0.3]) - 0.4 * np.array([5.0, 5.0, 4.0]) + 2.5 * (links @ REPERTOIRE))
    return 100.0 * odds / (1.0 + odds.sum())


def market_of_royalties(royalties: np.ndarray) -> WaveMarket:
    """A wave of one draw in which present contracts pay these royalties per user (P, L) and prices are fixed."""
    links = np.ones(royalties.shape, dtype=bool)
    platforms, labels = links.shape
    users = logit_users(links)
    margin_turned = np.zeros((1, platforms, labels, platforms))
    royalties_turned = np.zeros((1, platforms, labels, platforms, labels))
    for p, label in np.ndindex(links.shape):
        fewer = links.copy()
        fewer[p, label] = False
        margin_turned[0, p, label] = MARGINS * logit_users(fewer)
        royalties_turned[0, p, label] = royalties * fewer * logit_users(fewer)[:, None]
    return WaveMarket(
        market="XX", platforms=("a", "b", "c"), labels=("k", "l", "m", "n"), in_force=links, asked=links.copy(),
        expires=np.zeros(links.shape, dtype=np.int64), margin=(MARGINS * users)[None],
        royalties=(royalties * users[:, None])[None], margin_turned=margin_turned, royalties_turned=royalties_turned,
    )  # fmt: skip


@pytest.mark.parametrize("present", [0.1, 0.4, np.linspace(0.2, 0.5, 12).reshape(3, 4)])
def test_published_royalties_come_out_whatever_is_paid_at_present(present: float | np.ndarray) -> None:
    market = market_of_royalties(np.broadcast_to(np.asarray(present), (3, 4)).copy())
    found = answering_payments(market, weights=np.full((3, 4), 0.5))
    users = logit_users(np.ones((3, 4)))
    assert np.allclose(found.payments / users[:, None], PER_USER, rtol=1e-8)
    assert found.spectral_radius == pytest.approx(0.6481234604, rel=1e-8)


def random_market(seed: int) -> WaveMarket:
    rng = np.random.default_rng(seed)
    market = market_of_royalties(rng.uniform(0.1, 0.4, (3, 4)))
    asked = rng.uniform(size=(3, 4)) < 0.8
    return replace(market, asked=asked, margin_turned=market.margin_turned * rng.uniform(0.6, 1.0, (1, 3, 4, 3)))


@given(st.integers(0, 10**6))
def test_every_payment_is_the_nash_payment_at_the_others_terms(seed: int) -> None:
    market, weights = random_market(seed), np.random.default_rng(seed).uniform(0.1, 0.6, (3, 4))
    found = answering_payments(market, weights=weights)
    margins, royalties = (change[0] for change in market.changes())
    for p, label in np.argwhere(~np.isnan(found.payments)):
        others = [k for k in range(4) if k != label]
        rivals = [k for k in range(3) if k != p]
        platform = margins[p, label, p] - sum(found.factors[p, k] * royalties[p, label, p, k] for k in others)
        elsewhere = sum(found.factors[k, label] * royalties[p, label, k, label] for k in rivals)
        weight = weights[p, label]
        assert found.payments[p, label] == pytest.approx(weight * platform - (1.0 - weight) * elsewhere, rel=1e-7)
        assert found.surplus[p, label] == pytest.approx(platform + elsewhere, rel=1e-7)
    assert (found.factors[~market.asked] == 1.0).all()


@given(st.permutations(range(3)), st.permutations(range(4)), st.integers(0, 10**6))
def test_other_names_give_the_same_payments(p: list[int], label: list[int], seed: int) -> None:
    market, weights = random_market(seed), np.random.default_rng(seed).uniform(0.1, 0.6, (3, 4))
    cells = np.ix_(p, label)
    swapped = replace(
        market, platforms=tuple(market.platforms[k] for k in p), labels=tuple(market.labels[k] for k in label),
        in_force=market.in_force[cells], asked=market.asked[cells], expires=market.expires[cells],
        margin=market.margin[:, p], royalties=market.royalties[:, p][:, :, label],
        margin_turned=market.margin_turned[:, p][:, :, label][..., p],
        royalties_turned=market.royalties_turned[:, p][:, :, label][:, :, :, p][..., label],
    )  # fmt: skip
    one, other = answering_payments(market, weights=weights), answering_payments(swapped, weights=weights[cells])
    assert np.allclose(other.payments, one.payments[cells], equal_nan=True)
    assert other.spectral_radius == pytest.approx(one.spectral_radius)


def test_a_pair_that_would_rather_part_has_no_price_and_keeps_its_terms() -> None:
    market = market_of_royalties(np.full((3, 4), 0.3))
    market.margin_turned[0, 1, 2, 1] = market.margin[0, 1] + 500.0
    found = answering_payments(market, weights=np.full((3, 4), 0.5))
    assert np.argwhere(np.isnan(found.payments)).tolist() == [[1, 2]]
    assert found.factors[1, 2] == 1.0
