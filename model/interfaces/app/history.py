"""The tables of a run that goes on: every month is worked out once, so that a step costs the same late as early."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from model.experiments.run import actions_of, talks_of
from model.market.record import MarketMonth
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult
from model.results.card import ScenarioCard
from model.results.provenance import Provenance

GROWING = ("services", "markets", "labels", "advertising", "offers")
"""Tables that grow by a month's rows; the others are made anew when they are asked for."""


class History:
    """What a live run has shown so far. market: the run, read between two months only."""

    def __init__(self, market: StreamingMarket) -> None:
        self._card = ScenarioCard.of(market.plan)
        self._provenance = Provenance.of(self._card, replicates=[market.replicate])
        self._parts: dict[str, list[pd.DataFrame]] = {name: [] for name in GROWING}
        self._made = -1
        self.result = self._read(market)

    def grow(self, market: StreamingMarket) -> RunResult:
        """Add the months lived since the last call; returns the result so far, safe to read from other threads."""
        self.result = self._read(market)
        return self.result

    def _read(self, market: StreamingMarket) -> RunResult:
        records = tuple(market.records)
        # The month before stands in the rows of its successor: who was a payer then.
        fresh = RunResult.from_runs(market.plan, [_run(market, [one for one in records if one.month >= self._made])])
        for name in GROWING:
            rows = fresh.frame(name)
            self._parts[name].append(rows[rows["month"] > self._made])
        self._made = market.month
        frames = {name: pd.concat(parts, ignore_index=True) for name, parts in self._parts.items()}
        for name, frame in frames.items():
            self._parts[name] = [frame]
        return RunResult(
            self._card, provenance=self._provenance, scenario=market.plan, runs=[_run(market, records)], frames=frames,
        )  # fmt: skip


def _run(market: StreamingMarket, records: Sequence[MarketMonth]) -> FinishedRun:
    return FinishedRun(
        replicate=market.replicate, records=records, flows=market.ledger.flows(), settlings=market.settlings,
        talks=talks_of(market), actions=actions_of(market),
    )  # fmt: skip
