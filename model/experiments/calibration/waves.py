"""Waves of lives: designed, lived on any engine, kept in a folder so that no finished life is lost, and read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.experiments.calibration.lives import LifeWork, life_id, placed
from model.experiments.calibration.moments import Moment, moments_of
from model.experiments.calibration.plan import CalibrationPlan
from model.experiments.calibration.priors import unit_of, values_at
from model.experiments.sweep.case import Case, Work
from model.experiments.sweep.engines import Progress, run_cases
from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.experiments.sweep.sweeping import clear as clear_runs
from model.experiments.sweep.sweeping import engine_of
from model.foundation.errors import Fault, InputError
from model.foundation.rng import stream_key
from model.theory.arrays import FloatArray, IntArray
from model.theory.designs import latin_hypercube

FIRST, SECOND, TRUTHS, DRAWS = "first", "second", "truths", "draws"
STAGES = {FIRST: "first wave", SECOND: "second wave", TRUTHS: "pseudo-truths", DRAWS: "draws of the posterior"}
LEAST_ENDED = 0.9
"""Part of the lives of a wave that must end well, and tell every moment."""
Show = Callable[[str, Progress], None]
"""Told the stage in words and how far it is."""


class CalibrationStopped(KeyboardInterrupt):
    """The user stopped a calibration; every finished life is kept. stage: in words."""

    def __init__(self, stage: str) -> None:
        super().__init__("stopped")
        self.stage = stage


@dataclass(frozen=True, eq=False)
class Lives:
    """Lives that ended. unit: (r, d) their points in the unit cube. groups: (r,) number of the point, so that two
    lives of one point have the same. moments: (r, m). series: what each life tells, with a column `life`, 0 to r - 1.
    told: (r) of extra runs, by name. failed: lives that did not end or do not tell every moment.
    """

    unit: FloatArray
    groups: IntArray
    moments: FloatArray
    series: pd.DataFrame
    told: pd.DataFrame
    failed: int

    def __len__(self) -> int:
        return len(self.unit)

    def of_window(self, moments: Sequence[Moment]) -> Lives:
        """Return the same lives with the moments of another window."""
        return _told(self.unit, self.groups, self.series, self.told, moments, failed=self.failed)

    def beside(self, other: Lives) -> Lives:
        """Return these lives and others behind them, no point of one being a point of the other."""
        shift = int(self.groups.max(initial=-1)) + 1
        count = len(self)
        return Lives(
            np.concatenate([self.unit, other.unit]), np.concatenate([self.groups, other.groups + shift]),
            np.concatenate([self.moments, other.moments]),
            pd.concat([self.series, other.series.assign(life=other.series["life"] + count)], ignore_index=True),
            pd.concat([self.told, other.told], ignore_index=True), self.failed + other.failed,
        )  # fmt: skip


class Cases:
    """The lives of a wave in order: each point once, then the first ones again with another seed."""

    def __init__(self, plan: CalibrationPlan, stage: str, values: FloatArray, *, again: int) -> None:
        self._plan, self._stage, self._values, self._again = plan, stage, values, again

    def __len__(self) -> int:
        return len(self._values) + self._again

    def __iter__(self) -> Iterator[Case]:
        for replicate, count in ((0, len(self._values)), (1, self._again)):
            for point in range(count):
                seed = seed_of(self._plan, self._stage, point=point, replicate=replicate)
                values = dict(zip(self._plan.names, map(float, self._values[point]), strict=True))
                named = life_id(placed(self._plan.scenario, seed=seed, values=values))
                yield Case(named, point, replicate, {"seed": seed, "values": values})


def seed_of(plan: CalibrationPlan, stage: str, *, point: int, replicate: int) -> int:
    """Return the seed of a life: every life has its own people and start, so that noise is seen as it is."""
    return int(stream_key(plan.scenario.seed, "calibration", stage, point, replicate) % np.uint64(2**31))


def design_of(plan: CalibrationPlan, stage: str, count: int) -> FloatArray:
    """Return a Latin hypercube over the priors, (count, d) in the unit cube."""
    key = stream_key(plan.scenario.seed, "calibration design", stage)
    return latin_hypercube(count, n_dims=len(plan.priors), key=key)


def begun(folder: Path, stage: str) -> bool:
    """Tell whether a folder holds lives of a stage, or at least which there are to be."""
    return (folder / "lives" / stage / LEDGER).is_file()


def clear(folder: Path) -> None:
    """Delete the lives of an earlier calibration in a folder, and nothing else.

    Errors: InputError where another process writes to one of its stages.
    """
    for stage in STAGES:
        clear_runs(folder / "lives" / stage)


def live(
    plan: CalibrationPlan, stage: str, *, unit: Callable[[], FloatArray], folder: Path, question: Mapping[str, object],
    again: int = 0, workers: int | None = None, progress: Show | None = None, work: Work | None = None,
) -> Lives:  # fmt: skip
    """Return the lives of a stage, those that the folder holds taken over.

    unit: makes the points (n, d) of the unit cube where the stage is new; the points of a stage that was begun are read
    from its folder, to the last bit. question: what decides the points, in plain values. again: points lived twice.
    work: another way to live (tests). Errors: InputError where the folder holds another calibration, and where too few
    lives end; CalibrationStopped.
    """
    place = folder / "lives" / stage
    with _opened(place, plan, unit, question) as store:
        values = store.points[list(plan.names)].to_numpy(np.float64)
        wanted = list(Cases(plan, stage, values, again=again))
        if any(one.run_id not in store.finished() for one in wanted):
            engine = engine_of(None, workers=workers, runs=len(wanted))
            show = None if progress is None else (lambda told: progress(STAGES[stage], told))
            if run_cases(wanted, work=work or LifeWork.of(plan.scenario), store=store, engine=engine,
                         progress=show).stopped:  # fmt: skip
                raise CalibrationStopped(STAGES[stage])
        else:
            store.tidy()
        return _read(store, plan, values, wanted, stage=stage)


def _opened(
    place: Path, plan: CalibrationPlan, unit: Callable[[], FloatArray], question: Mapping[str, object]
) -> SweepStore:
    """Return the store of a stage, made where it is new. Errors: InputError where it is of another question."""
    asked = {"stage": place.name, "parameters": list(plan.names), **question}

    def points() -> pd.DataFrame:
        return pd.DataFrame(values_at(plan.priors, unit()), columns=list(plan.names))

    return store_of_lives(
        place, asked, points=points, rule="a calibration goes on in its own folder, with the model that began it"
    )


def store_of_lives(
    place: Path, asked: Mapping[str, object], *, rule: str, points: Callable[[], pd.DataFrame] | None = None
) -> SweepStore:
    """Return the store of lives that answer a question, made where it is new.

    asked: plain values, the version of all that a life passes through among them: it stands in for the model's own,
    which `SweepStore.open(expect=...)` holds to and which a changed page would change too. points: makes the points
    of a new store. rule: that a store of another question breaks, an InputError.
    """
    if not (place / LEDGER).exists():
        return SweepStore.create(place, plan=asked, points=None if points is None else points())
    store = SweepStore.open(place)
    if store.plan != asked:
        store.close()
        other = [key for key in asked if store.plan.get(key) != asked[key]]
        way = "Choose another folder with --out, or begin anew with --fresh."
        raise InputError(Fault(str(place), rule, f"other: {', '.join(other)}", way))
    return store


def _read(store: SweepStore, plan: CalibrationPlan, values: FloatArray, wanted: Sequence[Case], *, stage: str) -> Lives:
    """Return the lives of a store in the order of the cases, those that tell every moment."""
    done = store.finished()
    ended = [one for one in wanted if one.run_id in done]
    if not ended:
        raise _too_few(store, stage, ended=0, wanted=len(wanted))
    number = {one.run_id: at for at, one in enumerate(ended)}
    series, told = store.frame("series"), store.frame("outcomes")
    series = series.assign(life=series["run_id"].map(number)).sort_values("life", kind="stable", ignore_index=True)
    wide = told.pivot_table(index="run_id", columns="name", values="value", dropna=False)
    unit = unit_of(plan.priors, values[[one.point for one in ended]])
    lives = _told(
        unit, np.array([one.point for one in ended]),
        series[["life", "entity", "market", "metric", "date", "value"]],
        wide.reindex([one.run_id for one in ended]).reset_index(drop=True), plan.targets.moments,
        failed=len(wanted) - len(ended),
    )  # fmt: skip
    if len(lives) < LEAST_ENDED * len(wanted):
        raise _too_few(store, stage, ended=len(lives), wanted=len(wanted))
    return lives


def _told(
    unit: FloatArray, groups: IntArray, series: pd.DataFrame, told: pd.DataFrame, moments: Sequence[Moment], *,
    failed: int,
) -> Lives:  # fmt: skip
    """Return lives with their moments; those that do not tell one are left out."""
    found = np.full((len(unit), len(moments)), np.nan)
    extra: list[dict[Any, Any]] = told.to_dict("records")
    lives = series["life"].to_numpy(np.int64)
    for life in np.unique(lives):
        one = moments_of(series[lives == life], extra[life], moments)
        found[life] = [one[moment.name] for moment in moments]
    good = np.isfinite(found).all(axis=1)
    kept = np.flatnonzero(good)
    again = {int(old): new for new, old in enumerate(kept)}
    rows = series[series["life"].isin(kept)]
    return Lives(
        unit[good], groups[good], found[good], rows.assign(life=rows["life"].map(again)),
        told[good].reset_index(drop=True), failed + int((~good).sum()),
    )  # fmt: skip


def _too_few(store: SweepStore, stage: str, *, ended: int, wanted: int) -> InputError:
    failures = store.failures()
    first = (
        f"The first that failed: {failures['message'].iloc[0]}" if len(failures) else "They do not tell every moment."
    )
    rule = f"at least {LEAST_ENDED:.0%} of the lives of a stage end and tell every moment"
    return InputError(Fault(STAGES[stage], rule, f"{ended} of {wanted}", first))
