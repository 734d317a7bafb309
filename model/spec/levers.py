"""Levers set from month 1: dotted paths such as platforms.resso.integration.ID or markets.IN.sales_tax."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from model.foundation.errors import Fault, nearest
from model.spec.names import ALL, Names
from model.spec.parameters import LEAST
from model.spec.reading import Layer, shown
from model.spec.settings import LEVERS, Lever, Setting
from model.spec.suggest import lever_path, nearest_market


@dataclass(slots=True)
class Found:
    """What reading levers or events yields: settings, faults, and what a later layer took out of the run."""

    settings: list[Setting] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def lever_value(lever: Lever, value: object, *, place: str, tier: str = "") -> tuple[float, list[Fault]]:
    """Return (value, faults) of a lever's raw value: switches as 0 or 1, numbers inside the lever's bounds.

    tier: the tier a price is for; what is free costs nothing.
    """
    if lever.switch:
        if isinstance(value, bool):
            return float(value), []
        return 0.0, [Fault(place, f"{lever.name} is true or false", shown(value), f"It sets {lever.meaning}.")]
    wrong = isinstance(value, bool) or not isinstance(value, int | float) or shown(value) is not value
    if wrong or not math.isfinite(value):  # type: ignore[arg-type]
        rule = f"{lever.name} is a finite number ({lever.unit})"
        return 0.0, [Fault(place, rule, shown(value), f"It sets {lever.meaning}.")]
    number = float(value)  # type: ignore[arg-type]
    if 0.0 < abs(number) < LEAST:
        return 0.0, [Fault(place, f"{lever.name} is 0, or no nearer to 0 than {LEAST:g}", value, "Write 0.")]
    if not lever.low <= number <= lever.high:
        rule = f"{lever.name} lies in [{lever.low:g}, {lever.high:g}] ({lever.unit})"
        return number, [Fault(place, rule, value, f"It sets {lever.meaning}.")]
    if lever.name == "price" and is_free(tier) and number != 0.0:
        return number, [Fault(place, f"the tier {tier} costs nothing", value, "Open a paid tier with tier_opens.")]
    return number, []


def is_free(tier: str) -> bool:
    """Tell whether a tier is free by its name (free_ads, free_rewarded)."""
    return tier.startswith("free")


def read_levers(
    layer: Layer, *, names: Names, markets: Sequence[str], strict: bool, entering: Sequence[str] = ()
) -> Found:
    """Return the settings of one layer's lever overrides, sorted so that a named market beats ALL.

    markets: those of the run. strict: whether a market outside the run is a fault (it is, unless a later layer narrowed
    the run). entering: services that an event brings in, for the way out.
    """
    found = Found()
    platforms = _table(layer.values.get("platforms", {}), layer.at("platforms"), "services", found)
    for service, levers in platforms.items():
        place = layer.at("platforms", service)
        if service not in names.services:
            found.faults.append(_unknown_service(service, place, names, entering))
            continue
        for name, cells in _table(levers, place, "levers", found).items():
            _read_platform_lever(_Where(layer, names, markets, strict, found), service, name, cells)
    selection = layer.values.get("markets", {})
    if isinstance(selection, Mapping):
        for market, levers in sorted(selection.items(), key=lambda pair: pair[0] != ALL):
            if market != "only":
                _read_market(_Where(layer, names, markets, strict, found), market, levers)
    return found


@dataclass(frozen=True, slots=True)
class _Where:
    layer: Layer
    names: Names
    markets: Sequence[str]
    strict: bool
    found: Found

    def run(self, market: str, place: str, value: object) -> tuple[str, ...]:
        """Return the run's markets that a market word means; notes or faults where it means none."""
        if market == ALL:
            return tuple(self.markets)
        if market not in self.names.markets:
            way = nearest_market(market, self.names)
            self.found.faults.append(Fault(place, "no such market", shown(value), way))
        elif market in self.markets:
            return (market,)
        elif self.strict:
            way = f"Add it to markets; the run has {', '.join(self.markets)}."
            self.found.faults.append(Fault(place, f"the run does not include the market {market}", shown(value), way))
        else:
            self.found.left_out.append(f"{place}, since {market} is not run")
        return ()


def _table(value: object, place: str, of: str, found: Found) -> dict[str, object]:
    if isinstance(value, Mapping):
        return dict(value)
    found.faults.append(
        Fault(place, f"is a table of {of}", shown(value), "Example: platforms.resso.integration.ID = 1.0.")
    )
    return {}


def _unknown_service(service: str, place: str, names: Names, entering: Sequence[str]) -> Fault:
    if service in entering or service in names.entrants:
        way = "Give its prices and levers in a platform_enters event or in events after it."
        return Fault(place, "the service has no offer anywhere at the start", service, way)
    return Fault(place, "no such service", service, nearest(service, names.services))


def _read_platform_lever(where: _Where, service: str, name: str, cells: object) -> None:
    place = where.layer.at("platforms", service, name)
    lever = LEVERS.get(name)
    if lever is None or lever.of != "platform":
        known = [other.name for other in LEVERS.values() if other.of == "platform" and not other.by_event]
        way = f"Write markets.<MARKET>.{name}." if lever is not None else nearest(name, known)
        if name in (*where.names.markets, ALL):
            way = "The order is platforms.<service>.<lever>.<MARKET>, the market after the lever."
        where.found.faults.append(Fault(place, "no such lever of a service", name, way))
        return
    if lever.by_event:
        rule = f"{name} is set by an event, {lever.by_event}"
        where.found.faults.append(Fault(place, rule, name, f'Write [[events]] with kind = "{lever.by_event}".'))
        return
    if not isinstance(cells, Mapping):
        path = lever_path(lever).replace("<service>", service).replace("<MARKET>", ALL)
        way = f"Write {path} = ..., or a market's code for {ALL}."
        where.found.faults.append(Fault(place, f"{name} is set per market", shown(cells), way))
        return
    for market, value in sorted(cells.items(), key=lambda pair: pair[0] != ALL):
        if lever.item != "none" and market not in where.names.markets and _is_item(where.names, lever, market):
            where.found.faults.append(_turned(where.names, lever, service, market, value, f"{place}.{market}"))
            continue
        for item, raw, at in _items(where, lever, value, f"{place}.{market}"):
            run = where.run(market, at, market)
            cell = _cells_with(where, lever, service, market, item, run, at)
            _set(where, lever, service, item, raw, at, cell)


def _is_item(names: Names, lever: Lever, word: str) -> bool:
    return word in (names.tier_names if lever.item == "tier" else names.label_names)


def _turned(names: Names, lever: Lever, service: str, item: str, value: object, place: str) -> Fault:
    """Return the fault of a path with the tier or label before the market."""
    inner = next(iter(value), "") if isinstance(value, Mapping) else ""
    market = inner if inner in (*names.markets, ALL) else "<MARKET>"
    path = f"platforms.{service}.{lever.name}.{market}.{item}"
    return Fault(place, f"the market stands before the {lever.item}", shown(value), f"The order is {path}.")


def _items(where: _Where, lever: Lever, value: object, place: str) -> Iterator[tuple[str, object, str]]:
    if lever.item == "none":
        yield "", value, place
    elif isinstance(value, Mapping):
        for item, raw in value.items():
            yield item, raw, f"{place}.{item}"
    else:
        way = f"Write {place.split(': ')[-1]}.<{lever.item}> = ..."
        where.found.faults.append(Fault(place, f"{lever.name} is set per {lever.item}", shown(value), way))


def _cells_with(
    where: _Where, lever: Lever, service: str, market: str, item: str, run: tuple[str, ...], place: str
) -> tuple[str, ...]:
    """Return those of the run's markets where the service, and its tier or the label, exist; one fault if none does."""
    names = where.names
    present = tuple(one for one in run if names.is_there(one, service))
    if run and not present:
        way = f"Markets of {service}: {', '.join(names.markets_of(service))}; an entry is an event, platform_enters."
        where.found.faults.append(Fault(place, f"{service} has no offer there at the start", market, way))
        return ()
    if not present or lever.item == "none":
        return present
    known = {one: names.tiers[one, service] if lever.item == "tier" else names.labels.get(one, ()) for one in present}
    having = tuple(one for one in present if item in known[one])
    if not having:
        listed = list(dict.fromkeys(name for one in present for name in known[one]))
        of = f"{service} has no such tier" if lever.item == "tier" else "there is no such label"
        where.found.faults.append(Fault(place, f"{of} in {market}", item, nearest(item, listed)))
    return having


def _read_market(where: _Where, market: str, levers: object) -> None:
    place = where.layer.at("markets", market)
    run = where.run(market, place, market)
    for name, value in _table(levers, place, "levers", where.found).items():
        lever = LEVERS.get(name)
        if lever is None or lever.of != "market":
            known = [other.name for other in LEVERS.values() if other.of == "market"]
            way = f"Write platforms.<service>.{name}.{market}." if lever is not None else nearest(name, known)
            where.found.faults.append(Fault(f"{place}.{name}", "no such lever of a market", name, way))
            continue
        for item, raw, at in _items(where, lever, value, f"{place}.{name}"):
            _set(where, lever, "", item, raw, at, _with_label(where, lever, market, item, run, at))


def _with_label(
    where: _Where, lever: Lever, market: str, item: str, run: tuple[str, ...], place: str
) -> tuple[str, ...]:
    """Return those of the run's markets that have the label of a market's lever; one fault if none does."""
    if lever.item == "none" or not run:
        return run
    labels = where.names.labels
    having = tuple(one for one in run if item in labels.get(one, ()))
    if not having:
        known = list(dict.fromkeys(name for one in run for name in labels.get(one, ())))
        where.found.faults.append(Fault(place, f"there is no such label in {market}", item, nearest(item, known)))
    return having


def _set(where: _Where, lever: Lever, service: str, item: str, raw: object, place: str, markets: Sequence[str]) -> None:
    value, faults = lever_value(lever, raw, place=place, tier=item)
    where.found.faults.extend(faults)
    if not faults:
        where.found.settings.extend(Setting(lever.name, one, service, item, value, place) for one in markets)
