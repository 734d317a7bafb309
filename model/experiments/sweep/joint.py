"""Uncertainties of a sweep as joint draws: an ensemble takes one dimension of the design, its members the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.experiments.ensembles.members import Given, Members, Wanted, draw_members
from model.experiments.sweep.points import Column, Design, framed
from model.experiments.sweep.vocabulary import Axis, Policy, Uncertainty
from model.foundation.errors import Fault, raise_faults
from model.spec.scenario import Scenario
from model.spec.sources import set_by_sources

MEMBER = "member"
"""Column of the points that tells the member of the ensemble."""


@dataclass(frozen=True, slots=True)
class Joint:
    """The dimension of a design along which the members of an ensemble lie, each with the part that its weight says.

    members: those of a grid, one step each. own: parameters that are moved; the base scenario sets the others itself.
    """

    members: Members
    own: tuple[str, ...]
    held: tuple[str, ...]

    @property
    def column(self) -> str:
        """Name of its column among the points."""
        return MEMBER

    @property
    def key(self) -> str:
        """Name of its column; no scenario is set by it."""
        return MEMBER

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the parameters, which the points set."""
        return tuple(Column(name, f"parameters.{name}") for name in self.own)

    def at(self, quantile: float) -> float:
        """Return the member at a quantile from 0 to 1 of the weights, laid end to end."""
        ends = np.cumsum(self.members.ensemble.weights)
        weighted = np.flatnonzero(self.members.ensemble.weights)
        return float(min(int(np.searchsorted(ends, quantile * ends[-1], side="right")), int(weighted[-1])))

    def levels(self, count: int) -> tuple[object, ...]:  # noqa: ARG002 - as of the other axes
        """Return the members of a grid, in order; one stands as often as its weight says."""
        return tuple(float(slot.member) for slot in sorted(self.members.slots, key=lambda one: one.member))

    def with_values(self, points: pd.DataFrame) -> pd.DataFrame:
        """Return points with the member as a whole number and its parameters' values beside."""
        at = points[MEMBER].to_numpy(np.int64)
        one = self.members.ensemble
        values = {name: one.values[at, one.parameters.index(name)].tolist() for name in self.own}
        columns = {name: points[name].tolist() for name in points.columns if name != MEMBER}
        found = framed({**columns, **values})
        found.insert(len(columns), MEMBER, at)
        return found

    def plain(self) -> dict[str, object]:
        """Return what decides the answer, in plain values."""
        return {"digest": self.members.ensemble.digest, "runs": len(self.members), "own": list(self.own)}

    def told(self) -> dict[str, object]:
        """Return what a reader should know, in plain values."""
        one = self.members.ensemble
        return {
            "name": one.name, "digest": one.digest, "about": one.about, "made": dict(one.made), "size": len(one),
            "parameters": list(self.own), "held": list(self.held),
        }  # fmt: skip


def joint_of(
    ensemble: Given | None, members: Wanted, *, base: Scenario, moved: Sequence[Axis], table: object
) -> Joint | None:  # fmt: skip
    """Return the dimension of an ensemble, None without one. Errors: InputError where it does not go with the rest."""
    faults = []
    if ensemble is None:
        if members is not None:
            faults.append(Fault("members", "are of an ensemble", str(members), "Give an ensemble too."))
        raise_faults(faults)
        return None
    drawn = draw_members(ensemble, seed=base.seed, members=members)
    one = drawn.ensemble
    if table is not None:
        rule = "a table says itself which points are run"
        faults.append(Fault("ensemble", rule, one.name, "Put the members' values into the table, or leave it out."))
    for axis in moved:
        if isinstance(axis, Uncertainty) and axis.name in one.parameters:
            rule = f"the ensemble {one.name} varies it, together with the others"
            faults.append(Fault(f"uncertainties: {axis.name}", rule, axis.name, "Leave it out."))
    held = one.held_by(base)
    own = tuple(name for name in one.parameters if name not in held)
    if not own:
        rule = f"{base.name} sets all that the ensemble {one.name} varies itself"
        faults.append(Fault("ensemble", rule, ", ".join(held), "Take a scenario without these parameters."))
    raise_faults(faults)
    return Joint(drawn, own, held)


def policy_faults(joint: Joint, policies: Sequence[Policy], plans: Sequence[Scenario]) -> list[Fault]:
    """Return a fault for each parameter of the members that a policy's own scenario sets."""
    return [
        Fault(f"policies: {policy.name}: {name}", f"the ensemble {joint.members.ensemble.name} sets it at every point",
              name, "Set it in the base scenario too, which the ensemble then leaves alone, or take it out.")
        for policy, plan in zip(policies, plans, strict=True)
        for name in joint.own
        if policy.scenario is not None and name in set_by_sources(plan)
    ]  # fmt: skip


def design_with(moved: Sequence[Axis], design: Design | None, n: object) -> Design:
    """Return the design where none is asked for: every member at every listed value, else a Latin hypercube."""
    if design is not None:
        return design
    listed = all(getattr(axis, "values", ()) for axis in moved)
    return "grid" if listed and n is None else "lhs"
