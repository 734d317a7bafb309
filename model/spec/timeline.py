"""The timeline: events of all layers in order, checked against who is present when, compiled to settings per month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from model.foundation.errors import Fault, nearest
from model.foundation.months import show_month
from model.spec.events import Event
from model.spec.kinds import ENTRIES, KINDS
from model.spec.levers import is_free
from model.spec.names import ALL, Names
from model.spec.settings import Setting

Cell = tuple[str, str, str, str]
"""(lever, market, service, item)."""


@dataclass(frozen=True, slots=True)
class Window:
    """What the run covers: first and last flow month (month numbers) and markets.

    start_from, months_from, markets_from: indices of the layers that fixed the first month, the last month and the
    markets. An event of a weaker layer that lies outside is left out, since a stronger layer narrowed the run; an event
    of the same or a stronger layer outside is a fault.
    """

    first: int
    last: int
    markets: tuple[str, ...]
    start_from: int = 0
    months_from: int = 0
    markets_from: int = 0


@dataclass(frozen=True, slots=True)
class NewOffer:
    """An offer unknown at the start that opens in the run, in a month number; price in local currency per month."""

    market: str
    service: str
    tier: str
    price: float
    month: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events with their markets resolved, settings by month number, offers that are new, and what was left out."""

    events: tuple[Event, ...]
    settings: dict[int, tuple[Setting, ...]]
    new_offers: tuple[NewOffer, ...]
    left_out: tuple[str, ...]


def offered_at_some_time(names: Names, timeline: Timeline) -> frozenset[tuple[str, str]]:
    """Return (market, service) of services with an offer at the start or by an entry during the run."""
    start = {cell for cell in names.tiers if names.is_there(*cell)}
    entries = (event for event in timeline.events if event.kind in ENTRIES)
    return frozenset(start | {(market, event.service) for event in entries for market in event.markets})


class _Presence:
    """Which service has which tiers in which market as the events go by; tiers stay known after they close.

    away: services that are not offered. shut: (market, service, tier) of tiers that are not.
    """

    def __init__(self, names: Names) -> None:
        self.tiers = {cell: list(tiers) for cell, tiers in names.tiers.items()}
        self.away = {cell for cell in names.tiers if not names.is_there(*cell)}
        self.shut = set(names.closed)

    def here(self, market: str, service: str) -> bool:
        return (market, service) in self.tiers and (market, service) not in self.away

    def offers(self, market: str, service: str, tier: str) -> bool:
        return tier in self.tiers.get((market, service), ()) and (market, service, tier) not in self.shut


class TimelineMaker:
    """Lays events out in order and gathers every fault."""

    def __init__(self, names: Names, window: Window) -> None:
        self.names, self.window = names, window
        self.presence = _Presence(names)
        self.faults: list[Fault] = []
        self.left_out: list[str] = []
        self.new_offers: list[NewOffer] = []
        self._set_by: dict[tuple[int, Cell], tuple[Event, float]] = {}
        self._merged: dict[tuple[int, str, str], Event] = {}

    def make(self, events: Sequence[Event]) -> Timeline:
        """Return the timeline of the events of all layers, weakest layer first, each layer in order of date."""
        resolved: list[Event] = []
        settings: dict[int, dict[Cell, Setting]] = {}
        for event in sorted(events, key=lambda one: (one.month, one.layer)):
            if not self._in_time(event):
                continue
            event = replace(event, markets=self._markets(event))
            if not event.markets:
                continue
            resolved.append(event)
            for market in event.markets:
                for setting in self._compile(event, market):
                    cell = (setting.lever, market, setting.service, setting.item)
                    self._check_contradiction(event, cell, setting.value)
                    settings.setdefault(event.month, {})[cell] = setting
                if event.kind == "merger":
                    self._close_absorbed(event, market)
            self._remember(event)
        by_month = {month: tuple(found.values()) for month, found in sorted(settings.items())}
        return Timeline(tuple(resolved), by_month, tuple(self.new_offers), tuple(self.left_out))

    def _in_time(self, event: Event) -> bool:
        first, last = self.window.first, self.window.last
        if first <= event.month <= last:
            return True
        narrowed_by = self.window.start_from if event.month < first else self.window.months_from
        if event.layer < narrowed_by:
            self.left_out.append(f"{event.place} of {show_month(event.month)}, which lies outside the run")
            return False
        rule = f"events lie in the run, {show_month(first)} to {show_month(last)}"
        side = (
            "Start earlier or drop it: the start state holds what happened before."
            if event.month < first
            else "Raise months or drop it."
        )
        self.faults.append(Fault(f"{event.place}.date", rule, show_month(event.month), side))
        return False

    def _markets(self, event: Event) -> tuple[str, ...]:
        """Return the markets where the event happens, with faults for those where it cannot."""
        run = self.window.markets
        every = event.markets == (ALL,)
        chosen = run if every else event.markets
        outside = [market for market in chosen if market not in run]
        if outside and event.layer >= self.window.markets_from:
            way = f"Add them to markets; the run has {', '.join(run)}."
            self._fault(event, "markets", "events happen in markets of the run", ", ".join(outside), way)
        elif outside:
            self.left_out.append(f"{event.place} for {', '.join(outside)}, not run")
        inside = [market for market in chosen if market in run]
        if not inside or not event.service:
            known = event.service or "platform" not in KINDS[event.kind].needs
            return self._with_item(event, tuple(inside), every=every) if known else ()
        entering = event.kind in ENTRIES
        fitting = [market for market in inside if self.presence.here(market, event.service) is not entering]
        wrong = [market for market in inside if market not in fitting]
        if wrong and (not every or not fitting):
            self._fault(event, "platform", *self._presence_rule(event, wrong))
        return self._with_item(event, tuple(fitting), every=every)

    def _presence_rule(self, event: Event, wrong: Sequence[str]) -> tuple[str, str, str]:
        where, service = ", ".join(wrong), event.service
        if event.kind in ENTRIES:
            return f"{service} is already offered in {where}", service, "Use tier_opens and price_change there."
        known = [market for market in self.window.markets if self.presence.here(market, service)]
        way = f"It is offered in {', '.join(known) or 'no market of the run'}; bring it in with platform_enters first."
        return f"{service} is not offered in {where} in {show_month(event.month)}", service, way

    def _with_item(self, event: Event, markets: tuple[str, ...], *, every: bool) -> tuple[str, ...]:
        """Return the markets where the event's tier, label or service exists; a new tier may open with a price."""
        if event.labels and markets:
            self._check_licences(event, markets)
        if not event.item or not markets:
            return markets
        if event.kind == "merger":
            return self._both_there(event, markets, every=every)
        if event.kind == "telco_bundle":
            return self._without_bundle(event, markets, every=every)
        if "tier" in KINDS[event.kind].needs:
            having = tuple(one for one in markets if event.item in self.presence.tiers[one, event.service])
            if event.kind == "tier_opens":
                return self._open_new(event, markets, having, every=every)
            known = list(dict.fromkeys(tier for one in markets for tier in self.presence.tiers[one, event.service]))
            field, rule = "tier", f"{event.service} has no such tier"
        else:
            having = tuple(one for one in markets if event.item in self.names.labels.get(one, ()))
            known = list(dict.fromkeys(label for one in markets for label in self.names.labels.get(one, ())))
            field, rule = "label", "there is no such label"
        lacking = [one for one in markets if one not in having]
        if lacking and (not every or not having):
            self._fault(event, field, f"{rule} in {', '.join(lacking)}", event.item, nearest(event.item, known))
        return having

    def _check_licences(self, event: Event, markets: tuple[str, ...]) -> None:
        bare = [one for one in markets if not set(event.labels) & set(self.names.labels.get(one, ()))]
        if bare:
            known = list(dict.fromkeys(label for one in bare for label in self.names.labels.get(one, ())))
            rule = f"none of these labels is in {', '.join(bare)}"
            self._fault(event, "labels", rule, ", ".join(event.labels), f"Add one of {', '.join(known)}.")

    def _both_there(self, event: Event, markets: tuple[str, ...], *, every: bool) -> tuple[str, ...]:
        """Return the markets where the service that is taken over is offered too, and no merger stands in the way."""
        taken = event.item
        having = tuple(one for one in markets if self.presence.here(one, taken))
        lacking = [one for one in markets if one not in having]
        if lacking and (not every or not having):
            known = [one for one in self.window.markets if self.presence.here(one, taken)]
            rule = f"{taken} is not offered in {', '.join(lacking)} in {show_month(event.month)}"
            way = f"A merger needs both services; {taken} is offered in {', '.join(known) or 'no market of the run'}."
            self._fault(event, "absorbs", rule, taken, way)
        for market in having:
            first = self._merged.get((event.month, market, taken))
            if first is not None:
                rule = f"{first.place.split(': ')[-1]} lets {taken} take over {first.item} in the same month"
                self._fault(event, "absorbs", rule, taken, "Move one of the two by a month.")
                break
        self._merged.update({(event.month, market, event.service): event for market in having})
        return having

    def _without_bundle(self, event: Event, markets: tuple[str, ...], *, every: bool) -> tuple[str, ...]:
        """Return the markets where the service has no open bundle; it can have one at a time."""
        having = [one for one in markets if self.presence.offers(one, event.service, event.item)]
        fresh = tuple(one for one in markets if one not in having)
        if having and (not every or not fresh):
            rule = f"{event.service} has a bundle in {', '.join(having)} already, and can have one at a time"
            way = 'Close it in a month before: tier_closes, tier = "bundle".'
            self._fault(event, "platform", rule, event.service, way)
        return fresh

    def _close_absorbed(self, event: Event, market: str) -> None:
        """Let the tiers of a service that is taken over count as closed in the event's month."""
        for tier in self.presence.tiers.get((market, event.item), ()):
            self._check_contradiction(event, ("open", market, event.item, tier), 0.0)

    def _open_new(
        self, event: Event, markets: tuple[str, ...], having: tuple[str, ...], *, every: bool
    ) -> tuple[str, ...]:
        fresh = [one for one in markets if one not in having]
        if not fresh:
            return markets
        if "price" in event.values or is_free(event.item):
            return markets
        if not every or not having:
            rule = f"a tier that {event.service} does not have yet in {', '.join(fresh)} needs a price"
            self._fault(event, "price", rule, event.item, "Give price = ... in local currency per month.")
        return having

    def _fault(self, event: Event, field: str, rule: str, value: object, way: str) -> None:
        self.faults.append(Fault(f"{event.place}.{field}", rule, value, way))

    def _compile(self, event: Event, market: str) -> list[Setting]:
        found: list[Setting] = []
        for line in KINDS[event.kind].sets:
            items: Sequence[str] = ("",)
            if line.item in ("tier", "label", "service"):
                items = (event.item,)
            elif line.item == "labels":
                items = self.names.labels.get(market, ()) if event.labels else ()
            elif line.item == "tiers":
                items = tuple(event.tiers)
            elif line.item == "every":
                items = tuple(self.presence.tiers.get((market, event.service), ()))
            for item in items:
                value = line.value if line.value is not None else event.values.get(line.lever)
                if line.item == "tiers" and line.lever == "price":
                    value = event.tiers[item]
                elif line.item == "labels":
                    value = float(item in event.labels)
                if value is not None:
                    found.append(Setting(line.lever, market, event.service, item, value, event.place))
        return found

    def _check_contradiction(self, event: Event, cell: Cell, value: float) -> None:
        key = (event.month, cell)
        earlier = self._set_by.get(key)
        if earlier is not None and earlier[0].layer == event.layer and earlier[1] != value and earlier[0] is not event:
            lever, market, service, item = cell
            what = " ".join(part for part in (service, item, lever, market) if part)
            rule = f"{earlier[0].place.split(': ')[-1]} sets {what} to {earlier[1]:g} in the same month"
            self._fault(event, cell[0], rule, value, "Keep one of the two.")
        self._set_by[key] = (event, value)

    def _remember(self, event: Event) -> None:
        """Keep presence, tiers and new offers up to date."""
        for market in event.markets:
            cell = (market, event.service)
            gone = {"platform_leaves": event.service, "merger": event.item}.get(event.kind)
            if gone is not None:
                self.presence.away.add((market, gone))
                self.presence.shut.update((market, gone, tier) for tier in self.presence.tiers.get((market, gone), ()))
            if event.kind == "tier_closes":
                self.presence.shut.add((*cell, event.item))
            tiers: dict[str, float] = dict(event.tiers)
            if event.kind in ("tier_opens", "telco_bundle"):
                tiers = {event.item: event.values.get("price", 0.0)}
            if event.kind in ENTRIES:
                self.presence.away.discard(cell)
            self.presence.shut.difference_update((*cell, tier) for tier in tiers)
            for tier, price in tiers.items():
                known = self.presence.tiers.setdefault(cell, [])
                if tier not in known:
                    known.append(tier)
                    self.new_offers.append(NewOffer(market, event.service, tier, price, event.month))
