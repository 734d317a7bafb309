"""The trace of a column: what it means, what it is worked out from, and which parameters and facts stand behind it."""

from __future__ import annotations

import textwrap
from importlib import import_module

from model.results.card import ScenarioCard
from model.results.measures import FRAMES, MEASURES, Measure, measure
from model.results.provenance import Provenance
from model.spec.parameters import Parameter, declared_parameters

WIDTH = 110
SUMMARIES = {"last": "last value", "mean": "mean", "sum": "sum", "none": "not summed up"}


def trace(column: str, *, card: ScenarioCard, provenance: Provenance) -> str:
    """Return in words where a column's numbers come from, down to parameters and fact ids.

    Errors: InputError for a name that is no column.
    """
    found = measure(column)
    lines = [
        f"{found.name}: {found.label} [{found.unit}]",
        f"  meaning: {found.meaning}",
        f"  in tables: {', '.join(name for name, columns in FRAMES.items() if column in columns)}",
        f"  over months: {SUMMARIES[found.summary]}; over markets: {_adding(found)}",
    ]
    behind = _behind(found)
    if behind:
        lines.append("  worked out from:")
        lines.extend(f"    {one.name} [{one.unit}]: {one.meaning}" for one in behind)
    chain = (found, *behind)
    parameters = _parameter_lines(chain, card)
    if parameters:
        lines.extend(["  parameters:", *parameters])
    sections = list(dict.fromkeys(section for one in chain for section in one.facts))
    if sections:
        lines.append(f"  facts of the start {provenance.start} (`resonance facts` shows each id):")
        lines.extend(_facts(section, provenance) for section in sections)
    if not found.is_key and not parameters and not sections:
        lines.append("  sources: those of the payments that it records; trace the column of each kind of payment")
    runs = ", ".join(provenance.run_ids.values())
    version, seed = provenance.model_version, provenance.seed
    lines.append(f"  runs {runs}; scenario {provenance.scenario_digest}; model {version}; seed {seed}")
    return "\n".join(lines)


def _adding(found: Measure) -> str:
    if found.adds == "weighted":
        return f"mean weighted by {MEASURES[found.weight].label.lower()} ({found.weight})"
    return {"sum": "sum", "none": "not added"}[found.adds]


def _behind(found: Measure) -> tuple[Measure, ...]:
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


def _parameter_lines(chain: tuple[Measure, ...], card: ScenarioCard) -> list[str]:
    """Return a line for each parameter named by a measure, and one wrapped list for each subject that stands behind."""
    declared = declared_parameters()
    named = dict.fromkeys(name for one in chain for name in one.parameters)
    single = [f"    {_parameter(declared[name], card)}" for name in named if not name.startswith("@")]
    whole = []
    for name in (name[1:] for name in named if name.startswith("@")):
        values = ", ".join(f"{one} = {card.parameter(one):g} ({declared[one].source})" for one in subject(name))
        whole.append(_wrapped(f"    {name}: {values}"))
    return [*single, *whole]


def _wrapped(text: str) -> str:
    return textwrap.fill(text, width=WIDTH, subsequent_indent="      ", break_on_hyphens=False)


def subject(name: str) -> tuple[str, ...]:
    """Return the names of all parameters declared under a subject such as "demand"."""
    lines: tuple[Parameter, ...] = import_module(f"model.spec.declared.{name}").PARAMETERS
    return tuple(line.name for line in lines)


def _parameter(line: Parameter, card: ScenarioCard) -> str:
    value = card.parameter(line.name)
    changed = "" if value == line.default else f" (default {line.default:g})"
    return f"{line.name} = {value:g}{changed} {line.unit}; {line.source}"


def _facts(section: str, provenance: Provenance) -> str:
    assumed, cells = provenance.assumed[section]
    head = f"    {section}, {assumed} of {cells} rows assumed: "
    ids = ", ".join(provenance.fact_ids[section]) or "none"
    return _wrapped(head + ids)
