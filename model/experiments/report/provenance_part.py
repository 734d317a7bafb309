"""Provenance in a report: the runs, how to make them again, what stands behind headline numbers, and every number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from model.experiments.report.amounts import amount, span
from model.experiments.report.arms import Arm
from model.experiments.report.document import Block, Bullets, Grid, Section, Words, anchor, code, link, plain
from model.experiments.report.numbers import DERIVED, DIFFERENCE, Origin
from model.experiments.report.question import Question
from model.experiments.report.telling import heading
from model.results.measures import MEASURES

HEADLINES = 3
MOST_IDS = 12
MOST_PARAMETERS = 10


def provenance_section(question: Question, *, command: str, folder: str) -> Section:
    """Return where all numbers come from. command: makes the report again. folder: name of the report's folder.

    It is made last, when every number has been told.
    """
    parts = [
        Section("Runs", tuple(_runs(question, command))),
        Section("Behind the headline numbers", tuple(_behind(question))),
        Section("Every number", tuple(_every(question, folder))),
    ]
    return Section("Provenance", (), tuple(parts))


def runs_anchor(arm_name: str) -> str:
    """Return the name of the place of an arm's runs."""
    return f"runs-{anchor(arm_name)}"


def _runs(question: Question, command: str) -> Iterator[Block]:
    yield Words(f"Made again by {code(command)}")
    rows = tuple(_arm_row(arm) for arm in question.arms)
    columns = ("scenario", "hash", "runs (replicate: id)", "size", "seed", "model", "start")
    anchors = tuple(runs_anchor(arm.name) for arm in question.arms)
    yield Grid("Scenarios and their runs", columns, rows, anchors=anchors, small=True)
    carried = question.arm.result.provenance.carried
    if carried is not None:
        yield Words(f"Ensemble {carried.name}, hash {carried.digest}: {plain(carried.about)} Its members' values by "
                    "run stand in members.csv.")  # fmt: skip


def _arm_row(arm: Arm) -> tuple[str, ...]:
    one, card = arm.result.provenance, arm.result.card
    ids = [f"{number}: {name}" for number, name in sorted(one.run_ids.items())]
    more = f" and {len(ids) - MOST_IDS} more in runs.csv" if len(ids) > MOST_IDS else ""
    size = f"{len(card.markets)} market(s), {card.months} months, {card.users:,} users a market"
    return (arm.name, one.scenario_digest, ", ".join(ids[:MOST_IDS]) + more, size, str(one.seed), one.model_version,
            f"{one.start}, hash {one.start_digest}")  # fmt: skip


def _behind(question: Question) -> Iterator[Block]:
    names = [name for name in question.headline if name in question.readings.outcomes][:HEADLINES]
    for name in names:
        outcome = question.outcome(name)
        where = {} if not outcome.who else {"platform" if outcome.frame == "services" else "label": outcome.who}
        origin = question.arm.result.origin(outcome.column, where=where)
        near = [one for one in origin.parameters if one.near and one.line.name in origin.measure.parameters]
        changed = [one for one in origin.parameters if one.value != one.line.default or one.band]
        shown = list({one.line.name: one for one in (*changed, *near)}.values())[:MOST_PARAMETERS]
        facts = Counter(fact.confidence for fact in origin.facts.values())
        assumed = sum(one.is_assumed for one in origin.parameters)
        yield Words(f"{heading(outcome)}: {plain(outcome.measure.meaning)}. It is worked out from "
                    f"{', '.join(origin.near) or 'what people choose'}; behind it stand {len(origin.parameters)} "
                    f"parameters ({assumed} of them assumptions) and {len(origin.facts)} facts "
                    f"({', '.join(f'{count} {kind}' for kind, count in facts.most_common())}).")  # fmt: skip
        if shown:
            yield Bullets(tuple(
                f"{one.line.name} = {one.value:g}"
                + (f" (5% to 95% of runs: {one.band[0]:.3g} to {one.band[2]:.3g})" if one.band else "")
                + f", default {one.line.default:g} {one.line.unit}: {plain(one.line.meaning)} "
                f"[{plain(one.line.source)}]"
                for one in shown
            ))  # fmt: skip


def _every(question: Question, folder: str) -> Iterator[Block]:
    yield Words(f"A number above leads to its row here. The same rows stand in numbers.csv; "
                f"{code(f'resonance trace {folder} OUTCOME --full')} lists parameters, rows of the start and facts "
                "behind an outcome.")  # fmt: skip
    rows = question.numbers.rows
    cells = tuple((place, one.what, _value(one), _when(one), _of(question, one), one.outcome, _from(one))
                  for place, one in rows)  # fmt: skip
    columns = ("number", "what", "value (range)", "when", "runs", "outcome", "worked out from")
    yield Grid("Numbers and their sources", columns, cells, anchors=tuple(place for place, _ in rows), small=True)


def _value(one: Origin) -> str:
    signed = one.kind == DIFFERENCE
    if one.over == "pattern":
        return f"{one.value:.4g} {one.unit}"
    if one.unit == "correlation":
        return f"{one.value:.2f}"
    value = amount(one.value, one.unit, plus=signed)
    known = one.low == one.low and one.high == one.high
    return f"{value} ({span(one.low, one.high, one.unit, plus=signed)}; {one.band})" if known else value


def _when(one: Origin) -> str:
    return {"pattern": "as last measured", "screening": one.date}.get(one.over, one.date)


def _of(question: Question, one: Origin) -> str:
    """Return the runs of a number, linked to their row."""
    known = {arm.name for arm in question.arms}
    if one.kind == DERIVED and one.scenario not in known:
        return f"{one.scenario}, {one.date}" if one.over == "pattern" else one.scenario
    names = [one.scenario, *([one.base] if one.base in known else [])]
    return " less ".join(link(runs_anchor(name), name) for name in names)


def _from(one: Origin) -> str:
    column = one.outcome.rpartition(".")[2]
    line = MEASURES.get(column)
    if line is None or one.kind == DERIVED:
        return {"pattern": "resonance patterns", "screening": "resonance facts --assumptions",
                "term": "resonance deal: futures with the licence and without"}.get(one.over, "the runs")  # fmt: skip
    return ", ".join(line.columns) or "what people choose"
