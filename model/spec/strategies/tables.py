"""The tables of strategies: those of all layers merged key by key, and the dated actions among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from model.foundation.errors import Fault
from model.spec.events import Event, read_events
from model.spec.names import Names
from model.spec.reading import Layer, shown

SCHEDULE = "schedule"
"""Rule whose dated actions are events of its service."""
FRAME = ("platform", "label", "markets", "from", "until")
"""Keys that mean the same for every rule."""


@dataclass(frozen=True, slots=True)
class Table:
    """One strategy as the layers write it together. index, place: of the strongest layer that wrote on it.

    written: index of the strongest layer that wrote at a dotted path of it, such as "entries.MX".
    """

    key: str
    row: Mapping[object, object]
    index: int
    layer: Layer
    written: Mapping[str, int] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """How messages name it."""
        return self.layer.at("strategies", self.key)

    @property
    def actor(self) -> object:
        """Service or label as written; a table that names neither is called by it."""
        return self.row.get("platform", self.row.get("label", self.key))


def merged(layers: Sequence[Layer]) -> tuple[tuple[Table, ...], list[Fault]]:
    """Return (tables, faults): each key of a stronger layer replaces that of a weaker one, nested tables too.

    An empty table `strategies` drops all before it; another rule drops the choices of the one before.
    """
    found: dict[str, Table] = {}
    faults: list[Fault] = []
    for index, layer in enumerate(layers):
        raw = layer.values.get("strategies", {"": None})
        if not isinstance(raw, Mapping):
            way = 'Write [strategies.spotify] and rule = "hold" below it.'
            faults.append(Fault(layer.at("strategies"), "strategies are tables by name", shown(raw), way))
            continue
        if not raw:
            found = {}
        for key, row in raw.items() if "strategies" in layer.values else ():
            if isinstance(row, Mapping):
                before = found.get(key)
                kept = _kept(before, row)
                own = {} if before is None else before.written
                still = {path: at for path, at in own.items() if path.partition(".")[0] in kept}
                written = {**still, **dict.fromkeys(_paths(row), index)}
                found[key] = Table(key, _over(kept, row), index, layer, written)
            else:
                way = f'Write [strategies.{key}] and rule = "..." below it.'
                faults.append(Fault(layer.at("strategies", key), "a strategy is a table", shown(row), way))
    return tuple(found.values()), faults


def _kept(before: Table | None, row: Mapping[object, object]) -> Mapping[object, object]:
    """Return what stays of the weaker layers: who plays, where and when, and the choices unless the rule is another."""
    if before is None:
        return {}
    if row.get("rule", before.row.get("rule")) == before.row.get("rule"):
        return before.row
    return {key: value for key, value in before.row.items() if key in FRAME}


def _paths(row: Mapping[object, object], above: str = "") -> Iterator[str]:
    """Yield the dotted path of every key of a table, of tables in it too."""
    for key, value in row.items():
        yield f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _paths(value, f"{above}{key}.")


def _over(below: Mapping[object, object], above: Mapping[object, object]) -> dict[object, object]:
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        found[key] = _over(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return found


def scheduled(tables: Sequence[Table], *, names: Names) -> tuple[list[Event], list[Fault]]:
    """Return (events, faults) of the dated actions of schedules, with the service and markets of their table."""
    events: list[Event] = []
    faults: list[Fault] = []
    for table in tables:
        if table.row.get("rule") != SCHEDULE:
            continue
        actions = table.row.get("actions", [])
        if not isinstance(actions, list) or not all(isinstance(one, Mapping) for one in actions):
            way = f"Write [[strategies.{table.key}.actions]] before each, with the keys of an event but platform."
            faults.append(Fault(f"{table.place}.actions", "actions are a list of tables", shown(actions), way))
            continue
        for number, one in enumerate(actions, start=1):
            if "platform" in one:
                way = "Take the key out, or give the other service a schedule of its own."
                rule, place = "a schedule does what its own service does", f"{table.place}.actions {number}.platform"
                faults.append(Fault(place, rule, shown(one["platform"]), way))
        usual = {"platform": table.actor, "markets": table.row.get("markets", "ALL")}
        rows = [{**usual, **one, "platform": table.actor} for one in actions]
        layer = Layer(table.place, table.layer.rank, {"events": rows})
        index = table.written.get("actions", table.index)
        read, wrong = read_events(layer, index=index, names=names, at=f"{table.place}.actions")
        events += read
        faults += wrong
    return events, faults
