"""A question about inputs that was asked: which are moved, by which method, and the points that this takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome
from model.experiments.sensitivity.emulating import FEWEST_FITTED, check_emulator, emulator_design, usual_points
from model.experiments.sweep.plan import SweepPlan, plan_sweep
from model.experiments.sweep.points import check_size
from model.experiments.sweep.vocabulary import Axis, Lever
from model.experiments.sweep.wording import Levers, Policies, Uncertainties, read_levers, read_uncertainties
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.rng import stream_key
from model.spec.reading import shown
from model.spec.scenario import Scenario
from model.theory.arrays import FloatArray
from model.theory.designs import sobol_points
from model.theory.sensitivity import morris_design, sobol_design

Method = Literal["morris", "sobol", "emulated"]
METHODS: tuple[Method, ...] = ("morris", "sobol", "emulated")
USUAL = {"morris": 10, "sobol": 64}
"""Paths of a screening, base points of Sobol' indices, where none are asked for."""
MANY = 25
"""Inputs from which on a screening should come first: Sobol' indices take runs in proportion to them."""


@dataclass(frozen=True, eq=False)
class SensitivityPlan:
    """Inputs, method, and the sweep over its points. unit: (n, points of a path or base point, inputs), 0 to 1.

    Of an emulator each point stands alone, and inputs with a list of values lie in the middle of each value's part.
    """

    method: Method
    axes: tuple[Axis, ...]
    unit: FloatArray
    sweep: SweepPlan

    @property
    def shares(self) -> bool:
        """Whether it asks for shares of the variance, not for sizes of effects."""
        return self.method != "morris"

    @property
    def base(self) -> Scenario:
        """The scenario that is asked about."""
        return self.sweep.base


def plan_sensitivity(
    base: Scenario | str | Path, *, outcomes: Sequence[str | Outcome] | None = None,
    uncertainties: Uncertainties | None = None, levers: Levers | None = None, policies: Policies | None = None,
    method: Method = "morris", n: int | None = None, replicates: int = 1,
) -> SensitivityPlan:  # fmt: skip
    """Return a validated plan; the arguments are those of `sensitivity`, which see. Errors: InputError."""
    faults: list[Fault] = []
    axes = read_axes(uncertainties, levers, faults)
    if method not in METHODS:
        faults.append(Fault("method", "no such method", shown(method), nearest(str(method), METHODS)))
    usual = usual_points(len(axes)) if method == "emulated" else USUAL.get(method, 2)
    wanted: object = usual if n is None else n
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 2:
        faults.append(Fault("n", "is a whole number from 2", shown(wanted), "Usual: 10 for morris, 64 for sobol."))
    elif method == "emulated" and wanted < FEWEST_FITTED:
        rule, way = f"an emulator is fitted to {FEWEST_FITTED} points at least", f"Usual: {usual} for these inputs."
        faults.append(Fault("n", rule, wanted, way))
    raise_faults(faults)
    assert isinstance(wanted, int)
    if method == "emulated":
        check_emulator()
    size = {"morris": len(axes) + 1, "sobol": len(axes) + 2, "emulated": 1}[method]
    check_size(wanted * size, times=1)
    plan = base if isinstance(base, Scenario) else Scenario.load(base)
    key = stream_key(plan.seed, "sensitivity", method)
    if method == "morris":
        unit = morris_design(wanted, n_dims=len(axes), key=key)
    elif method == "emulated":
        unit = stepped(axes, emulator_design(wanted, inputs=len(axes), key=key))
    else:
        unit = sobol_design(sobol_points(wanted, n_dims=2 * len(axes), key=key))
    rows = rows_of(axes, unit.reshape(-1, len(axes)))
    sweep = plan_sweep(plan, policies=policies, table=rows, replicates=replicates, outcomes=outcomes)
    return SensitivityPlan(method, axes, unit, sweep)


def stepped(axes: Sequence[Axis], unit: FloatArray) -> FloatArray:
    """Return places with those of a list of values in the middle of the part that stands for the value.

    unit: (..., inputs). So what an emulator is asked between two values is asked at one of them.
    """
    found = unit.copy()
    for at, axis in enumerate(axes):
        count = len(axis.values) if isinstance(axis, Lever) else 0
        if count:
            found[..., at] = (np.minimum(np.floor(unit[..., at] * count), count - 1) + 0.5) / count
    return found


def read_axes(uncertainties: Uncertainties | None, levers: Levers | None, faults: list[Fault]) -> tuple[Axis, ...]:
    """Return what is moved, uncertainties first; what is wrong is added to faults."""
    axes: tuple[Axis, ...] = (*read_uncertainties(uncertainties, faults), *read_levers(levers, faults))
    if not axes and not faults:
        way = "Example: uncertainties=['theta', '@money'], or --parameters theta --subject money."
        faults.append(Fault("uncertainties", "names at least one input", None, way))
    return axes


def rows_of(axes: Sequence[Axis], unit: FloatArray) -> list[dict[str, object]]:
    """Return the rows of a table of points at places between 0 and 1 of the inputs' ranges. unit: (points, inputs)."""
    return [{axis.column: axis.at(float(place)) for axis, place in zip(axes, row, strict=True)} for row in unit]


def check_place(plan: Scenario, market: str, over: str) -> None:
    """Raise InputError where a market is not of the scenario, or a time is none."""
    places, times = [*plan.markets, WORLD], [END, HORIZON]
    wrong = [Fault("market", "is one of the scenario, or total", market, nearest(market, places))]
    late = [Fault("over", "is end or horizon", over, nearest(over, times))]
    raise_faults([*(wrong if market not in places else []), *(late if over not in times else [])])


def check_level(level: float) -> None:
    """Raise InputError where the level of intervals is no share."""
    given: object = level
    if not isinstance(given, float) or not 0.0 < given < 1.0:
        raise InputError(Fault("level", "lies between 0 and 1", shown(level), "Usual: 0.9."))
