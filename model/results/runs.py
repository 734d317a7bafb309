"""A finished run: what a driver hands over to make results of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from model.market.assimilation import Settling
from model.market.deciding import Action
from model.market.licensing import TalkRecord
from model.market.record import MarketMonth


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class FinishedRun:
    """One run of a scenario.

    replicate: its number among those that share the start. records: every market and month, month 0 the opening stock.
    flows: payments of the closed months as `Ledger.flows()` gives them (months are calendar numbers). settlings: how
    the spin-up of each market went. notices: what the reader should know. seconds: time that it took. talks: about
    licences, those that are not over last. actions: what strategies set.
    """

    replicate: int
    records: Sequence[MarketMonth]
    flows: Mapping[str, NDArray[Any]]
    settlings: Mapping[str, Settling] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    seconds: float = 0.0
    talks: tuple[TalkRecord, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What the tables need beside the runs.

    start_month: calendar number of flow month 1. family_size: people per family account. repertoire: share of listening
    of each label by market. later: (market, service, tier) of offers that are not there at the start.
    """

    start_month: int
    family_size: float
    repertoire: Mapping[str, Mapping[str, float]]
    later: frozenset[tuple[str, str, str]] = frozenset()
