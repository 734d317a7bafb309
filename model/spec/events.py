"""Events: dated actions of firms and governments, read from a layer with every fault of their fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import parse_month
from model.spec.kinds import ENTRIES, FIELDS, KINDS, EventKind
from model.spec.levers import lever_value
from model.spec.names import ALL, Names
from model.spec.reading import Layer, shown
from model.spec.settings import LEVERS
from model.spec.suggest import nearest_market, nearest_or_all


@dataclass(frozen=True, slots=True)
class Event:
    """One event whose fields are checked one by one; who is present when is checked by the timeline.

    month: month number. day: 0 where the date has none. service: "" for what governments and app stores do.
    markets: codes, or ("ALL",) until the timeline resolves it. item: tier, label or service taken over. values: by
    lever name. tiers: price by tier of an entry, local currency per month. layer: index of the layer that gave it.
    unusual: whether prices far from those before are meant. labels: those that license an entry, () where every label
    does. operator: of a bundle.
    """

    kind: str
    month: int
    day: int
    service: str
    markets: tuple[str, ...]
    item: str
    values: Mapping[str, float]
    tiers: Mapping[str, float]
    about: str
    source: str
    place: str
    layer: int
    unusual: bool = False
    labels: tuple[str, ...] = ()
    operator: str = ""


def services_entering(layer: Layer) -> tuple[str, ...]:
    """Return the services that a layer's events bring in, well-formed or not, for messages about names."""
    events = layer.values.get("events", [])
    rows = [event for event in events if isinstance(event, Mapping)] if isinstance(events, list) else []
    named = (row.get("platform") for row in rows if _kind_like(row.get("kind")) in ENTRIES)
    return tuple(name for name in named if isinstance(name, str))


def read_events(
    layer: Layer, *, index: int, names: Names, entering: tuple[str, ...] = (), at: str = ""
) -> tuple[list[Event], list[Fault]]:
    """Return (events, faults) of one layer's `events`, each event's fields checked, dates in order.

    at: how messages name them before their number, by default as events of the layer.
    """
    raw = layer.values.get("events", [])
    if not isinstance(raw, list):
        return [], [
            Fault(layer.at("events"), "events are a list of tables", shown(raw), "Write [[events]] before each.")
        ]
    events: list[Event] = []
    faults: list[Fault] = []
    for number, row in enumerate(raw, start=1):
        place = f"{at or layer.at('event')} {number}"
        if not isinstance(row, Mapping):
            faults.append(Fault(place, "an event is a table", shown(row), "Write [[events]] before each."))
            continue
        event, wrong = _EventReader(row, place, index, names, entering).read()
        faults.extend(wrong)
        if event is None:
            continue
        if events and _before(event, events[-1]):
            rule, way = "events stand in order of date", "Move it before the events of later dates."
            faults.append(Fault(f"{place}.date", rule, shown(row.get("date")), way))
        events.append(event)
    return events, faults


def _kind_like(raw: object) -> str:
    """Return the kind of event that a word is or comes near, else ""."""
    if not isinstance(raw, str):
        return ""
    return raw if raw in KINDS else next(iter(get_close_matches(raw, list(KINDS), n=1, cutoff=0.6)), "")


def _before(event: Event, other: Event) -> bool:
    if event.month != other.month or 0 in (event.day, other.day):
        return event.month < other.month
    return event.day < other.day


class _EventReader:
    """Reads one event, gathering every fault of its fields."""

    def __init__(
        self, row: Mapping[object, object], place: str, index: int, names: Names, entering: tuple[str, ...]
    ) -> None:
        self.row, self.place, self.index, self.names, self.entering = row, place, index, names, entering
        self.faults: list[Fault] = []

    def read(self) -> tuple[Event | None, list[Fault]]:
        """Return (event, faults); no event when its kind or date is unknown.

        A faulty event is returned too, so that those after it can be checked. Of an event of unknown kind the fields
        that mean the same in every kind are still checked.
        """
        kind = self._kind()
        month, day = self._date()
        if kind is None:
            self._check_shared_fields()
            return None, self.faults
        allowed = ("date", "kind", *kind.needs, *kind.may, "about", "source")
        for key, value in self.row.items():
            if key not in allowed:
                way = nearest(str(shown(key)), allowed)
                self._fault(str(shown(key)), f"{kind.name} has no such field", value, way)
        for name in kind.needs:
            if name not in self.row:
                self._fault(name, f"{kind.name} needs this field", None, f"It is the {FIELDS[name]}.")
        service = self._service() if "platform" in self.row and "platform" in kind.needs else ""
        markets = self._markets() if "markets" in self.row else ()
        item = self._item(kind, markets)
        event = Event(
            kind=kind.name, month=month, day=day, service=service, markets=markets, item=item,
            values=self._values(kind, item), tiers=self._tiers() if "tiers" in kind.needs else {},
            about=self._text("about"), source=self._text("source"), place=self.place, layer=self.index,
            unusual=self._switch("unusual"), labels=self._labels(markets) if "labels" in kind.may else (),
            operator=self._operator() if "operator" in kind.needs else "",
        )  # fmt: skip
        return (event if month >= 0 else None), self.faults

    def _fault(self, key: str, rule: str, value: object, way: str) -> None:
        self.faults.append(Fault(f"{self.place}.{key}" if key else self.place, rule, shown(value), way))

    def _kind(self) -> EventKind | None:
        raw = self.row.get("kind")
        if isinstance(raw, str) and raw in KINDS:
            return KINDS[raw]
        self._fault("kind", "no such kind of event", raw, nearest_or_all(str(shown(raw)), list(KINDS)))
        return None

    def _check_shared_fields(self) -> None:
        """Check what can be checked without knowing the kind: service, markets, values, texts."""
        if "platform" in self.row:
            self._service()
        if "markets" in self.row:
            self._markets()
        tier = self.row.get("tier")
        for name in LEVERS.keys() & self.row.keys():
            item = tier if name == "price" and isinstance(tier, str) else ""
            self.faults += lever_value(LEVERS[str(name)], self.row[name], place=f"{self.place}.{name}", tier=item)[1]
        self._tiers()
        self._text("about"), self._text("source"), self._switch("unusual")

    def _date(self) -> tuple[int, int]:
        raw = self.row.get("date")
        text = raw.isoformat()[:10] if isinstance(raw, date) else raw
        try:
            month = parse_month(text, place=f"{self.place}.date")
        except InputError as error:
            self.faults.extend(Fault(fault.place, fault.rule, shown(raw), fault.way_out) for fault in error.faults)
            return -1, 0
        return month, int(str(text)[8:10] or 0)

    def _service(self) -> str:
        raw = self.row["platform"]
        known = (*self.names.services, *self.names.entrants, *self.entering)
        if not isinstance(raw, str):
            self._fault("platform", "platform is the name of one service", raw, 'Example: platform = "resso".')
        elif _kind_like(self.row.get("kind")) in ENTRIES:
            return raw if self._may_enter(raw) else ""
        elif raw in known:
            return raw
        else:
            self._fault("platform", "no such service", raw, nearest(raw, known))
        return ""

    def _may_enter(self, name: str) -> bool:
        """Check the name of an entrant; False where the event is of another service than its kind is for."""
        known = (*self.names.services, *self.names.entrants)
        if name in self.names.services and name != "other" and self.row.get("kind") == "new_competitor":
            rule = "a new competitor is a service that no market knows at the start"
            self._fault("platform", rule, name, 'Write kind = "platform_enters" for a service that is known.')
            return False
        if name in known and name != "other":
            return True
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) or name in ("tiktok", "other"):
            rule = "an entrant is a music service named in lower-case letters, digits and underscores"
            self._fault("platform", rule, name, 'Example: platform = "tiktok_music".')
        elif get_close_matches(name, known, n=1, cutoff=0.85):
            self._fault(
                "platform", "a new service may not be named almost like a known one", name, nearest(name, known)
            )
        return True

    def _markets(self) -> tuple[str, ...]:
        raw = self.row["markets"]
        chosen = [raw] if isinstance(raw, str) else raw
        if chosen == [ALL]:
            return (ALL,)
        if not isinstance(chosen, list | tuple) or not chosen or not all(isinstance(one, str) for one in chosen):
            self._fault(
                "markets", 'markets is a list of market codes or "ALL"', raw, 'Example: markets = ["IN", "ID"].'
            )
            return ()
        for one in chosen:
            if one not in self.names.markets:
                self._fault("markets", "no such market", one, nearest_market(one, self.names))
        if len(set(chosen)) < len(chosen):
            self._fault("markets", "a market stands once in the list", raw, "Take the double out.")
        return tuple(one for one in self.names.markets if one in chosen)

    def _item(self, kind: EventKind, markets: tuple[str, ...]) -> str:
        key = next((one for one in ("tier", "label", "absorbs") if one in kind.needs), "")
        if not key or key not in self.row:
            return kind.item
        raw = self.row[key]
        known = {
            "tier": tuple(dict.fromkeys((*self.names.tier_names, *(one.item for one in KINDS.values() if one.item)))),
            "label": self._labels_of(markets),
            "absorbs": tuple(dict.fromkeys((*self.names.services, *self.names.entrants, *self.entering))),
        }[key]
        if not isinstance(raw, str) or raw not in known:
            what = "service" if key == "absorbs" else key
            self._fault(key, f"no such {what}", raw, nearest(str(shown(raw)), known))
            return ""
        if key == "absorbs" and raw == self.row.get("platform"):
            self._fault(key, "a service takes over another one", raw, "platform takes over, absorbs is taken over.")
            return ""
        return raw

    def _labels_of(self, markets: tuple[str, ...]) -> tuple[str, ...]:
        chosen = self.names.markets if markets in ((), (ALL,)) else markets
        return tuple(dict.fromkeys(label for one in chosen for label in self.names.labels.get(one, ())))

    def _labels(self, markets: tuple[str, ...]) -> tuple[str, ...]:
        """Return the labels that license an entry, in the order of the facts; () for every label."""
        raw = self.row.get("labels", ALL)
        if raw in (ALL, [ALL]):
            return ()
        example = 'Example: labels = ["universal", "warner"].'
        if not isinstance(raw, list | tuple) or not raw:
            self._fault("labels", 'labels is a list of at least one label or "ALL"', raw, example)
            return ()
        known = self._labels_of(markets)
        for one in raw:
            if not isinstance(one, str) or one not in known:
                self._fault("labels", "no such label", one, nearest(str(shown(one)), known))
        return tuple(one for one in known if one in raw)

    def _operator(self) -> str:
        name = self._text("operator")
        if "operator" in self.row and isinstance(self.row["operator"], str) and not name.strip():
            self._fault("operator", "an operator has a name", name, 'Example: operator = "Telkomsel".')
        return name

    def _values(self, kind: EventKind, item: str) -> dict[str, float]:
        found = dict(kind.defaults)
        for name in (*kind.needs, *kind.may):
            if name in LEVERS and name in self.row:
                tier = item if name == "price" else ""
                value, faults = lever_value(LEVERS[name], self.row[name], place=f"{self.place}.{name}", tier=tier)
                self.faults.extend(faults)
                found[name] = value
        return found

    def _tiers(self) -> dict[str, float]:
        raw = self.row.get("tiers")
        if raw is None:
            return {}
        if not isinstance(raw, Mapping) or not raw:
            self._fault(
                "tiers",
                "tiers is a table of at least one tier and its price",
                raw,
                "Example: tiers = {free_ads = 0, premium = 49}.",
            )
            return {}
        found: dict[str, float] = {}
        for tier, price in raw.items():
            if not isinstance(tier, str) or tier not in self.names.tier_names:
                self._fault("tiers", "no such tier", tier, nearest(str(shown(tier)), self.names.tier_names))
                continue
            value, faults = lever_value(LEVERS["price"], price, place=f"{self.place}.tiers.{tier}", tier=tier)
            self.faults.extend(faults)
            found[tier] = value
        return found

    def _text(self, key: str) -> str:
        raw = self.row.get(key, "")
        if isinstance(raw, str):
            return raw
        self._fault(key, f"{key} is a text", raw, f"It is {FIELDS[key]}.")
        return ""

    def _switch(self, key: str) -> bool:
        raw = self.row.get(key, False)
        if isinstance(raw, bool):
            return raw
        self._fault(key, f"{key} is true or false", raw, f"It says {FIELDS[key]}.")
        return False
