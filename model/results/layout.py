"""How the offers of a market lie: which service and kind each option is, and which moves count as what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.facts.records import PAID_TIERS

Floats = NDArray[np.float64]
Names = NDArray[np.object_]
FREE_TIERS = ("free_ads", "free_rewarded")
FAMILY_TIER = "family_per_head"


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Options of a market as arrays; J offers, P services, option 0 is outside.

    platform, tier: (J,) names. service: (J,) position of the service. belongs: (P, J) 1.0 where the offer is the
    service's. is_paid, is_family: (J,). option_platform, option_tier: (J+1,) with outside first.
    moved, to_paid, converted, ended, across: (J+1, J+1) 1.0 for moves between options, into a paid tier from anything
    but a paid tier of the service, the part of these from a free tier of the service, out of a paid tier without taking
    another of the service, and between services.
    """

    platform: Names
    tier: Names
    service: NDArray[np.int64]
    belongs: Floats
    is_paid: NDArray[np.bool_]
    is_family: NDArray[np.bool_]
    option_platform: Names
    option_tier: Names
    services: Names
    moved: Floats
    to_paid: Floats
    converted: Floats
    ended: Floats
    across: Floats


def _names(values: tuple[str, ...] | list[str]) -> Names:
    found: Names = np.array(values, dtype=object)
    return found


@lru_cache(maxsize=1024)
def layout_of(platforms: tuple[str, ...], offers: tuple[tuple[str, str], ...]) -> Layout:
    """Return the layout of a market with these services and offers (platform, tier)."""
    owner = [platform for platform, _ in offers]
    tiers = [tier for _, tier in offers]
    service = np.array([platforms.index(platform) for platform in owner], dtype=np.int64)
    option = np.array([-1, *service])
    paid = np.array([False, *(tier in PAID_TIERS for tier in tiers)])
    free = np.array([False, *(tier in FREE_TIERS for tier in tiers)])
    same = option[:, None] == option[None, :]
    held = same & paid[:, None] & paid[None, :]
    return Layout(
        platform=_names(owner),
        tier=_names(tiers),
        service=service,
        belongs=(service[None, :] == np.arange(len(platforms))[:, None]).astype(np.float64),
        is_paid=paid[1:],
        is_family=np.array([tier == FAMILY_TIER for tier in tiers], dtype=np.bool_),
        option_platform=_names(["outside", *owner]),
        option_tier=_names(["", *tiers]),
        services=_names(list(platforms)),
        moved=1.0 - np.eye(len(option)),
        to_paid=(paid[None, :] & ~held).astype(np.float64),
        converted=(paid[None, :] & free[:, None] & same).astype(np.float64),
        ended=(paid[:, None] & ~held).astype(np.float64),
        across=(~same).astype(np.float64),
    )
