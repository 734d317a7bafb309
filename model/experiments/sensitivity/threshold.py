"""Threshold: below which value of a lever or parameter does one policy do worse than another?

The paired difference of two policies is found at evenly spaced places under common random numbers; where it changes its
sign, places are added in between until the crossing stands still. No crossing, and several, are answers too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from model.experiments.answer_folder import check_folder, save_answer
from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.experiments.comparing.paired import t_half_width
from model.experiments.rounds import RUNS, Rounds, claim_folder, digest_of
from model.experiments.sensitivity.plan import check_level, check_place
from model.experiments.sensitivity.responses import Response, values_of
from model.experiments.sweep.plan import SweepPlan, plan_sweep
from model.experiments.sweep.result import SweepResult
from model.experiments.sweep.sweeping import Show, clear
from model.experiments.sweep.vocabulary import Axis, Lever, Uncertainty
from model.experiments.sweep.wording import Policies
from model.foundation.errors import Fault, InputError
from model.foundation.version import model_version
from model.results.picture_bytes import png
from model.spec.scenario import Scenario
from model.theory.arrays import FloatArray
from model.theory.crossing import Crossing, crossings

KIND = "threshold"
SCAN = 7
ROUNDS = 6
"""Most rounds of places added around crossings."""
COARSER = 4.0
"""How many times wider than that of the crossing the brackets of the ends of its interval may stay."""
INSIDE = 3
"""Places added to a bracket in each round."""


@dataclass(frozen=True)
class Threshold:
    """Answer to: where along an input does the better of two policies change?

    points: a row per place: at, value (mean paired difference of `response`), low, high (t interval), runs. crossings:
    from left to right. tolerance: width of the bracket around each, in the input's unit, unless the search ran out of
    rounds. market, over: where and when. rounds: sweeps that it took.
    """

    base: Scenario
    axis: Axis
    unit: str
    response: Response
    outcome: Outcome
    points: pd.DataFrame
    crossings: tuple[Crossing, ...]
    replicates: int
    market: str
    over: str
    level: float
    tolerance: float
    rounds: int
    folder: Path
    provenance: Mapping[str, object]

    def summary(self) -> str:
        """Return the answer in words, also where there is no crossing or several."""
        from model.experiments.sensitivity.threshold_words import threshold_text

        return threshold_text(self)

    def figure(self) -> Figure:
        """Return the picture: the difference along the input, its interval, and the crossings."""
        from model.experiments.sensitivity.threshold_picture import threshold_figure

        return threshold_figure(self)

    def table(self) -> pd.DataFrame:
        """Return a row per crossing: at, low, high, rising, open_low, open_high, and the bracket before and after."""
        return pd.DataFrame(
            [{name: getattr(one, name) for name in Crossing.__slots__} for one in self.crossings],
            columns=list(Crossing.__slots__),
        )

    def save(self, folder: str | Path | None = None) -> Path:
        """Save tables and picture; return the folder."""
        place = self.folder if folder is None else Path(folder)
        question: Mapping[str, object] = {
            "along": self.axis.plain(), "response": self.response.name, "outcome": self.outcome.name,
            "market": self.market, "over": self.over, "replicates": self.replicates, "level": self.level,
            "tolerance": self.tolerance, "rounds": self.rounds, "provenance": dict(self.provenance),
        }  # fmt: skip
        save_answer(place, kind=KIND, plan=self.base, question=question, figures={"threshold": png(self.figure())},
                    tables={"points": self.points, "crossings": self.table()}, beside=frozenset({RUNS}))  # fmt: skip
        return place


def find_threshold(
    base: Scenario | str | Path, *, along: str | Axis, policies: Policies, outcome: str, low: float | None = None,
    high: float | None = None, replicates: int = 8, scan: int = SCAN, tolerance: float = 0.02, market: str = WORLD,
    over: str = HORIZON, level: float = 0.9, folder: str | Path | None = None, resume: bool = True,
    workers: int | None = None, progress: Show | None = None,
) -> Threshold:  # fmt: skip
    """Return where along an input the second of two policies begins, or stops, to beat the first.

    along: a lever (path of a scenario, with low and high) or a parameter (low and high default to its likely range).
    policies: two, as of `sm.sweep`; neither may set the input. outcome: more is better. scan: places of the first look,
    evenly spaced: a pair of crossings closer together than two of them may stay unseen. tolerance: part of the range to
    which a crossing is enclosed. replicates: shared by all places, for the intervals. Other arguments as of
    `sensitivity`. Errors: InputError with every fault, before anything runs; SweepStopped when the user stops it.
    """
    check_level(level)
    axis = axis_of(along, low, high)
    _check_sizes(scan, tolerance)
    plan = base if isinstance(base, Scenario) else Scenario.load(base)
    check_place(plan, market, over)

    def plan_at(places: FloatArray) -> SweepPlan:
        rows = [{axis.column: float(place)} for place in places]
        return plan_sweep(plan, policies=policies, table=rows, replicates=replicates, outcomes=[outcome])

    begin, end = _range(axis)
    places = _whole(np.linspace(begin, end, scan), axis)
    first = plan_at(places)
    if len(first.policies) != 2:
        way = "Name two: the one held against, then the one in question."
        raise InputError(Fault("policies", "are two", [one.name for one in first.policies], way))
    question = {"sweep": first.question, "tolerance": tolerance, "model": model_version()}
    place = Path("results") / f"threshold-{plan.name}-{digest_of(question)}" if folder is None else Path(folder)
    check_folder(place, kind=KIND, beside=frozenset({RUNS}))
    if not resume:
        forget_rounds(place / RUNS)
    claim_folder(place / RUNS, question, what="threshold")
    names = [one.name for one in first.policies]
    response = Response(names[1], names[0])
    width = max(tolerance * (end - begin), 1.0 if _is_whole(axis) else 0.0)
    look = _Look(response, market=market, over=over, level=level)
    with Rounds(place / RUNS, workers=workers, runs=first.runs * 3, progress=progress) as rounds:
        asked, number = first, 0
        while True:
            found = rounds.run(f"round-{number:02d}", asked)
            look.take(found, axis)
            number += 1
            added = _whole(look.wanted(width), axis)
            added = added[~np.isin(added, look.places)]
            if not len(added) or number > ROUNDS:
                break
            asked = plan_at(added)
    return Threshold(
        base=plan, axis=axis, unit=found.input(axis.column).unit, response=response, outcome=first.outcomes[0],
        points=look.points(), crossings=look.crossings(), replicates=replicates, market=market, over=over, level=level,
        tolerance=width, rounds=number, folder=place, provenance=found.provenance,
    )  # fmt: skip


class _Look:
    """What is known so far: paired differences by place."""

    def __init__(self, response: Response, *, market: str, over: str, level: float) -> None:
        self._response, self._market, self._over, self._level = response, market, over, level
        self.places: FloatArray = np.zeros(0)
        self._gaps: FloatArray = np.zeros((0, 0))

    def take(self, found: SweepResult, axis: Axis) -> None:
        """Take in a round. Errors: InputError where runs of it failed, since a crossing needs all."""
        outcome = next(iter(found.outcomes_kept))
        values = values_of(found, outcome, market=self._market, over=self._over)
        gaps = self._response.of(values, found.policies)
        if not np.isfinite(gaps).all():
            reason = str(found.failures["message"].iloc[0]) if len(found.failures) else f"none for {self._market}"
            raise InputError(Fault(outcome, "has a value in every run", reason, "Look at the failures, or elsewhere."))
        at = found.points[axis.column].to_numpy(np.float64)
        places = np.concatenate([self.places, at])
        order = np.argsort(places, kind="stable")
        self._gaps = (np.concatenate([self._gaps, gaps]) if len(self._gaps) else gaps)[order]
        self.places = places[order]

    def crossings(self, shift: float = 0.0) -> tuple[Crossing, ...]:
        """Return the crossings of the mean, or of an end of its interval (shift -1 or 1)."""
        mean, half = self._gaps.mean(axis=1), t_half_width(self._gaps.T, level=self._level)
        if shift:
            return crossings(self.places, mean + shift * half) if np.isfinite(half).all() else ()
        return crossings(self.places, mean, half=half if np.isfinite(half).all() else None)

    def wanted(self, width: float) -> FloatArray:
        """Return the places to look at next: in brackets of the mean and of both ends wider than `width`."""
        added: list[FloatArray] = []
        for shift in (0.0, -1.0, 1.0):
            for one in self.crossings(shift):
                enough = width if shift == 0.0 else COARSER * width
                if one.after - one.before > enough * (1.0 + 1e-9):
                    count = INSIDE if shift == 0.0 else 1
                    added.append(np.linspace(one.before, one.after, count + 2)[1:-1])
        return np.unique(np.concatenate(added)) if added else np.zeros(0)

    def points(self) -> pd.DataFrame:
        """Return a row per place."""
        mean, half = self._gaps.mean(axis=1), t_half_width(self._gaps.T, level=self._level)
        return pd.DataFrame({"at": self.places, "value": mean, "low": mean - half, "high": mean + half,
                             "runs": self._gaps.shape[1]})  # fmt: skip


def axis_of(along: str | Axis, low: float | None, high: float | None) -> Axis:
    """Return the input of a user's word: a lever's path holds a dot, a parameter's name none. Errors: InputError."""
    if not isinstance(along, str):
        return along
    bare = along.removeprefix("parameters.")
    if "." in bare:
        return Lever(bare, low=low, high=high)
    return Uncertainty(bare, low=low, high=high)


def forget_rounds(folder: Path) -> None:
    """Delete the rounds of an earlier search in a folder, and nothing else."""
    for one in sorted(folder.glob("*/ledger.sqlite")):
        clear(one.parent)
        try:
            one.parent.rmdir()
        except OSError:  # something that is not ours lies there
            pass
    (folder / "question.json").unlink(missing_ok=True)


def _range(axis: Axis) -> tuple[float, float]:
    if isinstance(axis, Uncertainty):
        return axis.range
    if axis.low is None or axis.high is None:
        way = "Example: along='platforms.resso.integration.ID', low=0.0, high=1.0."
        raise InputError(Fault(f"along: {axis.path}", "is a lever with a range", list(axis.values), way))
    return axis.low, axis.high


def _is_whole(axis: Axis) -> bool:
    return isinstance(axis, Uncertainty) and axis.line.whole


def _whole(places: FloatArray, axis: Axis) -> FloatArray:
    return np.unique(np.round(places)) if _is_whole(axis) else places


def _check_sizes(scan: object, tolerance: object) -> None:
    faults = []
    if isinstance(scan, bool) or not isinstance(scan, int) or not 3 <= scan <= 1000:
        faults.append(Fault("scan", "is a whole number from 3 to 1000", scan, f"Usual: {SCAN}."))
    if not isinstance(tolerance, float) or not 1e-6 <= tolerance <= 0.5:
        faults.append(Fault("tolerance", "is a part of the range from 1e-6 to 0.5", tolerance, "Usual: 0.02."))
    if faults:
        raise InputError(faults)
