"""Search levers for designs that no other beats in every objective, and try the winners again with fresh draws."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from model.experiments.answer_folder import check_folder
from model.experiments.optimise.answer import KIND, Evaluated, Optimised
from model.experiments.optimise.evolution import children, survivors
from model.experiments.optimise.objectives import Objectives
from model.experiments.optimise.plan import SearchPlan, plan_search
from model.experiments.rounds import RUNS, Rounds, claim_folder, digest_of
from model.experiments.sensitivity.responses import values_of
from model.experiments.sensitivity.threshold import forget_rounds
from model.experiments.sweep.result import SweepResult
from model.experiments.sweep.sweeping import Show
from model.experiments.sweep.wording import Levers, Policies, Uncertainties
from model.foundation.errors import Fault, InputError
from model.foundation.rng import stream_key
from model.spec.scenario import Scenario
from model.theory.arrays import FloatArray
from model.theory.designs import latin_hypercube
from model.theory.pareto import crowding, pareto_front

MOST_FRONT = 24
"""Designs of the front that are tried again, those with the most room around them."""
TRIES = 8
"""How many times as many children are drawn as are wanted, since some are designs that were tried before."""


def optimise(
    base: Scenario | str | Path, *, levers: Levers, objectives: Objectives, uncertainties: Uncertainties | None = None,
    futures: int | None = None, references: Policies | None = None, population: int = 16, generations: int = 6,
    replicates: int = 2, fresh: int = 8, folder: str | Path | None = None, resume: bool = True,
    workers: int | None = None, progress: Show | None = None,
) -> Optimised:  # fmt: skip
    """Return designs of levers that no other design tried beats in every objective.

    base, levers, uncertainties, workers, progress: as of `sm.sweep`. objectives: {"resso.users": "max", ...}, or tables
    with goal, market, over and how ("mean", "worst" or "regret" over the futures). futures: drawn of the uncertainties
    (8), the same for all designs. references: policies that designs are held against for regret, beside the base as it
    is. population, generations: of the search; more generations go on with what the folder holds. replicates: of each
    design in each future, the same draws for all. fresh: further replicates for the front at the end, since the best of
    many are partly lucky. folder: default results/optimise-<name>-<digest>; resume: False begins anew.
    Errors: InputError with every fault, before anything runs; SweepStopped when the user stops it.
    """
    plan = plan_search(
        base, levers=levers, objectives=objectives, uncertainties=uncertainties, futures=futures,
        references=references, population=population, generations=generations, replicates=replicates, fresh=fresh,
    )  # fmt: skip
    return run_search(plan, folder=folder, resume=resume, workers=workers, progress=progress)


def run_search(
    plan: SearchPlan, *, folder: str | Path | None = None, resume: bool = True, workers: int | None = None,
    progress: Show | None = None,
) -> Optimised:  # fmt: skip
    """Return the answer to a planned search; arguments as of `optimise`."""
    question = plan.question
    place = Path("results") / f"optimise-{plan.base.name}-{digest_of(question)}" if folder is None else Path(folder)
    check_folder(place, kind=KIND, beside=frozenset({RUNS}))
    if not resume:
        forget_rounds(place / RUNS)
    claim_folder(place / RUNS, question, what="search")
    many = plan.population * len(plan.futures) * plan.replicates * plan.generations
    with Rounds(place / RUNS, workers=workers, runs=many, progress=progress) as rounds:
        found = rounds.run("references", plan.against(plan.replicates))
        whole = plan.against(plan.replicates + plan.fresh)  # now, since the workers have what this takes
        later = rounds.run_later_replicates(f"references-fresh-{plan.fresh}", whole, first=plan.replicates)
        search = _Search(plan, rounds, _references(plan, found))
        for generation in range(plan.generations):
            if not search.live(generation):
                break
        front = search.front()
        again = search.again(front)
    old, new = search.references, _references(plan, later, first=plan.replicates)
    return Optimised(
        plan=plan, tried=tuple(search.tried), front=front,
        fresh=again(new), search_base=_scores(plan, old[:1], old), fresh_base=_scores(plan, new[:1], new),
        folder=place, provenance=found.provenance,
    )  # fmt: skip


@dataclass
class _Search:
    """Where a search stands: every design tried, and those that have children now."""

    plan: SearchPlan
    rounds: Rounds
    references: FloatArray
    tried: list[Evaluated] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)
    _parents: list[int] = field(default_factory=list)

    def live(self, generation: int) -> bool:
        """Try a generation's designs; return whether there were any that had not been tried."""
        unit = self._drawn(generation)
        chosen, values = self._new(unit)
        if not len(chosen):
            return False
        found = self.rounds.run(f"generation-{generation:03d}", self.plan.designs(values, self.plan.replicates))
        scores = _scores(self.plan, _designs(self.plan, found), self.references)
        first = len(self.tried)
        for number, (place, value) in enumerate(zip(chosen, values, strict=True)):
            own = scores[:, number]
            if np.isfinite(own).all():  # a design of which a run failed is out
                self.tried.append(Evaluated(generation, value, place, own))
        alive = [*self._parents, *range(first, len(self.tried))]
        if not alive:
            reason = str(found.failures["message"].iloc[0]) if len(found.failures) else "outcomes without a value"
            raise InputError(Fault("optimise", "some design can be run", reason, "Look at the failures."))
        self._parents = [alive[one] for one in survivors(self._aims(alive), count=self.plan.population)]
        return True

    def front(self) -> tuple[int, ...]:
        """Return the numbers of all designs tried that no other beats, by the first objective."""
        aims = self._aims(range(len(self.tried)))
        kept = np.flatnonzero(pareto_front(aims))
        return tuple(kept[np.argsort(-aims[kept, 0], kind="stable")].tolist())

    def again(self, front: Sequence[int]) -> _Again:
        """Try the front again with fresh replicates."""
        shown = list(front)
        if len(shown) > MOST_FRONT:
            room = crowding(self._aims(shown))
            shown = sorted((shown[one] for one in np.argsort(-room, kind="stable")[:MOST_FRONT]), key=shown.index)
        plan = self.plan
        sweep = plan.designs([self.tried[one].values for one in shown], plan.replicates + plan.fresh)
        name = f"fresh-{digest_of({'designs': shown})[:8]}-{plan.fresh}"
        found = self.rounds.run_later_replicates(name, sweep, first=plan.replicates)
        return _Again(plan, tuple(shown), _designs(plan, found)[:, :, plan.replicates :])

    def _aims(self, numbers: Sequence[int] | range) -> FloatArray:
        signs = np.array([one.sign for one in self.plan.objectives])
        return np.asarray(np.array([self.tried[one].scores.mean(axis=1) for one in numbers]) * signs)

    def _drawn(self, generation: int) -> FloatArray:
        plan, key = self.plan, stream_key(self.plan.base.seed, "optimise", generation)
        if generation == 0:
            return latin_hypercube(plan.population, n_dims=len(plan.levers), key=key)
        parents = np.array([self.tried[one].place for one in self._parents])
        return children(parents, self._aims(self._parents), count=TRIES * plan.population, key=key)

    def _new(self, unit: FloatArray) -> tuple[list[FloatArray], list[dict[str, object]]]:
        """Return the first designs that were not tried before, as many as a generation takes."""
        places: list[FloatArray] = []
        values: list[dict[str, object]] = []
        for place, value in zip(unit, self.plan.values(unit), strict=True):
            name = json.dumps(value, sort_keys=True)
            if name not in self._known and len(values) < self.plan.population:
                self._known[name] = len(self._known)
                places.append(place)
                values.append(value)
        return places, values


@dataclass(frozen=True)
class _Again:
    """The front tried again, to be scored once the references were too."""

    plan: SearchPlan
    shown: tuple[int, ...]
    values: FloatArray

    def __call__(self, references: FloatArray) -> Mapping[int, FloatArray]:
        scores = _scores(self.plan, self.values, references)
        return {number: scores[:, at] for at, number in enumerate(self.shown)}


def _designs(plan: SearchPlan, found: SweepResult) -> FloatArray:
    """Return outcomes by design, future, replicate and objective, (designs, futures, replicates, objectives)."""
    each = [
        values_of(found, one.outcome, market=one.market, over=one.over)[:, 0].reshape(
            -1, len(plan.futures), found.replicates
        )
        for one in plan.objectives
    ]
    return np.stack(each, axis=-1)


def _references(plan: SearchPlan, found: SweepResult, *, first: int = 0) -> FloatArray:
    """Return outcomes of the references, (references, futures, replicates from `first`, objectives)."""
    each = [values_of(found, one.outcome, market=one.market, over=one.over) for one in plan.objectives]
    whole = np.stack(each, axis=-1).transpose(1, 0, 2, 3)[:, :, first:]
    if not np.isfinite(whole).all():
        reason = str(found.failures["message"].iloc[0]) if len(found.failures) else "an outcome without a value"
        raise InputError(Fault("references", "have a value in every run", reason, "Choose other objectives."))
    return whole


def _scores(plan: SearchPlan, values: FloatArray, references: FloatArray) -> FloatArray:
    """Return objectives by design and replicate, (objectives, designs, replicates), each in its outcome's unit."""
    return np.stack(
        [one.of(values[..., at], references[..., at]) for at, one in enumerate(plan.objectives)]
    )  # fmt: skip
