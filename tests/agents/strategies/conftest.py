"""Small runs with strategies, and what it takes for each rule to have something to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from model.agents.strategies import Offer
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.spec.strategies import StrategyKind

STARTS = StartStore(None)
SMALL = {"users": 200, "months": 3, "markets": ["ID"]}
Play = Callable[..., StreamingMarket]
Row = dict[str, object]
BUSY: Mapping[str, Row] = {
    "best_response": {"review_months": 1, "look_ahead_months": 2, "users": 200, "lever": "marketing"},
    "maximise_income": {"label": "sony", "services": ["resso"], "look_ahead_months": 2},
    "partner": {"consent": "given"},
    "profit_target": {"margin": 1.0, "review_months": 1, "patience_months": 2},
    "hold_out": {"services": ["langit_musik"], "months": 2},
    "schedule": {"actions": [{"date": "2022-10", "kind": "price_change", "tier": "premium", "price": 45_000}]},
}  # fmt: skip
"""Choices with which a rule acts at once, beside its own defaults."""


def row_of(kind: StrategyKind, *, busy: bool = False) -> Row:
    """Return a table of the kind for Resso or Universal in Indonesia, Deezer where it enters."""
    row: Row = {"rule": kind.name, kind.side: "universal" if kind.side == "label" else "resso"}
    if kind.enters:
        row |= {"platform": "deezer", "entries": {"ID": {"date": "2022-11"}}}
    if "users" in kind.choices:
        row["users"] = 50
    if kind.name == "schedule":
        row["actions"] = [{"date": "2022-11", "kind": "marketing_change", "marketing": 1.0}]
    return {**row, **BUSY.get(kind.name, {})} if busy else row


def world_of(kind: StrategyKind) -> Row:
    """Return what a scenario has beside the rule so that there is something to do."""
    return {"markets": {"only": ["ID"], "ID": {"clips": {"universal": False}}}} if kind.name == "promote" else {}


def same(one: MarketMonth, other: MarketMonth) -> bool:
    """Tell whether two records are the same bits."""
    if (one.settlement is None) != (other.settlement is None) or (one.market, one.month) != (other.market, other.month):
        return False
    pairs = [(one.activity.users, other.activity.users), (one.activity.hours, other.activity.hours),
             (one.payers, other.payers), (one.price_local, other.price_local), (one.is_open, other.is_open),
             (one.available, other.available), (one.ad_load, other.ad_load)]  # fmt: skip
    if one.settlement is not None and other.settlement is not None:
        pairs += [(one.expected, other.expected), (one.settlement.royalties, other.settlement.royalties)]
        mine, theirs = one.settlement.accounts(), other.settlement.accounts()
        pairs += [(mine[line], theirs[line]) for line in mine]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def same_runs(one: StreamingMarket, other: StreamingMarket) -> bool:
    """Tell whether two runs are the same bits, books too."""
    return (
        len(one.records) == len(other.records)
        and all(same(a, b) for a, b in zip(one.records, other.records, strict=True))
        and one.ledger.balances() == other.ledger.balances()
    )


@pytest.fixture(scope="session", name="play")
def _play() -> Play:
    """`play({"resso": {"rule": "hold"}}, months=2)`: the small run with strategies, lived."""

    def live(tables: Mapping[str, object] | None = None, **more: object) -> StreamingMarket:
        plan = Scenario.from_mapping({**SMALL, **({"strategies": tables} if tables else {}), **more})
        run = StreamingMarket(plan, starts=STARTS)
        run.run()
        return run

    return live


@pytest.fixture(scope="session", name="plain")
def _plain(play: Play) -> StreamingMarket:
    """Return the small run without any strategy."""
    return play()


def lever(run: StreamingMarket, month: int, name: str, service: str, tier: str, market: str = "ID") -> float:
    """Return where an offer's price, advertising or opening stood in a month."""
    record = next(one for one in run.records if (one.market, one.month) == (market, month))
    values = {"price": record.price_local, "ad_load": record.ad_load, "open": record.is_open}[name]
    return float(values[1 + record.offers.index((service, tier))])


def acts(run: StreamingMarket) -> list[tuple[int, str, str, float]]:
    """Return (month, lever, item, value) of all that strategies set."""
    return [(one.month, one.setting.lever, one.setting.item, one.setting.value) for one in run.world.firms.actions]


class Stage:
    """An outlook that a test writes: offers by service, accounts by month, licences by month, profit by settings."""

    def __init__(self, plan, *, offers=None, margins=None, licensed=None, profit=None):
        self.plan, self.actor, self.markets = plan, plan.actor, plan.markets
        self.month, self.played = 1, 0
        self.shown = offers or {}
        self.margins, self.signed, self.gain = margins or {}, licensed or {}, profit
        self.asked = []

    @classmethod
    def of(cls, row, **more):
        """Return (rule, stage) of a table played in Indonesia."""
        plan = Scenario.from_mapping({**SMALL, "months": 60, "strategies": {"mine": row}}).strategies[0]
        return plan.kind.maker(plan), cls(plan, **more)

    def offers(self, market, service=""):
        """Return the offers that the test shows."""
        return tuple(self.shown.get(service or self.actor, ()))

    def account(self, line, market):
        """Return revenue of 1 and the margin of the month."""
        return 1.0 if line == "revenue" else self.margins.get(self.month, 0.0)

    def licensed(self, market, label):
        """Tell whether the label has signed by this month."""
        return self.month >= self.signed.get(label, 1)

    def lever(self, name, market, item="", *, service=""):
        """Return where a lever stands: 1."""
        return 1.0

    def set(self, name, market, value, item="", *, service=""):
        """Return the action."""
        return Setting(name, market, service or self.actor, item, float(value))

    def ahead(self, actions=(), *, months, users=2000):
        """Return a world whose profit the test computes from what is set."""
        self.asked.append((months, users))
        gain = self.gain({(one.lever, one.item): one.value for one in actions})
        return type("Lived", (), {"profit": lambda self, market="": gain})()

    def live(self, rule, months):
        """Return (month, lever, item, value) of what a rule sets in so many months."""
        found = []
        for _ in range(months):
            found += [(self.month, one.lever, one.item, one.value) for one in rule.decide(self)]
            self.month, self.played = self.month + 1, self.played + 1
        return found


def offer(tier="individual", price=100.0, service="resso", *, paid=True):
    """Return an offer as an outlook shows it."""
    return Offer(service, tier, price, price / 100.0, 1000.0, 0.0, 0.0, paid)
