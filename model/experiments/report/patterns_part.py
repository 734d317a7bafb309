"""Patterns in a report: which observed facts the model hits and misses, and what each miss means for the question."""

from __future__ import annotations

from collections.abc import Iterator

from model.experiments.pattern import Pattern
from model.experiments.pattern_file import Measured
from model.experiments.pattern_notes import NOTES
from model.experiments.report.bearing import bearing_of
from model.experiments.report.document import Block, Grid, Section, Words, code, link, plain
from model.experiments.report.numbers import DERIVED, Origin
from model.experiments.report.question import Question


def misses_that_bear(question: Question, measured: Measured) -> tuple[tuple[Pattern, str], ...]:
    """Return the missed patterns that bear on a question, each with what it means for it."""
    found = [(one, bearing_of(question, one)) for one in measured.patterns if one.verdict == "miss"]
    return tuple((one, words) for one, words in found if words)


def patterns_section(question: Question, measured: Measured) -> Section:
    """Return the patterns as they were last measured."""
    return Section("Patterns hit and missed", tuple(_blocks(question, measured)))


def _blocks(question: Question, measured: Measured) -> Iterator[Block]:
    counts = measured.counts
    bear = misses_that_bear(question, measured)
    yield Words(f"The model is held against {counts['hit'] + counts['miss']} observed facts that it was not built "
                f"from: it hits {counts['hit']} and misses {counts['miss']}. {len(bear)} of the misses bear on this "
                f"question.")  # fmt: skip
    if not measured.current:
        yield Words(f"They were measured by model {measured.model_version}, before the present code or facts: "
                    f"{code('resonance patterns')} measures them anew.", "note")  # fmt: skip
    if bear:
        rows = tuple(
            (f"{one.name}: {plain(one.text)}", plain(one.target), _model(question, one, measured),
             f"{_note(one)} Here: {words}")
            for one, words in _grouped(bear)
        )  # fmt: skip
        yield Grid("Missed, and what each means for this question", ("pattern", "observed", "model", "what it means"),
                   rows, numbers=("model",))  # fmt: skip
    others = [one.name for one in measured.patterns if one.verdict == "miss" and one not in {pair[0] for pair in bear}]
    if others:
        yield Words(f"Missed too, but not touching this question: {', '.join(others)}.")
    hits = tuple((f"{one.name}: {plain(one.text)}", plain(one.target), _model(question, one, measured))
                 for one in measured.patterns if one.verdict == "hit")  # fmt: skip
    if hits:
        yield Grid("Hit", ("pattern", "observed", "model"), hits, numbers=("model",), small=True)


def _grouped(found: tuple[tuple[Pattern, str], ...]) -> Iterator[tuple[Pattern, str]]:
    """Yield patterns with their words; where the words were told just before, with a reference to them."""
    first: dict[str, str] = {}
    for one, words in found:
        if words in first:
            yield one, f"as for {first[words]}."
        else:
            first[words] = one.name
            yield one, words


def _note(one: Pattern) -> str:
    note = NOTES.get(one.name)
    return note.miss if note else ""


def _model(question: Question, one: Pattern, measured: Measured) -> str:
    value = float("nan") if one.model is None else one.model
    origin = Origin(
        outcome=f"pattern.{one.name}", what=f"Pattern {one.name}: {plain(one.text)}", kind=DERIVED,
        scenario=plain(one.run), base="", market="total", over="pattern", date=f"model {measured.model_version}",
        unit=one.unit, value=value, low=one.low, high=one.high, band="band in which it hits", runs=1,
    )  # fmt: skip
    return link(question.numbers.place(origin), f"{value:.3g} {one.unit}".strip())
