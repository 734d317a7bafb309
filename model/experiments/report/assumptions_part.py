"""Assumptions in a report: which uncertain parameters an answer like this one depends on most."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import spearmanr

from model.experiments.assumptions import screening
from model.experiments.report.amounts import percent
from model.experiments.report.document import Block, Grid, Section, Words, code, plain
from model.experiments.report.gaps import HORIZON
from model.experiments.report.numbers import DERIVED, Origin
from model.experiments.report.telling import Teller, phrase, place_name
from model.spec.parameters import declared_parameters

SHOWN = 8
ENOUGH = 20
"""Members from which a rank correlation with a parameter says anything."""


def assumptions_section(tell: Teller) -> Section:
    """Return the parameters that matter most, by the shipped screening, and over the members where there are enough."""
    return Section("Assumptions that matter", (*_screened(tell), *_over_members(tell)))


def _screened(tell: Teller) -> Iterator[Block]:
    found = screening()
    wanted = [name for name in tell.of.headline if name in found.outcomes]
    outcome, ranked = found.of(wanted[0] if wanted else None)
    made = found.made
    places = ", ".join(place_name(one) for one in made["markets"])
    yield Words(f"{len(found.inputs)} parameters were once screened over their likely ranges, by what tying Resso to "
                f"TikTok changes in {places} ({made['runs']:,} small runs). Where your question is another, take from "
                "it only which assumptions to doubt first, and ask your own: "
                f"{code(f'resonance sensitivity {tell.of.arm.name} --outcome {tell.of.headline[0]}')}.")  # fmt: skip
    rows = []
    for one in ranked[:SHOWN]:
        line = one.line
        if line is None:
            continue
        share = tell.of.numbers.told(percent(one.share), Origin(
            outcome=f"screening.{outcome}.{one.name}", what=f"Screening of {outcome}: {one.name}, of the strongest",
            kind=DERIVED, scenario=str(made["scenario"]), base="", market="+".join(made["markets"]), over="screening",
            date=f"sweep {made['sweep']}, model {made['model_version']}", unit="share", value=one.share,
            runs=made["runs"],
        ))  # fmt: skip
        source = "assumption" if line.source.strip() == "assumption" else plain(line.source).replace(";", ", ")
        rows.append((one.name, share, f"{line.default:g}", f"{line.likely[0]:g} to {line.likely[1]:g} {line.unit}",
                     plain(line.meaning), source))  # fmt: skip
    columns = ("parameter", "of the strongest", "value", "likely range", "meaning", "source")
    yield Grid(f"Strongest for {outcome}", columns, tuple(rows), numbers=("of the strongest", "value"))  # fmt: skip


def _over_members(tell: Teller) -> Iterator[Block]:
    carried = tell.of.arm.result.provenance.carried
    if carried is None:
        return
    runs = tell.of.readings.runs
    by = tell.of.headline[0]
    if runs < ENOUGH:
        yield Words(f"Which of the ensemble's parameters move {phrase(tell.of.outcome(by))} cannot be told from {runs} "
                    f"members: {ENOUGH} or more can.")  # fmt: skip
        return
    values = tell.of.readings.values(by)
    gaps = values - tell.of.readings.values(by, arm=1) if tell.of.base is not None else values
    names = [name for name in carried.parameters if name not in carried.held]
    table = {name: np.array([carried.own_values(number)[name] for number in tell.of.arm.replicates]) for name in names}
    found = {name: float(spearmanr(own, gaps).statistic) for name, own in table.items() if np.ptp(own) > 0.0}
    order = sorted((name for name in found if found[name] == found[name]), key=lambda name: -abs(found[name]))[:SHOWN]
    rows = []
    for name in order:
        told = tell.of.numbers.told(f"{found[name]:+.2f}".replace("-", "−"), Origin(
            outcome=f"members.{by}.{name}", what=f"Rank correlation of {name} with {phrase(tell.of.outcome(by))}",
            kind=DERIVED, scenario=tell.of.arm.name, base=tell.of.base.name if tell.of.base else "", market="total",
            over=HORIZON, date=tell.of.arm.months, unit="correlation", value=found[name], runs=runs,
        ))  # fmt: skip
        rows.append((name, told, plain(declared_parameters()[name].meaning)))
    yield Words(f"Over {runs} members, chance alone gives a rank correlation of up to ±{1.645 / (runs - 1) ** 0.5:.2f} "
                "in nine cases of ten.")  # fmt: skip
    yield Grid(f"Over the members of {carried.name}", ("parameter", "rank correlation", "meaning"), tuple(rows),
               numbers=("rank correlation",))  # fmt: skip
