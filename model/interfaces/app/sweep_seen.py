"""What the page has read of a stored sweep: its design, how many runs are done, and one outcome, point by point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.experiments.robust import RobustChoice
from model.experiments.robust.choosing import choice_from, question_of
from model.experiments.robust.words import notes as notes_of
from model.experiments.robust.words import rule_lines, way_lines
from model.experiments.sweep.result import Input, SweepResult
from model.experiments.sweep.words import DESIGNS, count
from model.foundation.errors import Fault, InputError
from model.interfaces.app.background import Report

Bools = NDArray[np.bool_]
TOLD = 5
"""Failures that are shown."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read. name: of the sweep. outcome: "" for the first. low, high: bounds of the input `only`, "" for none.

    value: of `only` where it is no number. less: whether less of the outcome is better.
    """

    name: str
    outcome: str = ""
    market: str = WORLD
    over: str = HORIZON
    less: bool = False
    only: str = ""
    low: float = -inf
    high: float = inf
    value: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SweepSeen:
    """A sweep as the page shows it.

    wanted: what was read. title: the scenario swept. inputs, policies, outcomes, markets, replicates: as of the sweep.
    points: of the design. planned, done, failed: runs. failures: the first ones. made: by which version. rows: inputs
    and the outcome, a row per point and policy inside the filter, means over replicates, NaN taken out. values: of each
    input, the first ones; ranges: of those that are numbers. outside: points that the filter leaves out. choice: the
    robust choice among the policies with its sentences, None where it cannot be told, and `why`.
    """

    wanted: Wanted
    title: str
    design: str
    inputs: tuple[Input, ...]
    policies: tuple[str, ...]
    outcomes: Mapping[str, Outcome]
    markets: tuple[str, ...]
    replicates: int
    points: int
    planned: int
    done: int
    failed: int
    failures: pd.DataFrame
    made: str
    outcome: Outcome
    rows: pd.DataFrame
    values: Mapping[str, tuple[object, ...]]
    ranges: Mapping[str, tuple[float, float]]
    outside: int = 0
    choice: RobustChoice | None = None
    lines: tuple[str, ...] = ()
    why: str = ""

    def ends(self, column: str) -> tuple[float, float] | None:
        """Return the least and the largest value of an input over the whole design, None where it is no number."""
        return self.ranges.get(column)

    def input(self, column: str) -> Input | None:
        """Return an input by its column, None for another."""
        return next((one for one in self.inputs if one.column == column), None)

    @property
    def unit(self) -> str:
        """Unit of the outcome."""
        return self.outcome.unit(self.wanted.over)


def read_sweep(folder: Path, wanted: Wanted, *, report: Report) -> SweepSeen:
    """Return what a sweep's folder holds of what is wanted; nothing of it stays open.

    Errors: InputError for a folder that is broken or of another kind, and for names that it does not know.
    """
    report("opening the sweep", 0, 0)
    try:
        found = SweepResult.open(folder)
    except (KeyError, TypeError, ValueError) as error:
        rule, way = "was written by `resonance sweep` of this version", "Sweep again, or open it with what wrote it."
        raise InputError(Fault("sweep", rule, f"{wanted.name}: {type(error).__name__} {error}"[:80], way)) from error
    with closing(found):
        try:
            return _read(found, wanted, report)
        except (KeyError, TypeError, OSError) as error:
            rule, way = "can be read", "Sweep again into a new folder."
            told = f"{wanted.name}: {type(error).__name__} {error}"[:80]
            raise InputError(Fault("sweep", rule, told, way)) from error


def _read(found: SweepResult, wanted: Wanted, report: Report) -> SweepSeen:
    names = list(found.outcomes_kept)
    outcome = found.outcome(wanted.outcome if wanted.outcome in names else names[0])
    report("reading its runs", 0, 0)
    inside = within(found.points, found.inputs, wanted)
    rows = found.table(outcome.name, market=wanted.market, over=wanted.over, mean=True)
    rows = rows[rows["point"].isin(found.points.index[inside]) & rows[outcome.name].notna()].reset_index(drop=True)
    failures = found.failures
    choice: RobustChoice | None = None
    lines: tuple[str, ...] = ()
    why = ""
    if len(found.policies) < 2:
        why = "This sweep has one policy, so there is nothing to choose between."
    elif not len(rows):
        why = "No run is finished that knows this outcome here."
    else:
        report("holding its policies against each other", 0, 0)
        choice, lines, why = _chosen(found, outcome, wanted, inside)
    about = found.provenance
    return SweepSeen(
        wanted=wanted, title=found.name, inputs=found.inputs, policies=found.policies, outcomes=found.outcomes_kept,
        design=DESIGNS.get(found.design, found.design), markets=found.markets, replicates=found.replicates,
        points=len(found.points), planned=found.planned, done=found.done, failed=len(failures),
        failures=failures.head(TOLD), made=f"model {about.get('model_version', '?')}", outcome=outcome, rows=rows,
        values={one.column: tuple(pd.unique(found.points[one.column])[:60]) for one in found.inputs},
        ranges=_ranges(found.points), outside=int((~inside).sum()), choice=choice, lines=lines, why=why,
    )  # fmt: skip


def _ranges(points: pd.DataFrame) -> dict[str, tuple[float, float]]:
    numbers = [str(name) for name in points if is_number(points[name])]
    return {name: (float(points[name].min()), float(points[name].max())) for name in numbers}


def _chosen(
    found: SweepResult, outcome: Outcome, wanted: Wanted, inside: Bools
) -> tuple[RobustChoice | None, tuple[str, ...], str]:
    """Return the robust choice inside the filter, its sentences, and why there is none."""
    wishes: dict[str, object] = {
        "outcome": outcome.name, "market": wanted.market, "over": wanted.over, "less": wanted.less,
    }  # fmt: skip
    if not inside.all():
        wishes["weights"] = inside.astype(float).tolist()
    try:
        choice = choice_from(found, question_of(found, **wishes))
    except InputError as error:
        one = error.faults[0]
        return None, (), f"{one.rule[:1].upper()}{one.rule[1:]} (got {one.value}). {one.way_out}"
    # The rule that asks for a threshold has none here.
    lines = [line for line in (*rule_lines(choice), *way_lines(choice), *notes_of(choice)) if "not asked" not in line]
    _ = choice.scores  # worked out here: the page only looks
    return choice, tuple(lines), ""


def within(points: pd.DataFrame, inputs: Sequence[Input], wanted: Wanted) -> Bools:
    """Return which points lie inside the filter, (points,); all where none is set or its input is another sweep's."""
    one = next((one for one in inputs if one.column == wanted.only), None)
    if one is None:
        return np.ones(len(points), dtype=np.bool_)
    values = points[one.column]
    if is_number(values):
        numbers = values.to_numpy(np.float64)
        return (numbers >= wanted.low) & (numbers <= wanted.high)
    return np.array([not wanted.value or word_of(each) == wanted.value for each in values], dtype=np.bool_)


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers, switches not among them."""
    return pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)


def word_of(value: object) -> str:
    """Return a value of an input that is no number as it stands on the page."""
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def head_words(seen: SweepSeen) -> str:
    """Return what was swept and how far it is, in a sentence."""
    left = seen.planned - seen.done - seen.failed
    how = f"{seen.design} over {count(len(seen.inputs), 'input')}" if seen.inputs else "nothing else moved"
    states = [f"{seen.done:,} finished", *([f"{seen.failed:,} failed"] if seen.failed else []),
              *([f"{left:,} still to run"] if left else [])]  # fmt: skip
    return (
        f"{count(seen.points, 'point')} ({how}) × {count(len(seen.policies), 'policy', 'policies')} × "
        f"{count(seen.replicates, 'replicate')} = {count(seen.planned, 'run')}: {', '.join(states)}."
    )  # fmt: skip
