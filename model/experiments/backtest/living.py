"""Members of an ensemble lived through the record's dated actions, and what they tell of the record's series."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from model.experiments.backtest.series import LATEST, Lived, lived_of
from model.experiments.calibration.lives import life_id, lived_version
from model.experiments.calibration.waves import clear as clear_calibration
from model.experiments.calibration.waves import store_of_lives
from model.experiments.ensembles import Ensemble
from model.experiments.history import FIGURES, REGIONS, WORLD, SeriesKey, modelled_series
from model.experiments.run import live_replicate, warm_up
from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.engines import Progress, run_cases
from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.sweeping import clear as clear_sweep
from model.experiments.sweep.sweeping import engine_of
from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.reading import find_scenario, read_layers
from model.spec.scenario import Scenario
from model.spec.travel import plain_scenario, scenario_of

RECORD, AFTER = "history_2020_2022", "history_2023_2024"
TO_DECEMBER_2022 = 37
TOLD = ("entity", "market", "metric", "date", "value")
Show = Callable[[int, int], None]
"""Told how many members have been lived, and of how many."""


class BacktestStopped(KeyboardInterrupt):
    """The user stopped the lives of a backtest; those that were finished are kept where a folder was named."""


def record_plan(until: str, *, users: int, markets: Sequence[str] | None = None, seed: int = 1) -> Scenario:
    """Return the record played forward from December 2019 to a month, with every dated action to that month.

    until: "YYYY-MM", at most `LATEST`. The actions after December 2022 are those of the scenario `history_2023_2024`.
    """
    months = parse_month(until, place="until") - parse_month("2019-12") + 1
    if not 1 <= months <= parse_month(LATEST) - parse_month("2019-12") + 1:
        raise InputError(Fault("until", f"lies from 2019-12 to {LATEST}", until, "Usual: 2022-12."))
    wishes: dict[str, object] = {"months": months, "users": users, "replicates": 1, "seed": seed}
    if markets is not None:
        wishes["markets"] = list(markets)
    if months > TO_DECEMBER_2022:
        wishes["events"] = list(_later_events(until, markets))
    return Scenario.load(RECORD).replace(wishes)


def _later_events(until: str, markets: Sequence[str] | None) -> Iterable[Mapping[str, Any]]:
    """Yield the recorded actions after December 2022 to a month, as they are written, in the markets of a run."""
    for layer in read_layers(find_scenario(AFTER)):
        written: Any = layer.values.get("events", [])
        for event in written:
            where = [code for code in event["markets"] if markets is None or code in markets]
            if where and "2022-12" < str(event["date"])[:7] <= until:
                yield {**event, "markets": where}


@dataclass(frozen=True)
class MemberWork:
    """The work of one member, called with a case in any process: its values are under `values` in the case's work.

    sources: plain values: the scenario, and series beyond those of the record.
    """

    sources: Mapping[str, Any]

    @classmethod
    def of(cls, plan: Scenario, *, also: Sequence[SeriesKey]) -> MemberWork:
        """Return the work of an ensemble's members through a scenario."""
        return cls({"scenario": plain_scenario(plan), "also": [list(key) for key in also]})

    def __call__(self, case: Case) -> Rows:
        """Return what a member tells: the tables "series" and, since every run has one, "outcomes"."""
        warm_up()
        plan = scenario_of(self.sources["scenario"]).replace(dict(case.work["wishes"]))  # type: ignore[call-overload]
        finished = live_replicate(plan, replicate=case.replicate, starts=StartStore(None))
        also = [SeriesKey(*key) for key in self.sources["also"]]
        table = modelled_series(RunResult.from_runs(plan, [finished]), also=also)
        return {"outcomes": {"rows": [len(table)]}, "series": {name: table[name].tolist() for name in TOLD}}


def live_members(
    plan: Scenario, ensemble: Ensemble, *, also: Sequence[SeriesKey] = (), folder: Path | None = None,
    workers: int | None = None, show: Show | None = None,
) -> Lived:  # fmt: skip
    """Return what the members of an ensemble live through a scenario, each with people and a start of its own.

    also: series beyond those of the record. folder: where finished lives are kept, so that a stop loses none; None
    keeps none and stays in this process. Errors: InputError where the folder holds others, or a member does not end.
    """
    work, cases = MemberWork.of(plan, also=also), list(_cases(plan, ensemble))
    if folder is None:
        tables = []
        for number, case in enumerate(cases):
            tables.append(pd.DataFrame(work(case)["series"]))
            if show is not None:
                show(number + 1, len(cases))
        return lived_of(tables, ensemble.weights)
    asked = {"scenario": plan.digest, "seed": plan.seed, "ensemble": ensemble.digest, "version": lived_version(),
             "also": [list(key) for key in also]}  # fmt: skip
    with store_of_lives(folder, asked, rule="holds the lives of this very backtest") as store:
        told: Callable[[Progress], None] | None = None if show is None else (lambda now: show(now.done, len(cases)))
        engine = engine_of(None, workers=workers, runs=len(cases))
        if run_cases(cases, work=work, store=store, engine=engine, progress=told).stopped:
            raise BacktestStopped
        return lived_of(_read(store, cases), ensemble.weights)


def _cases(plan: Scenario, ensemble: Ensemble) -> Iterable[Case]:
    for k in range(len(ensemble)):
        own = ensemble.member(plan, k)
        draw = ensemble.draw(k)
        wishes = {f"parameters.{name}": draw[name] for name in draw if name not in ensemble.held_by(plan)}
        yield Case(f"{life_id(own)}{k:04x}", k, k, {"wishes": {"fresh_starts": own.fresh_starts, **wishes}})


def _read(store: SweepStore, cases: Sequence[Case]) -> Iterable[pd.DataFrame]:
    """Yield the tables of the members in order. Errors: InputError where one did not end."""
    rows = store.frame("series")
    by_run = dict(tuple(rows.groupby("run_id", sort=False)))
    missing = [case.point for case in cases if case.run_id not in by_run]
    if missing:
        failures = store.failures()
        why = str(failures["message"].iloc[0]) if len(failures) else "no reason is kept"
        rule = "every member of the ensemble lives to the end"
        raise InputError(Fault("backtest", rule, f"{len(missing)} did not, the first: {why}", "Look at that member."))
    return [by_run[case.run_id] for case in cases]


def clear(folder: Path) -> None:
    """Delete the lives of an earlier backtest in its folder, and those of its calibration; nothing else."""
    clear_sweep(folder / "members")
    clear_calibration(folder / "calibration")


def wanted_keys(keys: Iterable[SeriesKey]) -> tuple[SeriesKey, ...]:
    """Return those series that a run is not read for anyway."""
    own = {SeriesKey(one.entity, one.market, one.metric) for one in FIGURES}
    return tuple(sorted({key for key in keys if key not in own and key.market not in (*REGIONS, WORLD)}))
