"""Penetrate, then harvest: cheap and loud first, dearer later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.agents.strategies.tiers import same_tier
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, StrategyPlan, Word


class PenetrateThenHarvest(Strategy):
    """Sells a tier cheaply with more marketing for some months, then raises its price in steps to a dearer one."""

    responds: ClassVar[bool] = False
    choices: ClassVar[Mapping[str, Choice]] = {
        "tier": Word("", "tier", "tier whose price is set; none: the paid plan for one person"),
        "low": Number(0.5, 0.05, 1.0, "share of the price before", "price while it penetrates", likely=(0.3, 0.9)),
        "marketing": Number(
            2.0, 0.0, 50.0, "multiple of the marketing before", "marketing while it penetrates", likely=(1.0, 4.0)
        ),
        "months": Number(12.0, 1.0, 120.0, "months", "how long it penetrates", likely=(6.0, 24.0), whole=True),
        "high": Number(1.1, 0.1, 10.0, "share of the price before", "price of the harvest", likely=(1.0, 1.3)),
        "steps": Number(3.0, 1.0, 24.0, "steps", "a quarter apart, in which the price rises", whole=True),
    }
    sets: ClassVar[tuple[str, ...]] = ("price", "marketing")

    def __init__(self, plan: StrategyPlan) -> None:
        super().__init__(plan)
        self._before: dict[str, tuple[str, float, float]] = {}

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Set price and marketing of each market by the months since the tier was first seen there."""
        for market in outlook.markets:
            own = same_tier(outlook.offers(market), self.word("tier"))
            if market not in self._before:
                if own is None or not own.is_paid:
                    continue
                self._before[market] = own.tier, own.price, outlook.lever("marketing", market)
            tier, price, marketing = self._before[market]
            harvest = outlook.played - int(self.number("months"))
            yield outlook.set("price", market, price * self._level(harvest), tier)
            yield outlook.set("marketing", market, marketing * (self.number("marketing") if harvest < 0 else 1.0))

    def _level(self, harvest: int) -> float:
        """Return the price over that before. harvest: months since the harvest began, below 0 before it."""
        low, high, steps = self.number("low"), self.number("high"), int(self.number("steps"))
        done = 0 if harvest < 0 else min(steps, harvest // 3 + 1)
        return low + (high - low) * done / steps
