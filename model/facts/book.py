"""The book of facts: every sourced row with its id, value, unit, date, confidence, source and url, and look-ups."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from model.facts.countries import country_code
from model.facts.reader import Row, read_table
from model.facts.units import MARKETS, Span, number_of, span_of, unit_faults
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.months import parse_month

FACT_TABLES = (
    "markets", "market_shares", "label_shares", "prices", "licence_terms", "clip_licences_timeline",
    "bytedance_timeline", "demand_parameters", "bargaining", "advertising", "virality", "other", "start_sources",
    "spotify_quarterly_sources",
)  # fmt: skip
"""Tables whose rows are facts; `parameter_ranges` joins them as entity `parameter` with its central value."""

CONFIDENCES = ("found", "recalled", "estimate", "derived", "assumption", "computed")
"""How well a number is known, best first: read at its source, from memory, by a formula, judged."""

_ALIASES = {
    "india": "IN", "indonesia": "ID", "brazil": "BR", "mexico": "MX", "australia": "AU", "singapore": "SG", "uk": "GB",
    "germany": "DE", "malaysia": "MY",
}  # fmt: skip

_LISTENER: ContextVar[set[str] | None] = ContextVar("listener", default=None)


@contextmanager
def listening() -> Iterator[set[str]]:
    """Yield a set that gathers the ids of all facts that are looked up inside the block, by any book."""
    heard: set[str] = set()
    before = _LISTENER.set(heard)
    try:
        yield heard
    finally:
        _LISTENER.reset(before)


def _told(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts, and tell who listens which they are."""
    heard = _LISTENER.get()
    if heard is not None:
        heard.update(fact.id for fact in facts)
    return facts


@dataclass(frozen=True, slots=True)
class Fact:
    """One sourced row. `value` is the text as recorded; `number` its number, None for ranges, lists, dates and words.

    market: ISO code, WORLD, or the source's own words ("3 markets"). span: the months it speaks of, None if undated.
    """

    id: str
    entity: str
    market: str
    field: str
    value: str
    number: float | None
    unit: str
    date: str
    confidence: str
    source: str
    url: str
    note: str
    table: str
    span: Span | None

    @property
    def markets(self) -> tuple[str, ...]:
        """ISO codes of those of the twenty markets that the row names; empty for the world and for other regions."""
        if self.market in MARKETS:
            return (self.market,)
        words = self.market.replace("/", ",").replace("+", ",").replace("(", ",").split(",")
        named = (_ALIASES.get(word.strip().lower(), word.strip()) for word in words)
        return tuple(code for code in named if code in MARKETS)

    def known_by(self, month: int) -> bool:
        """Whether the fact could be known at the end of a month: its months have passed, or its price had begun."""
        if self.span is None:
            return True
        in_force = self.table == "prices" and "->" not in self.date
        return (self.span.first if in_force else self.span.last) <= month

    def __str__(self) -> str:
        when = f", {self.date}" if self.date else ""
        why = f" [{self.confidence}: {self.source or 'no source'}]"
        return f"{self.id} {self.entity} {self.market} {self.field}: {self.value} {self.unit}{when}{why}"


class FactBook:
    """All facts, in the order of the tables. Look up by id, by exact fields, by words, or as the number of a market."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = tuple(facts)
        self._by_id = {fact.id: fact for fact in self._facts}
        self._by_market: dict[str, list[Fact]] = {}
        for fact in self._facts:
            for market in {fact.market, *fact.markets}:
                self._by_market.setdefault(market, []).append(fact)
        counted: dict[str, int] = {}
        for fact in self._facts:
            counted[fact.id] = counted.get(fact.id, 0) + 1
        raise_faults([
            Fault(f"fact {name}", "an id names one row", f"{count} rows", "Give each row its own id.")
            for name, count in counted.items() if count > 1
        ])  # fmt: skip

    @staticmethod
    def load() -> FactBook:
        """Return the book of the tables shipped with the package; read and checked once."""
        return _loaded()

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __contains__(self, fact_id: object) -> bool:
        return fact_id in self._by_id

    def get(self, fact_id: str) -> Fact:
        """Return the fact of an id; InputError with the nearest id otherwise."""
        if fact_id not in self._by_id:
            raise InputError(Fault("fact id", "is one of the book", fact_id, self._nearest_id(fact_id)))
        return _told((self._by_id[fact_id],))[0]

    def _nearest_id(self, fact_id: str) -> str:
        parts = re.fullmatch(r"([a-z]+)-?(\d{1,9})", fact_id.strip().lower())
        padded = f"{parts[1]}-{int(parts[2]):04d}" if parts else ""
        return f"Did you mean {padded!r}?" if padded in self._by_id else nearest(fact_id, list(self._by_id))

    def find(
        self, *, market: str | None = None, entity: str | None = None, field: str | None = None,
        text: str | None = None, until: str | None = None,
    ) -> tuple[Fact, ...]:  # fmt: skip
        """Return the facts that meet every condition given.

        market: ISO code or WORLD, also met by rows that name several markets. entity, field: whole name, case ignored.
        text: contained anywhere in the row, case ignored. until: "YYYY-MM"; only what could be known at its end.
        """
        cut = None if until is None else parse_month(until, place="until")
        tests: list[Callable[[Fact], bool]] = []
        if entity is not None:
            tests.append(lambda fact: fact.entity.lower() == entity.lower())
        if field is not None:
            tests.append(lambda fact: fact.field.lower() == field.lower())
        if text is not None:
            tests.append(lambda fact: text.lower() in _words(fact))
        if cut is not None:
            tests.append(lambda fact: fact.known_by(cut))
        rows = self._facts if market is None else self._by_market.get(market, [])
        return _told(tuple(fact for fact in rows if all(test(fact) for test in tests)))

    def search(self, *terms: str) -> tuple[Fact, ...]:
        """Return the facts that meet every term: a market ("IN", "India"), an id, or words of entity, field or note.

        A code in capitals or a country's name is a market; `spotify`, `apple_music` match entities and fields,
        underscores read as blanks.
        InputError names the terms that match nothing at all.
        """
        faults = []
        found: tuple[Fact, ...] = self._facts
        for term in terms:
            hits = [fact for fact in self._facts if _meets(fact, term)]
            if not hits:
                faults.append(Fault("search term", "occurs in the facts", term, self._near_words(term)))
            found = tuple(fact for fact in found if _meets(fact, term))
        raise_faults(faults)
        return found

    def _near_words(self, term: str) -> str:
        names = {name for fact in self._facts for name in (fact.entity, fact.field)}
        words = {word for name in names for word in re.findall(r"[^\W_]{3,}", name)}
        known = {name.lower(): name for name in sorted({*words, *MARKETS, *(fact.entity for fact in self._facts)})}
        close = get_close_matches(term.lower(), list(known), n=3, cutoff=0.7)
        if close:
            return f"Did you mean {' or '.join(repr(known[name]) for name in close)}?"
        return 'Search for a service or label, a market ("IN", "India"), or one word of a field, such as price.'

    def pick(self, *, market: str, field: str, as_of: str = "2022", until: str | None = None) -> Fact:
        """Return the fact of a market's field for a date: the same date, else one that covers it, else the nearest.

        as_of: year or month. until: leaves out what could not be known then. Of several rows with the same claim the
        better known and the later written is taken. InputError when there is no number at all.
        """
        wanted = span_of(as_of, place="as_of")
        with listening():  # rows that are passed over are not told
            rows = [fact for fact in self.find(market=market, field=field, until=until) if fact.number is not None]
        if not rows or wanted is None:
            fields = sorted({fact.field for fact in self._facts if fact.market == market}) or list(MARKETS)
            rule = "has a number in the facts" + (f" known by {until}" if until else "")
            raise InputError(Fault(f"{market} {field}", rule, as_of, nearest(field, fields)))
        best = min(rows[::-1], key=lambda fact: (_distance(fact, as_of, wanted), CONFIDENCES.index(fact.confidence)))
        return _told((best,))[0]

    def number(self, *, market: str, field: str, as_of: str = "2022", until: str | None = None) -> float:
        """Return the number of a market's field for a date, chosen as by `pick`, in the unit of the row."""
        number = self.pick(market=market, field=field, as_of=as_of, until=until).number
        assert number is not None
        return number


def fact_of(row: Row, *, table: str) -> tuple[Fact, list[Fault]]:
    """Return the fact of a row of a fact table and what is wrong with it: unit, currency, date, confidence."""
    place = f"{table} {row['id']}"
    number = number_of(row["value"])
    faults = unit_faults(place=place, market=row["market"], field=row["field"], unit=row["unit"], value=number,
                         posted=table == "prices")  # fmt: skip
    try:
        span = span_of(row["date"], place=place)
    except InputError as error:
        faults, span = [*faults, *error.faults], None
    if row["confidence"] not in CONFIDENCES:
        way_out = nearest(row["confidence"], list(CONFIDENCES))
        faults.append(Fault(place, "confidence is one of the known words", row["confidence"], way_out))
    texts = {name: row[name] for name in ("id", "entity", "market", "field", "value", "unit", "date", "confidence",
                                          "source", "url", "note")}  # fmt: skip
    return Fact(**texts, number=number, table=table, span=span), faults


@cache
def _loaded() -> FactBook:
    facts: list[Fact] = []
    faults: list[Fault] = []
    for table in FACT_TABLES:
        for row in read_table(table):
            fact, wrong = fact_of(row, table=table)
            facts.append(fact)
            faults.extend(wrong)
    raise_faults(faults)
    return FactBook([*facts, *map(_range_fact, read_table("parameter_ranges"))])


def _range_fact(row: Row) -> Fact:
    confidence = row["basis"].split()[0].strip(",;()")
    return Fact(
        id=row["id"], entity="parameter", market="WORLD", field=row["parameter"], value=row["central"],
        number=number_of(row["central"]), unit=row["unit"], date="",
        confidence=confidence if confidence in CONFIDENCES else "found", source=row["basis"], url="",
        note=f"from {row['low']} to {row['high']}", table="parameter_ranges", span=None,
    )  # fmt: skip


def _distance(fact: Fact, as_of: str, wanted: Span) -> tuple[int, int]:
    if fact.date == as_of:
        return (0, 0)
    if fact.span is None:
        return (3, 0)
    if fact.span.first <= wanted.last and wanted.first <= fact.span.last:
        return (1, 0)
    gap = max(wanted.first - fact.span.last, fact.span.first - wanted.last)
    return (2, gap)


def _words(fact: Fact) -> str:
    words = (fact.id, fact.entity, fact.market, fact.field, fact.value, fact.unit, fact.note, fact.source)
    return " ".join(words).lower()


def _meets(fact: Fact, term: str) -> bool:
    if term in MARKETS or term == "WORLD":
        return fact.market == term or term in fact.markets
    code = country_code(term)
    if code is not None:
        return fact.market == code or code in fact.markets
    words = " ".join((fact.id, fact.entity, fact.field, fact.note)).lower().replace("_", " ")
    return term.lower().replace("_", " ") in words
