"""The frame of a run: dates, size, seed, markets. Each key declared once with its bounds, default and meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model.facts.owners import BYTEDANCE_FIRM, OWNERS, owner_of
from model.foundation.errors import Fault, nearest
from model.foundation.months import parse_month
from model.spec.names import ALL, STARTS, Names, NamesOf
from model.spec.reading import Layer, shown
from model.spec.suggest import nearest_key, nearest_market
from model.spec.timeline import Window

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,59}")
_STRANGE = re.compile(r"[^\w .-]+")


def plain_name(stem: str) -> str:
    """Return the name of a scenario whose file says none: the file's, letters of any alphabet, other signs as _.

    It heads folders, tables and pages: it is no path, no formula of a spreadsheet, and no sign of HTML.
    """
    return _STRANGE.sub("_", unicodedata.normalize("NFC", stem)).lstrip(" .-")[:60].rstrip(" .") or "unnamed"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole-number key: default, bounds, what it counts, and advice for a value outside."""

    default: int
    low: int
    high: int
    meaning: str
    way: str


WHOLES: dict[str, Whole] = {
    "months": Whole(36, 1, 1200, "months simulated", "Example: months = 36."),
    "users": Whole(10_000, 1, 100_000_000, "simulated users per market at the start",
                   "Each stands for many people and takes about 100 bytes; 10000 gives shares within about 1%."),
    "seed": Whole(1, 0, 2**63 - 1, "root of all random numbers", "Example: seed = 1."),
    "replicates": Whole(1, 1, 10_000, "runs of the same scenario with different random numbers",
                        "Example: replicates = 20."),
}  # fmt: skip
DEFAULT_START = "2022-10"
KEYS: dict[str, str] = {
    "name": "name of the scenario; its file's name without it",
    "about": "one sentence on what is played",
    "extends": "scenario whose values hold where this one gives none",
    "start": f"month of the start, one of {', '.join(STARTS)}",
    **{key: line.meaning for key, line in WHOLES.items()},
    "markets": "list of market codes to run, or tables of market levers with an optional list `only`",
    "growth": "whether the internet, and with it the number of addressable people, grows, and trends of demand go on",
    "fresh_starts": "whether every replicate begins with people of its own, settled anew (true or false)",
    "unusual_prices": "whether prices far from those before are meant, in overrides and events (true or false)",
    "parameters": "table of parameters",
    "platforms": "tables of levers: platforms.<service>.<lever>.<MARKET or ALL>[.<tier or label>]",
    "events": "dated events, each under [[events]]",
    "deals": "licences agreed beforehand, each under [[deals]]",
    "talks": "who talks about licences, and how; without it nobody does",
    "strategies": "rules that services and labels play month by month, each under [strategies.<a name>]",
    "rivals_respond": "whether strategies of other firms than `focus` may answer (true or false)",
    "focus": "firm, service or label whose own strategies always answer",
}


@dataclass(slots=True)
class Frame:
    """The scalar keys of a scenario after all layers; `window` also tells which layers fixed dates and markets."""

    name: str
    about: str
    start: str
    wholes: dict[str, int]
    growth: bool
    fresh_starts: bool
    unusual_prices: bool
    rivals_respond: bool
    focus: str
    names: Names
    window: Window


class FrameReader:
    """Reads the frame from layers in order of strength, gathering every fault."""

    def __init__(self, layers: Sequence[Layer], names_of: NamesOf) -> None:
        self.layers, self.names_of = layers, names_of
        self.faults: list[Fault] = []

    def read(self) -> Frame:
        """Return the frame; where a value is faulty the default stands in, so that the rest can be checked too."""
        start, start_from = self._start()
        wholes = {key: self._whole(key, line) for key, line in WHOLES.items()}
        names = self.names_of(start)
        for layer in self.layers:
            for key, value in layer.values.items():
                if key not in KEYS:
                    way = nearest_key(key, keys=list(KEYS), names=names)
                    self.faults.append(Fault(layer.at(key), "no such key", shown(value), way))
        markets, markets_from = self._markets(names)
        first, months_from = parse_month(start), max(start_from, self._last_with("months"))
        window = Window(
            first, first + wholes["months"] - 1, markets,
            start_from=start_from, months_from=months_from, markets_from=markets_from,
        )  # fmt: skip
        own = [layer for layer in self.layers if layer.rank != layer.rank.PARENT]
        growth, unusual = self._switch("growth", default=True), self._switch("unusual_prices", default=False)
        return Frame(
            self._name(own), self._text("about", own), start, wholes, growth,
            self._switch("fresh_starts", default=False), unusual, self._switch("rivals_respond", default=True),
            self._focus(names), names, window,
        )  # fmt: skip

    def _focus(self, names: Names) -> str:
        """Return the firm in focus: of a service its owner, a label as it is."""
        found = self._text("focus", self.layers) or BYTEDANCE_FIRM
        known = {**{one: owner_of(one) for one in (*names.services, *names.entrants)}, **dict(OWNERS)}
        firms = dict.fromkeys((*known.values(), *names.label_names))
        if found in (*known, *firms):
            return known.get(found, found)
        place = next(layer.at("focus") for layer in reversed(self.layers) if "focus" in layer.values)
        self.faults.append(Fault(place, "no such firm, service or label", shown(found), nearest(found, [*firms])))
        return BYTEDANCE_FIRM

    def _last_with(self, key: str) -> int:
        return max((index for index, layer in enumerate(self.layers) if key in layer.values), default=0)

    def _start(self) -> tuple[str, int]:
        found = DEFAULT_START
        for layer in self.layers:
            if "start" not in layer.values:
                continue
            value = layer.values["start"]
            text = value[:7] if isinstance(value, str) and value[7:] in ("", "-01") else value
            if isinstance(text, str) and text in STARTS:
                found = text
            else:
                rule = f"the start is a month with a known start state: {', '.join(STARTS)}"
                self.faults.append(Fault(layer.at("start"), rule, shown(value), f'Example: start = "{DEFAULT_START}".'))
        return found, self._last_with("start")

    def _whole(self, key: str, line: Whole) -> int:
        found = line.default
        for layer in self.layers:
            if key not in layer.values:
                continue
            value = layer.values[key]
            whole = isinstance(value, int) and not isinstance(value, bool)
            whole = whole or (isinstance(value, float) and value.is_integer())
            if whole and line.low <= value <= line.high:  # type: ignore[operator]
                found = int(value)  # type: ignore[call-overload]
            else:
                rule = f"{key} is a whole number from {line.low:,} to {line.high:,} ({line.meaning})"
                self.faults.append(Fault(layer.at(key), rule, shown(value), line.way))
        return found

    def _switch(self, key: str, *, default: bool) -> bool:
        found = default
        for layer in self.layers:
            value = layer.values.get(key, found)
            if isinstance(value, bool):
                found = value
            else:
                way = f"Example: {key} = {str(not default).lower()}."
                self.faults.append(Fault(layer.at(key), f"{key} is true or false", shown(value), way))
        return found

    def _text(self, key: str, layers: Sequence[Layer]) -> str:
        found = ""
        for layer in layers:
            value = layer.values.get(key, found)
            if isinstance(value, str):
                found = value
            else:
                self.faults.append(Fault(layer.at(key), f"{key} is a text", shown(value), f'Example: {key} = "...".'))
        return found

    def _name(self, layers: Sequence[Layer]) -> str:
        """Return the name; folders of results are called by it, so it may hold no path."""
        name = self._text("name", layers)
        if name and not _PLAIN_NAME.fullmatch(name):
            rule = "a name has letters, digits, blanks, - and _, at most 60"
            place = next(layer.at("name") for layer in reversed(layers) if "name" in layer.values)
            self.faults.append(Fault(place, rule, shown(name), 'Example: name = "sony_returns".'))
        return name

    def _markets(self, names: Names) -> tuple[tuple[str, ...], int]:
        found, chosen_by = names.markets, 0
        for index, layer in enumerate(self.layers):
            raw = layer.values.get("markets")
            key = "markets"
            if isinstance(raw, Mapping):
                raw, key = raw.get("only"), "markets.only"
            if raw is None and "markets" not in layer.values:
                continue
            if raw is None and isinstance(layer.values["markets"], Mapping):
                continue
            chosen = self._selection(raw, layer.at(key), names)
            if chosen:
                found, chosen_by = chosen, index
        return found, chosen_by

    def _selection(self, raw: object, place: str, names: Names) -> tuple[str, ...]:
        way = 'Example: markets = ["IN", "ID", "BR"], or "ALL".'
        if raw in (ALL, [ALL]):
            return names.markets
        if not isinstance(raw, list) or not raw or not all(isinstance(one, str) for one in raw):
            self.faults.append(Fault(place, "markets is a list of at least one market code", shown(raw), way))
            return ()
        for one in raw:
            if one not in names.markets:
                self.faults.append(Fault(place, "no such market", one, nearest_market(one, names, every=False)))
        if len(set(raw)) < len(raw):
            self.faults.append(Fault(place, "a market stands once in the list", shown(raw), "Take the double out."))
        return tuple(one for one in names.markets if one in raw)
