"""Tornado: each input at either end of its range, all others as they are, and which policy is best there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from model.experiments.answer_folder import check_folder, save_answer
from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.experiments.comparing.paired import t_half_width
from model.experiments.rounds import RUNS
from model.experiments.sensitivity.plan import check_level, check_place, read_axes
from model.experiments.sensitivity.responses import Response, response_named, responses_of, values_of
from model.experiments.sweep.engines import Engine
from model.experiments.sweep.plan import plan_sweep
from model.experiments.sweep.result import SweepResult
from model.experiments.sweep.sweeping import Show, run_sweep
from model.experiments.sweep.vocabulary import Axis, Lever
from model.experiments.sweep.wording import Levers, Policies, Uncertainties
from model.foundation.errors import Fault, raise_faults
from model.results.picture_bytes import png
from model.spec.scenario import Scenario
from model.theory.arrays import FloatArray

if TYPE_CHECKING:
    from model.experiments.sensitivity.plots import TornadoPlots

KIND = "tornado"
ENDS = ("low", "high")
CENTRE = "centre"
ALIKE = "alike"
"""Winner where the best policies are the same in every replicate."""


class Tornado:
    """Answer to: what does each input do alone, and where does it change which policy is best?

    axes: inputs. found: the sweep it rests on: the centre, then the low and high end of each input. outcome: that is
    looked at. market, over: where and when. level: of the intervals. folder: of the answer.
    """

    def __init__(
        self, base: Scenario, axes: Sequence[Axis], found: SweepResult, *, market: str, over: str, level: float,
        folder: Path,
    ) -> None:  # fmt: skip
        self.base, self.axes, self.found = base, tuple(axes), found
        self.market, self.over, self.level, self.folder = market, over, level, folder
        self.policies = found.policies
        self.outcome: Outcome = next(iter(found.outcomes_kept.values()))
        self.values: FloatArray = values_of(found, self.outcome.name, market=market, over=over)

    def table(self, *, response: str | None = None) -> pd.DataFrame:
        """Return a row for the centre and two per input, the input with the widest swing first.

        response: a policy, or "one minus first" (default: the difference of the second policy where there are several).
        Columns: input, end (centre, low, high), at (value of the input), value with low and high (paired t interval,
        NaN with one replicate), winner (policy with the highest mean; "alike" where the best do not differ), ahead
        (over the second best) with ahead_low and ahead_high, clear (whether it is ahead of every other one, by
        intervals that hold for all pairs of policies together), unit.
        """
        told = response_named(response, self.policies)
        rows = [self._row("", CENTRE, None, 0, told)]
        for number, axis in enumerate(self.axes):
            rows += [self._row(axis.column, end, self.found.points[axis.column].iloc[1 + 2 * number + at],
                               1 + 2 * number + at, told) for at, end in enumerate(ENDS)]  # fmt: skip
        table = pd.DataFrame(rows)
        ends = table[table["end"] != CENTRE]
        centre = float(table["value"].iloc[0])
        swing = ends.groupby("input", sort=False)["value"].agg(
            lambda values: max(values.max(), centre) - min(values.min(), centre)
        )
        order = {name: place for place, name in enumerate(swing.sort_values(ascending=False, kind="stable").index)}
        return table.sort_values("input", key=lambda names: names.map(order).fillna(-1), kind="stable",
                                 ignore_index=True)  # fmt: skip

    def told(self) -> Response:
        """Return what words and picture tell: the first policy's best rival at the centre less the first policy."""
        first, *others = self.policies
        if len(others) < 2:
            return response_named(None, self.policies)
        means = self.values[0].mean(axis=1)
        return Response(max(others, key=lambda name: float(means[self.policies.index(name)])), first)

    def turning(self) -> pd.DataFrame:
        """Return the ends at which another policy than at the centre is clearly best."""
        table = self.table()
        middle = table["winner"].iloc[0]
        found: pd.DataFrame = table[(table["winner"] != middle) & (table["winner"] != ALIKE) & table["clear"]]
        return found

    def summary(self) -> str:
        """Return in words what the centre says, the widest swings, and where the best policy changes."""
        from model.experiments.sensitivity.tornado_words import tornado_text

        return tornado_text(self)

    def figure(self, *, response: str | None = None) -> Figure:
        """Return the picture: a bar per input from the centre to both ends, coloured by the policy that is best there.

        Pale where the best policy is not clearly ahead. response: as of `table`, by default that of `told`.
        """
        from model.experiments.sensitivity.tornado_picture import tornado_figure

        told = self.told() if response is None else response_named(response, self.policies)
        return tornado_figure(self, response=told)

    @property
    def plot(self) -> TornadoPlots:
        """Pictures of the answer: the bars."""
        from model.experiments.sensitivity.plots import TornadoPlots

        return TornadoPlots(self)

    def save(self, folder: str | Path | None = None) -> Path:
        """Save table and picture; return the folder."""
        place = self.folder if folder is None else Path(folder)
        question: Mapping[str, object] = {
            "inputs": [axis.plain() for axis in self.axes], "policies": list(self.policies),
            "outcome": self.outcome.name, "market": self.market, "over": self.over, "level": self.level,
            "replicates": self.found.replicates, "provenance": {**self.found.provenance, "sweep": self.found.digest},
        }  # fmt: skip
        save_answer(place, kind=KIND, plan=self.base, question=question, tables={"tornado": self._all()},
                    figures={"tornado": png(self.figure())}, beside=frozenset({RUNS}))  # fmt: skip
        return place

    def _all(self) -> pd.DataFrame:
        """Return the tables of all responses, one below the other."""
        names = [one.name for one in responses_of(self.policies)]
        return pd.concat([self.table(response=one).assign(response=one) for one in names], ignore_index=True)

    def _row(self, name: str, end: str, at: object, point: int, told: Response) -> dict[str, object]:
        values = told.of(self.values, self.policies)[point]
        half = float(t_half_width(values, level=self.level))
        mean = float(values.mean())
        return {
            "input": name, "end": end, "at": at, "value": mean, "low": mean - half, "high": mean + half,
            **_winner(self.values[point], self.policies, level=self.level), "unit": self.outcome.unit(self.over),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        from model.foundation.markup import summary_card

        return summary_card("Tornado", self.outcome.label, self.summary())

    def __repr__(self) -> str:
        return f"<Tornado of {self.outcome.name}: {len(self.axes)} inputs, {len(self.policies)} policies>"


def _winner(values: FloatArray, policies: Sequence[str], *, level: float) -> dict[str, object]:
    """Return which policy is best at a point, and by how much. values: (policies, replicates)."""
    if len(policies) == 1 or not np.isfinite(values).all():
        return {"winner": policies[0] if len(policies) == 1 else "", "ahead": np.nan, "ahead_low": np.nan,
                "ahead_high": np.nan, "clear": False}  # fmt: skip
    order = np.argsort(-values.mean(axis=1), kind="stable")
    gaps = values[order[0]] - values[order[1:]]
    pairs = len(policies) * (len(policies) - 1) // 2
    half = np.array(t_half_width(gaps.T, level=1.0 - (1.0 - level) / pairs))
    ahead = gaps.mean(axis=1)
    alike = bool((gaps[0] == 0.0).all())
    return {
        "winner": ALIKE if alike else policies[order[0]], "ahead": float(ahead[0]),
        "ahead_low": float(ahead[0] - half[0]), "ahead_high": float(ahead[0] + half[0]),
        "clear": not alike and bool((ahead - half > 0.0).all()),
    }  # fmt: skip


def tornado(
    base: Scenario | str | Path, *, outcome: str, uncertainties: Uncertainties | None = None,
    levers: Levers | None = None, policies: Policies | None = None, replicates: int = 4, market: str = WORLD,
    over: str = HORIZON, level: float = 0.9, folder: str | Path | None = None, resume: bool = True,
    workers: int | None = None, engine: Engine | str | object | None = None, progress: Show | None = None,
) -> Tornado:  # fmt: skip
    """Return what each input does alone, at either end of its range, and which policy is best there.

    At the centre parameters are as in the base scenario, and levers in the middle of their range. outcome: as
    "bytedance_income", more is better. Other arguments as of `sensitivity`. Errors: InputError with every fault, before
    anything runs; SweepStopped when the user stops it.
    """
    check_level(level)
    faults: list[Fault] = []
    axes = read_axes(uncertainties, levers, faults)
    raise_faults(faults)
    plan = base if isinstance(base, Scenario) else Scenario.load(base)
    check_place(plan, market, over)
    rows = _points(plan, axes)
    sweep = plan_sweep(plan, policies=policies, table=rows, replicates=replicates, outcomes=[outcome])
    place = Path("results") / f"tornado-{plan.name}-{sweep.digest}" if folder is None else Path(folder)
    check_folder(place, kind=KIND, beside=frozenset({RUNS}))
    found = run_sweep(sweep, store=place / RUNS, resume=resume, workers=workers, engine=engine, progress=progress)
    return Tornado(plan, axes, found, market=market, over=over, level=level, folder=place)


def _points(plan: Scenario, axes: Sequence[Axis]) -> list[dict[str, object]]:
    centre = {axis.column: _middle(plan, axis) for axis in axes}
    rows = [centre]
    for axis in axes:
        low, high = _ends(axis)
        rows += [{**centre, axis.column: low}, {**centre, axis.column: high}]
    return rows


def _middle(plan: Scenario, axis: Axis) -> object:
    if isinstance(axis, Lever):
        return axis.at(0.5)
    return plan.parameters[axis.name]


def _ends(axis: Axis) -> tuple[object, object]:
    levels = axis.levels(2) if isinstance(axis, Lever) else axis.range
    return levels[0], levels[-1]
