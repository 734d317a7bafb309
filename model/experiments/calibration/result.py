"""What a calibration found, as tables, an ensemble and a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from model.experiments.calibration.coverage import IDENTIFIED, Coverage
from model.experiments.calibration.lives import lived_version
from model.experiments.calibration.plan import CalibrationPlan
from model.experiments.calibration.priors import values_at
from model.experiments.calibration.waves import Lives
from model.experiments.ensembles import Ensemble
from model.experiments.ensembles.file import as_text
from model.experiments.history import WORLD, recorded_series
from model.foundation.version import model_version
from model.theory.arrays import BoolArray, FloatArray
from model.theory.chains import Chain
from model.theory.emulator import Emulator
from model.theory.quantiles import weighted_quantiles

LEVELS = (0.05, 0.5, 0.95)
STRONG = 0.5
"""Size of a correlation from which on it is told."""
Z_90 = 1.6449
YEAR_ENDS = ("2020-12", "2021-12", "2022-12")


@dataclass(frozen=True, eq=False)
class CalibrationResult:
    """A posterior and all that shows how far to trust it.

    active: (d,) parameters that move some moment; the others stay as believed before. screening: by parameter.
    emulator: of the active ones, by the two waves, as it was checked. first, second, truths: lives; draws: lives of
    draws from a first posterior, which that emulator gave. lived_weights: (lives of `draws`,) of the last posterior
    against the first, with sum 1; power: to which they were raised. chain: of the last posterior, by the emulators of
    all lives, in the unit cube of the active parameters. members: (n, d) of its draws, in the unit cube, equal in
    weight. coverage: the check on known truths.
    """

    plan: CalibrationPlan
    active: BoolArray
    screening: pd.DataFrame
    emulator: Emulator
    first: Lives
    second: Lives
    truths: Lives
    draws: Lives
    lived_weights: FloatArray
    power: float
    members: FloatArray
    chain: Chain
    coverage: Coverage

    @cached_property
    def values(self) -> FloatArray:
        """Parameters of the members, (n, d), in declared units."""
        return values_at(self.plan.priors, self.members)

    @property
    def weights(self) -> FloatArray:
        """Weights of the members, (n,), all the same."""
        return np.full(len(self.members), 1.0 / len(self.members))

    @cached_property
    def posterior(self) -> pd.DataFrame:
        """A row per parameter: its interval before and after, how much narrower it is, and what the record says of it.

        contraction: 1 - width after / width before of the 90% intervals in the prior's own quantiles. verdict: "told",
        "not told" (moves moments, but the record does not tell its value), "silent" (moves no moment; as before).
        """
        rows = []
        at = 0
        for prior, active in zip(self.plan.priors, self.active, strict=True):
            before = prior.at(LEVELS)
            own = np.array(LEVELS)
            if active:
                own = np.quantile(self.chain.draws[:, at], LEVELS)
                at += 1
            after = prior.at(own)
            contraction = float(1.0 - (own[2] - own[0]) / (LEVELS[2] - LEVELS[0]))
            verdict = "silent" if not active else "told" if contraction >= IDENTIFIED else "not told"
            rows.append((prior.name, prior.line.unit, prior.shape, *before, *after, contraction, verdict))
        ends = [f"{when}_{name}" for when in ("before", "after") for name in ("5", "50", "95")]
        columns = ["parameter", "unit", "prior", *ends, "contraction", "verdict"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def correlations(self) -> pd.DataFrame:
        """Correlations of active parameters in the posterior, in the prior's quantiles."""
        names = [name for name, active in zip(self.plan.names, self.active, strict=True) if active]
        found = np.atleast_2d(np.corrcoef(self.chain.draws, rowvar=False))
        return pd.DataFrame(found, index=pd.Index(names, name="parameter"), columns=names)

    @property
    def strong_pairs(self) -> list[tuple[str, str, float]]:
        """Pairs of parameters that the record tells together only, strongest first."""
        table = self.correlations.to_numpy()
        names = list(self.correlations.columns)
        found = [(names[i], names[j], float(table[i, j])) for i in range(len(names)) for j in range(i)]
        return sorted((one for one in found if abs(one[2]) >= STRONG), key=lambda one: -abs(one[2]))

    @cached_property
    def moments(self) -> pd.DataFrame:
        """A row per moment: recorded, tolerance, intervals of lives before and of draws after, and whether it is met.

        tolerance: standard deviation of record and discrepancy. gap: recorded less the weighted mean of the lived
        draws, in standard deviations of tolerance and draws together. met: a gap of 1.64 or less: nine in ten would be.
        """
        targets = self.plan.targets
        tolerance = np.sqrt(targets.variance)
        before = np.quantile(self.first.moments, LEVELS, axis=0)
        found = self.draws.moments
        mean = self.lived_weights @ found
        spread = np.sqrt(self.lived_weights @ (found - mean) ** 2)
        after = weighted_quantiles(found.T, self.lived_weights, LEVELS).T
        gap = (targets.value - mean) / np.sqrt(tolerance**2 + spread**2)
        return pd.DataFrame({
            "moment": targets.names, "words": [one.words for one in targets.moments], "recorded": targets.value,
            "error": targets.error, "discrepancy": targets.discrepancy, "tolerance": tolerance,
            **{f"before_{name}": before[at] for at, name in enumerate(("5", "50", "95"))},
            **{f"after_{name}": after[at] for at, name in enumerate(("5", "50", "95"))},
            "gap": gap, "met": np.abs(gap) <= Z_90, "source": targets.table["source"],
        })  # fmt: skip

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Spotify's users and payers in the world at the ends of years, millions: recorded, and of lived draws.

        Not looked at by the calibration, whose moments are growth: they show what the growth met comes to.
        """
        recorded, series = recorded_series(until=self.plan.until), self.draws.series
        rows = []
        for metric, words in (("users", "Spotify's users, world"), ("payers", "Spotify's payers, world")):
            record = _of_world(recorded, metric)
            own = _of_world(series, metric)
            for date in (date for date in YEAR_ENDS if date <= self.plan.until):
                lived = own[own["date"] == date].sort_values("life")["value"].to_numpy()
                told = weighted_quantiles(lived, self.lived_weights, LEVELS)
                rows.append((words, date, float(record.loc[record["date"] == date, "value"].iloc[0]), *told))
        return pd.DataFrame(rows, columns=["words", "date", "recorded", "5", "50", "95"])

    @cached_property
    def emulators(self) -> pd.DataFrame:
        """A row per moment: noise of a life, error of the emulator for lives left out, and the tolerance."""
        one, targets = self.emulator, self.plan.targets
        return pd.DataFrame({
            "moment": targets.names, "noise": np.sqrt(one.noise), "error_left_out": one.error,
            "misfit": np.sqrt(one.misfit), "explained": one.explained, "tolerance": np.sqrt(targets.variance),
        })  # fmt: skip

    @cached_property
    def ensemble(self) -> Ensemble:
        """The members with their weights, as forecasts take them."""
        window = self.plan.until
        return Ensemble(
            name=f"posterior_{window.replace('-', '_')}",
            about=f"Draws of {len(self.plan.priors)} parameters after the record of December 2019 to {window}; "
            "what the record does not tell stays as wide as it was believed to be.",
            parameters=self.plan.names, values=self.values, weights=self.weights, made=self.made,
        )  # fmt: skip

    @property
    def made(self) -> Mapping[str, object]:
        """How the ensemble came about, in plain values."""
        plan, sizes = self.plan, self.plan.sizes
        return {
            "method": "calibration by emulators: two waves, checked on known truths, draws lived, emcee",
            "scenario": plan.scenario.name, "scenario_digest": plan.scenario.digest, "digest": plan.digest,
            "model_version": model_version(), "lived_version": lived_version(), "window": ["2019-12", plan.until],
            "markets": list(plan.scenario.markets), "users_per_market": plan.scenario.users,
            "seed": plan.scenario.seed, "lives": sizes.lives, "draws_lived": len(self.draws),
            "moments": {name: float(value) for name, value in zip(plan.targets.names, plan.targets.value, strict=True)},
            "priors": {one.name: [one.low, one.high, one.shape] for one in plan.priors},
            "coverage_90": round(self.coverage.part, 4), "variances_widened_by": self.coverage.factor,
            "coverage_90_told": None if np.isnan(self.coverage.part_told) else round(self.coverage.part_told, 4),
            "weights_power": self.power, "told": self.by_verdict("told"), "not_told": self.by_verdict("not told"),
            "silent": self.by_verdict("silent"),
            "missed": self.moments.loc[~self.moments["met"], "moment"].tolist(),
        }  # fmt: skip

    def by_verdict(self, verdict: str) -> list[str]:
        """Return the parameters of a verdict of `posterior`."""
        table = self.posterior
        return [str(name) for name in table.loc[table["verdict"] == verdict, "parameter"]]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by the name of their file."""
        members = pd.DataFrame(self.values, columns=list(self.plan.names)).assign(weight=self.weights)
        return {
            "posterior": self.posterior, "moments": self.moments, "levels": self.levels,
            "coverage": self.coverage.table, "coverage_by_factor": self.coverage.ladder,
            "correlations": self.correlations.reset_index(),
            "screening": self.screening, "emulators": self.emulators, "members": members,
        }  # fmt: skip

    def save(self, folder: Path) -> None:
        """Write tables, figures and the ensemble beside the lives, in place of an earlier answer there."""
        from model.experiments.answer_folder import save_answer
        from model.experiments.calibration.page import results_section
        from model.experiments.calibration.pictures import figures_of

        figures = figures_of(self)
        question = json.loads(json.dumps(self.made))
        pages = {ENSEMBLE: as_text(self.ensemble.plain()), PAGE: results_section(self)}
        save_answer(folder, kind=KIND, plan=self.plan.scenario, question=question, tables=self.tables, figures=figures,
                    pages=pages, beside=BESIDE)  # fmt: skip


def _of_world(series: pd.DataFrame, metric: str) -> pd.DataFrame:
    own = (series["entity"] == "spotify") & (series["market"] == WORLD) & (series["metric"] == metric)
    return series[own]


KIND = "calibration"
ENSEMBLE = "ensemble.json"
PAGE = "results.md"
BESIDE = frozenset({"lives", ENSEMBLE, PAGE})
