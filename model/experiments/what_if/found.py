"""What came out of a what if: both arms of every future, and their difference with its band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import Outcome, read_outcomes
from model.experiments.what_if.read_off import Arm, outcomes_kept
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import show_month
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.theory.quantiles import quantiles

Floats = NDArray[np.float64]
BAND = 0.9
"""Part of the futures that lies inside a band."""
_LEVELS = ((1.0 - BAND) / 2.0, 0.25, 0.5, 0.75, (1.0 + BAND) / 2.0)


@dataclass(frozen=True, slots=True)
class Gap:
    """The arms of one outcome in a market or in all, over the months ahead.

    without, changed: means over futures of each arm. difference: their difference. low, high: ends of the band that
    holds 90% of the futures' differences; quartiles and median between. above, equal: shares of the futures in which
    the difference is above 0, and exactly 0. Money is summed over the months, people are those of the last month.
    """

    without: float
    changed: float
    difference: float
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float
    above: float
    equal: float

    @property
    def is_zero(self) -> bool:
        """Whether the difference is exactly 0 in every future."""
        return self.equal == 1.0

    @property
    def is_clear(self) -> bool:
        """Whether the band lies on one side of 0."""
        return self.low > 0.0 or self.high < 0.0

    @property
    def relative(self) -> float:
        """The difference over the arm without the change; NaN where that is 0."""
        return self.difference / abs(self.without) if self.without else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """A run that branched after `month` and lived `months` on, with a change and without it, in several futures.

    plan: the scenario. settings, parameters: the change. lived: by future (without, changed); the first is the future
    that the run itself meets. Differences are paired: both arms of a future have the same random numbers.
    """

    plan: Scenario
    month: int
    months: int
    settings: tuple[Setting, ...]
    parameters: Mapping[str, float]
    lived: tuple[tuple[Arm, Arm], ...]

    @property
    def futures(self) -> int:
        """Number of futures lived."""
        return len(self.lived)

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing was set, so that both arms are the same run."""
        return not self.settings and not self.parameters

    @property
    def is_same(self) -> bool:
        """Whether every number kept is the same to the last bit in both arms of every future."""
        return all(one[name].same_as(other[name]) for one, other in self.lived for name in one)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome that can be asked for."""
        return outcomes_kept(self.lived[0][0])

    def date(self, month: int) -> str:
        """Return a run month as "YYYY-MM"."""
        return show_month(self.plan.start_month + month - 1)

    def arms(self, outcome: Outcome | str, *, market: str = "") -> Floats:
        """Return an outcome as (futures, 2, months): without the change, and with it; market "" for all together.

        Errors: InputError for an outcome or market that is not there.
        """
        one, markets = self._known(outcome), self._markets(market)
        return np.array([[arm[one.frame].sums(one, markets) for arm in arms] for arms in self.lived])

    def gap(self, outcome: Outcome | str, *, market: str = "") -> Gap:
        """Return the difference that the change makes over the months ahead."""
        one, arms = self._known(outcome), self.arms(outcome, market=market)
        told = arms.sum(axis=2) if one.measure.summary == "sum" else arms[:, :, -1]
        gaps = told[:, 1] - told[:, 0]
        low, quarter, median, three_quarters, high = quantiles(gaps, _LEVELS).tolist()
        without, changed = told.mean(axis=0).tolist()
        return Gap(without, changed, float(gaps.mean()), low, quarter, median, three_quarters, high,
                   float(np.mean(gaps > 0.0)), float(np.mean(gaps == 0.0)))  # fmt: skip

    def by_month(self, outcome: Outcome | str, *, market: str = "") -> pd.DataFrame:
        """Return month, date, without, changed, difference (means over futures), and the band's low and high."""
        arms = self.arms(outcome, market=market)
        gaps = arms[:, 1] - arms[:, 0]
        ends = quantiles(gaps.T, (_LEVELS[0], _LEVELS[-1]))
        months = self.lived[0][0]["markets"].months
        return pd.DataFrame({
            "month": months, "date": [self.date(int(month)) for month in months],
            "without": arms[:, 0].mean(axis=0), "changed": arms[:, 1].mean(axis=0),
            "difference": gaps.mean(axis=0), "low": ends[:, 0], "high": ends[:, 1],
        })  # fmt: skip

    def by_market(self, outcome: Outcome | str) -> pd.DataFrame:
        """Return the fields of `gap`, and `relative`, by market; the run's order."""
        one = self._known(outcome)
        there = set(self.lived[0][0][one.frame].market[self.lived[0][0][one.frame].who == one.who].tolist())
        codes = [code for code in self.plan.markets if code in there]
        gaps = [self.gap(one, market=code) for code in codes]
        rows = [{name: getattr(gap, name) for name in (*Gap.__slots__, "relative")} for gap in gaps]
        return pd.DataFrame(rows, index=pd.Index(codes, name="market"))

    def _known(self, outcome: Outcome | str) -> Outcome:
        one = read_outcomes([outcome], [self.plan], place="outcome")[0] if isinstance(outcome, str) else outcome
        if one not in self.outcomes:
            rule, known = "is kept of a what if", [each.name for each in self.outcomes]
            raise InputError(Fault("outcome", rule, one.name, nearest(one.name, known)))
        return one

    def _markets(self, market: str) -> Sequence[str]:
        if market and market not in self.plan.markets:
            rule = "is one of the run's markets"
            raise InputError(Fault("market", rule, market, nearest(market, self.plan.markets)))
        return [market] if market else list(self.plan.markets)


def worth_telling(found: WhatIf) -> tuple[str, ...]:
    """Return whose outcomes the change is about: the services and labels that it sets something of, in order."""
    whose = {one.who for one in found.outcomes}
    named = [name for one in found.settings for name in (one.service, one.item)]
    return tuple(dict.fromkeys(name for name in named if name and name in whose))
