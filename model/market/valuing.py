"""What a licence is worth to both sides: the world lived on in their minds, with the label and without it.

Both arms are decision forks of the same month on the same numbers that nobody will meet, so their difference is the
licence alone. Minimum guarantees are in neither arm. Amounts are USD a month, means over the months looked ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.facts.owners import BYTEDANCE
from model.market.record import MarketMonth
from model.market.world import World
from model.spec.settings import Setting

Floats = NDArray[np.float64]
VIDEO = "video"
PROBE = 0.10
"""Promotional pull at which a licence for clips is valued a second time; between it and 0 values are taken linear."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A licence that is talked about: who, for what ("streaming" or "clips"), in which markets of the run."""

    platform: str
    label: str
    kind: str
    markets: tuple[str, ...]

    def cells(self, value: float) -> tuple[Setting, ...]:
        """Return the settings that put the label on (1) or off (0) the platform, or its clips on or off TikTok."""
        lever, service = ("clips", "") if self.kind == "clips" else ("catalogue", self.platform)
        return tuple(Setting(lever, market, service, self.label, value, "talks") for market in self.markets)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a licence is worth before it is paid for, USD a month; `_slope`: per unit of believed promotional pull.

    most: the platform's profit with the licence less without, the payment to this label left out. least: what the
    label earns less elsewhere by the licence; below 0 where the licence brings it more elsewhere, as by promotion.
    present: what the terms in force (else the default ones) pay, by market. elsewhere: the label's gain from each other
    service; others: what the platform pays more to each other label, both by name at the terms in force. bill: by
    market and label, what the service pays with the licence. income: the label's royalties from all other services.
    """

    most: float
    most_slope: float
    least: float
    least_slope: float
    present: dict[str, float]
    elsewhere: dict[str, float]
    others: dict[str, float]
    bill: dict[str, dict[str, float]]
    income: float = 0.0

    @property
    def paid(self) -> float:
        """What the terms in force pay in all markets."""
        return sum(self.present.values())


def worth_of(world: World, pair: Pair, *, months: int, users: int | None, opening: Sequence[Setting] = ()) -> Worth:
    """Return what a licence is worth over the next `months`, by forks of `users` simulated users per market.

    opening: settings of both arms, such as the platform's planned entry.
    """

    def live(on: float, pull: float | None = None) -> list[MarketMonth]:
        believed = {} if pull is None else {"parameters.promotion_pull": pull}
        fork = world.fork(
            overrides=believed, settings=(*opening, *pair.cells(on)), markets=pair.markets, users=users,
            draws="decision",
        )  # fmt: skip
        return fork.run(months)

    if pair.kind == "clips":
        arms = live(1.0), live(0.0, 0.0), live(0.0, PROBE)
        return _clips_worth(*arms, pair, months=months, hour_worth=world.plan.parameters.tiktok_hour_worth)
    return _streaming_worth(
        live(1.0), live(0.0), pair, user_worth=world.plan.parameters.bytedance_user_worth, months=months
    )


def most_under_clauses(most: float, *, present: float, pass_on: float) -> float:
    """Return the most a platform pays one label if what it pays above present terms goes to others too, times pass_on.

    Its gain is most - x - k max(x - present, 0), which is 0 at (most + k present) / (1 + k) above present terms. A Nash
    payment up to there is that of `theory.bargaining.favoured_transfer`.
    """
    return most if most <= present else (most + pass_on * present) / (1.0 + pass_on)


def least_with_precedent(least: float, *, present: float, income: float, precedent: float) -> float:
    """Return the least a label takes if it fears that a cut is given to others: a part `precedent` of it on `income`.

    Its gain is x - least - precedent income (1 - x / present) below present terms, and x - least above them; so it is
    0 at (least + c) / (1 + c / present) with c = precedent income. All USD a month.
    """
    cost = precedent * income
    return least if least >= present or present <= 0.0 else (least + cost) / (1.0 + cost / present)


def entry_of(world: World, pair: Pair) -> tuple[Setting, ...]:
    """Return the planned entry of a service that is not open yet, as if it entered now with all labels it talks with.

    So a licence for a launch is valued as Nash-in-Nash has it: all other contracts standing.
    """
    plan, entering = world.plan, {}
    for market in pair.markets:
        offers = world.countries[market].offers
        mine = [j for j, (service, _) in enumerate(offers.names) if service == pair.platform]
        if mine and not offers.is_open[mine].any():
            entering[market] = True
    if not entering:
        return ()
    planned = [
        setting
        for month in range(world.month + 1, plan.months + 1)
        for setting in plan.settings_at(month)
        if (setting.service, setting.market in entering) == (pair.platform, True)
    ]
    if world.firms is not None:
        planned += world.firms.entries(world, service=pair.platform, markets=tuple(entering))
    first = {(one.lever, one.market, one.item): one for one in reversed(planned)}  # the entry, not what follows it
    wanted = [
        Setting("catalogue", market, pair.platform, label, 1.0, "talks")
        for one in (plan.talks.new if plan.talks else ())
        if one.platform == pair.platform
        for market in one.markets
        if market in entering
        for label in one.labels
        if label in world.countries[market].labels
    ]
    return (*first.values(), *wanted)


def _streaming_worth(
    on: list[MarketMonth], off: list[MarketMonth], pair: Pair, *, user_worth: float, months: int
) -> Worth:
    with_it, without = (platform_profit(arm, pair, user_worth=user_worth) for arm in (on, off))
    paid_on, paid_off = (royalties(arm, label=pair.label) for arm in (on, off))
    bills_on, bills_off = (bills(arm, platform=pair.platform) for arm in (on, off))
    elsewhere = {name: (paid_on[name] - paid_off[name]) / months for name in paid_on if name != pair.platform}
    return Worth(
        most=(with_it - without) / months, most_slope=0.0, least=-sum(elsewhere.values()), least_slope=0.0,
        present=_by_market(on, lambda record: _paid(record, pair), months), elsewhere=elsewhere,
        others={name: (bills_on[name] - bills_off[name]) / months for name in bills_on if name != pair.label},
        bill={market: _bill(on, pair.platform, market, months) for market in pair.markets},
        income=sum(paid_on[name] for name in elsewhere if name != VIDEO) / months,
    )  # fmt: skip


def _clips_worth(
    on: list[MarketMonth], off: list[MarketMonth], probe: list[MarketMonth], pair: Pair, *, months: int,
    hour_worth: float,
) -> Worth:  # fmt: skip
    """Return the worth of clips: `off` at no promotional pull, `probe` at PROBE; with its clips on none of it shows.

    The platform counts the hours that it would lose, each at `hour_worth` of the average income of an hour.
    """
    incomes = [royalties(arm, label=pair.label) for arm in (on, off, probe)]
    least = [-(sum(incomes[0].values()) - sum(without.values())) / months for without in incomes[1:]]
    hours = [sum(one.tiktok.hours for one in arm if one.tiktok) for arm in (on, off)]
    takings = sum(one.tiktok.ad_income + one.tiktok.shop_income for one in on if one.tiktok)
    lost = (hours[0] - hours[1]) * takings / hours[0] if hours[0] > 0.0 else 0.0
    fees = _by_market(on, lambda record: _clip_fee(record, pair), months)
    return Worth(
        most=hour_worth * lost / months, most_slope=0.0, least=least[0],
        least_slope=(least[1] - least[0]) / PROBE, present=fees,
        elsewhere={name: (incomes[0][name] - incomes[1][name]) / months for name in incomes[0]}, others={},
        bill={},
    )  # fmt: skip


def _bill(records: Sequence[MarketMonth], platform: str, market: str, months: int) -> dict[str, float]:
    there = [record for record in records if record.market == market]
    return {label: amount / months for label, amount in bills(there, platform=platform).items()}


def _paid(record: MarketMonth, pair: Pair) -> float:
    settled = record.settlement
    if settled is None or pair.platform not in record.platforms:
        return 0.0
    cell = record.platforms.index(pair.platform), record.labels.index(pair.label)
    return float(settled.royalties_by_service[cell])


def _clip_fee(record: MarketMonth, pair: Pair) -> float:
    return 0.0 if record.tiktok is None else float(record.tiktok.clip_fees[record.labels.index(pair.label)])


def _by_market(records: Sequence[MarketMonth], paid: Callable[[MarketMonth], float], months: int) -> dict[str, float]:
    """Return means over the months by market."""
    found: dict[str, float] = {}
    for record in records:
        found[record.market] = found.get(record.market, 0.0) + paid(record) / months
    return found


def platform_profit(records: Sequence[MarketMonth], pair: Pair, *, user_worth: float) -> float:
    """Return a service's contribution before it pays this label, with the worth of ByteDance's users, USD in all."""
    return sum(
        float(profit_before(record, label=pair.label, user_worth=user_worth)[record.platforms.index(pair.platform)])
        for record in records
        if record.settlement is not None and pair.platform in record.platforms
    )


def profit_before(record: MarketMonth, *, user_worth: float, label: str | None = None) -> Floats:
    """Return (P,) contribution of each service before it pays a label, or all labels if none is named, USD of a month.

    user_worth: USD that a user of ByteDance's music services is worth to it besides, added to those services.
    """
    settled = record.settlement
    assert settled is not None
    royalties = settled.royalties_by_service
    spared = royalties.sum(axis=1) if label is None else royalties[:, record.labels.index(label)]
    own = np.array([service in BYTEDANCE for service in record.platforms])
    profit: Floats = settled.accounts()["contribution_margin"] + spared
    return profit + user_worth * own * settled.by_service(record.activity.users)


def royalties(records: Sequence[MarketMonth], *, label: str) -> dict[str, float]:
    """Return a label's royalties by service and its income from free video, USD in all."""
    found: dict[str, float] = {}
    for record in records:
        if record.settlement is not None and label in record.labels:
            paid = record.settlement.royalties_by_service[:, record.labels.index(label)]
            for service, amount in zip(record.platforms, paid, strict=True):
                found[service] = found.get(service, 0.0) + float(amount)
        if record.video is not None and label in record.labels:
            found[VIDEO] = found.get(VIDEO, 0.0) + float(record.video[record.labels.index(label)])
    return found


def bills(records: Sequence[MarketMonth], *, platform: str) -> dict[str, float]:
    """Return a service's royalties by label, USD in all."""
    found: dict[str, float] = {}
    for record in records:
        if record.settlement is not None and platform in record.platforms:
            paid = record.settlement.royalties_by_service[record.platforms.index(platform)]
            for label, amount in zip(record.labels, paid, strict=True):
                found[label] = found.get(label, 0.0) + float(amount)
    return found
