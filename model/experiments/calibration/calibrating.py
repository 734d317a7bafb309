"""Calibrate: waves of lives, emulator, posterior, check on known truths, and an ensemble of draws that were lived."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from model.experiments.calibration.coverage import check_coverage
from model.experiments.calibration.plan import CalibrationPlan
from model.experiments.calibration.posterior import (
    WIDE,
    Likelihood,
    chain_of,
    cloud_of,
    some_of,
    tempered,
    whole_points,
)
from model.experiments.calibration.result import CalibrationResult
from model.experiments.calibration.screening import active_of, screening_table, strengths_of, total_effects
from model.experiments.calibration.waves import DRAWS, FIRST, SECOND, TRUTHS, Lives, Show, begun, design_of, live
from model.experiments.sweep.case import Work
from model.foundation.errors import Fault, InputError
from model.foundation.rng import stream_key
from model.theory.arrays import BoolArray, FloatArray
from model.theory.chains import Chain
from model.theory.emulator import Emulator, fit_emulator

Tell = Callable[[str], None]
"""Told what is thought about between the waves."""
LEAST_EFFECTIVE = 0.5
"""Part of the lived draws that their weights must be worth."""


def check_packages() -> None:
    """Raise InputError where the packages are missing that a calibration needs and the model does without."""
    missing = [name for name in ("emcee", "sklearn") if find_spec(name) is None]
    if missing:
        way = "Install the extra `calibrate` of the project (emcee and scikit-learn)."
        raise InputError(Fault("calibrate", "needs packages that are not here", ", ".join(missing), way))


def calibrate(
    plan: CalibrationPlan, *, folder: Path, lives_from: Path | None = None, workers: int | None = None,
    progress: Show | None = None, tell: Tell | None = None, work: Work | None = None,
) -> CalibrationResult:  # fmt: skip
    """Return the posterior of a plan; every life is kept in the folder, and what is there is taken over.

    lives_from: folder of a calibration of a longer window by the same model: its first wave and its pseudo-truths are
    used in place of own ones (emulators learn the model, not the record, so nothing of later outcomes comes with them;
    its second wave and draws are not used, since where they lie was decided by those outcomes). workers: processes
    (default: one per core). work: another way to live (tests). Errors: InputError where the folder holds another
    calibration, and where `lives_from` holds none; CalibrationStopped where the user stops.
    """
    check_packages()
    if lives_from is not None:
        _check_lives(lives_from)
    say: Tell = tell or (lambda _: None)
    source = folder if lives_from is None else lives_from
    seed, sizes, targets = plan.scenario.seed, plan.sizes, plan.targets

    def wave(stage: str, unit: Callable[[], FloatArray], *, at: Path, again: int = 0) -> Lives:
        asked = {FIRST: plan.lived, TRUTHS: plan.lived, SECOND: plan.aimed}.get(stage, plan.question)
        return live(plan, stage, unit=unit, folder=at, question=asked, again=again, workers=workers,
                    progress=progress, work=work)  # fmt: skip

    first = wave(FIRST, lambda: design_of(plan, FIRST, sizes.first), at=source, again=sizes.again)
    say("fitting emulators to the first wave")
    rough = fit_emulator(first.unit, responses=first.moments, groups=first.groups.tolist())
    strengths = strengths_of(total_effects(rough, dims=len(plan.priors), seed=seed), targets)
    active = active_of(strengths)
    screening = screening_table(plan.names, strengths, targets)

    def likelihood(lives: Lives) -> Likelihood:
        return Likelihood(_emulator(lives, active), targets.value, targets.variance)

    second = wave(SECOND, lambda: _second(plan, likelihood(first), active), at=folder, again=sizes.again_second)
    truths = wave(TRUTHS, lambda: design_of(plan, TRUTHS, sizes.truths), at=source)
    say("fitting emulators to both waves")
    lived = first.beside(second)
    fitted = likelihood(lived)
    cloud = cloud_of(fitted.emulator, dims=int(active.sum()), count=sizes.cloud, seed=seed)
    say("finding known truths again")
    names = [name for name, one in zip(plan.names, active, strict=True) if one]
    coverage = check_coverage(
        fitted, cloud=cloud, truths=truths.unit[:, active], moments=truths.moments, names=names, seed=seed
    )
    say("drawing points to live")
    fitted = fitted.wider(coverage.factor)
    rough_chain = chain_of(fitted, cloud=cloud, steps=sizes.steps, key=stream_key(seed, "calibration chain"))
    draws = wave(DRAWS, lambda: _chosen(rough_chain, sizes.lived, active, seed=seed, purpose="members"), at=folder)
    say("drawing from the posterior by all lives")
    last = likelihood(lived.beside(truths).beside(draws)).wider(coverage.factor)
    own = draws.unit[:, active]
    weights, power = tempered(last.log(own) - fitted.log(own), least=LEAST_EFFECTIVE)
    cloud = cloud_of(last.emulator, dims=int(active.sum()), count=sizes.cloud, seed=seed)
    chain = chain_of(last, cloud=cloud, steps=sizes.steps, key=stream_key(seed, "calibration last chain"))
    members = _chosen(chain, sizes.draws, active, seed=seed, purpose="last members")
    return CalibrationResult(
        plan=plan, active=active, screening=screening, emulator=fitted.emulator, first=first, second=second,
        truths=truths, draws=draws, lived_weights=weights, power=power, members=members, chain=chain,
        coverage=coverage,
    )  # fmt: skip


def _chosen(chain: Chain, count: int, active: BoolArray, *, seed: int, purpose: str) -> FloatArray:
    """Return points of all parameters, (count, d), some of a chain's draws in the active ones."""
    some = some_of(chain.draws, count, key=stream_key(seed, f"calibration {purpose}"))
    return whole_points(active, some, key=stream_key(seed, f"calibration {purpose}, others"))


def _check_lives(folder: Path) -> None:
    """Raise InputError where a folder holds no first wave: a slip of the pen would live one there, for an hour."""
    if not begun(folder, FIRST):
        way = "Name the folder of a calibration, or leave it out to live a first wave of its own."
        raise InputError(Fault("lives-from", "holds the first wave of a calibration", str(folder), way))


def _emulator(lives: Lives, active: BoolArray) -> Emulator:
    return fit_emulator(lives.unit[:, active], responses=lives.moments, groups=lives.groups.tolist())


def _second(plan: CalibrationPlan, likelihood: Likelihood, active: BoolArray) -> FloatArray:
    """Return the points of the second wave: draws of a widened posterior by the first."""
    seed, sizes = plan.scenario.seed, plan.sizes
    cloud = cloud_of(likelihood.emulator, dims=int(active.sum()), count=min(sizes.cloud, 2**14), seed=seed)
    chain = chain_of(
        likelihood.wider(WIDE), cloud=cloud, steps=min(sizes.steps, 2000), key=stream_key(seed, "calibration wide")
    )
    chosen = some_of(chain.draws, sizes.second, key=stream_key(seed, "calibration second"))
    return np.asarray(whole_points(active, chosen, key=stream_key(seed, "calibration second, others")))
