"""Awareness: who comes to know which service, by marketing, word of mouth in the community, and TikTok.

Reads offers (marketing, integration), community shares, TikTok hours; writes `users.aware`. Hazard of an unaware user:
`marketing hazard + word_of_mouth * community share + tiktok hazard * integration * TikTok hours / mean`; probability
`1 - exp(-hazard)`. A user who knows a service but does not use it forgets it with a small probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import int64, njit, uint32, uint64
from numpy.typing import NDArray

from model.foundation.rng import stream_key
from model.foundation.threads import over_ranges
from model.spec.parameters import Parameters
from model.state.communities import shares_of_communities
from model.state.country import Country

BLOCK = 2048
Floats = NDArray[np.float64]


def spread_awareness(country: Country, parameters: Parameters, *, seed: int, month: int) -> None:
    """Let awareness spread in a market for one month, under the month's marketing and integration.

    A service without history at the start has the declared launch hazard while it has an open offer.
    """
    users, offers = country.users, country.offers
    platforms = country.platforms
    is_live = np.array([bool(offers.is_open[offers.platform == p].any()) for p in range(len(platforms))])
    start = np.where(
        country.marketing_hazard > 0.0,
        country.marketing_hazard,
        np.where(offers.has_history, 0.0, parameters.launch_hazard),
    )
    hazard = is_live * start * offers.marketing**parameters.marketing_power
    tiktok = parameters.tiktok_awareness * offers.integration / max(country.mean_tiktok_hours, 1e-9)
    friends = parameters.word_of_mouth * shares_of_communities(country)
    chance = -np.expm1(-(hazard[:, None] + friends))
    keys = np.array([stream_key(seed, "awareness", country.market, name, month) for name in platforms], np.uint64)
    inside = tiktok * is_live * country.tiktok_open

    def work(_: int, begin: int, end: int) -> None:
        _spread(
            users.uid, users.aware, users.main, users.second, users.community, users.tiktok_hours, begin, end,
            offers.platform, chance, inside, float(parameters.forgetting), keys,
        )  # fmt: skip

    over_ranges(work, country.active)


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(
    uid: Any, aware: Any, main: Any, second: Any, community: Any, tiktok: Any, begin: int, end: int,
    platform: Any, chance: Any, tiktok_hazard: Any, forgetting: float, keys: Any,
) -> None:  # fmt: skip
    for a in range(begin, end, BLOCK):
        b = min(end, a + BLOCK)
        _spread_block(
            uid[a:b], aware[a:b], main[a:b], second[a:b], community[a:b], tiktok[a:b],
            platform, chance, tiktok_hazard, forgetting, keys,
        )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def _spread_block(
    uid: Any, aware: Any, main: Any, second: Any, community: Any, tiktok: Any,
    platform: Any, chance: Any, tiktok_hazard: Any, forgetting: float, keys: Any,
) -> None:  # fmt: skip
    """Platform by platform: first everybody's draw, then who learns, then what changes, each a plain loop."""
    count = uid.shape[0]
    in_use = np.empty(count, np.uint32)
    u = np.empty(count, np.float64)
    learns = np.empty(count, np.float64)
    bits = np.zeros(platform.shape[0], np.uint32)
    for j in range(1, platform.shape[0]):
        bits[j] = uint32(1) << uint32(platform[j])
    for i in range(count):
        in_use[i] = bits[main[i]] | bits[second[i]]
    for p in range(keys.shape[0]):
        _draw(keys[p], uid, u)
        row = chance[p]
        for i in range(count):
            learns[i] = row[community[i]]
        if tiktok_hazard[p] > 0.0:
            for i in range(count):
                learns[i] = 1.0 - (1.0 - learns[i]) * np.exp(-tiktok_hazard[p] * tiktok[i])
        _flip(u, learns, forgetting, uint32(1) << uint32(p), in_use, aware)


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(key: Any, uid: Any, u: Any) -> None:
    """Write the keyed numbers of `model.foundation.rng.uniforms`."""
    for i in range(uid.shape[0]):
        word = key + uint64(uid[i]) * uint64(0x9E3779B97F4A7C15)
        word = (word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB)
        word = word ^ (word >> uint64(31))
        u[i] = (float(int64(word >> uint64(12))) + 0.5) * 2.220446049250313e-16


@njit(cache=True, nogil=True, error_model="numpy")
def _flip(u: Any, learns: Any, forgetting: float, bit: Any, in_use: Any, aware: Any) -> None:
    """Switch the bit of those who learn of the service, and of those who forget it and do not use it."""
    for i in range(u.shape[0]):
        knows = (aware[i] & bit) != uint32(0)
        forgets = (u[i] < forgetting) & ((in_use[i] & bit) == uint32(0))
        flips = forgets if knows else u[i] < learns[i]
        aware[i] ^= bit if flips else uint32(0)
