"""Why two scenarios differ: worlds between them, lived on the same draws, and the Shapley shares of the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from model.experiments.comparing.outcomes import Outcome, read_outcomes, readings
from model.experiments.comparing.plans import common_ground
from model.experiments.explaining.differences import Mixer
from model.experiments.explaining.explained import ExplainedDifference
from model.experiments.explaining.shares import Plan, plan_groups
from model.experiments.run import COMPILING, MONTHS, SETTLING, Progress, live_replicate, warm_up
from model.foundation.errors import Fault, raise_faults
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.scenario import Scenario

EXPLAINING = "explaining"
"""Stage of the progress: worlds between the two scenarios that were lived, over all replicates."""
MOST = 60
"""Differences that are taken apart at most."""


class ExplanationStopped(KeyboardInterrupt):
    """The user stopped an explanation. result: of the replicates that were finished, None if there was none."""

    def __init__(self, result: ExplainedDifference | None) -> None:
        super().__init__("stopped")
        self.result = result


def explain_difference(
    first: Scenario | str | Path, second: Scenario | str | Path, *, outcome: str, replicates: int = 4,
    orders: int | None = None, by_market: bool = False, groups: Mapping[str, Sequence[str]] | None = None,
    settings: Mapping[str, object] | None = None, level: float = 0.9, starts: StartStore | None = None,
    progress: Progress | None = None,
) -> ExplainedDifference:  # fmt: skip
    """Return how much of an outcome's difference each thing explains that two scenarios do differently.

    Worlds between the two are lived, with some of the differences taken over from the second, all on the same draws;
    the share of a difference is what it adds on average over all orders of taking over (Shapley 1953). The shares add
    up to the difference; what does nothing in any world has a share of exactly 0. Up to 8 differences all groups are
    lived, beyond that sampled orders, whose error is told.

    outcome: such as "resso.users" or "label_income". replicates: of each world. orders: sampled orders instead of all
    groups. by_market: take each market's levers as a difference of its own. groups: name -> differences (or patterns,
    "resso *") taken as one. settings: put on top of both scenarios. The rest is as in `compare`. Errors: InputError,
    also where nothing differs; ExplanationStopped, with what was finished.
    """
    common = common_ground([first, second], names=None, settings=settings)
    one, other = common.plans
    (read,) = read_outcomes([outcome], common.plans, place="outcome")
    mixer = Mixer(one, other, by_market=by_market, groups=groups)
    _check(mixer, common.names, replicates, orders, level)
    plan = plan_groups(len(mixer.differences), orders=orders, seed=one.seed)
    tell: Progress = progress or (lambda *_: None)
    rows: list[dict[int, pd.Series[float]]] = []

    def answer() -> ExplainedDifference:
        keys = pd.MultiIndex.from_tuples(list(rows[0][0].index), names=["outcome", "market", "over"])
        worth = {group: np.array([row[group].to_numpy(np.float64) for row in rows]) for group in plan.groups}
        return ExplainedDifference(
            plans=(one, other), names=(common.names[0], common.names[1]), outcome=read, plan=plan, keys=keys,
            differences=[difference.name for difference in mixer.differences], worth=worth, notes=common.notes,
            level=level,
        )  # fmt: skip

    try:
        tell(COMPILING, 0, 1)
        warm_up()
        tell(COMPILING, 1, 1)
        store = StartStore.default() if starts is None else starts
        for replicate in range(replicates):
            rows.append(_live_all(mixer, plan, read, replicate, replicates, store, tell))
    except KeyboardInterrupt as stop:
        raise ExplanationStopped(answer() if rows else None) from stop
    return answer()


def _check(mixer: Mixer, names: Sequence[str], replicates: int, orders: int | None, level: float) -> None:
    faults = []
    if not mixer.differences:
        rule, way = "the two scenarios do something differently", "Give another scenario."
        faults.append(Fault("explain", rule, " and ".join(names), way))
    if type(replicates) is not int or replicates < 1:
        faults.append(Fault("replicates", "is a whole number from 1", replicates, "Four are a good beginning."))
    if orders is not None and (type(orders) is not int or orders < 2 or orders % 2):
        faults.append(Fault("orders", "is an even number from 2", orders, "Leave it out for all groups."))
    if not 0.0 < level < 1.0:
        faults.append(Fault("level", "lies between 0 and 1", level, "0.9 is the default."))
    if len(mixer.differences) > MOST:
        rule = f"at most {MOST} differences are taken apart"
        way = "Put some together with groups={'prices': ['* price']}."
        faults.append(Fault("explain", rule, len(mixer.differences), way))
    raise_faults(faults)


def _live_all(
    mixer: Mixer, plan: Plan, outcome: Outcome, replicate: int, replicates: int, starts: StartStore, tell: Progress
) -> dict[int, pd.Series[float]]:
    """Return the readings of every group's world in one replicate."""
    found: dict[int, pd.Series[float]] = {}
    whole = len(plan.groups) * replicates
    for number, group in enumerate(plan.groups):
        ends = {0: mixer.first, plan.whole: mixer.second}
        taken = [one for one in range(plan.count) if group >> one & 1]
        world = ends[group] if group in ends else mixer.mix(taken)

        def told(stage: str, done: int, of: int, *, number: int = number) -> None:
            if stage == SETTLING and not number and not replicate:
                tell(stage, done, of)
            elif stage == MONTHS and done == of:
                tell(EXPLAINING, replicate * len(plan.groups) + number + 1, whole)

        finished = live_replicate(world, replicate=replicate, starts=starts, progress=told)
        found[group] = readings(RunResult.from_runs(world, [finished]), [outcome], markets=world.markets)
    return found
