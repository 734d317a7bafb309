"""What a sweep's folder tells of it beside its runs, so that it can be read without the scenario it came from."""

from __future__ import annotations

from model.experiments.identity import origins_of
from model.experiments.sweep.plan import SweepPlan
from model.experiments.sweep.points import Column
from model.experiments.sweep.vocabulary import Axis
from model.foundation.version import model_version
from model.results.provenance import library_versions, start_digest
from model.spec.parameters import declared_parameters
from model.spec.settings import LEVERS


def described(plan: SweepPlan) -> dict[str, object]:
    """Return plain values: inputs with units, policies, outcomes, sizes, identity, and the sources of the scenarios."""
    return {
        "sweep": {
            "name": plan.base.name, "design": plan.design, "digest": plan.digest, "runs": plan.runs,
            "inputs": [input_of(one) for one in plan.axes], "policies": [one.name for one in plan.policies],
            "outcomes": [[one.who, one.column, one.frame] for one in plan.outcomes], "series": plan.series,
            "markets": list(plan.base.markets), "replicates": plan.replicates,
            "origins": origins_of(plan.plans[:1], names=[plan.policies[0].name]),
            "provenance": {
                "model_version": model_version(), "versions": library_versions(), "start": plan.base.start,
                "start_digest": start_digest(plan.base.start), "seed": plan.base.seed,
                "scenario_digests": {one.name: own.digest for one, own in zip(plan.policies, plan.plans, strict=True)},
                "explanation": plan.base.explain(),
                **({} if plan.joint is None else {"ensemble": plan.joint.told()}),
            },
        },
        "sources": plan.sources,
    }  # fmt: skip


def input_of(axis: Axis | Column) -> dict[str, str]:
    """Return column, kind, unit and label of an input."""
    if axis.key.startswith("parameters."):
        line = declared_parameters()[axis.column]
        return {"column": axis.column, "kind": "uncertainty", "unit": line.unit, "label": axis.column}
    parts = axis.key.split(".")
    lever = LEVERS.get(parts[2] if len(parts) > 2 else "")
    unit = "as in the scenario" if lever is None else lever.unit
    return {"column": axis.column, "kind": "lever", "unit": unit, "label": axis.column}
