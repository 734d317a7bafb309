"""Reading one table of a scenario field by field, gathering every fault; shared by deals and talks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import parse_month, show_month
from model.spec.names import ALL, Names
from model.spec.reading import shown
from model.spec.suggest import nearest_market
from model.spec.timeline import Window

TIKTOK = "tiktok"
"""The service that plays music in clips; it is no music service and has no offers."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What names mean in a run: those of the start state, the run's window, and who is offered where at some time.

    offered: (market, service) with an offer at the start or by an entry during the run. entering: services that some
    event brings in, well-formed or not. doubtful: whether events are faulty, so that an entry may be missing.
    """

    names: Names
    window: Window
    offered: frozenset[tuple[str, str]]
    entering: tuple[str, ...] = ()
    doubtful: bool = False

    @property
    def services(self) -> tuple[str, ...]:
        """Every service that may be named, TikTok included."""
        return tuple(dict.fromkeys((*self.names.services, *self.names.entrants, *self.entering, TIKTOK)))

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label of some market of the run, in the order of the facts."""
        found = dict.fromkeys(label for one in self.window.markets for label in self.names.labels.get(one, ()))
        return tuple(label for label in self.names.label_names if label in found)

    @property
    def narrowed_by(self) -> int:
        """Index of the strongest layer that chose the run's markets or dates."""
        return max(self.window.markets_from, self.window.months_from, self.window.start_from)

    def has(self, market: str, service: str) -> bool:
        """Tell whether a service has, or gets, an offer in a market; TikTok and what cannot be known count as there."""
        unknown = self.doubtful and (service in self.entering or service in self.names.entrants)
        return service == TIKTOK or unknown or (market, service) in self.offered


class Fields:
    """The fields of one table: each method returns a field's value, or its default where it is missing or wrong."""

    def __init__(
        self, row: Mapping[object, object], place: str, *, index: int, ground: Ground,
        written: Mapping[str, int] | None = None,
    ) -> None:  # fmt: skip
        """row: the table. index: of its layer. place: how messages name it.

        written: index of the layer that wrote a key, by its dotted path, where several layers wrote the table.
        """
        self.row, self.place, self.index, self.ground = row, place, index, ground
        self.written: Mapping[str, int] = written or {}
        self.faults: list[Fault] = []
        self.left_out: list[str] = []

    def layer_of(self, key: str) -> int:
        """Return the index of the layer that wrote a key, that of the table where it is not known."""
        return self.written.get(key, self.index)

    def within(self, key: str, row: Mapping[object, object]) -> Fields:
        """Return the fields of a table that stands in this one at a dotted path."""
        own = {path[len(key) + 1 :]: at for path, at in self.written.items() if path.startswith(f"{key}.")}
        return Fields(row, f"{self.place}.{key}", index=self.layer_of(key), ground=self.ground, written=own)

    def fault(self, key: str, rule: str, value: object, way: str) -> None:
        """Note a fault of a field, or of the whole table where key is empty."""
        self.faults.append(Fault(f"{self.place}.{key}" if key else self.place, rule, shown(value), way))

    def refuse_others(self, allowed: Sequence[str], *, of: str) -> None:
        """Note each field that is not among those allowed. of: what the table is, for the message."""
        for key, value in self.row.items():
            if key not in allowed:
                self.fault(str(shown(key)), f"{of} has no such field", value, nearest(str(shown(key)), allowed))

    def text(self, key: str) -> str:
        """Return a text, "" by default."""
        raw = self.row.get(key, "")
        if isinstance(raw, str):
            return raw
        self.fault(key, f"{key} is a text", raw, f'Example: {key} = "...".')
        return ""

    def switch(self, key: str) -> bool | None:
        """Return true, false, or None where the field is missing."""
        raw = self.row.get(key)
        if raw is None and key not in self.row:
            return None
        if isinstance(raw, bool):
            return raw
        self.fault(key, f"{key} is true or false", raw, f"Example: {key} = true.")
        return None

    def word(self, key: str, words: Sequence[str], *, default: str) -> str:
        """Return one of some words."""
        raw = self.row.get(key, default)
        if isinstance(raw, str) and raw in words:
            return raw
        self.fault(key, f"{key} is one of {', '.join(words)}", raw, nearest(str(shown(raw)), words))
        return default

    def number(self, key: str, *, low: float, high: float, meaning: str) -> float | None:
        """Return a finite number inside bounds, None where it is missing or wrong."""
        if key not in self.row:
            return None
        raw = self.row[key]
        right = isinstance(raw, int | float) and not isinstance(raw, bool) and shown(raw) is raw
        if not right or not math.isfinite(raw):  # type: ignore[arg-type]
            self.fault(key, f"{key} is a finite number", raw, f"Unit: {meaning}.")
            return None
        if not low <= raw <= high:  # type: ignore[operator]
            self.fault(key, f"{key} lies in [{low:g}, {high:g}]", raw, f"Unit: {meaning}.")
            return None
        return float(raw)  # type: ignore[arg-type]

    def whole(self, key: str, *, low: int, high: int, default: int) -> int:
        """Return a whole number inside bounds; 24.0 counts as whole."""
        raw = self.row.get(key, default)
        whole = (isinstance(raw, int) and not isinstance(raw, bool)) or (isinstance(raw, float) and raw.is_integer())
        if whole and low <= raw <= high:  # type: ignore[operator]
            return int(raw)  # type: ignore[call-overload,no-any-return]
        rule = f"{key} is a whole number from {low:,} to {high:,}"
        self.fault(key, rule, raw, f"Example: {key} = {default}.")
        return default

    def month(self, key: str) -> int | None:
        """Return a month number of "YYYY-MM" or a date, None where it is missing or wrong."""
        if key not in self.row:
            return None
        raw = self.row[key]
        text = raw.isoformat()[:10] if isinstance(raw, date) else raw
        try:
            return parse_month(text, place=f"{self.place}.{key}")
        except InputError as error:
            self.faults.extend(Fault(one.place, one.rule, shown(raw), one.way_out) for one in error.faults)
            return None

    def service(self, key: str) -> str:
        """Return the name of a known service or entrant, "" where it is missing or wrong."""
        raw = self.row.get(key)
        if isinstance(raw, str) and raw in self.ground.services:
            return raw
        if isinstance(raw, str):
            self.fault(key, "no such service", raw, nearest(raw, self.ground.services))
        else:
            self.fault(key, f"{key} is the name of one service", raw, f'Example: {key} = "resso".')
        return ""

    def names_in(self, key: str, known: Sequence[str], *, of: str, every: bool) -> tuple[str, ...] | None:
        """Return a list of known names in the known order, ("ALL",) for all; None where it is missing or wrong.

        of: what one name stands for, such as "label". every: whether ALL may be written.
        """
        if key not in self.row:
            return None
        raw = self.row[key]
        chosen = [raw] if isinstance(raw, str) else raw
        if every and chosen in ([ALL], (ALL,)):
            return (ALL,)
        if not isinstance(chosen, list | tuple) or not chosen or not all(isinstance(one, str) for one in chosen):
            way = f'Example: {key} = ["{known[0] if known else "..."}"]' + (', or "ALL".' if every else ".")
            self.fault(key, f"{key} is a list of at least one {of}", raw, way)
            return None
        wrong = [one for one in chosen if one not in known]
        for one in wrong:
            way = nearest_market(one, self.ground.names, every=every) if of == "market" else nearest(one, known)
            self.fault(key, f"no such {of}", one, way)
        if len(set(chosen)) < len(chosen):
            self.fault(key, f"a {of} stands once in the list", raw, "Take the double out.")
        return None if wrong else tuple(one for one in known if one in chosen)

    def in_run(self, key: str, month: int, *, what: str) -> bool:
        """Tell whether a month lies in the run; if not, note a fault, or what is left out by a stronger layer's dates.

        what: the table in words, for the note.
        """
        window = self.ground.window
        if window.first <= month <= window.last:
            return True
        narrowed_by = window.start_from if month < window.first else window.months_from
        if self.layer_of(key) < narrowed_by:
            self.left_out.append(f"{what} of {show_month(month)}, which lies outside the run")
        else:
            rule = f"{key} lies in the run, {show_month(window.first)} to {show_month(window.last)}"
            way = "Start the run earlier or leave it out." if month < window.first else "Raise months or drop it."
            self.fault(key, rule, show_month(month), way)
        return False

    def run_markets(self, key: str, chosen: tuple[str, ...], *, service: str) -> tuple[str, ...]:
        """Return those of the chosen markets that are run and where the service has, or gets, an offer.

        A named market outside the run, or without an offer of the service, is a fault; left out where a stronger layer
        narrowed the run. service: "" where it is not known.
        """
        ground, run = self.ground, self.ground.window.markets
        every = chosen == (ALL,)
        inside = run if every else tuple(one for one in chosen if one in run)
        outside = () if every else tuple(one for one in chosen if one not in run)
        if outside and self.layer_of(key) < ground.window.markets_from:
            self.left_out.append(f"{self.place} for {', '.join(outside)}, not run")
        elif outside:
            way = f"Add them to markets; the run has {', '.join(run)}."
            self.fault(key, "lie in markets of the run", ", ".join(outside), way)
        if not service:
            return inside
        having = tuple(one for one in inside if ground.has(one, service))
        lacking = tuple(one for one in inside if one not in having)
        if lacking and (not every or not having):
            self._lacks(key, service, lacking)
        return having

    def _lacks(self, key: str, service: str, markets: tuple[str, ...]) -> None:
        where = ", ".join(markets)
        if self.layer_of(key) < self.ground.narrowed_by:
            self.left_out.append(f"{self.place} for {where}, where {service} has no offer")
            return
        known = [one for one in self.ground.window.markets if self.ground.has(one, service)]
        way = f"Of the run's markets it has {', '.join(known) or 'none'}; an entry is an event, platform_enters."
        self.fault(key, f"{service} has no offer there and gets none", where, way)
