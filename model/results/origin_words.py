"""The origin of a number in words: what it is, which run, which parameters, which rows of the start, which facts."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from model.facts.book import Fact
from model.results.measures import FRAMES
from model.results.origin import Behind, Origin
from model.results.read_off import Reading

WIDTH = 110
FEW = 12
"""Lines of one kind that are shown unless all are asked for."""


def origin_text(origin: Origin, reading: Reading | None = None, *, full: bool = False) -> str:
    """Return an origin in words. reading: the number itself. full: every parameter, event and fact, not only the first.

    Without a market only the sections of the start are counted, since rows of all markets would fill pages.
    """
    line = origin.measure
    lines = [
        f"{line.name}: {line.label} [{line.unit}]", *_wrap(line.meaning, indent=2),
        f"  in tables: {', '.join(name for name, columns in FRAMES.items() if line.name in columns)}",
        *([f"  {_number(origin, reading)}"] if reading else []), *_runs(origin), *_columns(origin, full),
        *_parameters(origin, full), *_levers(origin, full), *_events(origin, full), *_start(origin, full),
        *_facts(origin, full), *(text for one in origin.notices for text in _wrap(f"Note: {one}", indent=0)),
    ]  # fmt: skip
    return "\n".join(lines)


def changes_text(origin: Origin, base: Origin, *, full: bool = False) -> str:
    """Return in words the runs of a scenario and where it differs from another whose origin was told in full."""
    before = {one.line.name: one.value for one in base.parameters}
    others = [one for one in origin.parameters if before.get(one.line.name) != one.value]
    lines = [*_runs(origin), *(text for one in others for text in _wrap(_parameter(one), indent=2))]
    lines += [line for line in _levers(origin, full) if line not in _levers(base, full)]
    told = [one["words"] for one in base.events]
    fresh = tuple(one for one in origin.events if one["words"] not in told)
    none = [] if others or origin.levers or fresh else ["  no other parameter, lever or event"]
    return "\n".join([*lines, *_event_lines(fresh, full), *none])


def _number(origin: Origin, reading: Reading) -> str:
    place = ", ".join(value for value in origin.where.values() if value) or "all markets of the run"
    size = f"{reading.mean:,.0f}" if abs(reading.mean) >= 1000 else f"{reading.mean:.4g}"
    spread = "" if reading.replicates < 2 else f", mean of {reading.replicates} replicates ({reading.low:,.5g} to " \
        f"{reading.high:,.5g})"  # fmt: skip
    return f"the number: {size} {reading.unit} ({place}; {reading.when}{spread}; table {reading.frame})"


def _runs(origin: Origin) -> list[str]:
    one, card = origin.provenance, origin.card
    ids = ", ".join(f"{number}: {name}" for number, name in one.run_ids.items()) or "none kept"
    return [
        "where it was made", *_wrap(f"runs (replicate: id) {ids}", indent=2),
        f"  scenario {card.name}, hash {one.scenario_digest}, seed {one.seed}; {len(card.markets)} market(s), "
        f"{card.months} months, {card.users:,} simulated users a market",
        f"  model {one.model_version}; start {one.start}, hash {one.start_digest}; made {one.created}",
        *([f"  each run has the values of a member of the ensemble {one.carried.name}, hash {one.carried.digest}"]
          if one.carried else []),
    ]  # fmt: skip


def _columns(origin: Origin, full: bool) -> list[str]:
    shown = [one for one in origin.columns if full or one.name in origin.near]
    if not shown:
        return []
    head = "worked out from" if full else "worked out directly from"
    return [head, *(text for one in shown for text in _wrap(f"{one.name} [{one.unit}]: {one.meaning}", indent=2))]


def _parameters(origin: Origin, full: bool) -> list[str]:
    if not origin.parameters:
        return []
    changed = [one for one in origin.parameters if one.value != one.line.default or one.band]
    named = [one for one in origin.parameters if full or (one.near and _is_single(origin, one))]
    shown = list({one.line.name: one for one in (*changed, *named)}.values())
    assumed = sum(one.is_assumed for one in origin.parameters)
    head = f"parameters: {len(origin.parameters)} stand behind it, {assumed} of them assumptions"
    lines = [head, *(text for one in shown for text in _wrap(_parameter(one), indent=2))]
    left = Counter(one.line.subject for one in origin.parameters if one not in shown)
    if left:
        counts = ", ".join(f"{count} of {name}" for name, count in left.items())
        lines.append(f"  at their defaults and not shown: {counts} (--full lists them)")
    return lines


def _is_single(origin: Origin, one: Behind) -> bool:
    """Whether the column names the parameter itself, not the whole subject that it belongs to."""
    return one.line.name in origin.measure.parameters


def _parameter(one: Behind) -> str:
    changed = "" if one.value == one.line.default else f" (default {one.line.default:g})"
    if one.band:
        low, middle, high = one.band
        changed = f" in the scenario; in the runs {low:.4g} to {high:.4g}, median {middle:.4g},"
    return f"{one.line.name} = {one.value:g}{changed} {one.line.unit}: {one.line.meaning}; {one.line.source}"


def _levers(origin: Origin, full: bool) -> list[str]:
    lines = [
        f"  {one.lever} {' '.join(word for word in (one.service, one.market, one.item) if word)} = {one.value}"
        for one in origin.levers
    ]
    return ["levers that the scenario sets from the start", *_first(lines, full)] if lines else []


def _events(origin: Origin, full: bool) -> list[str]:
    return _event_lines(origin.events, full)


def _event_lines(events: Sequence[Mapping[str, Any]], full: bool) -> list[str]:
    lines = [
        _wrap(f"{one['date']}: {one['words']}{'' if one['source'] else ' [no source told]'}", indent=2)
        for one in events
    ]
    if not lines:
        return []
    kept = lines if full else lines[:FEW]
    more = [f"  {len(lines) - FEW} more (--full lists them)"] if len(kept) < len(lines) else []
    return ["dated events before it", *(text for one in kept for text in one), *more]


def _start(origin: Origin, full: bool) -> list[str]:
    if not origin.rows:
        return []
    market = origin.where["market"]
    lines = [f"rows of the start {origin.provenance.start}" + (f" in {market}" if market else ", counted by section")]
    for section, rows in origin.rows.items():
        assumed = sum(row.confidence == "assumption" for row in rows)
        lines.append(f"  {section}: {len(rows)} row(s), {assumed} assumed")
        if market:
            shown = rows if full or len(rows) <= FEW else rows[:FEW]
            for row in shown:
                ids = ", ".join(row.fact_ids) if full or len(row.fact_ids) <= 6 else f"{len(row.fact_ids)} facts"
                lines += _wrap(f"{row.what}: {row.value} [{row.confidence}] {row.basis} ({ids or 'no fact'})", indent=4)
            if len(shown) < len(rows):
                lines.append(f"    {len(rows) - len(shown)} more (--full lists them)")
    if not market:
        lines.append("  --market (and --platform) show the rows of a place")
    return lines


def _facts(origin: Origin, full: bool) -> list[str]:
    facts = list(origin.facts.values())
    if not facts and not origin.lost:
        return []
    known = ", ".join(f"{count} {name}" for name, count in Counter(one.confidence for one in facts).items())
    near = _nearest_facts(origin)
    shown = facts if full else [one for one in facts if one.id in near][: 2 * FEW]
    lines = [f"facts: {len(facts)} stand behind it ({known})", *(text for one in shown for text in _fact(one))]
    if len(shown) < len(facts):
        lines.append(f"  {len(facts) - len(shown)} more (--full lists them, --json too)")
    if origin.lost:
        lines += _wrap(f"not in this version's tables: {', '.join(origin.lost)}", indent=2)
    return lines


def _nearest_facts(origin: Origin) -> frozenset[str]:
    """Return the facts of the services' own rows, and of events: those that speak of the place asked for."""
    if not origin.where["market"]:
        return frozenset()
    own = {name for section, rows in origin.rows.items() if section not in ("people", "world", "deals")
           for row in rows for name in row.fact_ids}  # fmt: skip
    return frozenset(own | {name for one in origin.events for name in str(one["source"]).replace(";", " ").split()})


def _fact(fact: Fact) -> list[str]:
    about = fact.entity if fact.entity == fact.market else f"{fact.entity} {fact.market}"
    when = f", {fact.date}" if fact.date else ""
    head = f"{fact.id} {about}, {fact.field}: {fact.value} {fact.unit}{when} [{fact.confidence}]"
    return [*_wrap(head, indent=2), *_wrap(fact.source or "no source told", indent=6),
            *([f"      {fact.url}"] if fact.url else [])]  # fmt: skip


def _first(lines: Sequence[str], full: bool) -> list[str]:
    if full or len(lines) <= FEW:
        return list(lines)
    return [*lines[:FEW], f"  {len(lines) - FEW} more (--full lists them)"]


def _wrap(text: str, *, indent: int) -> Iterable[str]:
    space = " " * indent
    return textwrap.wrap(text, width=WIDTH, initial_indent=space, subsequent_indent=space + "  ",
                         break_on_hyphens=False, break_long_words=False)  # fmt: skip
