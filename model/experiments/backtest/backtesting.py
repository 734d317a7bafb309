"""Backtest: calibrate to a training window, forecast what came after from dated actions alone, and score it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model.experiments.backtest.forecasting import all_forecasts
from model.experiments.backtest.living import TO_DECEMBER_2022, live_members, record_plan, wanted_keys
from model.experiments.backtest.outcomes_file import read_outcomes
from model.experiments.backtest.result import Backtest
from model.experiments.backtest.series import (
    Lived,
    Target,
    Window,
    judged_after,
    known_series,
    lived_of,
    outcomes_after,
    put_in_after,
)
from model.experiments.calibration.calibrating import calibrate
from model.experiments.calibration.plan import CalibrationPlan, plan_calibration, window_of
from model.experiments.calibration.priors import CALIBRATED
from model.experiments.ensembles import Ensemble, prior_ensemble
from model.experiments.history import SeriesKey, recorded_series
from model.foundation.errors import Fault, InputError
from model.spec.scenario import Scenario

USUAL = ("2021-12", "2022-12")
Watch = Callable[[str, int, int | None], None]
"""Told a stage in words, how much of it is done, and of how much where that is known."""
USERS = 2000
QUICK_USERS, QUICK_MEMBERS = 400, 8
QUICK_MARKETS = ("US", "DE", "BR", "AU")
"""One market of each of Spotify's regions, where many use it."""


@dataclass(frozen=True)
class BacktestPlan:
    """A backtest that was asked for, checked before anything is lived.

    record: what is known of all series, with the user's outcomes in it. ensemble: whose members forecast; None has one
    calibrated to the training window. scenario: what members live. notices: in words. calibration: the one that makes
    the ensemble, None where one is given.
    """

    window: Window
    record: pd.DataFrame
    ensemble: Ensemble | None
    scenario: Scenario
    notices: tuple[str, ...]
    calibration: CalibrationPlan | None = None

    @property
    def outcomes(self) -> dict[Target, float]:
        """What forecasts are scored against."""
        return outcomes_after(self.record, self.window)

    @property
    def also(self) -> tuple[SeriesKey, ...]:
        """Series to be read from lives beyond those of the record."""
        return wanted_keys(target.key for target in self.outcomes)


def plan_backtest(
    *, train_until: str = USUAL[0], test_until: str = USUAL[1], outcomes: str | Path | None = None,
    ensemble: Ensemble | None = None, quick: bool = False, users: int | None = None, seed: int = 1,
) -> BacktestPlan:  # fmt: skip
    """Return a checked backtest.

    train_until: last month that may be known, "YYYY-MM". test_until: last month forecast. outcomes: CSV file of
    outcomes beside those of the record, see `read_outcomes`; where both have a figure, the file's counts. ensemble:
    forecasts with its members in place of calibrating. quick: eight draws of the prior, four markets, 400 users: the
    machinery alone. users: simulated ones a market (2,000). Errors: InputError with every fault.
    """
    faults: list[Fault] = []
    own, window = None, None
    try:
        window = Window.of(train_until, test_until)
    except InputError as error:
        faults.extend(error.faults)
    try:
        own = None if outcomes is None else read_outcomes(outcomes)
    except InputError as error:
        faults.extend(error.faults)
    if faults or window is None:
        raise InputError(faults)
    record, notices = _beside(recorded_series(), own)
    notices = [*_seen(ensemble, window, quick=quick), *notices, *_behind(own, window), *_judged(record, window)]
    if not outcomes_after(record, window):
        rule = f"something is on record from {window.train_until} to {window.test_until}"
        way = "The project's record ends in 2022-12: give later outcomes with --outcomes."
        raise InputError(Fault("backtest", rule, "no outcome", way))
    if quick and ensemble is None:
        ensemble = prior_ensemble(CALIBRATED, members=QUICK_MEMBERS, seed=seed)
    scenario = record_plan(
        window.test_until, users=users or (QUICK_USERS if quick else USERS), seed=seed,
        markets=QUICK_MARKETS if quick else None,
    )  # fmt: skip
    asked = None
    if ensemble is None:
        asked = window_of(plan_calibration(users=scenario.users, seed=seed), window.train_until)
    return BacktestPlan(window, record, ensemble, scenario, tuple(notices), asked)


def _behind(own: pd.DataFrame | None, window: Window) -> list[str]:
    """Return in words how many outcomes of the file come after the months that are forecast."""
    behind = 0 if own is None else int((own["date"] > window.test_until).sum())
    return [f"{behind} outcomes of the file after {window.test_until}: not looked at (--test-until)"] if behind else []


def backtest(
    plan: BacktestPlan, *, folder: Path | None = None, lives_from: Path | None = None, workers: int | None = None,
    watch: Watch | None = None,
) -> Backtest:  # fmt: skip
    """Return forecasts and scores.

    folder: where lives are kept and taken over from; a calibration needs one. lives_from: folder of a calibration of a
    longer window, whose first lives serve this one too. workers: processes (default: one per core). Errors: InputError;
    a KeyboardInterrupt where the user stops.
    """
    lived, made = _lived(plan, folder=folder, lives_from=lives_from, workers=workers, watch=watch)
    known, outcomes = known_series(plan.record, plan.window), plan.outcomes
    forecasts = all_forecasts(known, lived, outcomes)
    untold = sorted({str(one.key) for one in outcomes} - {str(one.target.key) for one in forecasts})
    notices = [*plan.notices, *(f"not forecast, the markets lived do not tell it: {name}" for name in untold)]
    return Backtest(
        window=plan.window, plan=plan.scenario, made=made, known=known, lived=lived, forecasts=tuple(forecasts),
        outcomes=outcomes, notices=tuple(notices),
    )  # fmt: skip


def _lived(
    plan: BacktestPlan, *, folder: Path | None, lives_from: Path | None, workers: int | None, watch: Watch | None
) -> tuple[Lived, Mapping[str, object]]:
    """Return what the members lived, and how their ensemble came about."""
    tell: Watch = watch or (lambda *_: None)
    ensemble = plan.ensemble
    if ensemble is None:
        assert plan.calibration is not None
        if folder is None:
            rule = "a calibration keeps its lives in a folder"
            raise InputError(Fault("backtest", rule, "none", "Name one, or give an ensemble."))
        found = calibrate(
            plan.calibration, folder=folder / "calibration", lives_from=lives_from, workers=workers,
            progress=lambda stage, now: tell(stage, now.done, now.whole), tell=lambda words: tell(words, 0, None),
        )  # fmt: skip
        ensemble = found.ensemble
        if not plan.also and plan.scenario.months <= TO_DECEMBER_2022:
            lives = [own for _, own in found.draws.series.groupby("life", sort=True)]
            return lived_of(lives, found.lived_weights), _made(ensemble)
    lived = live_members(
        plan.scenario, ensemble, also=plan.also, folder=None if folder is None else folder / "members",
        workers=workers, show=lambda done, whole: tell("members", done, whole),
    )  # fmt: skip
    return lived, _made(ensemble)


def _made(ensemble: Ensemble) -> Mapping[str, object]:
    """Return how an ensemble came about, with the digest of its values: an edited one is another question."""
    return {"name": ensemble.name, **ensemble.made, "ensemble_digest": ensemble.digest}


def _beside(record: pd.DataFrame, own: pd.DataFrame | None) -> tuple[pd.DataFrame, list[str]]:
    """Return the record with the user's outcomes, which take the place of its own figures."""
    if own is None:
        return record, []
    keys = ["entity", "market", "metric", "date"]
    both = pd.concat([own, record], ignore_index=True)
    doubled = int(both.duplicated(keys).sum())
    notices = [f"{len(own)} outcomes of the file are taken beside the record"]
    if doubled:
        notices.append(f"{doubled} figures of the record give way to those of the file")
    return both.drop_duplicates(keys, ignore_index=True), notices


def _seen(ensemble: Ensemble | None, window: Window, *, quick: bool) -> Sequence[str]:
    """Return what is to be known of an ensemble that is given: whether it saw outcomes, and later ones."""
    if ensemble is None:
        return ["the members are draws of what was believed before any outcome: nothing is calibrated"] if quick else []
    own = ensemble.made.get("window")
    last = str(own[-1]) if isinstance(own, list | tuple) and own else ""
    if last > window.train_until:
        return [f"NO FORECAST: {ensemble.name} was calibrated to outcomes until {last}, and the test begins before"]
    return [] if last else [f"{ensemble.name} does not say that it was calibrated: its draws are taken as they are"]


def _judged(record: pd.DataFrame, window: Window) -> Sequence[str]:
    why = {"the figure was judged rather than read": judged_after, "a declared parameter was set by it": put_in_after}
    return [
        f"not scored, since {words}: {name}"
        for words, found in why.items()
        for name in sorted({str(one.key) for one in found(record, window)})
    ]
