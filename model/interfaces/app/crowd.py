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
    paid: whether the main service is on a paid tier. rooms: (communities,) dots that each has room for: its share of
    all users, those too who are not online yet, so that circles keep their sizes as people come. platforms: services
    of the market. weight: people that each stands for. online: users of the market, shown or not.
    """

    market: str
    platforms: tuple[str, ...]
    uid: NDArray[np.int64]
    community: NDArray[np.int64]
    service: NDArray[np.int64]
    paid: NDArray[np.bool_]
    rooms: NDArray[np.int64]
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
        paid=country.offers.nest[main] == PAID, rooms=_rooms(country, shown=len(first)), weight=country.weight,
        online=online,
    )  # fmt: skip


def _rooms(country: Country, *, shown: int) -> NDArray[np.int64]:
    """Return how many dots each community has room for."""
    everybody = np.bincount(country.users.community, minlength=country.communities)
    part = shown / max(1, country.active)
    here = np.bincount(country.users.community[: country.active], minlength=country.communities)
    found: NDArray[np.int64] = np.ceil(np.maximum(everybody, here) * part * 1.05).astype(np.int64) + 1
    return found
