"""What a worker does for one case: make its scenario of plain values, live it, and keep the outcomes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

from model.experiments.comparing.outcomes import Outcome
from model.experiments.run import live_replicate, warm_up
from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.cases import case_ids
from model.experiments.sweep.plan import SweepPlan, as_text
from model.experiments.sweep.policies import on_one_table
from model.experiments.sweep.readings import rows_of
from model.foundation.errors import ResonanceError
from model.foundation.version import model_version
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.scenario import Scenario
from model.spec.strategies import StrategyKind
from model.spec.travel import scenario_of


class OtherModelError(ResonanceError):
    """A worker has another model than the driver, or other facts."""

    stage = "setting up"


@dataclass(frozen=True)
class SweepWork:
    """The work of a sweep, called with a case, in any process.

    sources: plain values, as `SweepPlan.sources`. kinds: of strategies from outside the package, which make themselves
    known in the process that they are sent to; they are never stored.
    """

    sources: Mapping[str, Any]
    kinds: tuple[StrategyKind, ...] = ()

    @classmethod
    def of(cls, plan: SweepPlan) -> SweepWork:
        """Return the work of a planned sweep."""
        kinds = {one.kind.name: one.kind for own in plan.plans for one in own.strategies if one.kind.source}
        return cls(plan.sources, tuple(kinds.values()))

    def __call__(self, case: Case) -> Rows:
        """Return the rows of one run. Errors: whatever goes wrong in it, and OtherModelError for another model."""
        work: Mapping[str, Any] = case.work
        prepared = _prepared(self)
        plan = prepared.plans[work["policy"]].replace(work["overrides"])
        offers = self.sources["offers"]
        if case_ids(plan, offers)(case.replicate, work["copy"]) != case.run_id:
            there = self.sources["model"]
            here = model_version()
            what = "reads the scenario in another way" if here == there else f"has the model {here}"
            raise OtherModelError(f"this worker {what}; the sweep was planned with {there}")
        plan = on_one_table(plan, offers)
        begun = perf_counter()
        finished = live_replicate(plan, replicate=case.replicate, starts=prepared.starts)
        lived = perf_counter() - begun
        rows = rows_of(RunResult.from_runs(plan, [finished]), prepared.outcomes, series=self.sources["series"])
        name = self.sources["names"][work["policy"]]
        for table in rows.values():
            length = len(next(iter(table.values())))
            rows_first = {"policy": [name] * length, **table}
            table.clear()
            table.update(rows_first)
        rows["runs"] = {"policy": [name], "seconds": [lived]}
        return rows

    def prepare(self) -> None:
        """Read the scenarios and load, on a new machine compile, what every run needs; once in a process."""
        _prepared(self)

    @cached_property
    def digest(self) -> str:
        """What stands for the sources."""
        return hashlib.blake2b(as_text(dict(self.sources)).encode(), digest_size=8).hexdigest()

    def __getstate__(self) -> dict[str, Any]:
        return {"sources": dict(self.sources), "kinds": self.kinds}


@dataclass(frozen=True)
class _Prepared:
    plans: tuple[Scenario, ...]
    outcomes: tuple[Outcome, ...]
    starts: StartStore


_PREPARED: dict[str, _Prepared] = {}
"""Of the last sweep that this process worked for, by digest: scenarios read once, starts settled once."""


def _prepared(work: SweepWork) -> _Prepared:
    found = _PREPARED.get(work.digest)
    if found is None:
        warm_up()
        sources = work.sources
        found = _Prepared(
            plans=tuple(scenario_of(one) for one in sources["policies"]),
            outcomes=tuple(Outcome(*one) for one in sources["outcomes"]),
            starts=StartStore(None) if sources["starts"] == "memory" else StartStore.default(),
        )
        _PREPARED.clear()
        _PREPARED[work.digest] = found
    return found
