"""What came out: how strong each input is, in which order, in words, tables and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from model.experiments.answer_folder import save_answer
from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.experiments.rounds import RUNS
from model.experiments.sensitivity.emulating import FEWEST_FITTED, LEAST
from model.experiments.sensitivity.measuring import FEWEST, measured, places_of
from model.experiments.sensitivity.plan import SensitivityPlan, stepped
from model.experiments.sensitivity.responses import Response, response_named, responses_of, values_of
from model.experiments.sweep.result import SweepResult
from model.experiments.sweep.vocabulary import Axis, Lever
from model.experiments.sweep.words import amount
from model.foundation.errors import Fault, InputError
from model.foundation.rng import stream_key
from model.results.picture_bytes import png
from model.spec.parameters import declared_parameters
from model.theory.arrays import FloatArray

if TYPE_CHECKING:
    from model.experiments.sensitivity.plots import SensitivityPlots

KIND = "sensitivity"
SHARE = "share of the variance"
LEVER = "lever"


@dataclass(frozen=True, slots=True)
class Ranked:
    """An input's place in the ranking of an outcome.

    rank: from 1. rank_best, rank_worst: places that its interval allows. strength: mean size of its effect from one end
    of its range to the other, in `unit`, or its total share of the variance; low, high: interval of it. share: of the
    strongest.
    """

    rank: int
    rank_best: int
    rank_worst: int
    name: str
    strength: float
    low: float
    high: float
    unit: str
    share: float


@dataclass(frozen=True, slots=True)
class Assumption(Ranked):
    """An input with its place in the ranking, and what is known of it.

    range: that was explored, in `input_unit`; source: fact ids or "assumption", "" for a lever.
    """

    range: tuple[float, float]
    input_unit: str
    meaning: str
    source: str


class PoorEmulator(InputError):
    """An emulator that foretells too little of runs left out of it, whose indices are not told."""


class Sensitivity:
    """Answer to: which inputs does an outcome depend on?

    plan: what was asked; found: the sweep it rests on; level: of the intervals; folder: of the answer, with the runs in
    its folder `runs`; market, over: where and when, unless a method is told otherwise.
    """

    def __init__(
        self, plan: SensitivityPlan, found: SweepResult, *, level: float, folder: Path, market: str = WORLD,
        over: str = HORIZON,
    ) -> None:  # fmt: skip
        self.plan, self.found, self.level, self.folder = plan, found, level, folder
        self.market, self.over = market, over
        self.policies = found.policies
        self.outcomes: Mapping[str, Outcome] = found.outcomes_kept
        self._found: dict[tuple[str, Response, str, str], tuple[pd.DataFrame, int]] = {}

    @cached_property
    def responses(self) -> tuple[Response, ...]:
        """What may be asked about: differences to the first policy, then each policy."""
        return responses_of(self.policies)

    def table(
        self, outcome: str | None = None, *, response: str | None = None, market: str | None = None,
        over: str | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return a row per input, the strongest first.

        outcome: a name (default: the first kept). response: a policy, or "one minus first" (default: the difference of
        the second policy where there are several). market: a code or "total"; over: "horizon" or "end". Columns: rank
        with its bounds, input, subject, strength with low and high, unit; morris: mean (signed), spread, noise (size
        that replicates alone would give), sobol: first; emulated: error and foretold too. Errors: InputError where too
        few points are finished; `PoorEmulator` where the emulator foretells runs left out of it too badly.
        """
        kept, told = self.outcome(outcome), response_named(response, self.policies)
        market, over = market or self.market, over or self.over
        rows, count = self._measured(kept.name, told, market, over)
        if len(rows) and "strength" not in rows:
            raise _poor(kept.name, told.name, rows, count)
        if rows.empty:
            rule = f"is known along {FEWEST} paths or base points at least"
            if self.plan.method == "emulated":
                rule = f"is known at {FEWEST_FITTED} points at least"
            raise InputError(Fault(f"{kept.name}, {told.name}, {market}", rule, count, "Finish the runs first."))
        best, worst = places_of(rows["low"].to_numpy(), rows["high"].to_numpy())
        names = [axis.column for axis in self.plan.axes]
        subjects = [_subject(axis) for axis in self.plan.axes]
        unit = SHARE if self.plan.shares else kept.unit(over)
        whole = rows.assign(input=names, subject=subjects, rank_best=best, rank_worst=worst, unit=unit)
        whole = whole.sort_values("strength", ascending=False, kind="stable", ignore_index=True)
        whole.insert(0, "rank", range(1, len(whole) + 1))
        first = ["rank", "rank_best", "rank_worst", "input", "subject"]
        return whole[[*first, *(name for name in whole.columns if name not in first)]]

    def _measured(self, outcome: str, told: Response, market: str, over: str) -> tuple[pd.DataFrame, int]:
        """Return strengths by input and what they rest on; worked out once, since an emulator takes seconds."""
        asked = (outcome, told, market, over)
        if asked not in self._found:
            values = self.values(outcome, told, market=market, over=over)
            key, axes = stream_key(self.plan.base.seed, "sensitivity", "bootstrap"), self.plan.axes
            self._found[asked] = measured(
                self.plan.method, values, unit=self.plan.unit, key=key, level=self.level,
                steps=lambda places: stepped(axes, places),
            )  # fmt: skip
        return self._found[asked]

    def ranked(self, outcome: str, *, response: str) -> pd.DataFrame | None:
        """Return `table`, or None where an emulator of this response is refused."""
        try:
            return self.table(outcome, response=response)
        except PoorEmulator:
            return None

    def assumptions(
        self, outcome: str | None = None, *, response: str | None = None, market: str | None = None,
        over: str | None = None,
    ) -> tuple[Assumption, ...]:  # fmt: skip
        """Return which inputs matter most, in order, with what is known of each; arguments as of `table`."""
        rows = self.table(outcome, response=response, market=market, over=over)
        axes = {axis.column: axis for axis in self.plan.axes}
        top = float(rows["strength"].max())
        found = []
        for row in rows.to_dict("records"):
            axis, strength = axes[str(row["input"])], float(row["strength"])
            meaning, source, unit, ends = _known(axis, self.found)
            found.append(Assumption(
                rank=int(row["rank"]), rank_best=int(row["rank_best"]), rank_worst=int(row["rank_worst"]),
                name=axis.column, strength=strength, low=float(row["low"]), high=float(row["high"]),
                unit=str(row["unit"]), share=strength / top if top > 0.0 else 0.0, range=ends, input_unit=unit,
                meaning=meaning, source=source,
            ))  # fmt: skip
        return tuple(found)

    def outcome(self, name: str | None) -> Outcome:
        """Return an outcome by name, by default the first."""
        return self.found.outcome(name) if name is not None else next(iter(self.outcomes.values()))

    def values(self, outcome: str, response: Response, *, market: str, over: str) -> FloatArray:
        """Return a response at every point of the design, (points, replicates), NaN where a run is missing."""
        return response.of(values_of(self.found, outcome, market=market, over=over), self.policies)

    def summary(self) -> str:
        """Return in words which inputs move the first response most, and which do not at all."""
        from model.experiments.sensitivity.words import sensitivity_text

        return sensitivity_text(self)

    def figure(
        self, outcome: str | None = None, *, response: str | None = None, market: str | None = None,
        over: str | None = None,
    ) -> Figure:  # fmt: skip
        """Return the picture of the ranking: a bar per input with its interval; arguments as of `table`."""
        from model.experiments.sensitivity.picture import ranking_figure

        return ranking_figure(
            self, outcome=outcome, response=response, market=market or self.market, over=over or self.over
        )

    @property
    def plot(self) -> SensitivityPlots:
        """Pictures of the answer: the ranking of inputs."""
        from model.experiments.sensitivity.plots import SensitivityPlots

        return SensitivityPlots(self)

    def save(self, folder: str | Path | None = None) -> Path:
        """Save rankings of every outcome and response, and a picture for each outcome; return the folder."""
        place = self.folder if folder is None else Path(folder)
        ranked = {(name, one.name): self.ranked(name, response=one.name)
                  for name in self.outcomes for one in self.responses}  # fmt: skip
        tables: dict[str, pd.DataFrame] = {"ranking": pd.concat(
            [rows.assign(outcome=name, response=response) for (name, response), rows in ranked.items()
             if rows is not None], ignore_index=True,
        )}  # fmt: skip
        first = self.responses[0].name
        answered = [name for name in self.outcomes if ranked[name, first] is not None]
        tables["assumptions"] = pd.DataFrame(
            [{"outcome": name, **{field: getattr(one, field) for field in Assumption.__slots__}}
             for name in answered for one in self.assumptions(name)]
        )  # fmt: skip
        figures = {f"ranking_{name.replace('.', '_')}": png(self.figure(name)) for name in answered}
        question = {
            "method": self.plan.method, "inputs": [axis.plain() for axis in self.plan.axes],
            "policies": list(self.policies), "outcomes": list(self.outcomes), "n": len(self.plan.unit),
            "level": self.level, "market": self.market, "over": self.over,
            "runs": self.found.planned, "done": self.found.done,
            "provenance": {**self.found.provenance, "sweep": self.found.digest},
        }  # fmt: skip
        save_answer(place, kind=KIND, plan=self.plan.base, question=question, tables=tables, figures=figures,
                    beside=frozenset({RUNS}))  # fmt: skip
        return place

    def _repr_html_(self) -> str:
        from model.foundation.markup import summary_card

        return summary_card("Sensitivity", self.found.name, self.summary())

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.found.name}: {self.plan.method}, {len(self.plan.axes)} inputs>"


def _poor(outcome: str, response: str, rows: pd.DataFrame, count: int) -> PoorEmulator:
    """Return the error of an emulator that is refused, with what it was worth."""
    error, foretold = float(rows["error"].iloc[0]), float(rows["foretold"].iloc[0])
    rule = f"an emulator foretells {LEAST:.0%} of the variance of runs that were left out of it"
    told = f"{foretold:.0%} from {count:,} points (error {amount(error)})"
    way = "Take more points (n), more replicates or fewer inputs, or Sobol' indices of the model itself."
    return PoorEmulator(Fault(f"{outcome}, {response}", rule, told, way))


def _subject(axis: Axis) -> str:
    return LEVER if isinstance(axis, Lever) else axis.line.subject


def _known(axis: Axis, found: SweepResult) -> tuple[str, str, str, tuple[float, float]]:
    """Return meaning, source, unit and explored range of an input."""
    if isinstance(axis, Lever):
        ends = [one for one in axis.levels(2) if isinstance(one, int | float)]
        reach = (float(min(ends)), float(max(ends))) if ends else (float("nan"), float("nan"))
        return f"lever {axis.path}", "", found.input(axis.column).unit, reach
    line = declared_parameters()[axis.name]
    return line.meaning, line.source, line.unit, axis.range
