"""What came out of an explanation: shares of a difference, as table, words, waterfall and folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from model.experiments.answer_folder import save_answer
from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome
from model.experiments.comparing.paired import t_half_width
from model.experiments.explaining.shares import Plan, shares
from model.experiments.explaining.waterfall import Fall, Step, waterfall
from model.foundation.errors import Fault, nearest, raise_faults
from model.results.magnitude import magnitude
from model.results.picture_bytes import png
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from model.experiments.explaining.plots import ExplainedPlots

Floats = NDArray[np.float64]


class ExplainedDifference:
    """Shares of a difference. names: of the two scenarios. differences: what they do differently, in words.

    keys: (outcome, market or "total", "end" or "horizon"). worth: by group (bit mask over the differences taken over),
    (replicates, keys). shares: (differences, replicates, keys); they add up to the difference. error: half a 90%
    interval of what sampled orders leave open, (differences, keys), 0 where all groups were run.
    """

    def __init__(
        self, *, plans: tuple[Scenario, Scenario], names: tuple[str, str], differences: Sequence[str], outcome: Outcome,
        plan: Plan, keys: pd.MultiIndex, worth: Mapping[int, Floats], notes: Sequence[str], level: float,
    ) -> None:  # fmt: skip
        self.plans, self.names, self.differences = plans, names, tuple(differences)
        self.outcome, self.keys, self.worth, self.notes, self.level = outcome, keys, dict(worth), tuple(notes), level
        self.groups = plan
        self.shares, _ = shares(plan, lambda group: self.worth[group])
        _, self.error = shares(plan, lambda group: self.worth[group].mean(axis=0))

    @property
    def replicates(self) -> int:
        """Number of replicates of each world between the two."""
        return int(self.worth[0].shape[0])

    def table(self, *, market: str = WORLD, over: str = HORIZON) -> pd.DataFrame:
        """Return what each difference explains, the largest first.

        share: mean over replicates; low, high: its interval; part: of the whole difference; alone: what it does by
        itself in the first scenario; last: what it adds when all else is as in the second; sampling: half a 90%
        interval of what sampled orders leave open. The shares add up to the difference. Errors: InputError.
        """
        column = self._column(market, over)
        found = self.shares[:, :, column]
        half = t_half_width(found.T, level=self.level)
        mean = found.mean(axis=1)
        whole = float((self.worth[self.groups.whole] - self.worth[0])[:, column].mean())
        numbers = range(len(self.differences))
        table = pd.DataFrame({
            "difference": self.differences, "share": mean, "low": mean - half, "high": mean + half,
            "part": mean / whole if whole else np.nan,
            "alone": [self._gap(1 << one, 0, column) for one in numbers],
            "last": [self._gap(self.groups.whole, self.groups.whole & ~(1 << one), column) for one in numbers],
            "sampling": self.error[:, column],
        })  # fmt: skip
        order = np.argsort(-np.abs(mean), kind="stable")
        return table.iloc[order].reset_index(drop=True)

    def ends(self, *, market: str = WORLD, over: str = HORIZON) -> tuple[float, float]:
        """Return the outcome's mean in the first and in the second scenario."""
        column = self._column(market, over)
        return tuple(float(self.worth[group][:, column].mean()) for group in (0, self.groups.whole))  # type: ignore[return-value]

    def text(self, *, market: str = WORLD, over: str = HORIZON) -> str:
        """Return the explanation in a sentence."""
        first, second = self.ends(market=market, over=over)
        table = self.table(market=market, over=over)
        size, sign = magnitude(max(abs(first), abs(second)))

        def told(value: float, plus: str = "") -> str:
            return f"{value / size:{plus},.4g}{' ' if sign else ''}{sign}"

        parts = ", ".join(f"{row['difference']} {told(row['share'], '+')}" for row in table.head(5).to_dict("records"))
        more = f" and {len(table) - 5} more" if len(table) > 5 else ""
        orders = self.groups.orders
        how = "all groups" if orders is None else f"{len(orders)} sampled orders"
        return (
            f"{self.outcome.label}, {_where(market)}: {told(first)} in {self.names[0]}, {told(second)} in "
            f"{self.names[1]}, a difference of {told(second - first, '+')} {self.outcome.unit(over)}: {parts}{more} "
            f"(Shapley shares over {how}, {self.replicates} replicate{'' if self.replicates == 1 else 's'})."
        )

    def figure(self, *, market: str = WORLD, over: str = HORIZON) -> Figure:
        """Return a waterfall from the first scenario to the second."""
        table = self.table(market=market, over=over)
        steps = tuple(Step(row["difference"], row["share"], row["low"], row["high"])
                      for row in table.to_dict("records"))  # fmt: skip
        first, _ = self.ends(market=market, over=over)
        plan = self.plans[0]
        when = "at the end" if over == END else self.outcome.over
        return waterfall(
            [Fall("", first, steps, self.names[0], self.names[1])], unit=f"{self.outcome.unit(over)}, {when}",
            title=f"Why {self.names[1]} differs from {self.names[0]}",
            subtitle=f"{self.outcome.label}, {_where(market)}, {plan.months} months from {plan.start}; Shapley shares, "
            f"{self.level:.0%} intervals over {self.replicates} replicates",
        )  # fmt: skip

    def save(self, folder: str | Path, *, market: str = WORLD, over: str = HORIZON) -> Path:
        """Write all tables, the figure and the question to a folder, in place of an earlier explanation there."""
        pieces = [
            self.table(market=str(place), over=str(when)).assign(market=place, over=when)
            for _, place, when in self.keys
        ]
        question = {
            "scenarios": dict(zip(self.names, (plan.digest for plan in self.plans), strict=True)),
            "outcome": self.outcome.name, "replicates": self.replicates, "exact": self.groups.is_exact,
            "groups": len(self.groups.groups), "answer": self.text(market=market, over=over), "notes": list(self.notes),
        }  # fmt: skip
        place = Path(folder)
        save_answer(place, kind="why", plan=self.plans[0], question=question,
                    tables={"shares": pd.concat(pieces, ignore_index=True), "worlds": self._worlds()},
                    figures={"waterfall": png(self.figure(market=market, over=over))},
                    plans=self.plans, names=self.names)  # fmt: skip
        return place

    def _worlds(self) -> pd.DataFrame:
        """Return group x key: which differences are taken over, and the mean of the outcome."""
        frame = self.keys.to_frame(index=False)
        pieces = []
        for group in self.groups.groups:
            taken = [name for one, name in enumerate(self.differences) if group >> one & 1]
            pieces.append(frame.assign(taken="; ".join(taken), value=self.worth[group].mean(axis=0)))
        return pd.concat(pieces, ignore_index=True)

    def _gap(self, group: int, other: int, column: int) -> float:
        return float((self.worth[group] - self.worth[other])[:, column].mean())

    def _column(self, market: str, over: str) -> int:
        markets, overs = (list(dict.fromkeys(self.keys.get_level_values(name))) for name in ("market", "over"))
        raise_faults([
            Fault(place, "is one that was read", value, nearest(value, known))
            for place, value, known in (("market", market, markets), ("over", over, overs)) if value not in known
        ])  # fmt: skip
        found = self.keys.get_loc((self.outcome.name, market, over))
        assert isinstance(found, int)
        return found

    @property
    def plot(self) -> ExplainedPlots:
        """Pictures of the explanation: a waterfall."""
        from model.experiments.explaining.plots import ExplainedPlots

        return ExplainedPlots(self)

    def _repr_html_(self) -> str:
        from model.experiments.explaining.card import explained_html

        return explained_html(self)

    def __repr__(self) -> str:
        return f"<ExplainedDifference of {' and '.join(self.names)}: {len(self.differences)} differences>"


def _where(market: str) -> str:
    return "all markets" if market == WORLD else market
