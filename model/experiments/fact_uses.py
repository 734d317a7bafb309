"""Which facts the project uses, by whom, and which it holds without using them, with the reason where it is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.experiments.pattern_notes import NOTES
from model.facts.book import Fact, FactBook
from model.facts.uses import facts_looked_up, facts_named
from model.foundation.months import parse_month
from model.spec.parameters import declared_parameters
from model.spec.reading import find_scenario, scenario_names

FACT_ID = re.compile(r"\b[a-z]{3}-\d{4}\b")
LAST = parse_month("2022-12")
"""Last month of outcomes that the project is calibrated and started on."""
_PACKAGE = Path(__file__).resolve().parent.parent
_QUARTERS = "spotify_quarterly"
_TALKED_OF = ("interfaces", "experiments/fact_uses.py", "experiments/pattern_notes.py", "spec/declared")
"""Places of the package that name facts as examples, or that are read otherwise."""

LATER = "speaks of the time after December 2022"
OTHER_ROW = "another row of the same market and field is used, of another date or better known"
OTHER_PLACE = "the field is used for the twenty markets, this row is of another place"
NO_NUMBER = "words, a range or a list: read by people, not by the model"
OF_TABLE = {
    "bargaining": "evidence on bargaining: it shaped the protocols and the ranges of their parameters, not a number",
    "bytedance_timeline": "context of ByteDance's story",
    "clip_licences_timeline": "context of the disputes about clips",
    "virality": "context of single hits; charts are fitted to the tables derived from the Hot 100",
    "label_shares": "context or cross-check of shares that other rows give",
    "market_shares": "context or cross-check of users that other rows give",
    "licence_terms": "context of contracts; the terms in force rest on other rows",
    "prices": "price of a date or plan that the start does not hold",
    "parameter_ranges": "a first list of ranges; declared parameters carry ranges and sources of their own",
}
"""Why rows of a table are not used, where no nearer reason is found."""
_CUTS = "another cut of people or income than the one that the start reads"
_DEVICES = "devices are no part of the model: being online stands for access"
_BURGERS = "purchasing power is taken from income per head in two currencies instead"
_TOTALS = "a total or cross-check of music revenue; the start has label streaming income by market"
_QUOTED = "a quoted price of advertising; the start has prices net of discounts"
OF_FIELD = {
    "share_age_0_14": _CUTS, "population_15plus": _CUTS, "population_13_64": _CUTS, "gdp_nominal_usd": _CUTS,
    "gini": "a survey's measure, of consumption in some markets; the modelled series is used for all",
    "smartphone_": _DEVICES, "mobile_subscriptions": _DEVICES, "big_mac_": _BURGERS,
    "recorded_": _TOTALS, "label_recorded_": _TOTALS, "streaming_revenue": _TOTALS, "streaming_share_": _TOTALS,
    "asean_": _TOTALS, "mena_": _TOTALS, "subscription_label_": _TOTALS, "ifpi_": _TOTALS, "cpm_": _QUOTED,
}  # fmt: skip
"""Why rows of the table of markets are not used, by the beginning of their field."""
UNKNOWN = "no reason known"


@dataclass(frozen=True, slots=True)
class UnusedFact:
    """A fact that nothing uses, and why, `UNKNOWN` where it cannot be said."""

    fact: Fact
    reason: str


@cache
def used_facts() -> dict[str, tuple[str, ...]]:
    """Return by fact id who uses it: tables of the start, the making of a start, parameters, scenarios, patterns, code.

    Facts that name the columns of Spotify's quarters are used with that table.
    """
    found: dict[str, dict[str, None]] = {}

    def note(names: Iterable[str], user: str) -> None:
        for name in names:
            found.setdefault(name, {})[user] = None

    for name, tables in facts_named().items():
        note([name] if FACT_ID.fullmatch(name) else [], f"table {', '.join(tables)}")
    note(facts_looked_up(), "the making of a start")
    for name, line in declared_parameters().items():
        note(FACT_ID.findall(line.source), f"parameter {name}")
    for name in scenario_names():
        note(FACT_ID.findall(find_scenario(name).read_text(encoding="utf-8")), f"scenario {name}")
    for name, pattern in NOTES.items():
        note(pattern.facts, f"pattern {name}")
    for path in sorted(_PACKAGE.rglob("*.py")):
        place = path.relative_to(_PACKAGE).as_posix()
        if not place.startswith(_TALKED_OF):
            note(FACT_ID.findall(path.read_text(encoding="utf-8")), f"code {place}")
    book = FactBook.load()
    note((one.id for one in book if one.table == f"{_QUARTERS}_sources" and _in_time(one)), f"table {_QUARTERS}")
    return {name: tuple(users) for name, users in found.items() if name in book}


@cache
def unused_facts() -> tuple[UnusedFact, ...]:
    """Return the facts that nothing uses, in the order of the book, each with the reason where one is known."""
    book, used = FactBook.load(), used_facts()
    fields = {(fact.table, fact.market, fact.field) for fact in book if fact.id in used}
    anywhere = {(table, field) for table, _, field in fields}
    return tuple(UnusedFact(fact, _reason(fact, fields, anywhere)) for fact in book if fact.id not in used)


def _reason(fact: Fact, fields: set[tuple[str, str, str]], anywhere: set[tuple[str, str]]) -> str:
    if not _in_time(fact):
        return LATER
    if (fact.table, fact.market, fact.field) in fields:
        return OTHER_ROW
    if (fact.table, fact.field) in anywhere and not fact.markets:
        return OTHER_PLACE
    if fact.number is None and fact.table not in OF_TABLE:
        return NO_NUMBER
    near = (reason for begins, reason in OF_FIELD.items() if fact.field.startswith(begins))
    return next(near, UNKNOWN) if fact.table == "markets" else OF_TABLE.get(fact.table, UNKNOWN)


def _in_time(fact: Fact) -> bool:
    return fact.span is None or fact.span.first <= LAST
