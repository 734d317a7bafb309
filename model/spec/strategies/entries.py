"""Entries of a strategy that expands: a table by market, each with date, prices, tie to TikTok, marketing, licences."""

from __future__ import annotations

from collections.abc import Mapping

from model.foundation.errors import nearest
from model.spec.fields import Fields
from model.spec.reading import shown
from model.spec.settings import LEVERS
from model.spec.strategies.plans import Entry, Value
from model.spec.suggest import nearest_market

KEYS = ("date", "tiers", "price_point", "integration", "marketing", "labels", "quality")
QUALITY = LEVERS["quality"]
LOWEST_POINT = 0.01
"""Least part of the leader's price that a paid tier is sold at; what costs nothing is another tier."""
AS_INDIVIDUAL = {"individual": 1.0, "premium": 1.0, "student": 0.5}
"""Price over the leader's individual one of tiers that it may not sell (students: the usual half, prc-0005)."""


def read_entries(fields: Fields, *, service: str, values: Mapping[str, Value]) -> tuple[Entry, ...]:
    """Return the entries in order of date. values: what holds where an entry gives nothing of its own."""
    raw = fields.row.get("entries")
    if not isinstance(raw, Mapping) or not raw:
        way = f'Write [{fields.place.split(": ")[-1]}.entries.MX] and date = "2023-04" below it.'
        fields.fault("entries", "entries are tables by market, at least one", raw, way)
        return ()
    found = []
    for market, row in raw.items():
        entry = _entry(fields, str(market), row, service=service, values=values)
        if entry is not None:
            found.append(entry)
    return tuple(sorted(found, key=lambda one: one.month))


def _entry(fields: Fields, market: str, row: object, *, service: str, values: Mapping[str, Value]) -> Entry | None:
    ground, key = fields.ground, f"entries.{market}"
    if market not in ground.names.markets:
        fields.fault(key, "no such market", market, nearest_market(market, ground.names, every=False))
        return None
    if not isinstance(row, Mapping):
        fields.fault(key, "an entry is a table", row, 'Example: date = "2023-04".')
        return None
    if market not in ground.window.markets:
        if fields.layer_of(key) < ground.window.markets_from:
            fields.left_out.append(f"{fields.place}.{key}, not run")
        else:
            way = f"Add it to markets; the run has {', '.join(ground.window.markets)}."
            fields.fault(key, "entries lie in markets of the run", market, way)
        return None
    if (market, service) in ground.offered:
        fields.fault(key, f"{service} is offered there already", market, "Take the entry out.")
    own = fields.within(key, row)
    entry = _read(own, market, values)
    fields.faults += own.faults
    fields.left_out += own.left_out
    return entry


def _read(own: Fields, market: str, values: Mapping[str, Value]) -> Entry | None:
    own.refuse_others(KEYS, of="an entry")
    if "date" not in own.row:
        own.fault("date", "an entry has a date", None, 'Example: date = "2023-04".')
    month = own.month("date")
    if month is None or not own.in_run("date", month, what=own.place):
        return None
    labels = own.names_in("labels", own.ground.names.label_names, of="label", every=False)
    wanted = labels if labels is not None else tuple(_names(values["labels"]))
    return Entry(
        market=market, month=month, tiers=_tiers(own, market, values),
        integration=_number(own, "integration", values), marketing=_number(own, "marketing", values),
        labels=tuple(one for one in wanted if one in own.ground.names.labels[market]),
        quality=own.number("quality", low=QUALITY.low, high=QUALITY.high, meaning=QUALITY.unit),
    )  # fmt: skip


def _number(own: Fields, lever: str, values: Mapping[str, Value]) -> float:
    line = LEVERS[lever]
    got = own.number(lever, low=line.low, high=line.high, meaning=line.unit)
    return _float(values[lever]) if got is None else got


def _tiers(own: Fields, market: str, values: Mapping[str, Value]) -> dict[str, float]:
    """Return prices by tier: as given, or the leader's times the price point; nothing where they cannot be told."""
    raw = own.row.get("tiers", values["tiers"])
    if isinstance(raw, Mapping):
        return _given(own, raw)
    known = own.ground.names.tier_names
    chosen = raw if isinstance(raw, tuple) else own.names_in("tiers", known, of="tier", every=False)
    got = own.number("price_point", low=LOWEST_POINT, high=10.0, meaning="share of the leader's price")
    point = _float(values["price_point"]) if got is None else got
    leader, found = str(values["leader"]), {}
    prices = own.ground.names.prices
    for tier in chosen or ():
        alone = prices.get((market, leader, "individual"), 0.0) * AS_INDIVIDUAL.get(tier, 0.0)
        price = 0.0 if tier.startswith("free") else prices.get((market, leader, tier), alone) * point
        if price <= 0.0 and not tier.startswith("free"):
            way = f"Write tiers = {{ {tier} = ... }} with a price in local currency, or name another leader."
            own.fault("tiers", f"{leader} has no price of {tier} in {market} to go by", tier, way)
        found[tier] = float(price)
    return found


def _given(own: Fields, raw: Mapping[object, object]) -> dict[str, float]:
    known, found = own.ground.names.tier_names, {}
    inner = own.within("tiers", raw)
    for tier in raw:
        if not isinstance(tier, str) or tier not in known:
            inner.fault(str(shown(tier)), "no such tier", tier, nearest(str(tier), known))
            continue
        high = 0.0 if tier.startswith("free") else LEVERS["price"].high
        price = inner.number(tier, low=0.0, high=high, meaning=LEVERS["price"].unit)
        found[tier] = 0.0 if price is None else price
    if not raw:
        own.fault("tiers", "an entry opens at least one tier", raw, "Example: tiers = { individual = 115 }.")
    own.faults += inner.faults
    return found


def _float(value: Value) -> float:
    assert isinstance(value, float)
    return value


def _names(value: Value) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value
