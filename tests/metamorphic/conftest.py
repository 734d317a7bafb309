"""Worlds in which one thing is changed and all else held, and what people are expected to do in either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import World
from model.spec.scenario import Scenario
from model.spec.settings import Setting

Floats = NDArray[np.float64]
ROUNDING = 2e-6
"""Of the people who choose in a month: what sums of float32 probabilities may be off by."""
MARKETS = ("IN", "ID", "BR")
MONTHS = (0, 1, 4)
"""Last months lived of the worlds that are forked."""


@dataclass(frozen=True)
class Arms:
    """Two worlds that left the same state and lived one market for a month: as it was, and with something changed."""

    before: MarketMonth
    plain: World
    changed: World

    @property
    def records(self) -> tuple[MarketMonth, MarketMonth]:
        return self.plain.records[-1], self.changed.records[-1]

    @property
    def gain(self) -> Floats:
        """(J+1,) people whom the change is expected to bring to each option by the end of the month."""
        plain, changed = (record.expected for record in self.records)
        assert plain is not None
        assert changed is not None
        gain: Floats = (changed.sum(axis=0) - changed.sum(axis=1)) - (plain.sum(axis=0) - plain.sum(axis=1))
        return gain

    @property
    def slack(self) -> float:
        """People that rounding may be worth."""
        return ROUNDING * max(float(record.expected.sum()) for record in self.records if record.expected is not None)

    def lose(self, options: Iterable[int]) -> bool:
        """Whether options together are expected to have no more people than without the change."""
        return float(self.gain[list(options)].sum()) <= self.slack

    def win(self, options: Iterable[int]) -> bool:
        """Whether options together are expected to have no fewer people than without the change."""
        return float(self.gain[list(options)].sum()) >= -self.slack

    def moved(self, options: Iterable[int]) -> bool:
        """Whether the change is expected to be felt, beyond rounding."""
        return abs(float(self.gain[list(options)].sum())) > 10.0 * self.slack


@dataclass(frozen=True, repr=False)
class Bench:
    """A baseline of some markets at several months, from which arms are forked.

    starts: where its settled starts are kept, for runs of plans like its own.
    """

    run: StreamingMarket
    worlds: dict[int, World]
    starts: StartStore

    @property
    def plan(self) -> Scenario:
        return self.run.plan

    def arms(self, market: str, settings: Sequence[Setting], *, month: int = 0, first: Sequence[Setting] = ()) -> Arms:
        """Return the arms of a change; first: what is set in both a month before they part."""
        root = self.worlds[month]
        if first:
            root = root.fork(settings=first, markets=[market], months=1)
        plain, changed = (root.fork(settings=given, markets=[market], months=1) for given in ((), settings))
        if first:
            return Arms(root.records[-1], plain, changed)
        return Arms(self.record(market, month), plain, changed)

    def record(self, market: str, month: int) -> MarketMonth:
        (found,) = (one for one in self.run.records if (one.market, one.month) == (market, month))
        return found

    def offers(self, market: str, nest: int, *, month: int = 0) -> list[tuple[int, str, str]]:
        """Return (option, service, tier) of a nest's open offers whose quality is known."""
        table = self.worlds[month].countries[market].offers
        return [
            (j, *table.names[j])
            for j in range(1, len(table))
            if table.nest[j] == nest and table.is_open[j] and np.isfinite(table.xi[j])
        ]

    def services(self, market: str, *, month: int = 0) -> list[str]:
        """Return the services that offer something, in the order of the market's."""
        there = {service for nest in (1, 2) for _, service, _ in self.offers(market, nest, month=month)}
        return [service for service in self.worlds[month].countries[market].platforms if service in there]

    def own(self, market: str, service: str, nest: int = 0) -> list[int]:
        """Return a service's options, all or those of a nest."""
        table = self.run.countries[market].offers
        return [j for j in table.of_platform(service) if nest in (0, table.nest[j])]

    def others(self, market: str, options: Iterable[int]) -> list[int]:
        """Return the options beside these, the outside one too."""
        return [j for j in range(len(self.run.countries[market].offers)) if j not in set(options)]


@pytest.fixture(scope="session")
def bench() -> Bench:
    starts = StartStore(None)  # settled once, kept in memory
    run = StreamingMarket(
        Scenario.load("baseline").replace({"users": 1000, "months": 6, "markets": list(MARKETS)}), starts=starts
    )
    worlds = {}
    for month in range(max(MONTHS) + 1):
        if month:
            run.step()
        if month in MONTHS:
            worlds[month] = run.fork()
    return Bench(run, worlds, starts)
