"""TikTok around the music: hours of its users, its income and costs, and its own distribution.

Hours per user, relative to the opening, are a product of four answers: to music inside the app, to the clips there are,
to what creators do, and to the load of advertisements. All amounts are USD a month, arrays over M markets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.facts.records import StartState
from model.foundation.errors import Fault, raise_faults
from model.spec.parameters import Parameters

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TikTokHours:
    """Hours per user over those of the opening, by cause: (M,) factors, 1 where nothing changed."""

    integration: Floats
    clips: Floats
    creators: Floats
    load: Floats

    @property
    def together(self) -> Floats:
        """(M,) hours per user over those of the opening."""
        return self.integration * self.clips * self.creators * self.load


@dataclass(frozen=True, slots=True, eq=False)
class ShopTerms:
    """TikTok's shop at the opening: (M,) sales in USD per hour of use, and the part of them that TikTok takes."""

    sales_per_hour: Floats
    take_rate: Floats


@dataclass(frozen=True, slots=True, eq=False)
class EcosystemAccounts:
    """TikTok's accounts of a month: (M,) USD each. Costs are positive numbers."""

    infeed: Floats
    topview: Floats
    shop: Floats
    games: Floats
    creators: Floats
    clips: Floats
    costs: Floats

    @property
    def income(self) -> Floats:
        """(M,) advertising, shop and games together."""
        return self.infeed + self.topview + self.shop + self.games

    @property
    def profit(self) -> Floats:
        """(M,) income less creators, clips and cost of sales."""
        return self.income - self.creators - self.clips - self.costs

    def lines(self) -> dict[str, float]:
        """Return each line summed over markets, then income and profit."""
        found = {line.name: float(getattr(self, line.name).sum()) for line in fields(self)}
        return found | {"income": float(self.income.sum()), "profit": float(self.profit.sum())}


def integration_factor(
    level: ArrayLike,
    *,
    users_part: ArrayLike,
    opening_level: ArrayLike,
    opening_part: ArrayLike,
    parameters: Parameters,
) -> Floats:
    """Return hours per user over the opening's that music inside TikTok keeps there.

    level: (M,) integration, 0 none to 1 play inside TikTok. users_part: (M,) part of TikTok's users who use the
    integrated service. Each of them spends `integration_hours` more at level 1; the opening's own is taken off.
    """
    now, then = (
        1.0 + parameters.integration_hours * np.asarray(tied, dtype=np.float64) * np.asarray(part, dtype=np.float64)
        for tied, part in ((level, users_part), (opening_level, opening_part))
    )
    factor: Floats = now / then
    return factor


def tiktok_hours(
    *, integration: ArrayLike = 1.0, clips: ArrayLike = 1.0, creators: ArrayLike = 1.0, load: ArrayLike = 1.0
) -> TikTokHours:
    """Return the four factors as one record, each () or (M,) and 0 or more."""
    given = {"integration": integration, "clips": clips, "creators": creators, "load": load}
    table = np.broadcast_arrays(*(np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in given.values()))
    raise_faults([
        Fault(f"TikTok hours, {name}", "is a finite factor, 0 or more", float(column.min()), "1 changes nothing.")
        for name, column in zip(given, table, strict=True)
        if not (np.isfinite(column).all() and column.min() >= 0.0)
    ])  # fmt: skip
    return TikTokHours(*(np.array(column) for column in table))


def shop_terms(start: StartState, *, markets: Iterable[str]) -> ShopTerms:
    """Return the shop's sales per hour and take rate of markets."""
    rows = [start.markets[market].tiktok for market in markets]
    return ShopTerms(
        sales_per_hour=np.array([row.shop_gmv_per_user_hour_usd for row in rows]),
        take_rate=np.array([row.shop_take_rate for row in rows]),
    )


def ecosystem_accounts(
    *,
    infeed_usd: ArrayLike,
    topview_usd: ArrayLike,
    hours: ArrayLike,
    users: ArrayLike,
    shop: ShopTerms,
    creators_usd: ArrayLike,
    clips_usd: ArrayLike,
    parameters: Parameters,
    shop_multiple: ArrayLike = 1.0,
    games_usd: ArrayLike | None = None,
) -> EcosystemAccounts:
    """Return TikTok's accounts of a month.

    infeed_usd, topview_usd: (M,) from the cleared advertising market. hours: (M,) hours of all users in the month.
    users: (M,) monthly users. creators_usd: (M,) paid by TikTok to creators. clips_usd: (M,) the month's part of clip
    fees. shop_multiple: sales per hour over the opening's. games_usd: (M,) income from games; `games_income` per user
    by default.
    """
    time, people = np.asarray(hours, dtype=np.float64), np.asarray(users, dtype=np.float64)
    sales = time * shop.sales_per_hour * np.asarray(shop_multiple, dtype=np.float64)
    games = people * parameters.games_income if games_usd is None else np.asarray(games_usd, dtype=np.float64)
    lines = (infeed_usd, topview_usd, sales * shop.take_rate, games, creators_usd, clips_usd)
    columns = [np.array(one) for one in np.broadcast_arrays(time, *(np.asarray(line, np.float64) for line in lines))]
    infeed, topview, taken, played, creators, clips = columns[1:]
    costs = parameters.tiktok_cost * (infeed + topview + taken + played)
    return EcosystemAccounts(infeed, topview, taken, played, creators, clips, costs)


def own_share(months: ArrayLike, *, parameters: Parameters) -> Floats:
    """Return the part of listening that ByteDance distributes itself, months after the opening.

    Logistic: c / (1 + (c / s - 1) exp(-own_speed t / 12)) from `own_start` s to `own_ceiling` c; level where s is at c
    or above, or 0.
    """
    time = np.asarray(months, dtype=np.float64)
    return _logistic(time, parameters.own_start, parameters.own_ceiling, parameters.own_speed)


def own_share_at(month: int, *, parameters: Parameters) -> float:
    """Return `own_share` of one month after the opening; all markets ask for it."""
    return _own_share_at(month, parameters.own_start, parameters.own_ceiling, parameters.own_speed)


@lru_cache(maxsize=1024)
def _own_share_at(month: int, first: float, last: float, speed: float) -> float:
    return float(_logistic(np.asarray(month, dtype=np.float64), first, last, speed))


def _logistic(time: Floats, first: float, last: float, speed: float) -> Floats:
    if first == 0.0 or first >= last:
        return np.full(time.shape, first)
    share: Floats = last / (1.0 + (last / first - 1.0) * np.exp(-speed * time / 12.0))
    return share
