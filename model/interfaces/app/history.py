"""The tables of a run that goes on: every month is worked out once, so that a step costs the same late as early."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pandas as pd

from model.experiments.run import actions_of, talks_of
from model.market.record import MarketMonth
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult
from model.results.card import ScenarioCard
from model.results.provenance import Provenance

GROWING = ("services", "markets", "labels", "advertising", "offers")
"""Tables that grow by the rows of the months since they were last asked for; the others are made anew."""


class History:
    """What a live run has shown so far. market: the run, read between two months only."""

    def __init__(self, market: StreamingMarket) -> None:
        self.card = ScenarioCard.of(market.plan)
        self.provenance = Provenance.of(self.card, replicates=[market.replicate])
        self._plan = market.plan
        self._grown: dict[str, tuple[int, pd.DataFrame]] = {}  # by table: its last month and its rows
        self._fresh: tuple[tuple[int, int], RunResult] | None = None  # months of it, and what was last added to tables
        self._lock = threading.Lock()

    def grow(self, market: StreamingMarket) -> RunResult:
        """Add the months lived since the last call; returns the result so far, safe to read from other threads."""
        return _SoFar(self, market)

    def rows(self, name: str, *, of: _SoFar) -> pd.DataFrame:
        """Return a growing table as it stood when a result was made."""
        with self._lock:
            made, rows = self._grown.get(name, (-1, None))
            if made < of.month:
                fresh = self._since(made, of=of).frame(name)
                fresh = fresh[fresh["month"] > made]
                rows = fresh if rows is None else pd.concat([rows, fresh], ignore_index=True)
                self._grown[name] = (of.month, rows)
        assert rows is not None
        return rows if made <= of.month else rows[rows["month"] <= of.month].reset_index(drop=True)

    def _since(self, month: int, *, of: _SoFar) -> RunResult:
        """Return the run from a month on: tables that want the same months share it, and what they gather from it."""
        if self._fresh is None or self._fresh[0] != (month, of.month):
            # The month before stands in the rows of its successor: who was a payer then.
            late = [one for one in of.runs[0].records if one.month >= month]
            result = RunResult(self.card, provenance=self.provenance, scenario=self._plan, runs=[of.run_of(late)])
            self._fresh = ((month, of.month), result)
        return self._fresh[1]


class _SoFar(RunResult):
    """A live run up to its month. month: the last one lived."""

    def __init__(self, history: History, market: StreamingMarket) -> None:
        self._history = history
        self._told: dict[str, Any] = {
            "replicate": market.replicate, "flows": market.ledger.flows(), "settlings": market.settlings,
            "talks": talks_of(market), "actions": actions_of(market),
        }  # fmt: skip
        self.month = market.month
        super().__init__(history.card, provenance=history.provenance, scenario=market.plan,
                         runs=[self.run_of(market.records)])  # fmt: skip

    def run_of(self, records: Sequence[MarketMonth]) -> FinishedRun:
        """Return the run with some of its records."""
        return FinishedRun(records=tuple(records), **self._told)

    def _made(self, name: str) -> pd.DataFrame:
        return self._history.rows(name, of=self) if name in GROWING else super()._made(name)
