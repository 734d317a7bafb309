"""Prices in order: which price stood before each new one, and which new ones look like another currency or unit.

Prices are in local currency per month, and nothing in a number tells rupees from rupiah. A price far from the one
before it is therefore refused until the scenario says that it is meant.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from model.foundation.errors import Fault
from model.spec.events import Event
from model.spec.levers import is_free
from model.spec.names import Names
from model.spec.settings import Setting

CHANGE = 5.0
"""A usual price is within this factor of the price before it, either way."""
ENTRY = 20.0
"""A usual price of a new offer is within this factor of the market's median individual price: mini tiers are cheap."""
UNUSUAL_EVENT = "If it is meant, write unusual = true in the event."
UNUSUAL_OVERRIDE = "If it is meant, write unusual_prices = true in the scenario (--set unusual_prices=true)."

Offer = tuple[str, str, str]
"""(market, service, tier)."""


@dataclass(frozen=True, slots=True)
class NewPrice:
    """One price that is set in several markets at once: price in local currency per month, old price by market.

    before: the price before it, None where the offer has none. medians: the market's median individual price, None
    where there is none.
    """

    tier: str
    price: float
    before: Mapping[str, float | None]
    medians: Mapping[str, float | None]


class PriceList:
    """The prices in force as overrides and events go by, from those of the start."""

    def __init__(self, names: Names) -> None:
        self.prices: dict[Offer, float] = dict(names.prices)

    def new(self, markets: Sequence[str], service: str, tier: str, price: float) -> NewPrice:
        """Return a new price with what stood before it; nothing is set yet."""
        before = {market: self.prices.get((market, service, tier)) for market in markets}
        return NewPrice(tier, price, before, {market: self._median(market) for market in markets})

    def put(self, service: str, new: NewPrice, markets: Sequence[str]) -> None:
        """Set a new price in some of its markets."""
        self.prices.update({(market, service, new.tier): new.price for market in markets})

    def _median(self, market: str) -> float | None:
        found = [price for (one, _, tier), price in self.prices.items() if one == market and tier == "individual"]
        return median(found) if found else None


def prices_of(event: Event) -> dict[str, float]:
    """Return the prices that an event sets, by tier."""
    priced = event.item and "price" in event.values
    return {**event.tiers, **({event.item: event.values["price"]} if priced else {})}


def price_steps(
    names: Names, overrides: Sequence[Setting], events: Sequence[Event]
) -> Iterator[tuple[Event, tuple[NewPrice, ...]]]:
    """Yield each event with the prices that it sets, each knowing the price before it. Events are in order of time."""
    listed = PriceList(names)
    for one in overrides:
        if one.lever == "price":
            listed.put(one.service, listed.new((one.market,), one.service, one.item, one.value), (one.market,))
    for event in events:
        news = tuple(listed.new(event.markets, event.service, tier, price) for tier, price in prices_of(event).items())
        yield event, news
        for new in news:
            listed.put(event.service, new, event.markets)


def price_faults(
    names: Names, overrides: Sequence[Setting], events: Sequence[Event], *, faulted: Container[str], allowed: bool
) -> list[Fault]:
    """Return a fault for each price that looks like a slip, all its markets in one message.

    overrides: levers set from month 1. events: in order of time, markets resolved. faulted: places whose price is
    wrong already, which are told once only. allowed: whether the scenario lets unusual prices pass.
    """
    if allowed:
        return []
    listed, start = PriceList(names), PriceList(names)
    faults: list[Fault] = []
    for (place, _), settings in _by_place(overrides).items():
        first = settings[0]
        markets = tuple(one.market for one in settings)
        new = start.new(markets, first.service, first.item, first.value)
        wrong = _slips(new)
        faults += _fault(place, new, wrong, names, UNUSUAL_OVERRIDE)
        listed.put(first.service, new, [market for market in markets if market not in wrong])
    for event in events:
        for tier, price in prices_of(event).items():
            place = f"{event.place}.tiers.{tier}" if tier in event.tiers else f"{event.place}.price"
            if place in faulted:
                continue
            new = listed.new(event.markets, event.service, tier, price)
            wrong = () if event.unusual else _slips(new)
            of_strategy = ".entries." in event.place  # such an entry has no switch of its own
            faults += _fault(place, new, wrong, names, UNUSUAL_OVERRIDE if of_strategy else UNUSUAL_EVENT)
            listed.put(event.service, new, [market for market in event.markets if market not in wrong])
        faults += _fee_fault(event, listed, names)
    return faults


def _fee_fault(event: Event, listed: PriceList, names: Names) -> list[Fault]:
    """Return a fault where an operator would pay more for a user of a bundle than people pay for the service."""
    fee = 0.0 if event.unusual else event.values.get("bundle_fee", 0.0)
    usual = listed.new(event.markets, event.service, "individual", fee)
    own = {one: usual.before[one] or usual.medians[one] for one in event.markets}
    told = [f"{one}: {_money(price, one, names)}" for one, price in own.items() if price and fee > price]
    if not told:
        return []
    rule = f"an operator pays no more for a user than the individual plan costs ({'; '.join(told)})"
    way = f"bundle_fee is in local currency per user and month. {UNUSUAL_EVENT}"
    return [Fault(f"{event.place}.bundle_fee", rule, event.values["bundle_fee"], way)]


def _money(price: float, market: str, names: Names) -> str:
    return f"{amount(price)} {names.currencies.get(market, 'local currency')}"


def _by_place(overrides: Sequence[Setting]) -> dict[tuple[str, float], list[Setting]]:
    found: dict[tuple[str, float], list[Setting]] = {}
    for one in overrides:
        if one.lever == "price":
            found.setdefault((one.place, one.value), []).append(one)
    return found


def _slips(new: NewPrice) -> tuple[str, ...]:
    """Return the markets where a price looks like a slip."""
    if is_free(new.tier):
        return ()
    if new.price == 0.0:
        return () if new.tier == "bundle" else tuple(new.before)
    return tuple(market for market in new.before if not _is_usual(new, market))


def _is_usual(new: NewPrice, market: str) -> bool:
    before, middle = new.before[market], new.medians[market]
    if before:
        return 1 / CHANGE <= new.price / before <= CHANGE
    return not middle or 1 / ENTRY <= new.price / middle <= ENTRY


def _fault(place: str, new: NewPrice, wrong: Sequence[str], names: Names, way: str) -> list[Fault]:
    if not wrong:
        return []
    told = "; ".join(_told(new, market, names) for market in wrong)
    value = int(new.price) if new.price.is_integer() else new.price
    if new.price == 0.0:
        return [Fault(place, f"a paid tier has a price ({told})", value, f"A free tier is named free_ads. {way}")]
    changes = f"a price is within a factor of {CHANGE:g} of the one before"
    entries = f"a new offer's price is within a factor of {ENTRY:g} of the market's median individual price"
    limits = dict.fromkeys(changes if new.before[market] else entries for market in wrong)
    rule = f"{' and '.join(limits)} ({told})"
    return [Fault(place, rule, value, f"Prices are in local currency per month. {way}")]


def _told(new: NewPrice, market: str, names: Names) -> str:
    before, middle = new.before[market], new.medians[market]
    currency = names.currencies.get(market, "local currency")
    now = f"{market}: {amount(new.price)} {currency}"
    if before:
        return f"{now}, {amount(before)} before"
    return f"{now}, the median is {amount(middle)}" if middle else now


def amount(price: float) -> str:
    """Return a price as people write it: "54,990", "9.99"."""
    return f"{price:,.2f}".rstrip("0").rstrip(".")
