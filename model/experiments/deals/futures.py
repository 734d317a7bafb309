"""Two futures of one licence: the world lived on with the label on the service, and without it.

Both are decision forks of the same month, on the same random numbers that nobody will meet, so their difference is the
licence and nothing else. Each draw of the table takes other numbers and another value of the uncertain parameters.

Minimum guarantees are in neither arm: they belong to the terms that are bargained over, and a term sheet adds its own.
Marketing is a budget of the start, the same in both arms: users lost without the licence do not lower it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.agents.firms import OWNERS
from model.experiments.deals.draws import uncertain_draws
from model.experiments.deals.request import DealRequest
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.mechanisms.settlement import Settlement
from model.spec.parameters import Parameters
from model.state.finance import minimum_weight

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class DealFutures:
    """What both sides would have in each draw, month and market, with the licence and without it.

    months: one row per draw, arm ("deal", "no deal"), month (1 is the first month of the licence) and market, with
    columns users, payers (of the service), revenue, profit (contribution of the service before it pays this label, for
    ByteDance with the declared worth of its users, USD), paid (its royalties to this label on present terms, USD),
    elsewhere (the label's royalties from all other services there, USD), usage_share (of the label in the service's
    hours). base: royalty bases of the deal arm per draw, month, market and tier: usage share, net revenue,
    subscriptions, streams. draws: value of each uncertain parameter.
    """

    request: DealRequest
    months: pd.DataFrame
    base: pd.DataFrame
    draws: pd.DataFrame

    def means(self) -> pd.DataFrame:
        """Return by draw and arm the sum over markets, mean over months: people, and USD per month."""
        sums = self.months.groupby(["draw", "arm", "month"], observed=True)[_SUMS].sum()
        means: pd.DataFrame = sums.groupby(["draw", "arm"], observed=True).mean()
        return means

    def gains(self) -> pd.DataFrame:
        """Return by draw what the licence is worth before it is paid for, USD per month.

        platform: its profit with less without. label: its income from other services with less without (below 0 where
        listeners go to services that pay it). surplus: their sum.
        """
        means = self.means()
        with_it, without = means.xs("deal", level="arm"), means.xs("no deal", level="arm")
        gains = pd.DataFrame(
            {"platform": with_it["profit"] - without["profit"], "label": with_it["elsewhere"] - without["elsewhere"]}
        )
        gains["surplus"] = gains["platform"] + gains["label"]
        return gains


_OWN = frozenset(service for service, owner in OWNERS.items() if owner == "bytedance")
_SUMS = ["users", "payers", "revenue", "profit", "paid", "elsewhere"]


def deal_futures(
    request: DealRequest, *, starts: StartStore | None = None, progress: Progress | None = None
) -> DealFutures:
    """Live every draw's two futures and return them. progress: called with ("draws", done, whole)."""
    tell: Progress = progress or _say_nothing
    store = starts or StartStore.default()
    draws = uncertain_draws(request.plan.seed, names=request.uncertain, draws=request.draws)
    months: list[pd.DataFrame] = []
    base: list[pd.DataFrame] = []
    for draw in range(request.draws):
        tell("draws", draw, request.draws)
        market = StreamingMarket(request.plan, replicate=draw, starts=store)
        market.run(request.month)
        for arm, on in (("deal", True), ("no deal", False)):
            overrides = {f"platforms.{request.platform}.catalogue.{m}.{request.label}": on for m in request.markets}
            overrides |= {f"parameters.{name}": value for name, value in draws.loc[draw].items()}  # type: ignore[misc]
            fork = market.fork(overrides=overrides, users=request.users, draws="decision")
            records = fork.run(request.months)
            worth = fork.plan.parameters.bytedance_user_worth if request.platform in _OWN else 0.0
            months.append(_rows(request, records, user_worth=worth).assign(draw=draw, arm=arm))
            if on:
                base.append(_bases(request, records, fork.plan.parameters).assign(draw=draw))
    tell("draws", request.draws, request.draws)
    return DealFutures(request, pd.concat(months, ignore_index=True), pd.concat(base, ignore_index=True), draws)


def _say_nothing(*_: object) -> None:
    """Stand in for a progress that nobody watches."""


def _settled(request: DealRequest, records: Sequence[MarketMonth]) -> Iterator[tuple[MarketMonth, Settlement]]:
    """Yield the lived months of the licence's markets with their money."""
    for record in records:
        if record.market in request.markets and record.settlement is not None:
            yield record, record.settlement


def _rows(request: DealRequest, records: Sequence[MarketMonth], *, user_worth: float) -> pd.DataFrame:
    rows = []
    for record, settled in _settled(request, records):
        p, label = record.platforms.index(request.platform), record.labels.index(request.label)
        own = [j for j, (service, _) in enumerate(record.offers, start=1) if service == request.platform]
        accounts, royalties = settled.accounts(), settled.royalties_by_service
        hours, users = record.activity.hours[own], float(record.activity.users[own].sum())
        paid = float(royalties[p, label])
        rows.append({
            "month": record.month - request.month, "market": record.market,
            "users": users, "payers": float(record.payers[own].sum()),
            "revenue": float(accounts["revenue"][p]),
            "profit": float(accounts["contribution_margin"][p]) + paid + user_worth * users,
            "paid": paid, "elsewhere": float(royalties[:, label].sum()) - paid,
            "usage_share": float(hours[:, label].sum() / max(hours.sum(), 1e-12)),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _bases(request: DealRequest, records: Sequence[MarketMonth], parameters: Parameters) -> pd.DataFrame:
    rows = []
    for record, settled in _settled(request, records):
        label = record.labels.index(request.label)
        for j, (service, tier) in enumerate(record.offers, start=1):
            if service == request.platform:
                hours = record.activity.hours[j]
                rows.append({
                    "month": record.month - request.month, "market": record.market, "tier": tier,
                    "usage_share": float(hours[label] / max(hours.sum(), 1e-12)),
                    "net_revenue": float(settled.income.net[j]), "users": float(record.activity.users[j]),
                    "subscriptions": float(record.activity.billed[j]) * minimum_weight(tier, parameters=parameters),
                    "streams": float(hours.sum()) * parameters.streams_per_hour,
                })  # fmt: skip
    return pd.DataFrame(rows)
