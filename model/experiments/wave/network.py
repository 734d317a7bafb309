"""Which licences exist after a wave: renewals in order of expiry from last month's network, with forks of each network.

Contracts of others stand at present terms. Networks that differ from the present one in a single licence are known from
the wave's own forks; others are lived when talks reach them, in every draw, and remembered. Only services that have a
licence on the brink at present, one that would be dropped or taken up, have theirs tried; others keep what they have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.experiments.wave.lives import Flags, Floats, WaveMarket, money_of, one_by_one
from model.foundation.rng import stream_key, uniforms
from model.market.world import World
from model.spec.settings import Setting
from model.theory.bargaining.networks import OrderEffect, effect_of_order, renew_in_order

Order = NDArray[np.int64]
MOST_PASSES = 6
TOLERANCE = 1000.0
"""USD a month: a joint gain or loss below it is the noise of simulated users and changes nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Renewed:
    """Where renewals of a market led.

    links: (P, L) in force after renewals in the recorded order of expiry; settled: whether that came to rest. order:
    (n, 2) that order. effect: over this and other orders; forks: networks that were lived for it, in every draw.
    """

    links: Flags
    settled: bool
    order: Order
    effect: OrderEffect
    forks: int


def renewed_network(
    market: WaveMarket, worlds: Sequence[World], *, months: int, orders: int, seed: int, tolerance: float = TOLERANCE
) -> Renewed:
    """Return the network that renewals lead to, in order of expiry and in `orders` keyed shuffles of it.

    A market where every licence in force has a joint gain and no other would have one keeps its network in any order,
    so nothing is lived there. tolerance: USD a month; a pair with a smaller gain or loss leaves things as they are.
    """
    network = _Networks(market, worlds, months=months)
    recorded = order_of_expiry(market, brink=on_the_brink(market, tolerance=tolerance))
    tried = [recorded, *(_shuffled(recorded, seed, market.market, number) for number in range(orders))]
    with one_by_one(max((world.countries[market.market].active for world in worlds), default=0)):
        first = renew_in_order(
            network.surplus, links=market.in_force, order=recorded, max_passes=MOST_PASSES, tolerance=tolerance
        )
        effect = effect_of_order(
            network.surplus, links=market.in_force, orders=tried, max_passes=MOST_PASSES, tolerance=tolerance
        )
    return Renewed(first.links, first.settled, recorded, effect, network.lived)


def on_the_brink(market: WaveMarket, *, tolerance: float = TOLERANCE) -> Flags:
    """Return (P, L) the asked licences of services with one that would come or go, the others standing as they are."""
    platform, label, _ = market.gains()
    gain = (platform + label).mean(axis=0) * np.where(market.in_force, 1.0, -1.0)
    turning = (market.asked & (gain < -tolerance)).any(axis=1)
    brink: Flags = market.asked & turning[:, None]
    return brink


def order_of_expiry(market: WaveMarket, *, brink: Flags) -> Order:
    """Return (n, 2) the licences marked, first to expire first; of the same month in order of their names."""
    cells = sorted(
        np.argwhere(brink).tolist(),
        key=lambda cell: (market.expires[tuple(cell)], market.platforms[cell[0]], market.labels[cell[1]]),
    )
    return np.array(cells, dtype=np.int64).reshape(-1, 2)


def _shuffled(order: Order, seed: int, market: str, number: int) -> Order:
    lots = uniforms(stream_key(seed, "order of expiry", market, number), np.arange(len(order)))
    shuffled: Order = order[np.argsort(lots)]
    return shuffled


class _Networks:
    """Margins and royalties of one market under any network, means over draws; what was lived is remembered."""

    def __init__(self, market: WaveMarket, worlds: Sequence[World], *, months: int) -> None:
        self.market, self.worlds, self.months = market, worlds, months
        self.lived = 0
        self._known: dict[bytes, tuple[Floats, Floats]] = {
            market.in_force.tobytes(): (market.margin.mean(axis=0), market.royalties.mean(axis=0))
        }
        for p, label in np.argwhere(market.asked).tolist():
            turned = market.in_force.copy()
            turned[p, label] = not turned[p, label]
            self._known[turned.tobytes()] = (
                market.margin_turned[:, p, label].mean(axis=0), market.royalties_turned[:, p, label].mean(axis=0)
            )  # fmt: skip

    def surplus(self, links: Flags, platform: int, label: int) -> float:
        """Return the joint gain of a pair from its licence, USD a month, all others paid on present terms."""
        with_it, without = links.copy(), links.copy()
        with_it[platform, label], without[platform, label] = True, False
        joint = [self._joint(network, platform, label) for network in (with_it, without)]
        return joint[0] - joint[1]

    def _joint(self, links: Flags, platform: int, label: int) -> float:
        margin, royalties = self._money(links)
        to_others = royalties[platform].sum() - royalties[platform, label]
        from_others = royalties[:, label].sum() - royalties[platform, label]
        return float(margin[platform] - to_others + from_others)

    def _money(self, links: Flags) -> tuple[Floats, Floats]:
        key = links.tobytes()
        if key not in self._known:
            settings = [
                Setting("catalogue", self.market.market, self.market.platforms[p], self.market.labels[label],
                        float(links[p, label]))
                for p, label in np.argwhere(links != self.market.in_force).tolist()
            ]  # fmt: skip
            found = [money_of(world, self.months, settings=settings)[self.market.market] for world in self.worlds]
            self._known[key] = tuple(np.mean([one[part] for one in found], axis=0) for part in (0, 1))  # type: ignore[assignment]
            self.lived += 1
        return self._known[key]
