"""Communities: which share of each group of people uses which service; word of mouth and peers work in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.foundation.threads import PARTS, over_ranges
from model.state.country import Country

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _count(first: Any, main: Any, platform: Any, begin: int, end: int, counts: Any) -> None:
    for i in range(begin, end):
        counts[platform[main[i]] + 1, first[i]] += 1


def shares_of_communities(country: Country) -> Floats:
    """Return (P, communities): the share of each community whose main service is the platform (0 if it is empty)."""
    counts = np.zeros((PARTS, len(country.platforms) + 1, country.communities), np.int64)
    users, platform = country.users, country.offers.platform

    def work(part: int, begin: int, end: int) -> None:
        _count(users.community, users.main, platform, begin, end, counts[part])

    over_ranges(work, country.active)
    total = counts.sum(axis=0)
    result: Floats = total[1:] / np.maximum(1, total.sum(axis=0))
    return result
