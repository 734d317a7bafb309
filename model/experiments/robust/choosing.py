"""Robust choice: from a sweep that is there, a folder, or the arguments of a sweep, to what to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.robust.choice import RobustChoice
from model.experiments.robust.futures import read_futures
from model.experiments.robust.question import SURE, Question, read_question
from model.experiments.sweep.plan import SweepPlan, plan_sweep
from model.experiments.sweep.result import SweepResult
from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.experiments.sweep.sweeping import run_sweep
from model.foundation.errors import Fault, InputError
from model.foundation.files import is_file
from model.foundation.version import model_version
from model.spec.reading import shown
from model.spec.scenario import Scenario

RUNNING = ("store", "resume", "workers", "engine", "progress")
"""Arguments of `sweep` that say how it runs, not what."""


def robust_choice(
    source: SweepResult | Scenario | str | Path, *, outcome: str, enough: float | str | None = None,
    market: str = WORLD, over: str = HORIZON, only: Sequence[str] | None = None, sure: float = SURE, less: bool = False,
    weights: Mapping[str, Mapping[object, float]] | Sequence[float] | None = None, **asked: Any,
) -> RobustChoice:  # fmt: skip
    """Return which policy to take when nobody knows the future: every rule's choice, and what is worth finding out.

    All policies meet the same futures (the points of a sweep, each counting the same) under the same draws.

    source: the result of a sweep with two policies or more; the folder of one, finished or not; or the base of a sweep
    that is run now, with the arguments of `sm.sweep` (policies, uncertainties, n, replicates, ...) in `asked`.
    outcome: what counts, e.g. "bytedance_income"; more is better, with `less` less is. enough: an outcome that will do,
    in its unit, or the name of a policy: as much as that one leaves in the same future; needed for the rule satisficing
    alone.
    market: a code or "total". over: "horizon" (sum or mean of the months) or "end". only: policies to choose from
    (default: all). sure: confidence from which on a winner is named. weights: how likely futures are, {input: {value or
    band: weight}}, such as {"rivals_respond": {"true": 0.8, "false": 0.2}, "theta": {"<= 2": 0.7, "> 2": 0.3}}, or one
    for each point of the sweep; by default all count the same.
    Errors: InputError with every fault; of a sweep that is yet to run, before it runs.
    """
    wishes = {"outcome": outcome, "enough": enough, "market": market, "over": over, "only": only, "sure": sure,
              "less": less, "weights": weights}  # fmt: skip
    if isinstance(source, SweepResult) or (not isinstance(source, Scenario) and is_sweep_folder(source)):
        if asked:
            rule, way = "a sweep that is there is asked, or a new one is run", "Leave these out, or give a scenario."
            raise InputError(Fault(f"robust_choice: {', '.join(asked)}", rule, shown(source), way))
        found = source if isinstance(source, SweepResult) else SweepResult.open(source)
        return choice_from(found, question_of(found, **wishes))
    running = {key: asked.pop(key) for key in RUNNING if key in asked}
    plan = plan_sweep(source, **{"outcomes": [outcome], **asked})
    question_of(plan, **wishes)
    found = run_sweep(plan, **running)
    return choice_from(found, question_of(found, **wishes))


def is_sweep_folder(source: str | Path) -> bool:
    """Return whether a path is the folder of a sweep."""
    return is_file(Path(source) / LEDGER)


def question_of(sweep: SweepPlan | SweepResult, **wishes: Any) -> Question:
    """Return the question that is asked of a sweep, planned or done; InputError with every fault.

    wishes: outcome, enough, market, over, only, sure, less, weights, as of `robust_choice`.
    """
    usual = {"enough": None, "market": WORLD, "over": HORIZON, "only": None, "sure": SURE, "less": False,
             "weights": None}  # fmt: skip
    if isinstance(sweep, SweepPlan):
        outcomes, markets = sweep.outcomes, sweep.base.markets
        names: Sequence[str] = [one.name for one in sweep.policies]
    else:
        outcomes, markets, names = tuple(sweep.outcomes_kept.values()), sweep.markets, sweep.policies
    return read_question(
        **{**usual, **wishes}, outcomes=outcomes, policies=names, markets=markets, points=sweep.points
    )  # fmt: skip


def choice_from(found: SweepResult, question: Question) -> RobustChoice:
    """Return the answer that a sweep gives to a question; InputError where too few of its runs are done."""
    futures = read_futures(found, question)
    provenance = {
        **found.provenance, "sweep": str(found.folder), "sweep_digest": found.digest, "design": found.design,
        "answered_with": model_version(), "futures": len(futures.points), "missing_runs": futures.missing,
    }  # fmt: skip
    return RobustChoice(futures, question, name=found.name, digest=found.digest, provenance=provenance)
