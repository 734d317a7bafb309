"""Uncertainty in a report: what its ranges hold and what they do not, run by run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from model.experiments.report.charts import dots_chart
from model.experiments.report.document import Block, Bullets, Grid, Picture, Section, Words, code
from model.experiments.report.evidence_part import verdict, when
from model.experiments.report.telling import Teller, heading, phrase


def doubts_section(tell: Teller) -> Section:
    """Return how sure the numbers are, and why not surer."""
    return Section("Uncertainty", tuple(_blocks(tell)))


def _blocks(tell: Teller) -> Iterator[Block]:
    yield Bullets(tuple(_holds(tell)))
    if tell.of.base is not None and tell.of.readings.runs > 1:
        yield _runs_chart(tell)
        yield _signs(tell)
    notices = tell.of.arm.result.notices
    thin = [notice for notice in notices if notice.startswith("too few users")]
    for notice in thin:
        yield Words(f"{notice[0].upper()}{notice[1:]}", "note")


def _holds(tell: Teller) -> Iterator[str]:
    runs, users = tell.of.readings.runs, tell.of.arm.plan.users
    if tell.of.members:
        carried = tell.of.arm.result.provenance.carried
        words = carried.words() if carried else []
        count = len(carried.parameters) if carried else 0
        yield f"Ranges hold: {count} uncertain parameters drawn together, and in each run other people and other draws."
        yield from words
    elif runs > 1:
        yield f"Ranges hold the chance in {runs} runs, with the same parameters and the same people at the start."
        yield f"They do not hold that parameters are uncertain; {code('--ensemble NAME')} carries that."
    else:
        yield f"There is one run, so no range. {code('--replicates 8')} gives one."
    yield ("Nor do they hold that the model may be wrong in its form, that terms of licences and exchange rates stay "
           "as they are, and that firms without rules do not answer.")  # fmt: skip
    yield f"Each market has {users:,} simulated users: a service with few of them moves by single people."
    if tell.of.base is not None:
        yield ("Both worlds take the same draws, so a difference is far surer than either level: what the scenario "
               "leaves alone differs by exactly 0.")  # fmt: skip


def _runs_chart(tell: Teller) -> Picture:
    by = tell.of.headline[0]
    outcome = tell.of.outcome(by)
    over = tell.over_of(by)
    gaps = np.sort(tell.of.readings.values(by, over=over) - tell.of.readings.values(by, over=over, arm=1))[::-1]
    names = [f"{'member' if tell.of.members else 'run'} {at}" for at in range(1, gaps.size + 1)]
    if gaps.size > 24:  # a row each would fill pages: every so manieth stands for its neighbours
        step = -(-gaps.size // 24)
        gaps, names = gaps[::step], names[::step]
    unit = outcome.unit(over)
    return Picture(
        "runs",
        dots_chart(names, gaps, gaps, gaps, title="Difference, run by run", unit=f"{phrase(outcome)}, {unit}"),
        f"Dot chart of the difference in {phrase(outcome)} in each run, largest first: from {gaps.max():,.3g} to "
        f"{gaps.min():,.3g} {unit}; above 0 in {int((gaps > 0).sum())} of {gaps.size} shown.",
        f"{heading(outcome)}: {tell.of.arm.name} less {tell.of.arms[1].name}, each "
        f"{'member' if tell.of.members else 'pair of runs'} by itself, in order of size.",
    )  # fmt: skip


def _signs(tell: Teller) -> Grid:
    rows = []
    for name in tell.of.headline:
        if name not in tell.of.readings.outcomes:
            continue
        over = tell.over_of(name)
        gap = tell.gap(name, over=over)
        if gap.difference != gap.difference:
            continue
        sure = verdict(tell, name, over=over)
        rows.append((heading(tell.of.outcome(name)), when(tell, name), tell.above(name, over=over), sure))
    many = "members" if tell.of.members else "runs"
    return Grid("How often the difference is above 0", ("what", "when", f"{many} above 0", "direction"), tuple(rows),
                numbers=(f"{many} above 0",))  # fmt: skip
