"""Awareness: who comes to know which service, by marketing, word of mouth in the community, and TikTok.

Reads offers (marketing, integration), community shares, TikTok hours; writes `users.aware`. Hazard of an unaware user:
`marketing hazard + word_of_mouth * community share + tiktok hazard * integration * TikTok hours / mean`; probability
`1 - exp(-hazard)`. A user who knows a service but does not use it forgets it with a small probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import int64, njit, prange, uint32, uint64
from numpy.typing import NDArray

from model.foundation.rng import stream_key
from model.state.users import UserArrays

BLOCK = 2048
Floats = NDArray[np.float64]


def spread_awareness(
    users: UserArrays,
    *,
    active: int,
    platforms: tuple[str, ...],
    main_platform: NDArray[np.int32],
    hazard: Floats,
    community_share: Floats,
    word_of_mouth: float,
    tiktok_hazard: Floats,
    forgetting: float,
    seed: int,
    market: str,
    month: int,
) -> None:
    """Update `users.aware` for one month.

    main_platform: (J+1,) platform position of each option, -1 for none. hazard: (P,) per month from marketing.
    community_share: (P, communities). tiktok_hazard: (P,) per TikTok hour, integration included. forgetting: per month.
    """
    keys = np.array([stream_key(seed, "awareness", market, name, month) for name in platforms], np.uint64)
    chance = -np.expm1(-(hazard[:, None] + word_of_mouth * community_share))
    _spread(
        users.uid, users.aware, users.main, users.second, users.community, users.tiktok_hours, active,
        main_platform, chance.astype(np.float64), tiktok_hazard.astype(np.float64), float(forgetting), keys,
    )  # fmt: skip


@njit(parallel=True, cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _spread(
    uid: Any, aware: Any, main: Any, second: Any, community: Any, tiktok: Any, active: int,
    main_platform: Any, chance: Any, tiktok_hazard: Any, forgetting: float, keys: Any,
) -> None:  # fmt: skip
    platforms = keys.shape[0]
    for block in prange((active + BLOCK - 1) // BLOCK):
        for i in range(block * BLOCK, min(active, (block + 1) * BLOCK)):
            known = aware[i]
            first = main_platform[main[i]]
            other = main_platform[second[i]]
            for p in range(platforms):
                word = keys[p] + uint64(uid[i]) * uint64(0x9E3779B97F4A7C15)
                word = (word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
                word = (word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB)
                word = word ^ (word >> uint64(31))
                u = (float(int64(word >> uint64(11))) + 0.5) * 1.1102230246251565e-16
                bit = uint32(1) << uint32(p)
                if known & bit:
                    if u < forgetting and p != first and p != other:
                        known &= ~bit
                else:
                    learns = chance[p, community[i]]
                    if tiktok_hazard[p] > 0.0:
                        learns = 1.0 - (1.0 - learns) * np.exp(-tiktok_hazard[p] * tiktok[i])
                    if u < learns:
                        known |= bit
            aware[i] = known


@njit(parallel=True, cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _count(first: Any, main: Any, platform: Any, active: int, counts: Any) -> None:
    parts = counts.shape[0]
    per = (active + parts - 1) // parts
    for part in prange(parts):
        for i in range(part * per, min(active, (part + 1) * per)):
            counts[part, platform[main[i]] + 1, first[i]] += 1


def community_shares(users: UserArrays, *, active: int, main_platform: NDArray[np.int32], platforms: int, communities: int) -> Floats:
    """Return (P, communities): the share of each community whose main service is the platform (0 for an empty community)."""
    counts = np.zeros((8, platforms + 1, communities), np.int64)
    _count(users.community, users.main, main_platform, active, counts)
    total = counts.sum(axis=0)
    result: Floats = total[1:] / np.maximum(1, total.sum(axis=0))
    return result
