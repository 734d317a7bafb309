"""A search that was asked for: levers, objectives, futures, references and sizes, validated before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from model.experiments.optimise.objectives import Objective, Objectives, check_markets, read_objectives
from model.experiments.sweep.plan import SweepPlan, axis_faults, plan_sweep
from model.experiments.sweep.vocabulary import Lever, Policy
from model.experiments.sweep.wording import (
    Levers,
    Policies,
    Uncertainties,
    read_levers,
    read_policies,
    read_uncertainties,
)
from model.foundation.errors import Fault, raise_faults
from model.foundation.rng import stream_key
from model.foundation.version import model_version
from model.spec.reading import shown
from model.spec.scenario import Scenario
from model.theory.arrays import FloatArray
from model.theory.designs import latin_hypercube

AS_IT_IS = "as it is"
"""The reference that is always there: the base scenario without any lever moved."""
SIZES = {
    "population": (16, 4, 10_000), "generations": (6, 1, 10_000), "replicates": (2, 1, 10_000), "fresh": (8, 2, 10_000),
    "futures": (8, 2, 10_000),
}  # fmt: skip
"""Usual, least and most of each size."""


@dataclass(frozen=True, eq=False)
class SearchPlan:
    """What is searched. futures: a row per future with a column per uncertainty; one row without columns where none.

    references: policies that levers do not move, the first is the base as it is. population: designs of a generation;
    replicates: of each design in each future during the search; fresh: other replicates for the front at the end.
    """

    base: Scenario
    levers: tuple[Lever, ...]
    objectives: tuple[Objective, ...]
    futures: pd.DataFrame
    references: tuple[Policy, ...]
    population: int
    generations: int
    replicates: int
    fresh: int

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that are kept of each run, each once."""
        return tuple(dict.fromkeys(one.outcome for one in self.objectives))

    @property
    def question(self) -> dict[str, object]:
        """What decides which designs are tried, in plain values; how long the search goes on does not."""
        return {
            "scenario": self.base.canonical(), "levers": [one.plain() for one in self.levers],
            "objectives": [one.plain() for one in self.objectives],
            "futures": {str(name): self.futures[name].tolist() for name in self.futures.columns},
            "references": [plan.canonical() for plan in self.against(1).plans], "population": self.population,
            "replicates": self.replicates, "model": model_version(),
        }  # fmt: skip

    def values(self, unit: FloatArray) -> list[dict[str, object]]:
        """Return what designs set, by lever. unit: (designs, levers), from 0 to 1."""
        return [{one.path: one.at(float(place)) for one, place in zip(self.levers, row, strict=True)} for row in unit]

    def designs(self, values: Sequence[Mapping[str, object]], replicates: int) -> SweepPlan:
        """Return the sweep over designs in every future: of a design future by future."""
        drawn: list[dict[str, object]] = [
            {str(name): one for name, one in row.items()} for row in self.futures.to_dict("records")
        ] or [{}]
        rows = [{**design, **future} for design in values for future in drawn]
        return plan_sweep(self.base, table=rows, replicates=replicates, outcomes=self.outcomes)

    def against(self, replicates: int) -> SweepPlan:
        """Return the sweep over the references in every future."""
        table = self.futures if len(self.futures.columns) else None
        return plan_sweep(
            self.base, policies=self.references, table=table, replicates=replicates, outcomes=self.outcomes
        )


def plan_search(
    base: Scenario | str | Path, *, levers: Levers, objectives: Objectives, uncertainties: Uncertainties | None = None,
    futures: int | None = None, references: Policies | None = None, population: int = 16, generations: int = 6,
    replicates: int = 2, fresh: int = 8,
) -> SearchPlan:  # fmt: skip
    """Return a validated search; the arguments are those of `optimise`, which see. Errors: InputError."""
    faults: list[Fault] = []
    moved = read_levers(levers, faults)
    drawn = read_uncertainties(uncertainties, faults)
    aims = read_objectives(objectives, faults, futures=bool(drawn))
    named = () if references is None else read_policies(references, faults)
    many = SIZES["futures"][0] if futures is None else futures
    faults += _sizes(population=population, generations=generations, replicates=replicates, fresh=fresh, futures=many)
    if futures is not None and not drawn:
        way = "Example: uncertainties=['theta', 'beta_T']."
        faults.append(Fault("futures", "are drawn of uncertainties", futures, way))
    if not moved and not faults:
        way = "Example: {'platforms.resso.integration.ID': {'low': 0.0, 'high': 1.0}}."
        faults.append(Fault("levers", "are one or more", shown(levers), way))
    raise_faults(faults)
    plan = base if isinstance(base, Scenario) else Scenario.load(base)
    raise_faults(axis_faults([plan], [*moved, *drawn]))
    check_markets(aims, plan.markets)
    worlds = pd.DataFrame(index=range(1))
    if drawn:
        unit = latin_hypercube(many, n_dims=len(drawn), key=stream_key(plan.seed, "optimise", "futures"))
        worlds = pd.DataFrame({one.column: [one.at(float(x)) for x in unit[:, at]] for at, one in enumerate(drawn)})
    found = SearchPlan(
        base=plan, levers=moved, objectives=aims, futures=worlds, references=(Policy(AS_IT_IS), *named),
        population=population, generations=generations, replicates=replicates, fresh=fresh,
    )  # fmt: skip
    found.against(1)
    found.designs(found.values(np.array([[0.0] * len(moved), [1.0] * len(moved)])), 1)
    return found


def _sizes(**given: object) -> list[Fault]:
    found = []
    for name, value in given.items():
        usual, least, most = SIZES[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            rule = f"is a whole number from {least} to {most:,}"
            found.append(Fault(name, rule, shown(value), f"Usual: {usual}."))
    return found
