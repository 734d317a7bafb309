"""Which licences exist: stable networks, and the network that renewals in order of expiry lead to.

A pair wants its licence when its joint gain is not negative, all other contracts standing as they are. Often several
networks are stable, so a rule must choose: licences come up in order of expiry, starting from last month's network.
Reference: Jackson and Wolinsky (1996) on pairwise stability, here with contracts of others held as in Nash-in-Nash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, IntArray, range_fault, require
from model.theory.bargaining.checks import at_least_zero_fault, form_fault, network_fault
from model.theory.bargaining.link_surplus import LinkSurplus

MOST_LINKS = 16


def is_stable(
    surplus: LinkSurplus, *, links: ArrayLike, free: ArrayLike | None = None, tolerance: float = 1e-9
) -> bool:
    """Return whether no pair wants to change: S >= 0 for licences in force and S <= 0 for the others.

    links: (P, L) in force. free: (P, L) True where a licence may come or go, default everywhere. tolerance: USD.
    """
    network, movable = _checked(links, free)
    require([at_least_zero_fault("tolerance", tolerance)])
    return all(
        surplus(network, platform, label) * (1.0 if network[platform, label] else -1.0) >= -tolerance
        for platform, label in np.argwhere(movable).tolist()
    )


def stable_networks(
    surplus: LinkSurplus, *, links: ArrayLike, free: ArrayLike | None = None, tolerance: float = 1e-9
) -> BoolArray:
    """Return all stable networks, (n, P, L), by trying every combination of the free licences (16 at most).

    links: (P, L), gives the licences that are not free. free, tolerance: as in `is_stable`.
    """
    network, movable = _checked(links, free)
    count = int(movable.sum())
    way_out = "Mark fewer licences as free, or use renew_in_order."
    require([Fault("free", f"marks at most {MOST_LINKS} licences", count, way_out) if count > MOST_LINKS else None])
    found = []
    for combination in product((False, True), repeat=count):
        network[movable] = combination
        if is_stable(surplus, links=network, free=movable, tolerance=tolerance):
            found.append(network.copy())
    return np.array(found, dtype=np.bool_).reshape(-1, *network.shape)


@dataclass(frozen=True, slots=True)
class Renewal:
    """Where renewals in one order led.

    links: (P, L) in force at the end. passes: rounds through the order, the last one without a change counted.
    settled: whether the last pass changed nothing; if not, talks went in a circle or ran out of passes.
    """

    links: BoolArray
    passes: int
    settled: bool


def renew_in_order(
    surplus: LinkSurplus, *, links: ArrayLike, order: ArrayLike, max_passes: int = 50, tolerance: float = 1e-9
) -> Renewal:
    """Return the network reached when licences come up one by one and each pair keeps or drops its own.

    At its turn a licence is in force afterwards if S > 0, out if S < 0, and stays as it is at S = 0 (within the
    tolerance). The order is gone through until a pass changes nothing or a network comes back after a pass.

    links: (P, L) in force before. order: (n, 2) platform and label numbers, the first to expire first.
    """
    network, turns = _checked(links, None)[0], _turns(order, np.shape(links))
    require([range_fault("max_passes", max_passes, low=1, high=np.inf), at_least_zero_fault("tolerance", tolerance)])
    seen = {network.tobytes()}
    for number in range(1, max_passes + 1):
        before = network.copy()
        for platform, label in turns.tolist():
            gain = surplus(network, platform, label)
            if abs(gain) > tolerance:
                network[platform, label] = gain > 0.0
        if np.array_equal(network, before):
            return Renewal(network, number, settled=True)
        if network.tobytes() in seen:
            return Renewal(network, number, settled=False)
        seen.add(network.tobytes())
    return Renewal(network, max_passes, settled=False)


@dataclass(frozen=True, slots=True)
class OrderEffect:
    """How much the order of expiry decides.

    networks: (n, P, L) those reached, the most frequent first. shares: (n,) of the orders that lead to each.
    link_shares: (P, L) share of orders after which a licence is in force. settled: share of orders that settled.
    """

    networks: BoolArray
    shares: FloatArray
    link_shares: FloatArray
    settled: float


def effect_of_order(
    surplus: LinkSurplus,
    *,
    links: ArrayLike,
    orders: Sequence[ArrayLike],
    max_passes: int = 50,
    tolerance: float = 1e-9,
) -> OrderEffect:
    """Return which networks several orders of expiry lead to, and how often.

    orders: each as in `renew_in_order`; all permutations for few licences, else a sample drawn by the caller.
    """
    require([None if len(orders) else Fault("orders", "holds at least one order", 0, "Give orders of expiry.")])
    ends = [
        renew_in_order(surplus, links=links, order=order, max_passes=max_passes, tolerance=tolerance)
        for order in orders
    ]
    reached = np.array([end.links for end in ends])
    networks, counts = np.unique(reached, axis=0, return_counts=True)
    rank = np.argsort(-counts, kind="stable")
    settled = float(np.mean([end.settled for end in ends]))
    return OrderEffect(networks[rank], counts[rank] / len(ends), reached.mean(axis=0), settled)


def _checked(links: ArrayLike, free: ArrayLike | None) -> tuple[BoolArray, BoolArray]:
    network = np.array(links, dtype=np.bool_)
    require([network_fault("links", network)])
    movable = np.ones(network.shape, dtype=np.bool_) if free is None else np.array(free, dtype=np.bool_)
    require([form_fault("free", movable, network.shape, "one mark per platform and label")])
    return network, movable


def _turns(order: ArrayLike, form: tuple[int, ...]) -> IntArray:
    turns = np.asarray(order)
    way_out = "Give rows of platform number and label number."
    if turns.ndim != 2 or turns.shape[1] != 2 or not np.issubdtype(turns.dtype, np.integer):
        require([Fault("order", "is a list of pairs of whole numbers", turns.shape, way_out)])
    inside = ((turns >= 0) & (turns < np.array(form))).all(axis=1)
    odd = None if inside.all() else Fault("order", f"lies within {form}", turns[~inside][0].tolist(), way_out)
    twice = len(np.unique(turns, axis=0)) < len(turns)
    require([odd, Fault("order", "names each licence once", turns.tolist(), way_out) if twice else None])
    return turns.astype(np.int64)
