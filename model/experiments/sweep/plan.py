"""A sweep that was asked for: validated whole before anything runs, and written down so that it can go on later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from model.experiments.comparing.chosen import chosen_outcomes
from model.experiments.comparing.outcomes import Outcome, read_outcomes
from model.experiments.ensembles.members import Given, Wanted
from model.experiments.question_files import loaded_base
from model.experiments.sweep.joint import Joint, design_with, joint_of, policy_faults
from model.experiments.sweep.points import Column, Design, Table, points_of, read_table, usual_design, value_of
from model.experiments.sweep.policies import Offers, offers_of_all, on_one_table, plans_of
from model.experiments.sweep.vocabulary import Axis, Lever, Policy
from model.experiments.sweep.wording import (
    Levers,
    Policies,
    Uncertainties,
    read_levers,
    read_policies,
    read_uncertainties,
)
from model.foundation.errors import Fault, InputError, raise_faults
from model.foundation.rng import stream_key
from model.foundation.version import model_version
from model.market.start_store import UNREAD
from model.spec.reading import shown
from model.spec.scenario import Scenario
from model.spec.travel import plain_scenario

MOST_TOLD = 12
"""Faults of points that are told at once."""


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """Everything that is run: points x policies x replicates of a scenario.

    plans: the scenario of each policy. axes: what the points move, in the order of their columns. points: one row each.
    outcomes: what is kept of a run. series: whether month by month too. offers: room in all tables of offers. joint:
    the ensemble whose members' values the points set, None without one.
    """

    base: Scenario
    policies: tuple[Policy, ...]
    plans: tuple[Scenario, ...]
    axes: tuple[Axis | Column, ...]
    design: Design
    points: pd.DataFrame
    replicates: int
    outcomes: tuple[Outcome, ...]
    series: bool
    offers: Offers
    joint: Joint | None = None

    @property
    def runs(self) -> int:
        """Number of runs: points x policies x replicates."""
        return len(self.points) * len(self.policies) * self.replicates

    @property
    def moves_start(self) -> bool:
        """Whether some input is read by the settling of the start, so that every point settles its own."""
        return any(one.key.startswith("parameters.") and one.column not in UNREAD for one in self.axes)

    def overrides(self, point: int) -> dict[str, object]:
        """Return what a point sets, by key of a scenario."""
        row = self.points.iloc[point]
        return {one.key: value_of(row[one.column]) for one in self.axes}

    def every_override(self) -> Iterator[dict[str, object]]:
        """Yield what each point sets, in order."""
        keys = [one.key for one in self.axes]
        if not keys:
            yield {}
            return
        for row in zip(*(self.points[one.column].tolist() for one in self.axes), strict=True):
            yield dict(zip(keys, row, strict=True))

    def scenario(self, point: int, *, policy: int | str = 0) -> Scenario:
        """Return the scenario of a point under a policy, by number or name."""
        number = policy if isinstance(policy, int) else [one.name for one in self.policies].index(policy)
        return on_one_table(self.plans[number].replace(self.overrides(point)), self.offers)

    @cached_property
    def sources(self) -> dict[str, object]:
        """What a worker makes the scenarios of, in plain values."""
        return {
            "policies": [plain_scenario(plan) for plan in self.plans], "offers": [list(one) for one in self.offers],
            "names": [policy.name for policy in self.policies], "series": self.series,
            "outcomes": [[one.who, one.column, one.frame] for one in self.outcomes],
            "starts": "memory" if self.moves_start else "shared", "model": model_version(),
        }  # fmt: skip

    @cached_property
    def question(self) -> dict[str, object]:
        """What decides the answer, in plain values: two sweeps with the same question are the same sweep."""
        return {
            "scenarios": [plan.canonical() for plan in self.plans], "names": [one.name for one in self.policies],
            "axes": [one.plain() for one in self.axes], "design": self.design, "replicates": self.replicates,
            "points": _digest_of(self.points), "outcomes": [one.name for one in self.outcomes],
            "series": self.series, "offers": [list(one) for one in self.offers],
            **({} if self.joint is None else {"ensemble": self.joint.plain()}),
        }  # fmt: skip

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for the question and the model that is asked."""
        return _digest({**self.question, "model": model_version()})

    @property
    def family(self) -> str:
        """Sixteen hexadecimal digits that stand for all of this that a sweep keeps as it grows.

        Replicates may become more, and so may the points of a Sobol sequence.
        """
        left_out = {"replicates", "points"} if self.design == "sobol" else {"replicates"}
        kept = {key: value for key, value in self.question.items() if key not in left_out}
        return _digest({**kept, "model": model_version()})


def _digest(asked: object) -> str:
    return hashlib.blake2b(as_text(asked).encode(), digest_size=8).hexdigest()


def as_text(value: object) -> str:
    """Return canonical JSON: sorted keys, no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _digest_of(points: pd.DataFrame) -> str:
    total = hashlib.blake2b(digest_size=16)
    for name in points.columns:
        total.update(as_text([name, points[name].tolist()]).encode())
    return total.hexdigest()


def plan_sweep(
    base: Scenario | str | Path, *, levers: Levers | None = None, uncertainties: Uncertainties | None = None,
    policies: Policies | None = None, design: Design | None = None, n: int | None = None, table: Table | None = None,
    replicates: int = 1, outcomes: Sequence[str | Outcome] | None = None, series: bool = False,
    ensemble: Given | None = None, members: Wanted = None,
) -> SweepPlan:  # fmt: skip
    """Return a validated sweep; the arguments are those of `model.experiments.sweep.sweep`, which see.

    Errors: InputError with every fault: of the words at once, then of the scenarios that they make, then of the points.
    """
    faults: list[Fault] = []
    plan = loaded_base(base, faults)
    moved: list[Axis] = [*read_levers(levers, faults), *read_uncertainties(uncertainties, faults)]
    named = read_policies(policies, faults)
    faults += _wishes(replicates, design, table, n, moved,
                     nothing=not moved and policies is None and table is None and ensemble is None)  # fmt: skip
    if plan is None or faults:
        raise_faults([*faults, *([] if plan is None else axis_faults([plan], moved))])
        raise AssertionError  # a scenario that is not there has a fault
    joint = joint_of(ensemble, members, base=plan, moved=moved, table=table)
    times = replicates * len(named)
    axes: tuple[Axis | Column, ...] = tuple(moved)
    points = pd.DataFrame()
    if table is not None:
        axes, points = read_table(table, times=times)
    plans = plans_of(plan, named, (*axes, *(joint.columns if joint else ())))
    raise_faults(
        [*(policy_faults(joint, named, plans) if joint else ()), *axis_faults(plans, axes, points)][:MOST_TOLD]
    )
    if joint is not None:
        design = design_with(moved, design, n)
        key = stream_key(plan.seed, "sweep", design)
        points = joint.with_values(points_of([*moved, joint], design=design, n=n, times=times, key=key))
        axes = (*moved, *joint.columns)
    elif table is None:
        design = design or usual_design(moved, n)
        points = points_of(moved, design=design, n=n, times=times, key=stream_key(plan.seed, "sweep", design))
    chosen = _outcomes(outcomes, _with_ends(plans, axes, points))
    return SweepPlan(
        base=plan, policies=named, plans=plans, axes=axes, design="table" if table is not None else design or "lhs",
        points=points, replicates=replicates, outcomes=chosen, series=series or joint is not None,
        offers=offers_of_all(plans), joint=joint,
    )  # fmt: skip


def axis_faults(
    plans: Sequence[Scenario], axes: Sequence[Axis | Column], points: pd.DataFrame | None = None
) -> list[Fault]:
    """Return a fault for each input that no scenario has, and for each end of a range outside its bounds.

    points: of a table, whose columns have no ranges of their own.
    """
    faults: dict[tuple[str, str], Fault] = {}
    for plan in plans:
        for trial in _trials(axes, points):
            try:
                plan.replace(trial)
            except InputError as error:
                for one in error.faults:
                    place = one.place.removeprefix("call: ")
                    kind = "uncertainties" if place.startswith("parameters.") else "levers"
                    told = Fault(f"{kind}: {place.removeprefix('parameters.')}", one.rule, one.value, one.way_out)
                    faults.setdefault((told.place, told.rule), told)
    return list(faults.values())


def _trials(axes: Sequence[Axis | Column], points: pd.DataFrame | None) -> Iterator[dict[str, object]]:
    """Yield both ends of all ranges together, then each further value of those with a list of values."""
    ends = [{one.key: _end(one, points, last) for one in axes} for last in (False, True)]
    yield from ends
    for one in axes:
        if isinstance(one, Lever):
            yield from ({**ends[0], one.key: value} for value in one.values[1:-1])


def _end(one: Axis | Column, points: pd.DataFrame | None, last: bool) -> object:
    if isinstance(one, Column):
        assert points is not None
        values = points[one.column]
        number = pd.api.types.is_numeric_dtype(values.dtype)
        return value_of((values.max() if last else values.min()) if number else values.iloc[-1 if last else 0])
    levels = one.levels(2)
    return levels[-1 if last else 0]


def _with_ends(plans: Sequence[Scenario], axes: Sequence[Axis | Column], points: pd.DataFrame) -> tuple[Scenario, ...]:
    """Return the scenarios with those of the ends of all ranges: their difference tells which services are moved."""
    ends = [{one.key: _end(one, points, last) for one in axes} for last in (False, True)] if axes else []
    return (*plans, *(plans[0].replace(trial) for trial in ends))


def _outcomes(words: Sequence[str | Outcome] | None, plans: Sequence[Scenario]) -> tuple[Outcome, ...]:
    if words is None:
        return read_outcomes(chosen_outcomes(plans).words, plans, place="outcomes")
    listed = [words] if isinstance(words, str) else words
    return read_outcomes([one.name if isinstance(one, Outcome) else one for one in listed], plans, place="outcomes")


def _wishes(
    replicates: object, design: object, table: object, n: object, moved: Sequence[Axis], *, nothing: bool
) -> list[Fault]:
    faults = []
    if isinstance(replicates, bool) or not isinstance(replicates, int) or not 1 <= replicates <= 10_000:
        rule = "is a whole number from 1 to 10,000"
        faults.append(Fault("replicates", rule, shown(replicates), "Example: replicates=4."))
    if table is not None and (moved or n is not None or design not in (None, "table")):
        rule, way = "a table says itself which points are run", "Leave out levers, uncertainties, design and n."
        faults.append(Fault("table", rule, "a table and a design", way))
    if nothing:
        way = "Example: levers={'platforms.resso.integration.ID': [0.0, 1.0]}, or uncertainties=['theta']."
        faults.append(
            Fault("sweep", "there is something to sweep: levers, uncertainties, policies or a table", None, way)
        )
    return faults
