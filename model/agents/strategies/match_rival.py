"""Match a rival: ask what it asks, or a part of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.agents.strategies.tiers import same_tier
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, Word


class MatchRival(Strategy):
    """Asks a share of a rival's price for the same tier, and follows the rival's changes a month later."""

    choices: ClassVar[Mapping[str, Choice]] = {
        "rival": Word("", "service", "service that is matched; none: the largest that sells the tier in the market"),
        "tier": Word("", "tier", "tier whose price is set; none: the paid plan for one person"),
        "share": Number(1.0, 0.1, 3.0, "share", "of the rival's price", likely=(0.8, 1.1)),
    }
    sets: ClassVar[tuple[str, ...]] = ("price",)

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Set the price in each market where both sell the tier."""
        tier, rival = self.word("tier"), self.word("rival")
        for market in outlook.markets:
            own = same_tier(outlook.offers(market), tier)
            rivals = (rival,) if rival else outlook.rivals(market)
            found = (same_tier(outlook.offers(market, name), tier) for name in rivals)
            matched = next((offer for offer in found if offer is not None and offer.price > 0.0), None)
            if own is not None and own.is_paid and matched is not None:
                yield outlook.set("price", market, self.number("share") * matched.price, own.tier)
