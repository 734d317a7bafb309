"""What came out of a comparison: paired differences, the ranking, tables, a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.answer_folder import save_answer
from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.experiments.comparing.over_months import OverMonths
from model.experiments.comparing.paired import Paired, paired_differences
from model.experiments.comparing.sequential import RankingTest, order_of, same
from model.experiments.comparing.under import Under, band_columns, fan_table, members_table
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import show_month
from model.results.picture_bytes import png
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from model.experiments.comparing.plots import ComparisonPlots

Floats = NDArray[np.float64]


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
        many = "replicates" if "share_above" not in self.pairs else "members"
        runs = f"{self.replicates} {many}, chance of a wrong order at most {self.error:.0%}"
        line = self.order[0]
        for one, other in pairwise(self.order):
            row = self.pairs[self.pairs["larger"].eq(one) & self.pairs["smaller"].eq(other)].iloc[0]
            line += f" {'=' if row['equal'] else '>' if row['settled'] else '?'} {other}"
        if self.settled:
            verdict = f"{self.winner} is highest" if self.winner else "the first are exactly equal"
        else:
            verdict = f"{self.winner} is highest; the order below is open" if self.winner else "no clear winner"
        return f"By {what}: {line}. The verdict: {verdict} ({runs}).{self._shares()}"

    def _shares(self) -> str:
        """Return in how many members of an ensemble each lies above the next, "" without one."""
        if "share_above" not in self.pairs:
            return ""
        told = []
        for one, other in pairwise(self.order):
            row = self.pairs[self.pairs["larger"].eq(one) & self.pairs["smaller"].eq(other)].iloc[0]
            same_too = f", the same in {row['share_equal']:.0%}" if row["share_equal"] > 0.0 else ""
            told.append(f"{one} is above {other} in {row['share_above']:.0%} of the members{same_too}")
        return f" {'; '.join(told)}."


class Comparison:
    """Scenarios compared replicate by replicate under common random numbers.

    plans, names: the scenarios as run. outcomes: what was read. keys: (outcome, market or "total", "end" or "horizon").
    values: (scenarios, replicates, keys). by: what the ranking is by. notes: what was cut to make them comparable.
    under: the ensemble whose members the replicates are, None without one. months: every outcome month by month.
    """

    def __init__(
        self, *, plans: Sequence[Scenario], names: Sequence[str], outcomes: Sequence[Outcome], keys: pd.MultiIndex,
        values: Floats, test: RankingTest, by: Outcome, level: float, notes: Sequence[str] = (), seconds: float = 0.0,
        under: Under | None = None, months: OverMonths | None = None,
    ) -> None:  # fmt: skip
        self.under, self._months = under, months
        self.plans, self.names, self.notes = tuple(plans), tuple(names), tuple(notes)
        self.outcomes = {outcome.name: outcome for outcome in outcomes}
        self.keys, self.values, self.by, self.level, self.seconds = keys, values, by, level, seconds
        self._test = test

    @property
    def replicates(self) -> int:
        """Number of replicates of each scenario."""
        return int(self.values.shape[1])

    def difference(self, name: str, *, base: str | None = None) -> Paired:
        """Return the paired differences of a scenario less another (default: the first), one per key.

        Under an ensemble low and high are the ends of the band that holds a part `level` of its members' differences.
        """
        one, other = self._position(self.names[0] if base is None else base), self._position(name)
        found = paired_differences(self.values[one], self.values[other], level=self.level)
        if self.under is None:
            return found
        bands = band_columns(self.values[other] - self.values[one], level=self.level)
        return replace(found, low=bands["low"], high=bands["high"])

    def table(
        self, *, outcome: str | None = None, market: str | None = None, over: str | None = None, base: str | None = None
    ) -> pd.DataFrame:
        """Return scenario x outcome x market x over: means, difference to the base, interval, variance reduction.

        Under an ensemble also its members' quartiles and median difference, and the shares of members in which it is
        above 0 and exactly 0.
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
        gaps = self.values[self._position(name)] - self.values[self._position(base)]
        more = {} if self.under is None else band_columns(gaps, level=self.level)
        more = {column: more[column] for column in more if column not in ("low", "high")}
        return frame.assign(
            unit=[one.unit for one in measures], base_mean=before,
            scenario_mean=self.values[self._position(name)].mean(axis=0), difference=found.difference, low=found.low,
            high=found.high, relative=relative, variance_reduction=found.reduction, replicates=self.replicates,
            **more,
        )  # fmt: skip

    @property
    def ensemble_name(self) -> str:
        """Name of the ensemble, "" without one."""
        return "" if self.under is None else self.under.members.ensemble.name

    def over_time(self, outcome: str, *, market: str = WORLD, base: str | None = None) -> pd.DataFrame:
        """Return scenario x month: an outcome's mean and interval, and its paired difference to the base with its own.

        Columns: scenario, month, date, mean, low, high, difference, difference_low, difference_high, replicates; NaN in
        months without a value. market: a code, or "total" where the outcome has one. base: scenario the others are held
        against (default: the first), whose differences are 0. Under an ensemble low and high are the ends of the bands
        that hold a part `level` of its members. Errors: InputError for unknown names.
        """
        months = self._months
        if months is None:
            way = "Compare the scenarios again."
            raise InputError(Fault("over_time", "the comparison kept its months", "none", way))
        if outcome not in self.outcomes:
            raise InputError(Fault("outcome", "is one that was compared", outcome, nearest(outcome, [*self.outcomes])))
        against = self._position(self.names[0] if base is None else base)
        frame = months.frame(
            outcome, market, base=against, names=self.names, level=self.level, members=self.under is not None
        )
        first = self.plans[0].start_month
        frame.insert(2, "date", [show_month(first + int(month) - 1) for month in frame["month"]])
        return frame

    def fans(self) -> pd.DataFrame:
        """Return scenario x outcome x month: bands of levels and differences. Errors: InputError without an ensemble.

        Columns: kind ("level", "difference"), unit, q05, q25, median, q75, q95, mean, share_above (of differences).
        """
        return fan_table(self, self._under())

    def members(self) -> pd.DataFrame:
        """Return scenario x run: replicate, member, run id, own values. Errors: InputError without an ensemble."""
        return members_table(self, self._under())

    def fan_figure(self) -> Figure:
        """Return fans of the differences to the first scenario by month. Errors: InputError without an ensemble."""
        from model.experiments.comparing.fan_figure import differences_fan

        return differences_fan(self)

    def _under(self) -> Under:
        if self.under is None:
            way = "Compare with ensemble=... (--ensemble)."
            raise InputError(Fault("comparison", "was made under an ensemble", "replicates of one world", way))
        return self.under

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
                **({} if self.under is None else _agreed(values[one] - values[other], self.level)),
            })  # fmt: skip
        first, rest = order[0], order[1:]
        wins = all(self._test.is_above(first, other) for other in rest)
        return Ranking(
            outcome=self.by, order=tuple(self.names[one] for one in order),
            means=tuple(float(values[one].mean()) for one in order), pairs=pd.DataFrame(rows),
            winner=self.names[first] if wins else None, settled=self._test.settled(values), error=self._test.error,
            replicates=self.replicates,
        )  # fmt: skip

    def summary(self) -> str:
        """Return in words what was compared, which scenario is highest, and what moved: totals over the horizon."""
        from model.experiments.comparing.words import summary_text

        return summary_text(self)

    def variance_reduction(self) -> pd.DataFrame:
        """Return scenario x outcome: how many times fewer replicates pairing takes, totals over the horizon."""
        table = self.table(over=HORIZON)
        whole = table[table["market"] == WORLD]
        return whole.pivot(index="scenario", columns="outcome", values="variance_reduction").reindex(
            index=[name for name in self.names if name in set(whole["scenario"])],
            columns=[name for name in self.outcomes if name in set(whole["outcome"])],
        )  # fmt: skip

    @property
    def plot(self) -> ComparisonPlots:
        """Pictures of the comparison: differences of all outcomes or of one, fans under an ensemble."""
        from model.experiments.comparing.plots import ComparisonPlots

        return ComparisonPlots(self)

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
            **({} if self.under is None else {"ensemble": self.under.plain()}),
        }  # fmt: skip
        figures = {}
        if with_figure:
            figures["differences"] = png(self.figure())
            figures |= {} if self.under is None else {"fans": png(self.fan_figure())}
        more = {} if self.under is None else {"fans": self.fans(), "members": self.members()}
        place = Path(folder)
        save_answer(
            place, kind="comparison", plan=self.plans[0], question=question, figures=figures,
            tables={"differences": self.table(), "ranking": ranking.pairs, "values": self._long(), **more},
            plans=self.plans, names=self.names, replicates=0 if self.under else self.replicates,
        )  # fmt: skip
        return place

    def _long(self) -> pd.DataFrame:
        """Return scenario x replicate x key: every value."""
        frame = self.keys.to_frame(index=False)
        lived = range(self.replicates) if self.under is None else self.under.lived
        runs = [{"replicate": one} if isinstance(one, int) else {"replicate": one.replicate, "member": one.member}
                for one in lived]  # fmt: skip
        pieces = [
            frame.assign(scenario=name, value=self.values[at, number], **run)
            for at, name in enumerate(self.names)
            for number, run in enumerate(runs)
        ]
        return pd.concat(pieces, ignore_index=True)[["scenario", *runs[0], *frame.columns, "value"]]

    def _position(self, name: str) -> int:
        if name not in self.names:
            raise InputError(Fault("scenario", "is one that was compared", name, nearest(name, self.names)))
        return self.names.index(name)

    def _repr_html_(self) -> str:
        from model.experiments.comparing.card import comparison_html

        return comparison_html(self)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.names)}: {len(self.outcomes)} outcomes, {self.replicates} replicates>"


def _agreed(gaps: Floats, level: float) -> dict[str, float]:
    """Return the band of a pair's differences over the members, and in what share one is above or equal. gaps: (n,)."""
    found = band_columns(gaps[:, None], level=level)
    return {name: float(found[name][0]) for name in ("low", "high", "median", "share_above", "share_equal")}
