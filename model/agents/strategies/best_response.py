"""Best response: what pays best while all others stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from model.agents.strategies.base import Strategy
from model.agents.strategies.foresight import fork_users, look_ahead
from model.agents.strategies.outlook import Outlook
from model.agents.strategies.tiers import same_tier
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, Word
from model.theory.peak import peak_of_curve

TRIALS = (-1.0, -0.5, 0.0, 0.5, 1.0)
"""Steps that are tried, in parts of the largest."""


class BestResponse(Strategy):
    """Moves a price or its marketing towards what forks say pays best while all others stay as they are.

    Each review lives five worlds ahead, from the largest step down to the largest up in the logarithm of the lever, and
    goes in each market to the top of the parabola through their profits, or to the end of the range where that is best.
    Who looks less far ahead than people keep their habits asks too much: payers leave after the horizon.
    """

    choices: ClassVar[Mapping[str, Choice]] = {
        "lever": Word("price", ("price", "marketing"), "what is moved"),
        "tier": Word("", "tier", "tier whose price is moved; none: the paid plan for one person"),
        "review_months": Number(3.0, 1.0, 60.0, "months", "between two reviews", likely=(1.0, 12.0), whole=True),
        "look_ahead_months": look_ahead(36.0, over="profit", likely=(12.0, 60.0)),
        "step": Number(0.15, 0.01, 1.0, "logarithm", "largest change at a review", likely=(0.05, 0.3)),
        "users": fork_users(2000.0, likely=(1000.0, 10_000.0)),
    }
    sets: ClassVar[tuple[str, ...]] = ("price", "marketing")

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """At a review, try five levels in all markets at once and set the best of each."""
        if outlook.played % int(self.number("review_months")):
            return
        levels = {market: self._level(outlook, market) for market in outlook.markets}
        now = {market: level for market, level in levels.items() if level is not None}
        if not now:
            return
        steps = self.number("step") * np.array(TRIALS)
        profits = np.array([self._profits(outlook, now, step) for step in steps])  # (trials, markets)
        for column, (market, (tier, at)) in enumerate(now.items()):
            best = peak_of_curve(steps, values=profits[:, column])
            if best != 0.0:
                yield outlook.set(self.word("lever"), market, at * float(np.exp(best)), tier)

    def _level(self, outlook: Outlook, market: str) -> tuple[str, float] | None:
        """Return (tier, level) of the lever in a market; None where there is nothing to move."""
        if self.word("lever") == "marketing":
            level = outlook.lever("marketing", market)
            return ("", level) if level > 0.0 and outlook.offers(market) else None
        own = same_tier(outlook.offers(market), self.word("tier"))
        return (own.tier, own.price) if own is not None and own.price > 0.0 else None

    def _profits(self, outlook: Outlook, now: Mapping[str, tuple[str, float]], step: float) -> list[float]:
        """Return the profit of each market ahead with all levers a step higher."""
        lever = self.word("lever")
        moved = [outlook.set(lever, market, at * float(np.exp(step)), tier) for market, (tier, at) in now.items()]
        ahead = outlook.ahead(
            moved if step else (), months=int(self.number("look_ahead_months")), users=int(self.number("users"))
        )  # fmt: skip
        return [ahead.profit(market) for market in now]
