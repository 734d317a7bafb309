"""Profit target: earn enough in a market, or leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.agents.strategies.tiers import same_tier
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, StrategyPlan, Word


class ProfitTarget(Strategy):
    """Wants a margin in each market: below it prices rise and marketing is cut, and when patience ends it leaves.

    The margin is the contribution (after marketing, before research and administration) over revenue. Patience is spent
    by each month below the target and comes back by each month above it.
    """

    responds: ClassVar[bool] = False
    choices: ClassVar[Mapping[str, Choice]] = {
        "margin": Number(0.0, -10.0, 1.0, "share of revenue", "contribution that is wanted", likely=(-0.2, 0.2)),
        "patience_months": Number(
            18.0, 1.0, 600.0, "months", "below the target until it leaves", likely=(6.0, 36.0), whole=True
        ),
        "review_months": Number(3.0, 1.0, 60.0, "months", "between two changes", whole=True),
        "raise_price": Number(
            0.05, 0.0, 1.0, "share", "by which the price rises at a review below the target", likely=(0.0, 0.1)
        ),
        "cut_marketing": Number(
            0.2, 0.0, 1.0, "share", "by which marketing falls at a review below the target", likely=(0.0, 0.5)
        ),
        "tier": Word("", "tier", "tier whose price rises; none: the paid plan for one person"),
    }
    sets: ClassVar[tuple[str, ...]] = ("price", "marketing", "open")

    def __init__(self, plan: StrategyPlan) -> None:
        super().__init__(plan)
        self._spent: dict[str, int] = {}
        self._waited: dict[str, int] = {}

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Look at last month's accounts of each market; nothing is known in the first."""
        for market in outlook.markets:
            offers = outlook.offers(market)
            if not offers or outlook.month == 1:
                continue
            revenue = outlook.account("revenue", market)
            below = outlook.account("contribution_margin", market) < self.number("margin") * revenue
            spent = max(0, self._spent.get(market, 0) + (1 if below else -1))
            self._spent[market] = spent
            if spent >= int(self.number("patience_months")):
                yield from (outlook.set("open", market, 0.0, offer.tier) for offer in offers)
            elif below and self._due(market):
                yield from self._mend(outlook, market)

    def _due(self, market: str) -> bool:
        """Count a month below the target; tell whether so many have gone by since the last change."""
        waited = self._waited.get(market, 0) + 1
        due = waited >= int(self.number("review_months"))
        self._waited[market] = 0 if due else waited
        return due

    def _mend(self, outlook: Outlook, market: str) -> Iterable[Setting]:
        own = same_tier(outlook.offers(market), self.word("tier"))
        if own is not None and own.is_paid:
            yield outlook.set("price", market, own.price * (1.0 + self.number("raise_price")), own.tier)
        left = 1.0 - self.number("cut_marketing")
        yield outlook.set("marketing", market, left * outlook.lever("marketing", market))
