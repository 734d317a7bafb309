from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.foundation.rng import stream_key, uniforms
from model.mechanisms.awareness import spread_awareness
from model.spec.parameters import Parameters
from model.state.communities import shares_of_communities
from model.state.country import Country

Settled = Callable[..., Country]


def by_hand(country: Country, parameters: Parameters, *, seed: int, month: int) -> np.ndarray:
    """The declared formula, user by user and platform by platform."""
    users, offers, n = country.users, country.offers, country.active
    peers = shares_of_communities(country)
    known = users.aware.copy()
    for p, name in enumerate(country.platforms):
        live = any(offers.is_open[j] for j in range(1, len(offers)) if offers.platform[j] == p)
        start = country.marketing_hazard[p]
        if start <= 0 and not offers.has_history[p]:
            start = parameters.launch_hazard
        hazard = np.full(n, live * start * offers.marketing[p] ** parameters.marketing_power)
        hazard += parameters.word_of_mouth * peers[p][users.community[:n]]
        if live and country.tiktok_open and country.mean_tiktok_hours > 0:
            hazard += (
                parameters.tiktok_awareness * offers.integration[p] * users.tiktok_hours[:n] / country.mean_tiktok_hours
            )
        u = uniforms(stream_key(seed, "awareness", country.market, name, month), users.uid[:n])
        bit = np.uint32(1 << p)
        knows = (users.aware[:n] & bit) != 0
        uses = (offers.platform[users.main[:n]] == p) | (offers.platform[users.second[:n]] == p)
        after = np.where(knows, uses | (u >= parameters.forgetting), u < 1.0 - np.exp(-hazard))
        known[:n] = np.where(after, known[:n] | bit, known[:n] & ~bit)
    return known


@given(
    market=st.sampled_from(["ID", "IN"]),
    integration=st.sampled_from([0.0, 1 / 3, 1.0]),
    marketing=st.floats(0.0, 50.0),
    forgetting=st.floats(0.0, 0.5),
    word=st.floats(0.0, 5.0),
    month=st.integers(1, 500),
)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_equals_the_formula(
    market: str,
    integration: float,
    marketing: float,
    forgetting: float,
    word: float,
    month: int,
    settled: Settled,
    parameters: Parameters,
) -> None:
    country = settled(market, users=1000)
    changed = parameters.replace({"forgetting": forgetting, "word_of_mouth": word})
    country.offers.integration[:] = integration
    country.offers.marketing[1:] = marketing
    wanted = by_hand(country, changed, seed=4, month=month)
    spread_awareness(country, changed, seed=4, month=month)
    assert np.mean(country.users.aware != wanted) < 1e-3  # but for draws within rounding of the probability


def test_users_of_a_service_never_forget_it(settled: Settled, parameters: Parameters) -> None:
    country = settled("ID")
    spread_awareness(country, parameters.replace({"forgetting": 0.5}), seed=4, month=1)
    users, platform = country.users, country.offers.platform
    for held in (users.main, users.second):
        knows = users.aware >> np.maximum(platform[held], 0).astype(np.uint32) & 1
        assert np.all(knows[held > 0] == 1)


def test_closed_services_are_heard_of_only_from_friends(settled: Settled, parameters: Parameters) -> None:
    country = settled("ID")
    p = country.platforms.index("resso")
    country.offers.is_open[country.offers.platform == p] = 0
    country.offers.integration[p] = 1.0
    before = country.users.aware & np.uint32(1 << p)
    spread_awareness(country, parameters.replace({"word_of_mouth": 0.0}), seed=4, month=1)
    after = country.users.aware & np.uint32(1 << p)
    assert np.all(after <= before)


def test_awareness_stays_where_nothing_happens(settled: Settled, parameters: Parameters) -> None:
    """The marketing of the start keeps the start's awareness, within a sixth, over three years."""
    country = settled("ID", users=4000)
    before = [(country.users.aware >> p & 1).mean() for p in range(len(country.platforms))]
    for month in range(1, 37):
        spread_awareness(country, parameters, seed=4, month=month)
    after = [(country.users.aware >> p & 1).mean() for p in range(len(country.platforms))]
    assert np.max(np.abs(np.array(after) - before)) < 0.16


def test_community_shares(settled: Settled) -> None:
    country = settled("IN")
    users, offers = country.users, country.offers
    shares = shares_of_communities(country)
    for c in (0, 7, 39):
        here = users.community[: country.active] == c
        for p in range(len(country.platforms)):
            mine = (offers.platform[users.main[: country.active]] == p)[here]
            assert shares[p, c] == pytest.approx(mine.mean() if here.any() else 0.0, abs=1e-15)


def test_an_empty_community_has_no_friends(settled: Settled) -> None:
    country = settled("ID")
    country.users.community[:] = np.where(country.users.community == 3, 4, country.users.community)
    assert np.all(shares_of_communities(country)[:, 3] == 0.0)


def test_newcomers_wait(settled: Settled, parameters: Parameters, reference: Any) -> None:
    """Users who are not online yet know nothing and do nothing."""
    country = settled("IN", growth=True)
    assert len(country.users) > country.active
    reference.live(country, parameters, months=3)
    for name in ("aware", "main", "second", "tenure", "trial", "tried"):
        assert not np.any(getattr(country.users, name)[country.active :])
