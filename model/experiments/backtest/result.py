"""A backtest's answer: forecasts, scores, and what they come to; kept as tables, figures and a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from model.experiments.backtest.forecasting import Forecast
from model.experiments.backtest.scoring import (
    Chance,
    chance_of,
    coverage_table,
    forecast_table,
    horizon_table,
    score_table,
    series_table,
)
from model.experiments.backtest.series import Lived, Series, Target, Window
from model.experiments.backtest.told import NAME, Told
from model.experiments.calibration.lives import lived_version
from model.experiments.history import SeriesKey
from model.foundation.version import model_version
from model.spec.scenario import Scenario
from model.theory.concentration import effective_number

KIND = "backtest"


@dataclass(frozen=True, eq=False)
class Backtest:
    """What was known, what was forecast of what came after, and what came.

    window: its two ends. plan: the scenario that members lived. made: how the ensemble came about, in plain values.
    known: series of the training window. lived: what members lived. forecasts: made of `known` and `lived` alone.
    outcomes: what they are scored against. notices: what was left out or taken over, in words.
    """

    window: Window
    plan: Scenario
    made: Mapping[str, object]
    known: Mapping[SeriesKey, Series]
    lived: Lived
    forecasts: tuple[Forecast, ...]
    outcomes: Mapping[Target, float]
    notices: tuple[str, ...]

    @cached_property
    def forecast_rows(self) -> pd.DataFrame:
        """A row per forecast, with its quantiles."""
        return forecast_table(self.forecasts, window=self.window)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """A row per forecast and outcome, with its score."""
        return score_table(self.forecasts, self.outcomes, window=self.window)

    @cached_property
    def series(self) -> pd.DataFrame:
        """A row per series, with wins and losses."""
        return series_table(self.scores)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """A row per method: how many outcomes its intervals held."""
        return coverage_table(self.scores)

    @cached_property
    def horizons(self) -> pd.DataFrame:
        """A row per months ahead and naive rule."""
        return horizon_table(self.scores)

    @property
    def chance(self) -> Chance:
        """Wins, and what chance alone would give."""
        return chance_of(self.series)

    @property
    def told(self) -> Told:
        """What it came to, as it is kept and shown."""
        weights, plan = self.lived.weights, self.plan
        made = {name: self.made[name] for name in ("name", "method", "window", "digest") if name in self.made}
        return Told(
            window=self.window, made=made, members=int(weights.size), worth=float(effective_number(weights)),
            users=plan.users, markets=len(plan.markets), scenario_digest=plan.digest, model_version=model_version(),
            lived_version=lived_version(), series=self.series, coverage=self.coverage, horizons=self.horizons,
            notices=self.notices,
        )  # fmt: skip

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by the name of their file."""
        return {"forecasts": self.forecast_rows, "scores": self.scores, "series": self.series,
                "coverage": self.coverage, "horizons": self.horizons}  # fmt: skip

    def save(self, folder: Path) -> None:
        """Write tables, figures and the page, in place of an earlier answer there."""
        from model.experiments.answer_folder import save_answer
        from model.experiments.backtest.page import backtest_page
        from model.experiments.backtest.pictures import figures_of

        question = json.loads(json.dumps({
            "train_until": self.window.train_until, "test_until": self.window.test_until, "ensemble": dict(self.made),
        }))  # fmt: skip
        save_answer(folder, kind=KIND, plan=self.plan, question=question, tables=self.tables,
                    figures=figures_of(self), pages={PAGE: backtest_page(self), NAME: self.told.text()},
                    beside=BESIDE)  # fmt: skip


PAGE = "backtest.md"
BESIDE = frozenset({"members", "calibration", PAGE, NAME})
"""What stands in the folder of an answer beside tables and figures: lives, a calibration, the page, what it tells."""
