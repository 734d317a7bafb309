"""The page's state as a small TOML file or a link: written whole, read back strictly, run again to the same numbers.

A run is fixed by its scenario, its seed and what was changed in which month, so nothing else needs to be kept.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.spec.reading import scenario_names, shown
from model.spec.scenario import Scenario

LARGEST_TEXT = 64_000
"""Bytes of a state or a scenario that is read."""
LARGEST_LINK = 6_000
"""Letters of a link that is written: browsers take longer ones, messengers cut them."""
MOST_USERS, MOST_USER_MARKETS = 100_000, 1_000_000
"""Simulated users per market, and in all markets together, of a run in the page: more belongs on the command line."""
MOST_MONTHS = 120
MOST_CHANGES, MOST_KEYS, LONGEST_WORD = 200, 60, 400
DEFAULT_USERS = 3_000
FRAME = ("users", "seed", "months", "markets", "start", "growth")
"""Keys of a scenario that the page sets; parameters and levers may stand beside them."""

LICENCE_KEYS = ("month", "platform", "label", "kind", "markets", "away")
"""What a licence says beside its deals."""

Plain = bool | int | float | str
Values = Mapping[str, Plain | tuple[Plain, ...]]
_KEY = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Change:
    """A lever that was set while the run went on.

    month: the last month lived then; it acts from the next one. key: dotted, as in a scenario file.
    """

    month: int
    key: str
    value: bool | float


@dataclass(frozen=True, slots=True)
class Licence:
    """How talks about a licence ended while the run went on: it was signed, or the label's music goes away.

    month: the last month lived then; it acts from the next one. platform, label, kind, markets: whose music, for what
    and where. away: months of the old terms before the music goes away, -1 where it stays. deals: what was signed, each
    as under [[deals]] of a scenario; none where nothing was.
    """

    month: int
    platform: str
    label: str
    kind: str
    markets: tuple[str, ...]
    away: int = -1
    deals: tuple[Values, ...] = ()

    @property
    def pair(self) -> tuple[str, str, str]:
        """Whose licence it is, and for what."""
        return self.platform, self.label, self.kind


@dataclass(frozen=True, slots=True)
class PageState:
    """What the page was asked for.

    scenario: name of one of the project's scenarios. text: a scenario in TOML that was loaded instead, "" for none.
    sets: keys of the scenario that were set, dotted. changes: levers set and licences talked about on the way, in
    order.
    month: the last month lived. market: the one shown, "" for all. view: the group of figures shown. pages: what the
    other pages were asked for, by page and key.
    """

    scenario: str = "baseline"
    text: str = ""
    sets: Values = field(default_factory=lambda: {"users": DEFAULT_USERS})
    changes: tuple[Change | Licence, ...] = ()
    month: int = 0
    market: str = ""
    view: str = "overview"
    pages: Mapping[str, Values] = field(default_factory=dict)

    @property
    def levers(self) -> tuple[Change, ...]:
        """Levers that were set on the way."""
        return tuple(one for one in self.changes if isinstance(one, Change))

    @property
    def licences(self) -> tuple[Licence, ...]:
        """Licences whose talks ended on the way."""
        return tuple(one for one in self.changes if isinstance(one, Licence))

    def page(self, name: str) -> Values:
        """Return what a page was asked for."""
        return self.pages.get(name, {})

    def with_page(self, name: str, values: Values) -> PageState:
        """Return the state with some values of a page set."""
        return replace(self, pages={**self.pages, name: {**self.page(name), **values}})


def plan_of(state: PageState) -> Scenario:
    """Return the scenario that a state begins with. Errors: InputError, also for a run too large for a page."""
    if state.text:
        plan = Scenario.from_mapping(_scenario_of(state.text), place="scenario file")
    else:
        _check_name(state.scenario)
        plan = Scenario.load(state.scenario)
    sets = {key: list(value) if isinstance(value, tuple) else value for key, value in state.sets.items()}
    plan = plan.replace({**sets, "replicates": 1})
    faults = []
    if plan.users > MOST_USERS or plan.users * len(plan.markets) > MOST_USER_MARKETS:
        most = min(MOST_USERS, MOST_USER_MARKETS // len(plan.markets))
        rule = f"a page runs at most {most:,} users per market in {len(plan.markets)} markets"
        faults.append(Fault("users", rule, plan.users, "Larger runs: the command `resonance run`."))
    if plan.months > MOST_MONTHS:
        rule = f"a page runs at most {MOST_MONTHS} months"
        faults.append(Fault("months", rule, plan.months, "Longer runs: the command `resonance run`."))
    raise_faults(faults)
    return plan


def to_text(state: PageState) -> str:
    """Return a state as TOML."""
    lines = ["# A page of Resonance. Load it there to see the same run again.", "format = 1"]
    if not state.text:
        lines.append(f"scenario = {_toml(state.scenario)}")
    lines += [f"month = {state.month}", f"market = {_toml(state.market)}", f"view = {_toml(state.view)}"]
    if state.text:
        lines.append(f"text = {_toml(state.text)}")
    lines += ["", "[sets]", *(f"{_toml(key)} = {_toml(value)}" for key, value in state.sets.items())]
    for change in state.changes:
        lines += _change_lines(change)
    for page, values in state.pages.items():
        lines += ["", f"[pages.{_toml(page)}]", *(f"{_toml(key)} = {_toml(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def _change_lines(change: Change | Licence) -> list[str]:
    if isinstance(change, Change):
        return ["", "[[changes]]", f"month = {change.month}", f"key = {_toml(change.key)}",
                f"value = {_toml(change.value)}"]  # fmt: skip
    lines = ["", "[[changes]]", *(f"{name} = {_toml(getattr(change, name))}" for name in LICENCE_KEYS)]
    for deal in change.deals:
        lines += ["", "[[changes.deals]]", *(f"{_toml(key)} = {_toml(value)}" for key, value in deal.items())]
    return lines


def from_text(text: str | bytes) -> PageState:
    """Return the state of a TOML text. Errors: InputError with every fault, also for a text that is too long."""
    given = _tables_of(text, place="page file")
    faults: list[Fault] = []
    known = ("format", "scenario", "text", "month", "market", "view", "sets", "changes", "pages")
    faults += [Fault(_told(key) or "page file", "no such key of a page file", key, nearest(key, known))
               for key in given if key not in known]  # fmt: skip
    if given.get("format") != 1:
        way = "Save the page again with this version."
        faults.append(Fault("format", "is 1", given.get("format", "nothing"), way))
    scenario = _word(given, "scenario", "baseline", faults)
    source = _word(given, "text", "", faults, longest=LARGEST_TEXT)
    state = PageState(
        scenario=scenario, text=source, sets=_values(given.get("sets", {}), "sets", faults),
        changes=_changes(given.get("changes", []), faults),
        month=_whole(given.get("month", 0), "month", faults), market=_word(given, "market", "", faults),
        view=_word(given, "view", "overview", faults), pages=_pages(given.get("pages", {}), faults),
    )  # fmt: skip
    raise_faults(faults)
    if not source:
        _check_name(scenario)
    else:
        _scenario_of(source)
    return state


def read_file(raw: bytes, *, state: PageState) -> PageState:
    """Return the state of a file that is a saved page or a scenario. Errors: InputError."""
    return from_text(raw) if b"\nformat = " in b"\n" + raw else from_scenario(raw, state=state)


def to_link(state: PageState) -> str:
    """Return a state as letters that may stand in an address. Errors: InputError when they were too many."""
    packed = base64.urlsafe_b64encode(zlib.compress(to_text(state).encode(), 9)).decode().rstrip("=")
    if len(packed) > LARGEST_LINK:
        rule = f"a link holds at most {LARGEST_LINK:,} letters"
        raise InputError(Fault("link", rule, f"{len(packed):,} letters", "Save the page as a file instead."))
    return packed


def from_link(packed: str) -> PageState:
    """Return the state of a link's letters. Errors: InputError."""
    broken = Fault("link", "is whole", f"{packed[:24]}...", "Copy the whole link, or load the page's file.")
    if len(packed) > LARGEST_LINK:
        raise InputError(broken)
    try:
        squeezed = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(squeezed, LARGEST_TEXT + 1)
        if not unpacker.eof and len(text) <= LARGEST_TEXT:
            raise InputError(broken)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise InputError(broken) from error
    return from_text(text)


def from_scenario(text: str | bytes, *, state: PageState | None = None) -> PageState:
    """Return a state that begins with a scenario file's text. Errors: InputError, also for what the scenario says."""
    if not _tables_of(text, place="scenario file"):
        way = 'Begin with a line such as extends = "baseline".'
        raise InputError(Fault("scenario file", "sets something", "nothing", way))
    read = text if isinstance(text, str) else text.decode()
    begun = replace(state or PageState(), text=read, sets={}, changes=(), month=0, market="")
    mapping = _scenario_of(read)
    if "users" not in mapping:
        begun = replace(begun, sets={"users": DEFAULT_USERS})
    plan_of(begun)
    return begun


def _tables_of(text: str | bytes, *, place: str) -> dict[str, object]:
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > LARGEST_TEXT:
        rule = f"has at most {LARGEST_TEXT:,} bytes"
        raise InputError(Fault(place, rule, f"{len(raw):,} bytes", "Is it the file that was meant?"))
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(Fault(place, "is a text in UTF-8", str(error), "Is it the file that was meant?")) from error
    except (ValueError, RecursionError) as error:
        way = 'Texts stand in quotes, as start = "2022-10"; brackets and quotes are closed.'
        raise InputError(Fault(place, "is a TOML file", str(error)[:200], way)) from error


def _scenario_of(text: str) -> dict[str, object]:
    """Return the tables of a scenario's text, which may extend scenarios of the project by name and no other file."""
    mapping = _tables_of(text, place="scenario file")
    parent = mapping.get("extends")
    if parent is not None:
        _check_name(parent, place="scenario file: extends")
    return mapping


def _check_name(name: object, *, place: str = "scenario") -> None:
    known = scenario_names()
    if name not in known:
        rule = "names a scenario of the project"
        raise InputError(Fault(place, rule, _told(name), nearest(_told(name), known)))


def _told(value: object) -> str:
    """Return a value of any size as a few words."""
    return str(shown(value))[:60]


def _word(given: Mapping[str, object], key: str, default: str, faults: list[Fault], *, longest: int = 80) -> str:
    value = given.get(key, default)
    if isinstance(value, str) and len(value) <= longest:
        return value
    faults.append(Fault(key, f"is a text of at most {longest:,} letters", _told(value), f"Default: {default!r}."))
    return default


def _whole(value: object, place: str, faults: list[Fault]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_MONTHS:
        return value
    faults.append(Fault(place, f"is a whole number from 0 to {MOST_MONTHS}", _told(value), "0 is the opening."))
    return 0


def _values(given: object, place: str, faults: list[Fault]) -> Values:
    if not isinstance(given, Mapping) or len(given) > MOST_KEYS:
        faults.append(Fault(place, f"is a table of at most {MOST_KEYS} keys", _told(given), "Leave it out."))
        return {}
    found: dict[str, Plain | tuple[Plain, ...]] = {}
    for key, value in given.items():
        listed = tuple(value) if isinstance(value, list) and len(value) <= MOST_KEYS else value
        each = listed if isinstance(listed, tuple) else (listed,)
        if not _KEY.fullmatch(str(key)) or len(str(key)) > LONGEST_WORD or not all(map(_is_plain, each)):
            rule = "is a number, a text, true or false, or a list of these"
            faults.append(Fault(f"{place}.{_told(key)}", rule, _told(value), "Leave it out."))
            continue
        found[str(key)] = listed
    return found


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_WORD
    if isinstance(value, int):
        return value.bit_length() < 64
    return isinstance(value, float) and isfinite(value)


def _changes(given: object, faults: list[Fault]) -> tuple[Change | Licence, ...]:
    if not isinstance(given, list) or len(given) > MOST_CHANGES:
        rule = f"is a list of at most {MOST_CHANGES} changes"
        faults.append(Fault("changes", rule, _told(given), "Leave it out."))
        return ()
    found: list[Change | Licence] = []
    for number, one in enumerate(given, start=1):
        place = f"changes {number}"
        if isinstance(one, Mapping) and "platform" in one:
            found += _licence(one, place, faults)
            continue
        if not isinstance(one, Mapping) or set(one) != {"month", "key", "value"}:
            faults.append(Fault(place, "has month, key and value", _told(one), "Save the page again."))
            continue
        key, value = one["key"], one["value"]
        if not isinstance(key, str) or not _KEY.fullmatch(key) or len(key) > LONGEST_WORD:
            faults.append(Fault(f"{place}: key", "is a dotted key of a scenario", _told(key), "Save it again."))
        elif isinstance(value, str) or not _is_plain(value):
            faults.append(Fault(f"{place}: value", "is a number, true or false", _told(value), "Save it again."))
        else:
            found.append(Change(_whole(one["month"], f"{place}: month", faults), key, value))
    return tuple(found)


def _licence(given: Mapping[str, object], place: str, faults: list[Fault]) -> list[Licence]:
    """Return the licence of a table, none where it is wrong; names and terms are read by the scenario later."""
    known, wrong = (*LICENCE_KEYS, "deals"), len(faults)
    faults += [Fault(f"{place}: {key}", "no such key of a licence", key, nearest(key, known))
               for key in map(str, given) if key not in known]  # fmt: skip
    month = _whole(given.get("month"), f"{place}: month", faults)
    platform, label, kind = (_word(given, name, "", faults) for name in ("platform", "label", "kind"))
    markets = given.get("markets")
    if not isinstance(markets, list) or not 0 < len(markets) <= MOST_KEYS or not all(map(_is_code, markets)):
        faults.append(Fault(f"{place}: markets", "is a list of market codes", _told(markets), "Save it again."))
        markets = []
    away = given.get("away", -1)
    if isinstance(away, bool) or not isinstance(away, int) or not -1 <= away <= MOST_MONTHS:
        rule = f"is a whole number of months from -1 to {MOST_MONTHS}"
        faults.append(Fault(f"{place}: away", rule, _told(away), "-1: the music stays."))
        away = -1
    rows = given.get("deals", [])
    if not isinstance(rows, list) or len(rows) > MOST_KEYS:
        rule = f"is a list of at most {MOST_KEYS} deals"
        faults.append(Fault(f"{place}: deals", rule, _told(rows), "Leave it out."))
        rows = []
    deals = tuple(_values(row, f"{place}: deal {number}", faults) for number, row in enumerate(rows, start=1))
    return [] if len(faults) > wrong else [Licence(month, platform, label, kind, tuple(markets), away, deals)]


def _is_code(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Z]{2,8}", value))


def _pages(given: object, faults: list[Fault]) -> Mapping[str, Values]:
    if not isinstance(given, Mapping) or len(given) > MOST_KEYS:
        faults.append(Fault("pages", "is a table of pages", _told(given), "Leave it out."))
        return {}
    return {_told(name): _values(values, f"pages.{_told(name)}", faults) for name, values in given.items()}


def _toml(value: Plain | tuple[Plain, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
