"""Freemium: free listening with advertising and limits, as the way to paying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, StrategyPlan


class Freemium(Strategy):
    """Keeps a free tier open beside the paid ones, with so much advertising and so many limits."""

    responds: ClassVar[bool] = False
    choices: ClassVar[Mapping[str, Choice]] = {
        "ad_load": Number(
            3.0, 0.0, 30.0, "minutes an hour", "advertising on the free tier", "assumption", likely=(1.0, 6.0)
        ),
        "restriction": Number(0.5, 0.0, 1.0, "0 none to 1 all", "limits on the free tier", likely=(0.05, 0.8)),
    }
    sets: ClassVar[tuple[str, ...]] = ("open", "ad_load", "restriction")
    tier: ClassVar[str] = "free_ads"

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Open the free tier and set it up, where the service is there."""
        for market in outlook.markets:
            if outlook.offers(market):
                yield outlook.set("open", market, 1.0, self.tier)
                yield outlook.set("ad_load", market, self.number("ad_load"), self.tier)
                yield outlook.set("restriction", market, self.number("restriction"), self.tier)

    @classmethod
    def opens(cls, plan: StrategyPlan) -> tuple[tuple[str, str, float], ...]:
        """Return the free tier of every market."""
        return tuple((market, cls.tier, 0.0) for market in plan.markets)
