"""The runs behind the patterns, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from model.experiments.run import run
from model.facts.start import load_start
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.scenario import Scenario

THREE = ("IN", "ID", "BR")
DEVELOPED = ("AU", "DE", "GB", "JP", "SG", "US")
"""Markets that an elasticity of demand in developed markets is compared with."""


@dataclass
class PatternRuns:
    """Runs by short name: history, baseline, dearer, all_dearer, still, quiet_2022_06, gaana (tier closes), sony (too).

    dearer: all paid offers of Spotify cost a tenth more, one month. all_dearer: those of every service, twelve months,
    in developed markets.
    """

    starts: StartStore
    users: int
    tell: Callable[[str], None]
    _results: dict[str, RunResult] = field(default_factory=dict)

    def scenario(self, name: str) -> Scenario:
        """Return the scenario of a run."""
        if name == "history":
            return Scenario.load("history_2020_2022").replace({"months": 37, "users": self.users})
        if name == "still":
            return Scenario.load("quiet").replace({"users": self.users, "replicates": 8})
        if name in ("baseline", "dearer"):
            plan = Scenario.load("baseline").replace({"months": 12, "users": self.users})
            return plan if name == "baseline" else plan.replace({"months": 1, **self._dearer(only="spotify")})
        if name == "all_dearer":
            plan = Scenario.load("baseline").replace({"months": 12, "users": self.users, "markets": list(DEVELOPED)})
            return plan.replace(self._dearer(markets=DEVELOPED))
        plan = Scenario.load("sony_leaves").replace(
            {"markets": list(THREE), "months": 16, "users": self.users, "events": []}
        )
        gone = {"date": "2022-09", "kind": "tier_closes", "platform": "gaana", "markets": ["IN"], "tier": "free_ads"}
        left = {"date": "2022-09", "kind": "label_leaves", "platform": "resso", "label": "sony", "markets": list(THREE)}
        events = {"quiet_2022_06": [], "gaana": [gone], "sony": [gone, left]}[name]
        return plan.replace({"events": events}) if events else plan

    def _dearer(self, *, only: str | None = None, markets: tuple[str, ...] | None = None) -> dict[str, float]:
        """Return the levers that put every paid offer up by a tenth. only: of one service; markets: None for all."""
        start = load_start("2022-10")
        return {
            f"platforms.{offer.platform}.price.{code}.{offer.tier}": offer.price_local_month * 1.1
            for code, market in start.markets.items()
            for offer in market.offers
            if only in (None, offer.platform) and (markets is None or code in markets) and offer.payers
        }

    def result(self, name: str) -> RunResult:
        """Return a run's result."""
        if name not in self._results:
            self.tell(name)
            self._results[name] = run(self.scenario(name), starts=self.starts)
        return self._results[name]

    def id(self, name: str) -> str:
        """Return the scenario's name and the run id."""
        result = self.result(name)
        return f"{result.card.name} {next(iter(result.provenance.run_ids.values()))}"

    def services(self, name: str) -> pd.DataFrame:
        """Return month x market x platform."""
        return self.result(name).services

    def offers(self, name: str) -> pd.DataFrame:
        """Return month x market x platform x tier."""
        return self.result(name).offers

    def markets(self, name: str) -> pd.DataFrame:
        """Return month x market."""
        return self.result(name).markets

    def flows(self, name: str) -> pd.DataFrame:
        """Return the moves between main services; `attrs["payers"]` holds Spotify's before month 1, as main service."""
        flows = self.result(name).flows
        services = self.services(name)
        first = services[(services["month"] == 1) & (services["platform"] == "spotify")]
        flows.attrs["payers"] = float(first["payers_before"].sum())
        return flows

    def people(self, name: str, platform: str, date: str, *, market: str) -> float:
        """Return the users of a service in a market at the end of a month."""
        rows = self.services(name)
        chosen = rows[(rows["platform"] == platform) & (rows["date"] == date) & (rows["market"] == market)]
        return float(chosen["users"].sum())

    def label_income(self, name: str, label: str, markets: tuple[str, ...], *, first: str, last: str) -> float:
        """Return a label's royalties and guarantee top-ups in USD from `markets` over the months first to last."""
        rows = self.result(name).labels
        chosen = rows[(rows["label"] == label) & rows["market"].isin(markets) & rows["date"].between(first, last)]
        return float(chosen["royalties"].sum() + chosen["guarantee_top_ups"].sum())


def at(series: pd.Series[float], date: str) -> float:
    """Return the value at the end of a month, "YYYY-MM"."""
    return float(series[date])
