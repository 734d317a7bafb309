"""The users of a market as they stand in a month: who is where, with what; small enough to send to a browser."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.state.country import Country

LARGEST = 3_000
"""Users shown of a market: those with the smallest numbers, the same in every month."""
PAID = 2


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Users of one market in one month, in the order of their numbers; all arrays (n,).

    uid: numbers. community: group of each. service: position of the main service in `platforms`, -1 for none.
    paid: whether the main service is on a paid tier. platforms: services of the market. weight: people that each
    stands for. online: users of the market, shown or not.
    """

    market: str
    platforms: tuple[str, ...]
    uid: NDArray[np.int64]
    community: NDArray[np.int64]
    service: NDArray[np.int64]
    paid: NDArray[np.bool_]
    communities: int
    weight: float
    online: int


def crowd_of(country: Country) -> Crowd:
    """Return a market's crowd as of now."""
    users, online = country.users, country.active
    uid = users.uid[:online]
    first = np.sort(np.argpartition(uid, LARGEST - 1)[:LARGEST]) if online > LARGEST else np.arange(online)
    first = first[np.argsort(uid[first], kind="stable")]
    main = users.main[first].astype(np.int64)
    return Crowd(
        market=country.market, platforms=country.platforms, uid=uid[first].astype(np.int64),
        community=users.community[first].astype(np.int64), service=country.offers.platform[main].astype(np.int64),
        paid=country.offers.nest[main] == PAID, communities=country.communities, weight=country.weight, online=online,
    )  # fmt: skip
