"""What an actor sees of the world when it decides, and the worlds that it lives on in its mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from model.agents.strategies.outlook import Offer
from model.facts.owners import BYTEDANCE, BYTEDANCE_FIRM, owner_of
from model.facts.records import ROLLING
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.months import show_month
from model.market.levers_now import lever_next, lever_now, position
from model.market.record import MarketMonth
from model.market.valuing import royalties
from model.market.world import World
from model.spec.levers import lever_value
from model.spec.settings import LEVERS, Lever, Setting
from model.spec.strategies import StrategyPlan
from model.state.country import Country
from model.state.offers import PAID

OF_TIKTOK = ("creator_share", "tiktok_ad_load", "topview_days", "shop_sales")
"""Levers of a market that ByteDance sets."""
TIES = ("integration", "link_fee")
"""Levers of services of others that ByteDance sets where it ties them into TikTok."""
OF_LABELS = ("catalogue", "clips")
REST = "other"
"""Stands for all services that are too small to be named, so it is nobody's rival."""


class WorldAhead:
    """A fork that lived some months on, judged by the actor of a strategy."""

    def __init__(self, records: Sequence[MarketMonth], *, plan: StrategyPlan, user_worth: float) -> None:
        self._records, self._plan, self._worth = records, plan, user_worth

    def profit(self, market: str = "", *, service: str = "") -> float:
        """Return the contribution of a firm's services, for ByteDance with the worth of users, USD in all."""
        firm, total = owner_of(service or self._plan.actor), 0.0
        for record in self._of(market):
            own = np.array([owner_of(one) == firm for one in record.platforms])
            if record.settlement is None or not own.any():
                continue
            accounts = record.settlement.accounts()
            total += float((accounts["contribution_margin"] - accounts["exit_costs"])[own].sum())
            if firm == BYTEDANCE_FIRM:
                mine = [j for j, (one, _) in enumerate(record.offers, start=1) if one in BYTEDANCE]
                total += self._worth * float(record.activity.users[mine].sum())
        return total

    def revenue(self, market: str = "", *, service: str = "") -> float:
        """Return the revenue of a service, USD in all."""
        name = service or self._plan.actor
        return sum(
            float(record.settlement.accounts()["revenue"][record.platforms.index(name)])
            for record in self._of(market)
            if record.settlement is not None and name in record.platforms
        )

    def income(self, service: str = "", *, market: str = "") -> float:
        """Return the label's income from a service, or from all with free video, USD in all."""
        found = royalties(self._of(market), label=self._plan.actor)
        return found.get(service, 0.0) if service else sum(found.values())

    def users(self, service: str = "") -> float:
        """Return the users of a service in the last month, people."""
        return self._last(service, "users")

    def payers(self, service: str = "") -> float:
        """Return the payers of a service in the last month, people."""
        return self._last(service, "payers")

    def _of(self, market: str) -> Sequence[MarketMonth]:
        return [record for record in self._records if record.market == market] if market else self._records

    def _last(self, service: str, what: str) -> float:
        last = max(record.month for record in self._records)
        return sum(
            people_of(record, service or self._plan.actor, what) for record in self._records if record.month == last
        )


def _raw(lever: Lever, value: object) -> object:
    """Return a value as scenarios write it: a switch may be set to 0 and 1 too, and NumPy's numbers are numbers."""
    plain = value.item() if isinstance(value, np.generic) else value
    return bool(plain) if lever.switch and plain in (0, 1) else plain


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= 1)


def people_of(record: MarketMonth, service: str, what: str) -> float:
    """Return people who use ("users") or pay for ("payers") a service in a market's month."""
    values = record.activity.users if what == "users" else record.payers
    return sum(float(values[j]) for j, (name, _) in enumerate(record.offers, start=1) if name == service)


class MarketOutlook:
    """The outlook of one strategy in one month; see `agents.strategies.outlook.Outlook`."""

    def __init__(
        self, world: World, *, plan: StrategyPlan, last: Mapping[str, MarketMonth], held: dict[object, WorldAhead]
    ) -> None:
        """last: the latest record of each market. held: worlds without any action that somebody lived this month."""
        self._world, self._plan, self._last, self._held = world, plan, last, held
        self.month = world.month + 1
        calendar = world.money.calendar(self.month)
        self.date, self.played = show_month(calendar), calendar - plan.first
        self.actor, self.markets = plan.actor, plan.markets

    def offers(self, market: str, service: str = "") -> tuple[Offer, ...]:
        """Return the open offers of a service in a market."""
        country, record, wanted = self._country(market), self._last[market], service or self.actor
        used = dict(zip(record.offers, record.activity.users[1:], strict=True))
        found = []
        for (name, tier), nest in zip(country.offers.names[1:], country.offers.nest[1:], strict=True):
            if name == wanted and self._next(country, "open", name, tier):
                price = self._next(country, "price", name, tier)
                found.append(Offer(
                    service=name, tier=tier, price=price, price_usd=price / country.fx,
                    users=float(used.get((name, tier), 0.0)), ad_load=self._next(country, "ad_load", name, tier),
                    restriction=self._next(country, "restriction", name, tier), is_paid=bool(nest == PAID),
                ))  # fmt: skip
        return tuple(found)

    def rivals(self, market: str) -> tuple[str, ...]:
        """Return the open services of other firms, the largest first."""
        country, record = self._country(market), self._last[market]
        there = {name for name, tier in country.offers.names[1:] if self._next(country, "open", name, tier)} - {REST}
        rivals = [name for name in sorted(there) if owner_of(name) != self._plan.firm]
        return tuple(sorted(rivals, key=lambda name: -people_of(record, name, "users")))

    def tiers(self, market: str) -> tuple[str, ...]:
        """Return the tiers that the actor's service has in a market, open or not."""
        return tuple(tier for name, tier in self._country(market).offers.names if name == self.actor)

    def account(self, line: str, market: str) -> float:
        """Return a line of the service's accounts last month, USD."""
        settled = self._last[market].settlement
        if settled is None or self.actor not in settled.platforms:
            return 0.0
        accounts = settled.accounts()
        if line not in accounts:
            raise InputError(Fault("account", "no such line of accounts", line, nearest(line, list(accounts))))
        return float(accounts[line][settled.platforms.index(self.actor)])

    def plays(self, market: str, label: str, service: str = "") -> bool:
        """Tell whether a service may play a label in a market now."""
        return self._next(self._country(market), "catalogue", service or self.actor, label) > 0.0

    def licensed(self, market: str, label: str) -> bool:
        """Tell whether the licence is settled: signed, or nobody talks about it."""
        book = self._world.money.deals
        signed = not self.talks(label) or bool(book.spans(market=market, platform=self.actor, label=label))
        return signed and self.plays(market, label)

    def talks(self, other: str) -> bool:
        """Tell whether the scenario plans talks of the actor with another."""
        plan = self._world.plan.talks
        service, label = (self.actor, other) if self._plan.side == "platform" else (other, self.actor)
        return plan is not None and service in plan.platforms and label in plan.labels

    def bound(self, market: str, other: str) -> bool:
        """Tell whether a streaming licence with a fixed end is in force between the actor and another now."""
        service, label = (self.actor, other) if self._plan.side == "platform" else (other, self.actor)
        now = self._world.money.calendar(self.month)
        held = self._world.money.deals.governing(market=market, platform=service, label=label, month=now)
        return held is not None and held.deal.status == "active" and now <= held.deal.expires < ROLLING

    def lever(self, name: str, market: str, item: str = "", *, service: str = "") -> float:
        """Return where a lever stands in a market."""
        of_market = self._known(name).of == "market"
        return self._next(self._country(market), name, "" if of_market else service or self.actor, item)

    def set(self, name: str, market: str, value: float, item: str = "", *, service: str = "") -> Setting:
        """Return the action that sets a lever in a market."""
        lever, country = self._known(name), self._country(market)
        place = f"{self._plan.place} ({self._plan.kind.name}, {self.date})"
        label = self._plan.side == "label"
        if label != (name in OF_LABELS) or (lever.of == "market" and not label and not self._owns_tiktok(name)):
            whose = "a label" if label else self._plan.firm
            raise InputError(Fault(place, f"{whose} does not set this lever", name, "Set one of its own."))
        if lever.by_event:
            raise InputError(Fault(place, f"only the event {lever.by_event} sets this lever", name, "Plan the event."))
        if lever.item == "none" and item:
            raise InputError(Fault(place, f"{name} is not set by tier or label", item, "Leave the last value out."))
        ties = name in TIES and self.actor in BYTEDANCE and bool(service)
        if service not in ("", self.actor) and not (label or ties):
            rule = f"{self.actor} does not set {name} of another service"
            way = "Only services of ByteDance do, by integration and link_fee: they tie others into TikTok."
            raise InputError(Fault(place, rule, service, way))
        whom = "" if lever.of == "market" else service if label or ties else self.actor
        if lever.item == "tier":
            position(country, whom, item)
        number, faults = lever_value(lever, _raw(lever, value), place=f"{place}: {name} in {market}", tier=item)
        raise_faults(faults)
        made = Setting(name, market, whom, self.actor if label else item, number, place)
        lever_now(country, name=name, service=whom, item=made.item)  # it must be there to be set
        return made

    def ahead(self, actions: Sequence[Setting] = (), *, months: int, users: int = 2000) -> WorldAhead:
        """Return how the world would go on with these actions."""
        if not _whole(months):
            way = "Months that come from a choice are made whole by int(...)."
            raise InputError(Fault(f"{self._plan.place}: ahead", "months are a whole number from 1", months, way))
        key = (self.markets, months, users, self._plan.actor)
        if not actions and key in self._held:
            return self._held[key]
        fork = self._world.fork(
            settings=actions, markets=self.markets, users=users, draws="decision", months=months
        )  # fmt: skip
        lived = WorldAhead(
            fork.records, plan=self._plan, user_worth=self._world.plan.parameters.bytedance_user_worth
        )  # fmt: skip
        if not actions:
            self._held[key] = lived
        return lived

    def _next(self, country: Country, name: str, service: str, item: str) -> float:
        return lever_next(country, self._world.pending, name=name, service=service, item=item)

    def _owns_tiktok(self, name: str) -> bool:
        return name in OF_TIKTOK and self._plan.actor in BYTEDANCE

    def _known(self, name: str) -> Lever:
        if name not in LEVERS:
            raise InputError(Fault(self._plan.place, "no such lever", name, nearest(name, list(LEVERS))))
        return LEVERS[name]

    def _country(self, market: str) -> Country:
        if market not in self._plan.markets:
            way = f"Its markets are {', '.join(self._plan.markets)}."
            raise InputError(Fault(self._plan.place, "a strategy sees the markets where it is played", market, way))
        return self._world.countries[market]
