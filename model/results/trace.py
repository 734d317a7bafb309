"""The trace of a column: what it means, what it is worked out from, and which parameters and facts stand behind it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from importlib import import_module

from model.results.card import ScenarioCard
from model.results.measures import FRAMES, MEASURES, Measure, measure
from model.results.provenance import Provenance
from model.results.start_rows import Place, rows_behind
from model.spec.parameters import Parameter, declared_parameters

WIDTH = 110
SUMMARIES = {"last": "last value", "mean": "mean", "sum": "sum", "none": "not summed up"}


def trace(
    column: str, *, card: ScenarioCard, provenance: Provenance, market: str = "", platform: str = "", tier: str = "",
    full: bool = False,
) -> str:  # fmt: skip
    """Return in words where a column's numbers come from, down to parameters and fact ids.

    market, platform, tier: show the rows of the start there, with band, confidence, basis and fact ids. full: every
    column, parameter and fact id behind, not only what the column reads directly.
    Errors: InputError for a name that is no column, and for a place that the run or the start does not have.
    """
    found = measure(column)
    place = Place(provenance.start, market, platform, tier)
    if market or platform or tier:
        place.check(card.markets)
    behind = columns_behind(found)
    near = behind if full else tuple(MEASURES[name] for name in found.columns)
    lines = [
        f"{found.name}: {found.label} [{found.unit}]",
        f"  meaning: {found.meaning}",
        f"  in tables: {', '.join(name for name, columns in FRAMES.items() if column in columns)}",
        f"  over months: {SUMMARIES[found.summary]}; over markets: {_adding(found)}",
    ]
    if near:
        lines.append("  worked out from:" if full else "  worked out directly from:")
        lines.extend(f"    {one.name} [{one.unit}]: {one.meaning}" for one in near)
    parameters = _parameter_lines((found, *behind) if full else (found,), card, full=full)
    if parameters:
        lines.extend(["  parameters:", *parameters])
    sections = list(dict.fromkeys(section for one in (found, *behind) for section in one.facts))
    if market:
        lines.extend(_start_lines(sections, place, column=column))
    elif sections:
        lines.append(f"  facts of the start {provenance.start} (`resonance facts` shows each id):")
        lines.extend(_facts(section, provenance, full=full) for section in sections)
        if not full:
            lines.append('    market="..." and platform="..." show the rows of a place; full=True lists every id')
    if not found.is_key and not parameters and not sections:
        lines.append("  sources: those of the payments that it records; trace the column of each kind of payment")
    runs = ", ".join(provenance.run_ids.values())
    version, seed = provenance.model_version, provenance.seed
    lines.append(f"  runs {runs}; scenario {provenance.scenario_digest}; model {version}; seed {seed}")
    return "\n".join(lines)


def _start_lines(sections: Sequence[str], place: Place, *, column: str) -> list[str]:
    """Return the rows of the start at a place, each as what it is, why, and its fact ids."""
    where = " ".join(word for word in (place.market, place.platform, place.tier) if word)
    lines = [f"  rows of the start {place.start} for {where}:"]
    for section in sections:
        rows = rows_behind(section, place, column=column)
        lines.append(f"    {section}{'' if rows else ': no row'}")
        for row in rows:
            head, *below = row.lines()
            lines.extend([f"      {head}", *(_wrapped(f"        {text}", indent=8) for text in below)])
    return lines


def _adding(found: Measure) -> str:
    if found.adds == "weighted":
        return f"mean weighted by {MEASURES[found.weight].label.lower()} ({found.weight})"
    return {"sum": "sum", "none": "not added"}[found.adds]


def columns_behind(found: Measure) -> tuple[Measure, ...]:
    """Return the measures that a measure is worked out from, the nearest first, each once."""
    seen = {found.name}
    queue = list(found.columns)
    behind: list[Measure] = []
    while queue:
        name = queue.pop(0)
        if name not in seen:
            seen.add(name)
            behind.append(MEASURES[name])
            queue.extend(MEASURES[name].columns)
    return tuple(behind)


def _parameter_lines(chain: tuple[Measure, ...], card: ScenarioCard, *, full: bool) -> list[str]:
    """Return a line for each parameter named by a measure, and one for each subject: its parameters where full."""
    declared = declared_parameters()
    named = dict.fromkeys(name for one in chain for name in one.parameters)
    single = [f"    {_parameter(declared[name], card)}" for name in named if not name.startswith("@")]
    whole = []
    for name in (name[1:] for name in named if name.startswith("@")):
        if not full:
            changed = [one for one in subject(name) if card.parameter(one) != declared[one].default]
            told = f", changed: {', '.join(f'{one} = {card.parameter(one):g}' for one in changed)}" if changed else ""
            whole.append(f"    {name}: {len(subject(name))} parameters{told} (full=True lists them)")
            continue
        values = ", ".join(f"{one} = {card.parameter(one):g} ({declared[one].source})" for one in subject(name))
        whole.append(_wrapped(f"    {name}: {values}"))
    return [*single, *whole]


def _wrapped(text: str, *, indent: int = 6) -> str:
    return textwrap.fill(text, width=WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)


def subject(name: str) -> tuple[str, ...]:
    """Return the names of all parameters declared under a subject such as "demand"."""
    lines: tuple[Parameter, ...] = import_module(f"model.spec.declared.{name}").PARAMETERS
    return tuple(line.name for line in lines)


def _parameter(line: Parameter, card: ScenarioCard) -> str:
    value = card.parameter(line.name)
    changed = "" if value == line.default else f" (default {line.default:g})"
    return f"{line.name} = {value:g}{changed} {line.unit}; {line.source}"


def _facts(section: str, provenance: Provenance, *, full: bool) -> str:
    assumed, cells = provenance.assumed[section]
    head = f"    {section}, {assumed} of {cells} rows assumed: "
    known = provenance.fact_ids[section]
    return _wrapped(head + (", ".join(known) or "none")) if full else f"{head}{len(known)} fact ids"
