"""One life of a calibration: the record played forward at one point, and short runs beside it that tell elasticities.

What is kept is every series that the record has too (`model.experiments.history`), not the moments alone, so that the
same lives serve calibrations of shorter windows and the backtest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from model.experiments.history import modelled_series
from model.experiments.pattern_runs import DEVELOPED
from model.experiments.run import live_replicate, warm_up
from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.plan import as_text
from model.facts.start import load_start
from model.foundation.errors import ResonanceError
from model.foundation.version import VERSION
from model.market.start_store import StartStore
from model.results import RunResult
from model.results.provenance import start_digest
from model.spec.scenario import Scenario
from model.spec.travel import plain_scenario, scenario_of

DEARER = 1.1
"""Factor on prices in the runs that tell elasticities."""
A_YEAR = 12
_PACKAGE = Path(__file__).resolve().parents[2]
_LIVED = ("foundation", "spec", "facts", "theory", "state", "mechanisms", "agents", "market", "results")
_ASIDE = ("theory/emulator.py", "theory/emulator_fit.py", "theory/chains.py", "theory/scores.py")
_SHOWN = ("plot", "card", "canvas", "palette", "picture", "layout", "shown", "places", "summary", "magnitude")
"""Words in the names of the modules of `results` that only show what was lived."""
_BESIDE = (
    "experiments/run.py", "experiments/pattern_runs.py", "experiments/calibration/lives.py",
    "experiments/history/modelled.py", "experiments/history/scaling.py", "experiments/history/metrics.py",
    "experiments/history/single_figures.py",
)  # fmt: skip
PAID = ("mini", "student", "individual", "family_per_head", "premium")


class OtherModelError(ResonanceError):
    """A worker has another model than the one that the lives were planned with."""

    stage = "setting up"


@cache
def lived_version() -> str:
    """Return the version with a digest of all code and tables that a life passes through.

    Unlike `model_version` it leaves out the experiments and the interfaces: lives stay good when a page or a figure
    about them is changed.
    """
    digest = hashlib.blake2b(digest_size=6)
    for folder in _LIVED:
        for path in sorted([*(_PACKAGE / folder).rglob("*.py"), *(_PACKAGE / folder).rglob("*.csv")]):
            place = path.relative_to(_PACKAGE).as_posix()
            shows = folder == "results" and any(word in path.stem for word in _SHOWN)
            if place not in _ASIDE and not shows:
                digest.update(place.encode())
                digest.update(hashlib.blake2b(path.read_bytes()).digest())
    for module in _BESIDE:
        digest.update(hashlib.blake2b((_PACKAGE / module).read_bytes()).digest())
    return f"{VERSION}+{digest.hexdigest()}"


def life_id(plan: Scenario) -> str:
    """Return the id of a life: sixteen hexadecimal digits for its scenario with seed, its start, and the model."""
    text = as_text(["life", lived_version(), start_digest(plan.start), plan.seed, plan.canonical()])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class LifeWork:
    """The work of a calibration's lives, called with a case in any process.

    sources: plain values: the scenario, and the version of the model that planned it. A case's work holds `seed` and
    `values`, the parameters of its point by name.
    """

    sources: Mapping[str, Any]

    @classmethod
    def of(cls, plan: Scenario) -> LifeWork:
        """Return the work of lives of a scenario."""
        return cls({"scenario": plain_scenario(plan), "version": lived_version()})

    def __call__(self, case: Case) -> Rows:
        """Return the rows of one life. Errors: whatever goes wrong in it, OtherModelError for another model."""
        if self.sources["version"] != lived_version():
            here, there = lived_version(), self.sources["version"]
            raise OtherModelError(f"this worker has the model {here}; the lives were planned with {there}")
        warm_up()
        work: Mapping[str, Any] = case.work
        begun = perf_counter()
        plan = placed(scenario_of(self.sources["scenario"]), seed=work["seed"], values=work["values"])
        starts = StartStore(None)
        result = _lived(plan, starts)
        series, told = modelled_series(result), told_by(plan, result, starts=starts)
        return {
            "outcomes": {"name": list(told), "value": list(told.values())},
            "series": {name: series[name].tolist() for name in ("entity", "market", "metric", "date", "value")},
            "runs": {"seconds": [perf_counter() - begun]},
        }


def placed(plan: Scenario, *, seed: int, values: Mapping[str, float]) -> Scenario:
    """Return a scenario with a seed and parameters."""
    return plan.replace({"seed": seed, **{f"parameters.{name}": value for name, value in values.items()}})


def told_by(plan: Scenario, result: RunResult, *, starts: StartStore) -> dict[str, float]:
    """Return the moments that the literature tells of, by name, NaN where the markets do not allow it.

    The share of won payers who came from the free tier, over the first year of the run; elasticities from runs with
    prices up by a tenth, on the run's own start and draws: Spotify's for a month, all services' for a year.
    """
    short, dear = (plan.replace({"months": 1, "events": [], **more}) for more in ({}, _dearer(plan, only="spotify")))
    base, up = _lived(short, starts), _lived(dear, starts)
    step = np.log(DEARER)
    return {
        "from_free": _from_free(result.services),
        "choice_elasticity": _log_ratio(_won(up), _won(base)) / step,
        "retention_elasticity": _log_ratio(_kept(up), _kept(base)) / step,
        "category_elasticity": _category(plan, starts) / step,
    }


def _lived(plan: Scenario, starts: StartStore) -> RunResult:
    return RunResult.from_runs(plan, [live_replicate(plan, replicate=0, starts=starts)])


def _dearer(plan: Scenario, *, only: str | None = None) -> dict[str, float]:
    """Return the levers that put paid offers of the start up by a tenth. only: of one service."""
    start, names = load_start(plan.start), plan.names
    return {
        f"platforms.{offer.platform}.price.{code}.{offer.tier}": offer.price_local_month * DEARER
        for code in plan.markets
        for offer in start.markets[code].offers
        if offer.payers and only in (None, offer.platform) and names.is_there(code, offer.platform)
    }


def _category(plan: Scenario, starts: StartStore) -> float:
    """Return the log change of people who pay after a year in developed markets when all prices rise."""
    markets = [code for code in DEVELOPED if code in plan.markets]
    if not markets or plan.months < A_YEAR:
        return float("nan")
    year = plan.replace({"months": A_YEAR, "markets": markets, "events": []})
    paying = [_paying(_lived(year.replace(more), starts)) for more in (_dearer(year), {})]
    return _log_ratio(*paying)


def _paying(result: RunResult) -> float:
    last = result.markets[result.markets["month"] == A_YEAR]
    return float(last["people_paying"].sum())


def _from_free(services: pd.DataFrame) -> float:
    year = services[(services["platform"] == "spotify") & services["month"].between(1, A_YEAR)]
    won = float(year["gross_payer_adds"].sum())
    return 100.0 * float(year["conversions_from_free"].sum()) / won if won > 0.0 else float("nan")


def _won(result: RunResult) -> float:
    """Return expected people who take a paid tier of Spotify in month 1 and had nothing of Spotify."""
    flows = result.flows
    new = _among(flows, "to", PAID) & (flows["from_platform"] != "spotify")
    return float(flows[new]["expected"].sum())


def _kept(result: RunResult) -> float:
    """Return the expected part of Spotify's payers who still are after month 1."""
    flows, services = result.flows, result.services
    gone = _among(flows, "from", PAID) & ~_among(flows, "to", PAID)
    first = services[(services["month"] == 1) & (services["platform"] == "spotify")]
    before = float(first["payers_before"].sum())
    return 1.0 - float(flows[gone]["expected"].sum()) / before if before > 0.0 else float("nan")


def _among(flows: pd.DataFrame, side: str, tiers: Sequence[str]) -> pd.Series[bool]:
    """Return which flows of month 1 come from, or go to, tiers of Spotify. side: "from" or "to"."""
    own = flows[f"{side}_platform"] == "spotify"
    return (flows["month"] == 1) & own & flows[f"{side}_tier"].isin(tiers)


def _log_ratio(up: float, base: float) -> float:
    return float(np.log(up / base)) if up > 0.0 and base > 0.0 else float("nan")
