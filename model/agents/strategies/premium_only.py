"""Premium only: no listening without paying."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.spec.settings import Setting


class PremiumOnly(Strategy):
    """Closes all free tiers when it begins, in markets where the service sells a paid one."""

    responds: ClassVar[bool] = False
    sets: ClassVar[tuple[str, ...]] = ("open",)

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Close what is free."""
        for market in outlook.markets:
            offers = outlook.offers(market)
            if any(offer.is_paid for offer in offers):
                yield from (outlook.set("open", market, 0.0, one.tier) for one in offers if one.tier.startswith("free"))
