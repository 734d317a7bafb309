"""Where a number comes from, as plain values: runs, scenario, parameters, rows of the start, events, and all facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from model.facts.book import Fact, FactBook
from model.facts.start import load_start
from model.facts.uses import facts_looked_up, facts_of_people
from model.foundation.errors import InputError
from model.foundation.months import parse_month, show_month
from model.foundation.version import model_version
from model.results.card import ScenarioCard
from model.results.measures import FRAMES, Measure, measure
from model.results.provenance import Provenance, start_digest
from model.results.start_rows import Place, StartRow, rows_behind
from model.results.trace import columns_behind, subject
from model.spec.parameters import Parameter, declared_parameters

FACT_ID = re.compile(r"\b[a-z]{3}-\d{4}\b")
ASSUMED = "assumption"


@dataclass(frozen=True, slots=True)
class Behind:
    """A parameter behind a number: its declaration and its value in the run. near: the column itself names it.

    band: (5%, 50%, 95%) over the runs where an ensemble gives each run its own value; None where all have `value`.
    """

    line: Parameter
    value: float
    near: bool
    band: tuple[float, float, float] | None = None

    @property
    def is_assumed(self) -> bool:
        """Whether nothing but judgement stands behind it."""
        return self.line.source.strip() == ASSUMED

    def plain(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        line = self.line
        return {
            "name": line.name, "value": self.value, "band": None if self.band is None else list(self.band),
            "default": line.default, "unit": line.unit, "likely": list(line.likely), "meaning": line.meaning,
            "source": line.source, "facts": FACT_ID.findall(line.source), "assumption": self.is_assumed,
            "direct": self.near,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lever:
    """A lever that the scenario sets. date: from when."""

    date: str
    lever: str
    market: str
    service: str
    item: str
    value: object


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a column's numbers come from at a place.

    where: market, platform, tier, label; "" for all. date: up to which events are listed. columns: measures that it is
    worked out from, `near` of them directly. rows: of the start, by section of it. facts: by id, all that stand behind;
    lost: ids that the package's book does not hold. notices: what the reader should know.
    """

    measure: Measure
    where: Mapping[str, str]
    date: str
    card: ScenarioCard
    provenance: Provenance
    near: tuple[str, ...]
    columns: tuple[Measure, ...]
    parameters: tuple[Behind, ...]
    rows: Mapping[str, tuple[StartRow, ...]]
    levers: tuple[Lever, ...]
    events: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Fact]
    lost: tuple[str, ...]
    notices: tuple[str, ...]

    @property
    def assumed_rows(self) -> tuple[StartRow, ...]:
        """Rows of the start that rest on an assumption."""
        return tuple(row for rows in self.rows.values() for row in rows if row.confidence == ASSUMED)

    def plain(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        line = self.measure
        columns = [{"name": one.name, "unit": one.unit, "meaning": one.meaning, "direct": one.name in self.near}
                   for one in self.columns]  # fmt: skip
        return {
            "metric": {"name": line.name, "label": line.label, "unit": line.unit, "meaning": line.meaning,
                       "tables": [name for name, known in FRAMES.items() if line.name in known], "columns": columns},
            "where": dict(self.where), "date": self.date, "run": self._run(),
            "parameters": [one.plain() for one in self.parameters],
            "start": [
                {"section": section, "what": row.what, "value": row.value, "confidence": row.confidence,
                 "basis": row.basis, "facts": list(row.fact_ids)}
                for section, rows in self.rows.items() for row in rows
            ],
            "levers": [asdict(one) for one in self.levers], "events": [dict(one) for one in self.events],
            "facts": [fact_plain(one) for one in self.facts.values()], "facts_not_in_this_version": list(self.lost),
            "notices": list(self.notices),
        }  # fmt: skip

    def _run(self) -> dict[str, Any]:
        """Return the identity of the runs as plain values."""
        card, run, carried = self.card, self.provenance.plain(), self.provenance.carried
        names = ("run_ids", "scenario_digest", "seed", "model_version", "start", "start_digest", "versions", "created")
        return {
            "scenario": card.name, "about": card.about, "markets": list(card.markets), "months": card.months,
            "users": card.users, **{key: run[key] for key in names},
            "ensemble": None if carried is None else {
                "name": carried.name, "digest": carried.digest,
                "members": {str(key): one for key, one in carried.members.items()},
            },
        }  # fmt: skip


def fact_plain(fact: Fact) -> dict[str, Any]:
    """Return a fact as plain values: id, what it says, unit, date, confidence, source and url."""
    names = ("id", "entity", "market", "field", "value", "unit", "date", "confidence", "source", "url", "note", "table")
    return {name: getattr(fact, name) for name in names}


def origin_of(
    column: str, *, card: ScenarioCard, provenance: Provenance, where: Mapping[str, str] | None = None, date: str = "",
) -> Origin:  # fmt: skip
    """Return where a column's numbers come from in the runs of a scenario.

    where: market, platform, tier and label, each narrows what is shown. date: last month whose events count. Errors:
    InputError for a name that is no column, or a market, tier or month that the scenario does not have.
    """
    line = measure(column)
    place = {name: (where or {}).get(name, "") for name in ("market", "platform", "tier", "label")}
    last = _last_month(card, date)
    behind = columns_behind(line)
    notices = _differences(provenance)
    markets = (place["market"],) if place["market"] else card.markets
    rows, told = _rows(line, behind, card=card, place=place, markets=markets)
    bands = provenance.carried.bands() if provenance.carried else {}
    parameters = _parameters(line, behind, card, bands)
    events = tuple(one for one in card.events if _acts(one, markets, last))
    named = [name for one in (*(p.line.source for p in parameters), *(str(e["source"]) for e in events))
             for name in FACT_ID.findall(one)]  # fmt: skip
    named += [name for found in rows.values() for row in found for name in row.fact_ids]
    facts, lost = _resolved(named)
    return Origin(
        measure=line, where=place, date=date, card=card, provenance=provenance, near=line.columns, columns=behind,
        parameters=parameters, rows=rows, levers=_levers(card, markets, last), events=events, facts=facts, lost=lost,
        notices=(*notices, *told),
    )  # fmt: skip


def _last_month(card: ScenarioCard, date: str) -> int:
    if not date:
        return parse_month(card.start) + card.months
    return parse_month(date, place="trace, date")


def _differences(provenance: Provenance) -> tuple[str, ...]:
    """Return what has changed since the run was made, so that what is shown beside it may differ from what it read."""
    found = []
    now = model_version()
    if provenance.model_version != now:
        found.append(f"The run is of model {provenance.model_version}, what is shown beside it of {now}: meanings, "
                     "sources and rows of the start are told as they stand now.")  # fmt: skip
    if provenance.start_digest != start_digest(provenance.start):
        found.append(f"The facts of the start {provenance.start} have changed since the run was made "
                     f"({provenance.start_digest} then, {start_digest(provenance.start)} now).")  # fmt: skip
    return tuple(found)


def _rows(
    line: Measure, behind: Sequence[Measure], *, card: ScenarioCard, place: Mapping[str, str], markets: Sequence[str]
) -> tuple[dict[str, tuple[StartRow, ...]], list[str]]:
    """Return the rows of the start behind a column, by section, and what could not be shown."""
    sections = list(dict.fromkeys(section for one in (line, *behind) for section in one.facts))
    found: dict[str, list[StartRow]] = {section: [] for section in sections}
    absent = []
    for market in markets:
        at = Place(card.start, market, place["platform"], place["tier"])
        try:
            at.check(card.markets)
        except InputError as error:
            if place["market"] not in ("", *card.markets):
                raise
            absent.append(f"{market}: {error.faults[0].value} is not there at the start")
            at = Place(card.start, market)
            if place["platform"] not in load_start(card.start).markets[market].platforms:
                continue
        for section in sections:
            found[section].extend(rows_behind(section, at, column=line.name))
        if "people" in sections:
            found["people"].append(_looked_up(market))
    if sections:
        found["world"] = [_of_the_world()]
    notices = [f"No row of the start: {'; '.join(absent)}."] if absent and len(absent) == len(markets) else []
    label = place["label"]
    if label:
        for section in ("deals", "repertoire"):
            found[section] = [row for row in found.get(section, []) if label in row.what]
    return {section: tuple(rows) for section, rows in found.items() if rows}, notices


def _looked_up(market: str) -> StartRow:
    return StartRow(f"{market} people", "ages, incomes, internet use, exchange rate, TikTok's status", "found",
                    "read from the book of facts when the start is made", facts_of_people(market))  # fmt: skip


def _of_the_world() -> StartRow:
    book = FactBook.load()
    codes = set(load_start().markets)
    ids = tuple(sorted(name for name in facts_looked_up() if book.get(name).market not in codes))
    return StartRow("all markets", "growth of services before the start, earlier prices", "found",
                    "read from the book of facts when the start is made", ids)  # fmt: skip


def _parameters(
    line: Measure, behind: Sequence[Measure], card: ScenarioCard, bands: Mapping[str, tuple[float, float, float]]
) -> tuple[Behind, ...]:
    declared, values = declared_parameters(), card.parameters()
    near = _named(line.parameters)
    every = dict.fromkeys([*near, *(name for one in behind for name in _named(one.parameters))])
    return tuple(Behind(declared[name], values[name], name in near, bands.get(name)) for name in every
                 if name in declared and name in values)  # fmt: skip


def _named(words: Iterable[str]) -> list[str]:
    """Return the names of parameters, a subject such as "@demand" spelt out."""
    return [name for word in words for name in (subject(word[1:]) if word.startswith("@") else (word,))]


def _acts(event: Mapping[str, Any], markets: Sequence[str], last: int) -> bool:
    return parse_month(str(event["date"])[:7]) <= last and bool(set(event["markets"]) & set(markets))


def _levers(card: ScenarioCard, markets: Sequence[str], last: int) -> tuple[Lever, ...]:
    """Return the levers set from the first month on, in the markets and for all; later ones come by events."""
    settings: Any = card.canonical.get("settings", {})
    first = parse_month(card.start)
    cells = [(date, *cell) for date, found in sorted(settings.items()) if parse_month(date) <= min(first, last)
             for cell in found]  # fmt: skip
    known = {date for one in card.events for date in [str(one["date"])[:7]]}
    return tuple(
        Lever(show_month(parse_month(date)), lever, market, service, item, value)
        for date, lever, market, service, item, value in cells
        if market in ("", "ALL", *markets) and (date not in known or not card.events)
    )


def _resolved(names: Iterable[str]) -> tuple[dict[str, Fact], tuple[str, ...]]:
    book = FactBook.load()
    unique = sorted(dict.fromkeys(names))
    return {name: book.get(name) for name in unique if name in book}, tuple(
        name for name in unique if name not in book and FACT_ID.fullmatch(name))  # fmt: skip
