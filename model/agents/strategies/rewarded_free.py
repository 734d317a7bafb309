"""Rewarded free: an hour of music for a video advertisement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.freemium import Freemium
from model.agents.strategies.outlook import Outlook
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, StrategyPlan, Word


class RewardedFree(Freemium):
    """Lets people listen free for watching video advertisements, in place of the ordinary free tier or beside it."""

    responds: ClassVar[bool] = False
    choices: ClassVar[Mapping[str, Choice]] = {
        "ad_load": Number(1.5, 0.0, 30.0, "minutes an hour", "video that is watched", likely=(0.5, 4.0)),
        "restriction": Number(0.05, 0.0, 1.0, "0 none to 1 all", "limits on the tier", likely=(0.0, 0.5)),
        "ordinary": Word("closes", ("closes", "stays"), "what becomes of the free tier with audio advertising"),
    }
    tier: ClassVar[str] = "free_rewarded"

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Open the tier and set it up; close the ordinary free one if that is wanted."""
        yield from super().decide(outlook)
        for market in outlook.markets if self.word("ordinary") == "closes" else ():
            yield from (
                outlook.set("open", market, 0.0, "free_ads") for one in outlook.offers(market) if one.tier == "free_ads"
            )

    @classmethod
    def opens(cls, plan: StrategyPlan) -> tuple[tuple[str, str, float], ...]:
        """Return the rewarded tier of every market."""
        return tuple((market, cls.tier, 0.0) for market in plan.markets)
