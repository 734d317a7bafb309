"""Threshold: below which value of a lever or parameter does one policy do worse than another?

The paired difference of two policies is found at evenly spaced places under common random numbers; where it changes its
sign, places are added in between until the crossing stands still. No crossing, and several, are answers too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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
from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.experiments.sweep.sweeping import Show, clear
from model.experiments.sweep.vocabulary import Axis, Lever, Uncertainty, is_lever_path
from model.experiments.sweep.wording import Policies
from model.foundation.errors import Fault, InputError
from model.foundation.version import model_version
from model.results.picture_bytes import png
from model.spec.scenario import Scenario
from model.theory.arrays import FloatArray, floats
from model.theory.crossing import Crossing, crossings

if TYPE_CHECKING:
    from model.experiments.sensitivity.plots import ThresholdPlots

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

    points: a row per place: at, value (mean paired difference of `response`), low, high (t interval), runs, clear (sign
    of the difference where its interval, widened so that all places hold together, leaves 0 out; else 0). crossings:
    from left to right, changes of sign that are not told apart joined into one. tolerance: width of the bracket around
    each, in the input's unit, unless the search ran out of rounds. market, over: where and when. rounds: sweeps that it
    took.
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

    @property
    def plot(self) -> ThresholdPlots:
        """Pictures of the answer: the difference along the input."""
        from model.experiments.sensitivity.plots import ThresholdPlots

        return ThresholdPlots(self)

    def _repr_html_(self) -> str:
        from model.foundation.markup import summary_card

        return summary_card("Threshold", self.outcome.label, self.summary())

    @property
    def standing_out(self) -> tuple[Crossing, ...]:
        """The crossings with a side on which the difference is clear of 0; all of them without intervals."""
        return tuple(one for one in self.crossings if not (one.open_low and one.open_high))

    def table(self) -> pd.DataFrame:
        """Return a row per crossing: at, low, high, rising, open_low, open_high, changes, clear, and its bracket."""
        return pd.DataFrame(
            [
                {name: getattr(one, name) for name in Crossing.__slots__} | {"clear": one.clear}
                for one in self.crossings
            ],
            columns=[*Crossing.__slots__, "clear"],
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

    def crossings(self) -> tuple[Crossing, ...]:
        """Return the crossings of the mean; those are one that intervals of all places together do not tell apart."""
        half, apart = self._half(self._level), self._half(self._together)
        if not np.isfinite(half).all():
            return crossings(self.places, self._mean)
        return crossings(self.places, self._mean, half=half, apart=apart)

    def wanted(self, width: float) -> FloatArray:
        """Return the places to look at next: around crossings, and at the ends of their intervals, more coarsely.

        Crossings that are clear on neither side, of noise about zero, are left alone: places added there would only
        find more of it. Without any crossing the one stretch that is not clear of zero, if it is one, is followed.
        """
        added: list[FloatArray] = []
        found = self.crossings()
        for one in found:
            if one.open_low and one.open_high:
                continue
            if one.after - one.before > width * (1.0 + 1e-9):
                added.append(np.linspace(one.before, one.after, INSIDE + 2)[1:-1])
            added += [self._middle(end, COARSER * width) for end in (one.low, one.high) if np.isfinite(end)]
        half = self._half(self._level)
        if not found and np.isfinite(half).all():
            for shift in (-1.0, 1.0):
                ends = crossings(self.places, self._mean + shift * half)
                added += [self._middle(one.at, COARSER * width) for one in ends if len(ends) <= 2]
        return np.unique(np.concatenate(added)) if added else np.zeros(0)

    def points(self) -> pd.DataFrame:
        """Return a row per place."""
        half, apart = self._half(self._level), self._half(self._together)
        clear = np.where(np.abs(self._mean) > apart, np.sign(self._mean), 0.0)
        return pd.DataFrame({"at": self.places, "value": self._mean, "low": self._mean - half,
                             "high": self._mean + half, "runs": self._gaps.shape[1], "clear": clear})  # fmt: skip

    @property
    def _mean(self) -> FloatArray:
        return floats(self._gaps.mean(axis=1))

    @property
    def _together(self) -> float:
        """Level of each interval at which all places hold together (Bonferroni)."""
        return 1.0 - (1.0 - self._level) / max(len(self.places), 1)

    def _half(self, level: float) -> FloatArray:
        return floats(t_half_width(self._gaps.T, level=level))

    def _middle(self, at: float, width: float) -> FloatArray:
        """Return the middle of the bracket that holds a value, if it is wider than `width`."""
        right = int(np.clip(np.searchsorted(self.places, at), 1, len(self.places) - 1))
        left, end = self.places[right - 1], self.places[right]
        inside = left < at < end and end - left > width * (1.0 + 1e-9)
        return floats([0.5 * (left + end)] if inside else [])


def axis_of(along: str | Axis, low: float | None, high: float | None) -> Axis:
    """Return the input of a user's word: a lever's path holds a dot or is a key of its own, as `rivals_respond`.

    Errors: InputError for what is neither that nor a parameter.
    """
    if not isinstance(along, str):
        return along
    bare = along.removeprefix("parameters.")
    if is_lever_path(bare):
        return Lever(bare, low=low, high=high)
    return Uncertainty(bare, low=low, high=high)


def forget_rounds(folder: Path) -> None:
    """Delete the rounds of an earlier search in a folder, and nothing else."""
    for one in sorted(folder.glob(f"*/{LEDGER}")):
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
