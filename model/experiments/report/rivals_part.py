"""Rivals in a report: who gains and who loses among services and labels, and what those that decide did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from model.experiments.report.charts import dots_chart
from model.experiments.report.document import Block, Grid, Picture, Section, Words
from model.experiments.report.evidence_part import verdict
from model.experiments.report.gaps import CLEAR, END, HORIZON
from model.experiments.report.telling import Teller
from model.results.palette import name_of

SHOWN = 10


def rivals_section(tell: Teller) -> Section:
    """Return who gains and who loses, and what rivals do about it."""
    blocks: list[Block] = [Words(_answering(tell))]
    parts = [Section("Services", tuple(_services(tell))), Section("Labels", tuple(_labels(tell)))]
    acted = _actions(tell)
    if acted:
        parts.append(acted)
    return Section("Rivals: who gains, who loses", tuple(blocks), tuple(parts))


def _answering(tell: Teller) -> str:
    card = tell.of.arm.result.card
    if card.played:
        actors = ", ".join(sorted({name_of(actor) for actor, _ in card.played}))
        return f"Those that decide for themselves here: {actors}. All others keep doing what the scenario says."
    return ("Nobody answers in this scenario: rivals keep prices and tiers whatever happens to them. What they gain or "
            "lose is what a rival that answers would act on; give them rules with [strategies].")  # fmt: skip


def _services(tell: Teller) -> Iterator[Block]:
    names = [who for who in tell.of.services if f"{who}.users" in tell.of.readings.outcomes and who != "other"]
    if tell.of.base is None:
        yield from _levels(tell, names)
        return
    gaps = {who: tell.gap(f"{who}.users", over=END) for who in names}
    moved = sorted((who for who in names if gaps[who].difference), key=lambda who: -abs(gaps[who].difference))
    if not moved:
        yield Words("No service has other users than without it.")
        return
    shown = sorted(moved[:SHOWN], key=lambda who: -gaps[who].difference)
    yield Words(_sentence([who for who in shown if gaps[who].sureness(members=tell.of.members) == CLEAR], tell))
    values = [np.array([getattr(gaps[who], key) for who in shown]) for key in ("difference", "low", "high")]
    told = "; ".join(f"{name_of(who)} {gaps[who].difference:,.3g}" for who in shown)
    unit = f"people, in {tell.of.arm.last}, all markets"
    yield Picture(
        "rivals", dots_chart([name_of(who) for who in shown], *values, title="Monthly users: difference", unit=unit),
        f"Dot chart of differences in monthly users: {told} people.",
        f"Monthly users: {tell.of.arm.name} less {tell.of.arms[1].name}, {unit}. Bars: {tell.band}.",
    )  # fmt: skip
    rows = tuple(
        (name_of(who), tell.difference(f"{who}.users", over=END), tell.relative(f"{who}.users", over=END),
         verdict(tell, f"{who}.users", over=END), tell.difference(f"{who}.operating_income"),
         tell.range(f"{who}.operating_income"), verdict(tell, f"{who}.operating_income", over=HORIZON))
        for who in shown
    )  # fmt: skip
    columns = ("service", f"users, {tell.of.arm.last}", "in %", "direction", "operating income, all months",
               tell.range_word, "direction ")  # fmt: skip
    left = len(moved) - len(shown)
    more = f"; {left} with smaller differences left out" if left else ""
    yield Grid(f"Services: {tell.of.arm.name} less {tell.of.arms[1].name}{more}", columns, rows,
               numbers=(columns[1], columns[2], columns[4], columns[5]))  # fmt: skip


def _sentence(sure: Sequence[str], tell: Teller) -> str:
    """Return who surely gains and who surely loses users."""
    if not sure:
        return "No service's change in users can be told from chance."
    gains = [who for who in sure if tell.gap(f"{who}.users", over=END).difference > 0.0]
    loses = [who for who in sure if who not in gains]
    told = [f"{_listed(names)} {verb}" for names, verb in
            ((gains, "gain users" if len(gains) > 1 else "gains users"),
             (loses, "lose users" if len(loses) > 1 else "loses users")) if names]  # fmt: skip
    rest = "" if len(tell.of.services) <= len(sure) else "; for the others no change can be told from chance"
    return f"{', '.join(told)}{rest}."


def _listed(names: Sequence[str]) -> str:
    words = [name_of(one) for one in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _levels(tell: Teller, names: Sequence[str]) -> Iterator[Block]:
    size = {who: tell.of.readings.level(f"{who}.users").value for who in names}
    shown = sorted((who for who in names if size[who] > 0.0), key=lambda who: -size[who])[:SHOWN]
    rows = tuple(
        (name_of(who), tell.level(f"{who}.users"), tell.level_range(f"{who}.users"),
         tell.level(f"{who}.operating_income", over=HORIZON), tell.level_range(f"{who}.operating_income", over=HORIZON))
        for who in shown
    )  # fmt: skip
    columns = ("service", f"users, {tell.of.arm.last}", tell.range_word, "operating income, all months",
               f"{tell.range_word} ")  # fmt: skip
    yield Grid(f"Services in {tell.of.arm.name}, the largest first", columns, rows, numbers=columns[1:])


def _labels(tell: Teller) -> Iterator[Block]:
    names = [label for label in tell.of.labels if f"{label}.label_income" in tell.of.readings.outcomes]
    paired = tell.of.base is not None
    if paired:
        size = {label: tell.gap(f"{label}.label_income").difference for label in names}
    else:
        size = {label: tell.of.readings.level(f"{label}.label_income", over=HORIZON).value for label in names}
    shown = sorted((label for label in names if size[label]), key=lambda label: -abs(size[label]))[:SHOWN]
    if not shown:
        yield Words("No label earns more or less." if paired else "No label earns anything.")
        return
    if paired:
        columns: tuple[str, ...] = ("label", "income from streaming, all months", tell.range_word, "in %", "direction")
        rows: tuple[tuple[str, ...], ...] = tuple(
            (name_of(label), tell.difference(f"{label}.label_income"), tell.range(f"{label}.label_income"),
             tell.relative(f"{label}.label_income"), verdict(tell, f"{label}.label_income", over=HORIZON))
            for label in shown
        )  # fmt: skip
        caption = f"Labels: {tell.of.arm.name} less {tell.of.arms[1].name}, the largest differences first"
        yield Grid(caption, columns, rows, numbers=columns[1:4])
    else:
        columns = ("label", "income from streaming, all months", tell.range_word)
        rows = tuple(
            (name_of(label), tell.level(f"{label}.label_income", over=HORIZON),
             tell.level_range(f"{label}.label_income", over=HORIZON))
            for label in shown
        )  # fmt: skip
        yield Grid(f"Labels in {tell.of.arm.name}, the largest first", columns, rows, numbers=columns[1:])


def _actions(tell: Teller) -> Section | None:
    """Return what firms with rules did, None where nobody has one."""
    from model.results.action_table import action_lines

    lines = action_lines(tell.of.arm.result.actions, replicates=tell.of.readings.runs)
    if not lines:
        return None
    return Section("What those that decide did", tuple(Words(" ".join(line.split())) for line in lines))
