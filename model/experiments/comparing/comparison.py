"""What came out of a comparison: paired differences, the ranking, tables, a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.answer_folder import save_answer
from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.experiments.comparing.paired import Paired, paired_differences
from model.experiments.comparing.sequential import RankingTest, order_of, same
from model.foundation.errors import Fault, InputError, nearest
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
DOTS_PER_INCH = 160


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scenarios in order of one outcome, over the horizon and all markets together.

    order: names, the largest mean first. means: of each, in that order. pairs: every pair, the larger first, with
    difference, interval, p-value, and whether their order is settled. winner: the first, None unless it is settled
    above every other. settled: whether the whole order is. error: highest chance that any settled order is wrong.
    """

    outcome: Outcome
    order: tuple[str, ...]
    means: tuple[float, ...]
    pairs: pd.DataFrame
    winner: str | None
    settled: bool
    error: float
    replicates: int

    def text(self) -> str:
        """Return the verdict in a sentence or two."""
        what = f"{self.outcome.label} ({self.outcome.over}, all markets)"
        runs = f"{self.replicates} replicates, chance of a wrong order at most {self.error:.0%}"
        line = self.order[0]
        for one, other in pairwise(self.order):
            row = self.pairs[self.pairs["larger"].eq(one) & self.pairs["smaller"].eq(other)].iloc[0]
            line += f" {'=' if row['equal'] else '>' if row['settled'] else '?'} {other}"
        if self.settled:
            verdict = f"{self.winner} is highest" if self.winner else "the first are exactly equal"
        else:
            verdict = f"{self.winner} is highest; the order below is open" if self.winner else "no clear winner"
        return f"By {what}: {line}. The verdict: {verdict} ({runs})."


class Comparison:
    """Scenarios compared replicate by replicate under common random numbers.

    plans, names: the scenarios as run. outcomes: what was read. keys: (outcome, market or "total", "end" or "horizon").
    values: (scenarios, replicates, keys). by: what the ranking is by. notes: what was cut to make them comparable.
    """

    def __init__(
        self, *, plans: Sequence[Scenario], names: Sequence[str], outcomes: Sequence[Outcome], keys: pd.MultiIndex,
        values: Floats, test: RankingTest, by: Outcome, level: float, notes: Sequence[str] = (), seconds: float = 0.0,
    ) -> None:  # fmt: skip
        self.plans, self.names, self.notes = tuple(plans), tuple(names), tuple(notes)
        self.outcomes = {outcome.name: outcome for outcome in outcomes}
        self.keys, self.values, self.by, self.level, self.seconds = keys, values, by, level, seconds
        self._test = test

    @property
    def replicates(self) -> int:
        """Number of replicates of each scenario."""
        return int(self.values.shape[1])

    def difference(self, name: str, *, base: str | None = None) -> Paired:
        """Return the paired differences of a scenario less another (default: the first), one per key."""
        one = self._position(self.names[0] if base is None else base)
        return paired_differences(self.values[one], self.values[self._position(name)], level=self.level)

    def table(
        self, *, outcome: str | None = None, market: str | None = None, over: str | None = None, base: str | None = None
    ) -> pd.DataFrame:
        """Return scenario x outcome x market x over: means, difference to the base, interval, variance reduction.

        outcome, market ("total" for all together), over ("end", "horizon"): only these rows. base: scenario the others
        are held against (default: the first). Errors: InputError for unknown names.
        """
        against = self.names[0] if base is None else base
        rows = [self._rows(name, against) for name in self.names if name != against]
        table = pd.concat(rows, ignore_index=True)
        for column, wanted in (("outcome", outcome), ("market", market), ("over", over)):
            if wanted is None:
                continue
            known = list(dict.fromkeys(table[column]))
            if wanted not in known:
                raise InputError(Fault(f"table: {column}", "is one that was compared", wanted, nearest(wanted, known)))
            table = table[table[column] == wanted]
        return table.reset_index(drop=True)

    def _rows(self, name: str, base: str) -> pd.DataFrame:
        found = self.difference(name, base=base)
        before = self.values[self._position(base)].mean(axis=0)
        frame = self.keys.to_frame(index=False)
        measures = [self.outcomes[str(one)].measure for one in frame["outcome"]]
        frame.insert(0, "scenario", name)
        frame.insert(1, "base", base)
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.where(before != 0.0, found.difference / np.abs(before), np.nan)
        return frame.assign(
            unit=[one.unit for one in measures], base_mean=before,
            scenario_mean=self.values[self._position(name)].mean(axis=0), difference=found.difference, low=found.low,
            high=found.high, relative=relative, variance_reduction=found.reduction, replicates=self.replicates,
        )  # fmt: skip

    def ranking(self) -> Ranking:
        """Return the order of the scenarios by the chosen outcome, and how far it is settled."""
        column = self.keys.get_loc((self.by.name, WORLD, HORIZON))
        values: Floats = self.values[:, :, column]
        order = order_of(values)
        rows = []
        for one, other in combinations(order, 2):
            gap = paired_differences(values[other][:, None], values[one][:, None], level=self.level)
            p = self._test.p.get((min(one, other), max(one, other)), np.nan)
            rows.append({
                "larger": self.names[one], "smaller": self.names[other], "difference": float(gap.difference[0]),
                "low": float(gap.low[0]), "high": float(gap.high[0]), "p": p, "equal": same(values, one, other),
                "settled": self._test.is_above(one, other),
            })  # fmt: skip
        first, rest = order[0], order[1:]
        wins = all(self._test.is_above(first, other) for other in rest)
        return Ranking(
            outcome=self.by, order=tuple(self.names[one] for one in order),
            means=tuple(float(values[one].mean()) for one in order), pairs=pd.DataFrame(rows),
            winner=self.names[first] if wins else None, settled=self._test.settled(values), error=self._test.error,
            replicates=self.replicates,
        )  # fmt: skip

    def variance_reduction(self) -> pd.DataFrame:
        """Return scenario x outcome: how many times fewer replicates pairing takes, totals over the horizon."""
        table = self.table(over=HORIZON)
        whole = table[table["market"] == WORLD]
        return whole.pivot(index="scenario", columns="outcome", values="variance_reduction").reindex(
            index=[name for name in self.names if name in set(whole["scenario"])],
            columns=[name for name in self.outcomes if name in set(whole["outcome"])],
        )  # fmt: skip

    @cached_property
    def plot(self) -> Figure:
        """Dots and intervals of the differences, by outcome and market."""
        return self.figure()

    def figure(self, *, over: str = HORIZON, outcomes: Sequence[str] | None = None) -> Figure:
        """Return dots and intervals of the differences to the first scenario, a picture per outcome.

        over: "end" or "horizon". outcomes: names (default: all). Errors: InputError for unknown names.
        """
        from model.experiments.comparing.figure import comparison_figure

        return comparison_figure(self, over=over, outcomes=outcomes)

    def save(self, folder: str | Path, *, with_figure: bool = True) -> Path:
        """Write tables (CSV), the figure and the question to a folder, in place of an earlier comparison there."""
        ranking = self.ranking()
        question = {
            "scenarios": dict(zip(self.names, (plan.digest for plan in self.plans), strict=True)), "by": self.by.name,
            "outcomes": list(self.outcomes), "replicates": self.replicates, "level": self.level,
            "error": ranking.error, "verdict": ranking.text(), "notes": list(self.notes),
        }  # fmt: skip
        stream, figures = BytesIO(), {}
        if with_figure:
            self.figure().savefig(stream, format="png", dpi=DOTS_PER_INCH)
            figures["differences"] = stream.getvalue()
        place = Path(folder)
        save_answer(
            place, kind="comparison", plan=self.plans[0], question=question, figures=figures,
            tables={"differences": self.table(), "ranking": ranking.pairs, "values": self._long()},
            plans=self.plans, names=self.names, replicates=self.replicates,
        )  # fmt: skip
        return place

    def _long(self) -> pd.DataFrame:
        """Return scenario x replicate x key: every value."""
        frame = self.keys.to_frame(index=False)
        pieces = [
            frame.assign(scenario=name, replicate=number, value=self.values[at, number])
            for at, name in enumerate(self.names)
            for number in range(self.replicates)
        ]
        return pd.concat(pieces, ignore_index=True)[["scenario", "replicate", *frame.columns, "value"]]

    def _position(self, name: str) -> int:
        if name not in self.names:
            raise InputError(Fault("scenario", "is one that was compared", name, nearest(name, self.names)))
        return self.names.index(name)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.names)}: {len(self.outcomes)} outcomes, {self.replicates} replicates>"
