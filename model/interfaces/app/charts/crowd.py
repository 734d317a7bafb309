"""Where the dots of a crowd stand: a circle for each community, cut like a cake by service, no service in the middle.

Every dot has a place of its own; who switches flies to the other piece, and the others move by a place.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.interfaces.app.crowd import Crowd
from model.interfaces.app.words import market_name
from model.results.palette import colour_of, name_of

GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


def dots_of(crowd: Crowd) -> list[list[int]]:
    """Return [uid, community, x, y, service, paid] of each user: x, y thousandths of the circle's radius.

    service: position in the crowd's platforms, -1 for none.
    """
    x, y = np.zeros(len(crowd.uid)), np.zeros(len(crowd.uid))
    for community, room in enumerate(crowd.rooms.tolist()):
        here = np.flatnonzero(crowd.community == community)
        if here.size:
            wide = min(1.0, float(np.sqrt(here.size / max(1, room))))
            x[here], y[here] = (wide * places for places in _places(crowd.service[here]))
    columns = (crowd.uid, crowd.community, np.rint(1000 * x), np.rint(1000 * y), crowd.service, crowd.paid)
    found: list[list[int]] = np.stack([np.asarray(column, np.int64) for column in columns], axis=1).tolist()
    return found


def crowd_table(crowd: Crowd) -> pd.DataFrame:
    """Return the dots as a table: user, community, service, paid."""
    names = np.array([*crowd.platforms, "outside"], dtype=object)
    return pd.DataFrame({
        "market": crowd.market, "user": crowd.uid, "community": crowd.community, "service": names[crowd.service],
        "paid": crowd.paid,
    })  # fmt: skip


def colours_of(crowd: Crowd) -> list[str]:
    """Return the colour of each service."""
    return [colour_of(name) for name in crowd.platforms]


def names_of(crowd: Crowd) -> list[str]:
    """Return the name of each service."""
    return [name_of(name) for name in crowd.platforms]


def spoken(crowd: Crowd) -> str:
    """Return the crowd in a sentence."""
    if not len(crowd.uid):
        return f"Nobody is online in {market_name(crowd.market)}."
    without = float(np.mean(crowd.service < 0))
    return (
        f"{len(crowd.uid):,} users of {market_name(crowd.market)} in {len(crowd.rooms)} communities; "
        f"{without:.0%} use no service, {float(np.mean(crowd.paid)):.0%} pay. Arrow keys choose a user."
    )


def _places(service: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places of one community's users: those without a service inside, the rest round them by service."""
    x, y, angle = _sunflower(len(service))
    without = np.flatnonzero(service < 0)
    found = np.empty(len(service), np.int64)
    found[without] = np.arange(without.size)
    rest = np.argsort(service, kind="stable")[without.size :]
    outer = np.arange(without.size, len(service))
    found[rest] = outer[np.argsort(angle[outer], kind="stable")]
    return x[found], y[found]


@lru_cache(maxsize=256)
def _sunflower(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return n even places in a circle of radius 1, from the middle outwards, and their angles."""
    k = np.arange(n)
    radius, turn = np.sqrt((k + 0.5) / max(1, n)), k * GOLDEN
    x, y = radius * np.cos(turn), radius * np.sin(turn)
    return x, y, np.arctan2(y, x)
