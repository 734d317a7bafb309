"""Communities: which share of each group of people uses which service; word of mouth and peers work in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from model.state.country import Country

Floats = NDArray[np.float64]
PARTS = 8


@njit(parallel=True, cache=True, nogil=True)
def _count(first: Any, main: Any, platform: Any, active: int, counts: Any) -> None:
    parts = counts.shape[0]
    per = (active + parts - 1) // parts
    for part in prange(parts):
        for i in range(part * per, min(active, (part + 1) * per)):
            counts[part, platform[main[i]] + 1, first[i]] += 1


def shares_of_communities(country: Country) -> Floats:
    """Return (P, communities): the share of each community whose main service is the platform (0 if it is empty)."""
    counts = np.zeros((PARTS, len(country.platforms) + 1, country.communities), np.int64)
    _count(country.users.community, country.users.main, country.offers.platform, country.active, counts)
    total = counts.sum(axis=0)
    result: Floats = total[1:] / np.maximum(1, total.sum(axis=0))
    return result
